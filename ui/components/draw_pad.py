"""A pad to draw on, and beside it, while it is drawn, what models make of the drawing: in the browser.

The drawing becomes an image as MNIST's digits did: what is drawn is reduced into 20 of 28 parts of the image,
its aspect kept, and its centre of mass put in the middle. Networks are handed over unseen (see live_model).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from autoenc.errors import ConfigError
from ui.components import fetched, inline, served
from ui.components.readings import NETWORKS, WORKER, BrowserReader
from ui.components.save_picture import PngText, png_data

MAX_SIDE = 512  # pixels of an image


@dataclass(frozen=True)
class PadModel:
    """A model beside the pad."""

    title: str
    shape: tuple[int, int, int]  # (C, H, W) of its images
    network: str | None  # the id under which it was handed over; None: the browser does not compute it
    code_at: int  # the encoder's number of layers
    code_shape: tuple[int, ...]
    n_latents: int
    png: PngText  # a button saves what it makes of the drawing, with these words around it
    reader: BrowserReader | None = None  # who reads what goes in and what comes out


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is drawn on the pad; no pictures: nothing."""

    id: str  # another one for each time that the pen rests
    pictures: Mapping[tuple[int, int], np.ndarray] = field(repr=False)  # (H, W) -> uint8 (1, H, W)


_worker = served("pad_worker", *NETWORKS, "pad_worker.js")
_parts = (
    *("keep.js", "sprites.js", "levels.js", "save_picture.js", "worker_pool.js", "readings.js"),
    *("pad_image.js", "pad_keys.js", "pad_readings.js", "draw_pad.js"),
)
_mount = st.components.v2.component(
    "draw_pad",
    js=fetched("draw_pad", *_parts),
    css=inline("sprites.css", "save_picture.css", "readings.css", "draw_pad.css"),
)


def draw_pad(
    models: Sequence[PadModel], *, key: str, latest_id: str = "", sizes: Sequence[tuple[int, int]] = ()
) -> Drawing | None:
    """The pad, or that of this key brought up to date; its strokes stay.

    Args:
        latest_id: the id of the drawing that came last.
        sizes: in which the drawing is wanted, (H, W), besides those of the models.
    Returns:
        What was drawn when the pen rested since the last run of the script, once; None otherwise.
    Raises:
        ConfigError: what came from the browser is no drawing.
    """
    of_models = [asdict(model) | {"png": png_data(model.png)} for model in models]
    data = {
        **{"key": key, "known": latest_id, "worker": _worker, "reading": WORKER},
        **{"models": of_models, "sizes": sizes},
    }
    drawn = _mount(key=key, data=data, on_drawn_change=lambda: None).drawn
    return None if drawn is None else read_drawing(drawn)


def read_drawing(drawn: Any) -> Drawing:
    """What the browser sent, checked; raises ConfigError."""
    try:
        pictures = {_size(name): _picture(name, text) for name, text in drawn["pictures"].items()}
        return Drawing(str(drawn["id"])[:40], pictures)
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error):
        raise ConfigError("the pad sent no drawing; clear it and draw again") from None


def _size(name: str) -> tuple[int, int]:
    if not re.fullmatch(r"\d{1,3}x\d{1,3}", name):
        raise ValueError(name)
    height, width = map(int, name.split("x"))
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE):
        raise ValueError(name)
    return height, width


def _picture(name: str, text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text, validate=True), np.uint8).reshape(1, *_size(name))
