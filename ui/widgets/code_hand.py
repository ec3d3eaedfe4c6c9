"""The code of an image under the hand: what the page says of it, and what the browser needs for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from autoenc import datasets, latent
from autoenc.captions import latent_bars
from autoenc.schema import Run
from ui.app import errors
from ui.components.code_bars import Bar, Bars, CodeScene, FeatureMaps, code_bars
from ui.components.readings import BrowserReader
from ui.core import codes, handles, links, pages
from ui.core.text import plain
from ui.core.values import Value
from ui.widgets import browser_decoders, browser_readers, png_texts
from ui.widgets.lesson import lesson


@dataclass(frozen=True)
class Moved:
    """What a visitor has moved."""

    of: str  # of which run and image; empty: an address says it of the one that is shown
    where: Mapping[str, float]  # name of a bar -> where it stands


NOTHING = Moved("", {})


@dataclass(frozen=True, eq=False)
class Hand:
    """An image whose code is changed, in one place of the program."""

    place: str  # of the page, as the key of a widget
    image: np.ndarray = field(repr=False)  # uint8 (C, H, W)
    title: str  # of the image
    reads: bool = False  # whether what is drawn is read: once a page
    value: Value[Moved] | None = None  # where what was moved is held; None: where no address says it

    @property
    def moved(self) -> Value[Moved]:
        return self.value or Value(f"moved-{self.place}", NOTHING)


def show(run: Run, hand: Hand) -> None:
    """The pictures and the bars.

    Raises:
        AutoencError: the run's file or its data cannot be used, or its codes are no numbers.
    """
    z = codes.codes_of(run, hand.image[None])[0]
    touch = _feature_maps(run) if len(run.model.code_shape) > 1 else _bars(run, z)
    of = f"{run.run_id} {_digest(hand.image)} {_digest(z)}"
    with st.container(key=f"assets-{hand.place}"):  # nothing is seen of it
        decoder = browser_decoders.hand_over(run)
    reader = browser_readers.of_run(run, f"assets-reader-{hand.place}") if hand.reads else None
    scene = CodeScene(of, hand.image, z, touch, decoder)
    st.fragment(_hand)(run, hand, scene, reader)


def folded(run: Run, hand: Hand) -> None:
    """The same where it stands beside other things: nothing is computed until somebody opens it."""
    box = st.expander("Change the code", icon=":material/tune:", key=f"fold-{hand.place}", on_change="rerun")
    if box.open:
        with box, errors.shown():
            say(run, hand.place)
            show(run, hand)


def _hand(run: Run, hand: Hand, scene: CodeScene, reader: BrowserReader | None) -> None:
    """Drawn again where the hand rests."""
    with errors.shown():
        moved = _held(hand, scene)
        rested = code_bars(
            _with_pictures(run, scene, moved),
            moved,
            key=f"hand-{hand.place}",
            opened=links.n_read() if hand.value else 0,
            reader=reader,
            png=png_texts.of_one_model(run, "code", f"{hand.title}, its code changed"),
        )
        if rested is not None and rested != moved:
            hand.moved.put(Moved(scene.of, rested))
            pages.write_address()
            if scene.decoder is None:
                pages.draw_again()  # with what the server makes of it


def _held(hand: Hand, scene: CodeScene) -> Mapping[str, float]:
    """What was moved of this very code; that of another run or image is forgotten."""
    held = hand.moved.get()
    moved = scene.allowed(held.where) if held.of in ("", scene.of) else {}
    if moved:
        hand.moved.put(Moved(scene.of, moved))
    else:
        hand.moved.forget()
    return moved


def _with_pictures(run: Run, scene: CodeScene, moved: Mapping[str, float]) -> CodeScene:
    """Where the browser cannot draw it: with what the server makes of it."""
    if scene.decoder is not None:
        return scene
    drawn = codes.decode(run, np.stack([scene.z, scene.code(moved)]))
    return CodeScene(scene.of, scene.x, scene.z, scene.touch, None, drawn)


# ---------------------------------------------------------------- what can be moved


def _bars(run: Run, z: np.ndarray) -> Bars:
    of_run = handles.handles(run)
    distance = latent.distance_from(codes.gaussian(run), z, of_run.directions)
    what = latent_bars.noun(datasets.load(run.config.dataset).class_names)
    words = latent_bars.distance_words(handles.distances(run).tolist(), what)
    spread = of_run.units
    positions = of_run.positions(z)
    bars = []
    for i, ((low, high), at) in enumerate(zip(of_run.usual, positions, strict=True)):
        single = i < len(of_run.values)
        index = int(of_run.values[i]) if single else None
        number = i - len(of_run.values) + 1
        title = f"Value {of_run.values[i] + 1}" if single else f"Group {number}"
        name = str(of_run.values[i] + 1) if single else f"g{number}"
        bars.append(Bar(name, title, float(at), float(low), float(high), float(spread[i]), index))
    return Bars(tuple(bars), of_run.axes, distance.constant, distance.linear, distance.square, words)


def _feature_maps(run: Run) -> FeatureMaps:
    of_run, reach = handles.channels(run), handles.reach(run)
    n_channels, rows, columns = run.model.code_shape
    order = tuple(of_run.order.tolist())
    return FeatureMaps(
        (n_channels, rows, columns), order, of_run.usual, reach.stride, reach.first, reach.last
    )


# ---------------------------------------------------------------- what is said


def say(run: Run, place: str) -> None:
    """What a class learns of this code; raises as `show`."""
    n_values, code_shape = run.model.n_latents, run.model.code_shape
    if len(code_shape) > 1:
        channels, rows, columns = code_shape
        text = latent_bars.maps_caption(channels, (rows, columns), handles.reach(run).size)
        lesson(text, key=f"hand-{place}")
        return
    of_run = handles.handles(run)
    text = latent_bars.bars_caption((of_run.values + 1).tolist(), of_run.importance.tolist(), n_values)
    lesson(text, key=f"hand-{place}")
    groups = latent_bars.groups_caption(len(of_run.axes), of_run.n_rest, of_run.rest_share)
    if groups:
        st.caption(plain(groups))


def _digest(numbers: np.ndarray) -> str:
    """Equal for equal numbers."""
    return hashlib.blake2b(np.ascontiguousarray(numbers).data, digest_size=8).hexdigest()
