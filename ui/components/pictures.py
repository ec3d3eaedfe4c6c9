"""Rows of small images, one column an image: the original above, what a model made of it below."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from PIL import Image, ImageColor

from autoenc.errors import ShapeError
from ui.components import inline


@dataclass(frozen=True, eq=False)
class PictureRow:
    """One row of pictures.

    Raises:
        ShapeError: the images are not uint8 (B, C, H, W) with one or three channels, or the notes are not B.
    """

    label: str
    images: np.ndarray  # uint8 (B, C, H, W)
    colour: str  # of the key beside the label, #rrggbb
    kind: Literal["image", "error"] = (
        "image"  # error: absolute differences, drawn from black over colour to white
    )
    notes: tuple[str, ...] | None = None  # one under each image

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim != 4 or self.images.shape[1] not in (1, 3):
            raise ShapeError(
                f"pictures are {self.images.dtype} {self.images.shape}; allowed: uint8 (B, 1 or 3, H, W)"
            )
        if self.notes is not None and len(self.notes) != len(self.images):
            raise ShapeError(f"{len(self.notes)} notes for {len(self.images)} pictures")


_mount = st.components.v2.component("pictures", js=inline("pictures.js"), css=inline("pictures.css"))


def pictures(rows: Sequence[PictureRow], *, key: str) -> None:
    """Show the rows, or bring those of this key up to date.

    Raises:
        ShapeError: the rows differ in the number or size of their images.
    """
    shapes = {(len(row.images), *row.images.shape[2:]) for row in rows}
    if len(shapes) > 1:
        raise ShapeError(f"rows of pictures differ in (B, H, W): {sorted(shapes)}")
    n, height, width = shapes.pop() if shapes else (0, 1, 1)
    data = [
        {
            "label": row.label,
            "colour": row.colour,
            "kind": row.kind,
            "notes": row.notes,
            "src": _sprite(row.images.tobytes(), row.images.shape, row.colour if row.kind == "error" else ""),
        }
        for row in rows
    ]
    _mount(key=key, data={"key": key, "rows": data, "n": n, "height": height, "width": width})


@functools.lru_cache(maxsize=64)  # many browsers look at the same run, and the originals never change
def _sprite(images: bytes, shape: tuple[int, int, int, int], ramp: str) -> str:
    """All images side by side as a PNG in a data URL; through a ramp of colours where one is named."""
    b, c, h, w = shape
    strip = np.frombuffer(images, np.uint8).reshape(shape).transpose(2, 0, 3, 1).reshape(h, b * w, c)
    if ramp:
        picture = Image.fromarray(strip.mean(axis=2).round().astype(np.uint8))
        picture.putpalette(_ramp(ramp))
    else:
        picture = Image.fromarray(strip[:, :, 0] if c == 1 else strip)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _ramp(colour: str) -> bytes:
    """256 RGB colours from black over the colour to white, their lightness rising evenly.

    Lightness is CIE L*, so that equal steps of error look equal, and read the same without colour vision.
    """
    middle = ImageColor.getrgb(colour)[:3]
    linear = (np.array(middle) / 255) ** 2.2
    y = float(linear @ [0.2126, 0.7152, 0.0722])
    lightness = (1.16 * y ** (1 / 3) - 0.16) * 255
    stops = np.transpose([(0, 0, 0), middle, (255, 255, 255)])
    levels = np.arange(256)
    return (
        np.stack([np.interp(levels, [0, lightness, 255], stop) for stop in stops], axis=1)
        .astype(np.uint8)
        .tobytes()
    )
