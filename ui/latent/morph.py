"""From one image to another, through the codes and beside it through the pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from autoenc import datasets, morph_film
from autoenc.captions import latent_morph
from autoenc.captions.latent_morph import MiddleRead
from autoenc.latent import morphing
from autoenc.plots import COLOUR
from autoenc.schema import Run
from ui.app import errors
from ui.components.live_walk import N_STEPS, Drawn, Rested, Stage, Tile, Walk, WalkScene, live_walk, preload
from ui.components.readings import BrowserReader
from ui.core import codes, drawings, pages
from ui.core.links import Param, held, number
from ui.core.text import plain
from ui.core.values import Value
from ui.latent import findings
from ui.latent.subject import DRAWING, Subject, number_of, subject, text_of
from ui.widgets import browser_decoders, browser_readers, pad, png_texts
from ui.widgets.lesson import lesson

N_CHOICES = 12  # images at most that can be dragged; one of each class where there are as many
HALF = 50  # percent

A = Value[int | None]("morph_a", None)  # numbers of test images, or DRAWING; None: the pair that shows most
B = Value[int | None]("morph_b", None)
LEVEL = Value("morph_level", HALF)  # percent of the way
ROUND = Value("morph_round", 0)  # of the images that can be dragged
# The id of the drawing that was there before, empty: none; None: nobody has looked.
DRAWN_BEFORE = Value[str | None]("morph_drawn", None)


def _slot(name: str, value: Value[int | None]) -> Param:
    def text(number: int | None) -> str | None:
        return None if number is None else text_of(number)

    return held(name, value, partial(number_of, name), text)


PARAMS: tuple[Param, ...] = (
    _slot("a", A),
    _slot("b", B),
    number("t", LEVEL, most=100),
    number("round", ROUND),
)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What the fragment shows."""

    run: Run
    first: tuple[int, int]  # numbers of the images that are shown where nobody has chosen
    subjects: dict[int, Subject]  # by their numbers
    choices: tuple[int, ...]
    scene: WalkScene
    decoder: str | None  # the id under which the browser has it
    reader: BrowserReader | None


def show(run: Run) -> None:
    """The tab."""
    morphs = findings.morphs(run)
    lesson(latent_morph.middles_caption(morphs.apart, morphs.read), key="morph")
    _take_drawing()
    subjects, choices = _subjects(run, _pair(run, morphs.first))
    x = np.stack([one.image for one in subjects.values()])
    scene = WalkScene(
        tuple(subjects), tuple(one.title for one in subjects.values()), x, codes.codes_of(run, x)
    )
    with st.container(key="assets"):  # nothing is seen of it
        preload(scene)
        decoder = browser_decoders.hand_over(run)
    reader = browser_readers.of_run(run)
    _actions(run)
    st.fragment(_walk)(_Shown(run, morphs.first, subjects, choices, scene, decoder, reader))


def _take_drawing() -> None:
    """A new drawing goes into the second slot."""
    drawing = drawings.latest()
    latest, before = "" if drawing is None else drawing.id, DRAWN_BEFORE.get()
    DRAWN_BEFORE.put(latest)
    if latest and before not in (None, latest) and DRAWING not in (A.get(), B.get()):
        B.put(DRAWING)


def _pair(run: Run, first: tuple[int, int]) -> tuple[int, int]:
    """The numbers of the images in the slots: the usual ones where nobody has chosen or drawn any."""
    a, b = (None if value.get() is None else subject(run, value.get() or 0) for value in (A, B))
    return a.number if a else first[0], b.number if b else first[1]


def _subjects(run: Run, pair: tuple[int, int]) -> tuple[dict[int, Subject], tuple[int, ...]]:
    """All that may stand in a slot, by their numbers, and those of them that can be dragged."""
    data = datasets.load(run.config.dataset)
    numbers = _choices(data.test_labels, len(data.class_names), ROUND.get())
    wanted = dict.fromkeys([*numbers, DRAWING, *pair])
    every = (subject(run, number) for number in wanted)
    subjects = {one.number: one for one in every if one is not None}
    return subjects, (*numbers, *([DRAWING] if DRAWING in subjects else []))


def _choices(labels: np.ndarray, n_classes: int, turn: int) -> list[int]:
    """Test images, first one of each class, then the second of each; `turn` times N are left out."""
    order = np.argsort(labels, kind="stable")
    counts = np.bincount(labels, minlength=n_classes)
    rank = np.empty(len(labels), np.intp)
    rank[order] = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    by_rank = np.lexsort((labels, rank))
    n = n_classes if N_CHOICES // 2 < n_classes <= N_CHOICES else N_CHOICES
    first = turn * n % max(1, len(labels) - n + 1)
    chosen: list[int] = by_rank[first : first + n].tolist()
    return chosen


def _walk(shown: _Shown) -> None:
    """Drawn again when the slider rests, or another image is in a slot."""
    with errors.shown():
        (a, b), level = _pair(shown.run, shown.first), LEVEL.get()
        if not {a, b} <= set(shown.subjects):
            st.rerun()  # they were put there by another run of the page
        walk = Walk(f"morph {shown.run.run_id}", a, b, a, level)
        first, last = shown.subjects[a], shown.subjects[b]
        png = png_texts.of_one_model(shown.run, "morph", "From one image to another")
        rested = live_walk(
            shown.scene.id, shown.decoder, walk, _stage(shown, first, last, level), key="morph-walk", png=png
        )
        if rested is not None and _take(rested, shown, (a, b)):
            pages.write_address()
            pages.draw_again()
        if shown.decoder is None:
            st.caption(browser_decoders.LARGE_MODEL)
        _below(shown, first, last)


def _take(rested: Rested, shown: _Shown, pair: tuple[int, int]) -> bool:
    """Whether the visitor has changed anything; what they have let rest is shown from now on."""
    is_other = (rested.a, rested.b) != pair
    if not is_other and rested.level == LEVEL.get():
        return False
    if not {rested.a, rested.b} <= set(shown.subjects):
        return False
    LEVEL.put(rested.level)
    if is_other:
        A.put(rested.a)
        B.put(rested.b)
    return True


def _stage(shown: _Shown, first: Subject, last: Subject, level: int) -> Stage:
    tiles = (
        Tile("A", slot="a"),
        Tile("Through the code", COLOUR["reconstruction"], way="code"),
        Tile("Through the pixels", COLOUR["original"], way="pixels"),
        Tile("B", slot="b"),
    )
    ends = tuple(one.class_index for one in (first, last) if one.class_index is not None)
    drawn = None
    if shown.decoder is None:
        film = np.linspace(0, 1, N_STEPS)
        images = _through_code(shown.run, first, last, np.array([*film, level / 100]))
        drawn = Drawn(images[-1], images[:-1])
    return Stage(
        tiles,
        "From A to B",
        shown.choices,
        ends if len(ends) == 2 else (),
        shown.reader,
        drawn,
    )


def _below(shown: _Shown, first: Subject, last: Subject) -> None:
    """What is read halfway, and the film."""
    half = np.array([HALF / 100])
    code = _through_code(shown.run, first, last, half)
    pixels = morphing.pixels_between(first.image, last.image, half)
    read = findings.read(shown.run, np.concatenate([code, pixels]))
    class_names = datasets.load(shown.run.config.dataset).class_names
    if read is not None and read.confidences is not None:
        of_code, of_pixels = (
            MiddleRead(class_names[index], float(confidence))
            for index, confidence in zip(read.classes, read.confidences, strict=True)
        )
        names = [_in_words(one, class_names) for one in (first, last)]
        st.caption(plain(latent_morph.halfway_caption(names[0], names[1], of_code, of_pixels)))
    name = f"{shown.run.run_id}-from-{text_of(first.number)}-to-{text_of(last.number)}.gif"
    st.download_button(
        "Film (GIF)",
        _film(shown.run, first, last),
        name,
        "image/gif",
        icon=":material/download:",
        on_click="ignore",
        key="get-morph-film",
    )


def _in_words(one: Subject, class_names: tuple[str, ...]) -> str:
    return "your drawing" if one.class_index is None else f"this {class_names[one.class_index]}"


def _film(run: Run, first: Subject, last: Subject) -> Callable[[], bytes]:
    """Made when it is asked for."""

    def make() -> bytes:
        shares = morph_film.SHARES
        return morph_film.gif(
            _through_code(run, first, last, shares),
            morphing.pixels_between(first.image, last.image, shares),
        )

    return make


def _through_code(run: Run, first: Subject, last: Subject, shares: np.ndarray) -> np.ndarray:
    z = codes.codes_of(run, np.stack([first.image, last.image]))
    return codes.decode(run, morphing.between(z[0], z[1], shares))


def _actions(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="morph-actions"):
        st.button("Other images", icon=":material/shuffle:", key="morph-others", on_click=_next_round)
        if run.model.image_shape[0] == 1:
            with st.popover("Draw one", icon=":material/draw:", key="morph-pad"):
                pad.alone(run.model.image_shape[1:])


def _next_round() -> None:
    ROUND.put(ROUND.get() + 1)
