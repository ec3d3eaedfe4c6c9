"""Touch: each number of a code as a bar; the decoder draws while a bar is dragged."""

from __future__ import annotations

import math
import random
import re

import streamlit as st

from autoenc import datasets
from autoenc.errors import ConfigError
from autoenc.numerals import setting
from autoenc.schema import Run
from ui.core.links import Param, held
from ui.core.values import Value
from ui.latent.subject import DRAWING, number_of, subject, text_of
from ui.widgets import code_hand, pad
from ui.widgets.code_hand import NOTHING, Hand, Moved

PLACE = "latent"
MAX_IN_ADDRESS = 40  # bars that were moved: a link has to be pasted

IMAGE = Value("latent_image", 0)  # the number of a test image, or DRAWING
TEST_IMAGE = Value("latent_test_image", 0)  # what the widget for the number holds
MOVED = Value("latent_moved", NOTHING)


def _moved(text: str) -> Moved:
    """`18:1.25,g1:-0.5`; raises ConfigError."""
    where = {}
    for part in text[:2000].split(",")[:MAX_IN_ADDRESS]:
        if not re.fullmatch(r"(g?\d{1,6}):-?\d{1,6}(\.\d{1,6})?", part):
            raise ConfigError(
                f"moved is {part[:40]!r}; allowed: names of bars and numbers, as 18:1.25,g1:-0.5"
            )
        name, value = part.split(":")
        where[name] = float(value)
    return Moved("", where)


def _text(moved: Moved) -> str | None:
    parts = [
        f"{name}:{setting(value).replace(',', '')}"
        for name, value in moved.where.items()
        if math.isfinite(value)
    ]
    return ",".join(parts[:MAX_IN_ADDRESS]) or None


PARAMS: tuple[Param, ...] = (
    held("image", IMAGE, lambda text: number_of("image", text), text_of),
    held("moved", MOVED, _moved, _text),
)


def show(run: Run) -> None:
    """The tab."""
    code_hand.say(run, PLACE)
    _choice(len(datasets.load(run.config.dataset).test))
    if IMAGE.get() == DRAWING:
        left, right = st.columns([2, 5], gap="medium")
        with left:
            pad.alone(run.model.image_shape[1:])
        with right:
            _hand(run)
    else:
        _hand(run)


def _choice(n_test: int) -> None:
    """Which image; a test image by its number, another one at random, or a drawing."""
    is_drawn = IMAGE.get() == DRAWING
    if not is_drawn:
        TEST_IMAGE.put(min(max(IMAGE.get(), 0), n_test - 1))
    with st.container(horizontal=True, vertical_alignment="bottom", key="latent-image"):
        if not is_drawn:
            st.number_input(
                "Test image",
                0,
                n_test - 1,
                key=TEST_IMAGE.key,
                on_change=_put_test_image,
                width=150,
            )
        st.button(
            "A test image" if is_drawn else "Another image",
            icon=":material/shuffle:",
            key="latent-another",
            on_click=_another,
            args=(n_test,),
        )
        if not is_drawn:
            st.button("Draw one", icon=":material/draw:", key="latent-draw", on_click=_put, args=(DRAWING,))


def _put_test_image() -> None:
    _put(TEST_IMAGE.get())


def _another(n_test: int) -> None:
    _put(random.randrange(n_test))


def _put(number: int) -> None:
    IMAGE.put(number)
    MOVED.forget()


def _hand(run: Run) -> None:
    shown = subject(run, IMAGE.get())
    if shown is None:
        st.info("Draw on the pad: the code of your drawing appears here.", icon=":material/draw:")
        return
    code_hand.show(run, Hand(PLACE, shown.image, shown.title, reads=True, value=MOVED))
