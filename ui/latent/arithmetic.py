"""Arithmetic: the mean code of a class minus that of another, added to the code of an image."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from autoenc import datasets
from autoenc.captions import latent_arithmetic
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError
from autoenc.latent.arithmetic import Sum
from autoenc.plots import COLOUR
from autoenc.schema import Run
from ui.app import errors
from ui.components.live_walk import N_STEPS, Drawn, Stage, Tile, Walk, WalkScene, live_walk, preload
from ui.components.readings import BrowserReader
from ui.core import codes, pages
from ui.core.links import Param, held, number, whole
from ui.core.values import Value
from ui.latent import findings
from ui.latent.subject import Subject, subject
from ui.widgets import browser_decoders, browser_readers, png_texts
from ui.widgets.lesson import lesson

MAX_PILLS = 12  # classes that can be guessed with one press
MAX_STRENGTH = 200  # percent
ONCE = 100  # percent: as the sum says
PLUS, MINUS = -2, -3  # numbers of the means in the scene; test images are from 0 on

OWN = Value[Sum | None]("sum_own", None)  # what the visitor has put together; None: a riddle
RIDDLE = Value("sum_riddle", 0)
STRENGTH = Value("sum_strength", ONCE)
GUESS = Value[str | None]("sum_guess", None)  # the name of a class; of this sum
IS_SHOWN = Value("sum_shown", False)  # the result, to whoever does not guess
COUNTED = Value[tuple[Sum, ...]]("sums_counted", ())  # guessed by this visitor
RIGHT = Value("sums_right", 0)
PLUS_CLASS = Value("sum_plus", "")  # of the widgets
MINUS_CLASS = Value("sum_minus", "")


def _own(text: str) -> Sum:
    """`12.8.3`: the test image 12, plus the class 8, minus the class 3; raises ConfigError."""
    parts = text.split(".")
    if len(parts) != 3:
        raise ConfigError(
            f"sum is {text[:40]!r}; allowed: an image and two classes by their numbers, as in 12.8.3"
        )
    return Sum(*(whole("sum", part) for part in parts))


def _own_text(total: Sum | None) -> str | None:
    return None if total is None else f"{total.image}.{total.plus}.{total.minus}"


PARAMS: tuple[Param, ...] = (held("sum", OWN, _own, _own_text), number("riddle", RIDDLE))


@dataclass(frozen=True, eq=False)
class _Shown:
    """What the fragment shows."""

    run: Run
    total: Sum
    scene: WalkScene
    z: np.ndarray = field(repr=False)  # the codes of the scene: the image, the two means
    decoder: str | None  # the id under which the browser has it
    reader: BrowserReader | None


def show(run: Run) -> None:
    """The tab."""
    sums, means = findings.sums(run), codes.class_means(run)
    data = datasets.load(run.config.dataset)
    lesson(latent_arithmetic.arithmetic_caption(sums.n_sums, sums.n_read), key="arithmetic")
    total = OWN.get() or sums.riddles[RIDDLE.get() % len(sums.riddles)]
    total = _possible(total, means, sums.riddles[0])
    _choosers(data, total, means)
    image = subject(run, total.image)
    assert image is not None  # it is no drawing
    z = np.stack([codes.codes_of(run, image.image[None])[0], means[total.plus], means[total.minus]])
    scene = _scene(run, image, data, total, z)
    with st.container(key="assets"):  # nothing is seen of it
        preload(scene)
        decoder = browser_decoders.hand_over(run)
    reader = browser_readers.of_run(run)
    st.fragment(_sum)(_Shown(run, total, scene, z, decoder, reader))


def _possible(total: Sum, means: np.ndarray, otherwise: Sum) -> Sum:
    """A link may ask for a class that there is not."""
    n = len(means)
    exists = total.plus < n and total.minus < n and np.isfinite(means[[total.plus, total.minus]]).all()
    return total if exists else otherwise


def _scene(run: Run, image: Subject, data: Dataset, total: Sum, z: np.ndarray) -> WalkScene:
    """The image as it is, the means as they are drawn."""
    of_means = codes.decode(run, z[1:])
    names = [f"Mean code of {data.class_names[index]}" for index in (total.plus, total.minus)]
    return WalkScene(
        (image.number, PLUS, MINUS),
        (image.title, *names),
        np.concatenate([image.image[None], of_means]),
        z,
    )


# ---------------------------------------------------------------- what is added


def _choosers(data: Dataset, total: Sum, means: np.ndarray) -> None:
    names = [name for name, mean in zip(data.class_names, means, strict=True) if np.isfinite(mean).all()]
    PLUS_CLASS.put(data.class_names[total.plus])
    MINUS_CLASS.put(data.class_names[total.minus])
    with st.container(horizontal=True, vertical_alignment="bottom", key="sum-choosers"):
        st.button(
            "Next riddle", icon=":material/casino:", key="next-riddle", on_click=_next_riddle, type="primary"
        )
        st.button(
            "Another image",
            icon=":material/shuffle:",
            key="sum-image",
            on_click=_next_image,
            args=(data, total),
        )
        for label, value in (("Add mean of", PLUS_CLASS), ("Subtract mean of", MINUS_CLASS)):
            st.selectbox(
                label,
                names,
                key=value.key,
                on_change=_take_classes,
                args=(data.class_names, total),
                width=150,
            )


def _next_riddle() -> None:
    _forget_guess()
    OWN.forget()
    RIDDLE.put(RIDDLE.get() + 1)


def _next_image(data: Dataset, total: Sum) -> None:
    """The next test image of the class that is taken away; of any, where it has no other."""
    later = [*range(total.image + 1, len(data.test)), *range(total.image)]
    image = next((i for i in later if data.test_labels[i] == total.minus), later[0] if later else 0)
    _forget_guess()
    OWN.put(Sum(image, total.plus, total.minus))


def _take_classes(class_names: tuple[str, ...], total: Sum) -> None:
    plus, minus = (class_names.index(value.get()) for value in (PLUS_CLASS, MINUS_CLASS))
    _forget_guess()
    OWN.put(Sum(total.image, plus, minus))


def _forget_guess() -> None:
    for value in (GUESS, IS_SHOWN, STRENGTH):
        value.forget()


# ---------------------------------------------------------------- what becomes of it


def _sum(shown: _Shown) -> None:
    """Drawn again at a guess, and where the slider rests."""
    with errors.shown():
        is_open = GUESS.get() is not None or IS_SHOWN.get()
        walk = Walk(
            f"sum {shown.run.run_id} {_own_text(shown.total)} {is_open}",
            shown.scene.numbers[0],
            PLUS,
            MINUS,
            STRENGTH.get(),
            MAX_STRENGTH,
        )
        png = png_texts.of_one_model(shown.run, "arithmetic", "Arithmetic with codes")
        read = findings.read(shown.run, _results(shown, np.array([1.0])))
        with st.container(key="sum-said"):
            if is_open:
                _answer(shown, read)
            else:
                _ask(shown)
        stage = _stage(shown, is_open)
        rested = live_walk(shown.scene.id, shown.decoder, walk, stage, key="sum-walk", png=png)
        if rested is not None and is_open and rested.level != STRENGTH.get():
            STRENGTH.put(rested.level)
            pages.draw_again()
        if is_open and shown.decoder is None:
            st.caption(browser_decoders.LARGE_MODEL)


def _results(shown: _Shown, strengths: np.ndarray) -> np.ndarray:
    start, plus, minus = shown.z
    z = start + strengths.astype(np.float32)[:, None] * (plus - minus)
    return codes.decode(shown.run, z)


def _stage(shown: _Shown, is_open: bool) -> Stage:
    image, plus, minus = shown.scene.titles
    result = Tile("What will it be?", sign="=")
    if is_open:
        result = Tile("The sum, drawn", COLOUR["reconstruction"], way="code", sign="=")
    tiles = (
        Tile(image, number=shown.scene.numbers[0]),
        Tile(plus, number=PLUS, sign="+"),
        Tile(minus, number=MINUS, sign="\N{MINUS SIGN}"),
        result,
    )
    drawn = None
    if is_open and shown.decoder is None:
        film = np.linspace(0, MAX_STRENGTH / 100, N_STEPS)
        images = _results(shown, np.array([*film, STRENGTH.get() / 100]))
        drawn = Drawn(images[-1], images[:-1])
    return Stage(tiles, "Strength of the change", reader=shown.reader, drawn=drawn)


def _ask(shown: _Shown) -> None:
    names = datasets.load(shown.run.config.dataset).class_names
    with st.container(horizontal=True, vertical_alignment="bottom", key="sum-guess"):
        if len(names) <= MAX_PILLS:
            st.pills("What will the recogniser read?", names, key=GUESS.key)
        else:
            st.selectbox("What will the recogniser read?", names, key=GUESS.key, index=None, width=220)
        st.button("Show it", key="sum-show", on_click=IS_SHOWN.put, args=(True,))


def _answer(shown: _Shown, read: findings.Read | None) -> None:
    """What is read, beside the guess; guesses are counted."""
    names = datasets.load(shown.run.config.dataset).class_names
    if read is None:
        lesson("Nobody reads these images: judge for yourself.", key="sum")
        return
    is_read, guess = names[int(read.classes[0])], GUESS.get()
    if guess is not None and shown.total not in COUNTED.get():
        COUNTED.put((*COUNTED.get(), shown.total))
        RIGHT.put(RIGHT.get() + (guess == is_read))
    confidence = None if read.confidences is None else float(read.confidences[0])
    said = latent_arithmetic.result_caption(names[shown.total.plus], is_read, confidence, guess)
    counted = latent_arithmetic.guesses_caption(RIGHT.get(), len(COUNTED.get()))
    lesson(f"{said} {counted}", key="sum")
