"""Codes as points of a plane under the pointer: what the decoder draws at a place, and what lies near it.

Points, decoder and test images are handed over once and stay in the window. Of a model too large for the
browser the server draws the place where the pointer rests.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import streamlit as st

from autoenc.errors import ShapeError
from autoenc.once import once
from ui.components import fetched, inline, live_rows
from ui.components.readings import WORKER
from ui.components.save_picture import PngText, png_data
from ui.components.sprites import across, packed, side_by_side

Layer = Literal["points", "sheet", "both"]

MAX_THUMB = 32  # pixels a side of a test image beside the map
JPEG_QUALITY = 60  # a lossless file would be twice as large, WebP ten times slower to write
UNITS = 32_767  # of the codes that are sent where the plane has no way back


@dataclass(frozen=True, eq=False)
class MapScene:
    """Points, and what the browser needs to know of the codes behind them.

    Raises:
        ShapeError: the parts do not fit together, or are not finite.
    """

    points: np.ndarray = field(repr=False)  # float32 (N, 2)
    labels: np.ndarray = field(repr=False)  # (N,) class indices
    n_classes: int
    image_shape: tuple[int, int, int]
    extent: tuple[float, float, float, float]  # left, bottom, right, top: what is seen at first
    gap: float  # a place farther than this from all points is empty
    max_cells: int  # of the sheet, that the browser draws at once
    is_line: bool = False
    # The code at (a, b) is the first row, and a times the second, and b times the third. None: see `codes`.
    back: np.ndarray | None = field(default=None, repr=False)  # float32 (3, K)
    codes: np.ndarray | None = field(default=None, repr=False)  # float32 (N, K), the mean of the nearest
    # The squared distance from each class as a polynomial of the place (see `latent.Classes.on`).
    forms: np.ndarray | None = field(default=None, repr=False)  # (C, 6)
    near: float = 0.0  # the distance within which hardly any training image is; 0: of few numbers
    usual: float = 0.0  # the distance within which most training images are
    far: float = 0.0  # within which nearly all are
    # What the server has drawn of a grid over the extent, where the browser does not: uint8 (B, C, H, W).
    sheet: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        n = len(self.points)
        given = (self.points, self.back, self.codes, self.forms)
        finite = all(part is None or np.isfinite(part).all() for part in given)
        fits = self.points.shape == (n, 2) and n > 0 and self.labels.shape == (n,)
        fits &= self.back is None or (self.back.ndim == 2 and len(self.back) == 3)
        fits &= self.codes is None or (self.codes.ndim == 2 and len(self.codes) == n)
        if not (fits and finite and int(self.labels.max()) < self.n_classes):
            raise ShapeError(
                f"a map has points {self.points.shape} and labels {self.labels.shape}; allowed: finite "
                f"(N, 2) and (N,) below {self.n_classes}, at least one, and codes of as many"
            )
        if self.sheet is not None:
            live_rows.check_images(self.sheet)

    @property
    def id(self) -> str:
        """Equal for equal scenes."""
        content = hashlib.blake2b(repr((self.image_shape, self.max_cells, self.gap)).encode(), digest_size=8)
        for part in (self.points, self.labels, self.back, self.codes, self.forms, self.sheet):
            if part is not None:
                content.update(np.ascontiguousarray(part).data)
        return content.hexdigest()


@dataclass(frozen=True, eq=False)
class MapLook:
    """What is drawn of a map."""

    title: str
    layer: Layer
    classes: tuple[str, ...]
    colours: tuple[str, ...]  # #rrggbb, of the classes; where there are more they begin again
    of_classes: tuple[int, ...]  # of which the scene has forms, in their order


@dataclass(frozen=True, eq=False)
class Answer:
    """What the server has drawn of one place."""

    place: tuple[float, float]
    picture: np.ndarray = field(repr=False)  # uint8 (C, H, W)


def preload_map(scene: MapScene) -> None:
    """Give the browser a scene, unseen. Once a run of the script, before the fragment that shows it."""
    head = {
        **{"id": scene.id, "n": len(scene.points), "n_classes": scene.n_classes, "shape": scene.image_shape},
        **{"extent": scene.extent, "gap": scene.gap, "max_cells": scene.max_cells, "is_line": scene.is_line},
        **{"near": scene.near, "usual": scene.usual, "far": scene.far, "n_latents": _n_latents(scene)},
    }
    _give(head, _files(scene))


def preload_pictures(id: str, images: np.ndarray) -> None:
    """Give the browser the test images of a map, unseen; they may come after it.

    Args:
        id: of these very images.
        images: uint8 (N, C, H, W), in the order of the points.
    """
    file, side = _jpeg(id, images)
    _give({"id": id, "across": across(len(images)), "side": side}, [file])


def code_map(
    map_id: str,
    pictures_id: str,
    decoder_id: str | None,
    look: MapLook,
    *,
    key: str,
    answer: Answer | None = None,
    png: PngText | None = None,
) -> tuple[float, float] | None:
    """The map; view, place and picked classes of this key are kept.

    Args:
        map_id, pictures_id, decoder_id: what is handed over; no decoder: the server draws.
        answer: of the place that was returned last.
    Returns:
        A place at which the reader rests, and which only the server can draw, once; None otherwise.
    """
    data = message(map_id, pictures_id, decoder_id, look, key, answer, png)
    return _place(_mount(key=key, data=data, on_rested_change=lambda: None).rested, map_id)


def message(
    map_id: str,
    pictures_id: str,
    decoder_id: str | None,
    look: MapLook,
    key: str,
    answer: Answer | None = None,
    png: PngText | None = None,
) -> bytes:
    """What `code_map` sends to the browser."""
    head = {
        **{"key": key, "map": map_id, "pictures": pictures_id, "network": decoder_id, "worker": WORKER},
        **{"title": look.title, "layer": look.layer, "classes": look.classes, "colours": look.colours},
        **{"of_classes": look.of_classes, "answer": answer and answer.place, "png": png_data(png)},
    }
    return packed(head, [np.ascontiguousarray(answer.picture).tobytes()] if answer else [])


def _place(rested: Any, map_id: str) -> tuple[float, float] | None:
    """What a browser sends may be anything."""
    at = rested.get("at") if isinstance(rested, dict) and rested.get("map") == map_id else None
    if not isinstance(at, list | tuple) or len(at) != 2:
        return None
    if not all(isinstance(one, int | float) and abs(one) < 1e9 for one in at):  # and no NaN
        return None
    return float(at[0]), float(at[1])


def _n_latents(scene: MapScene) -> int:
    return next((part.shape[1] for part in (scene.back, scene.codes) if part is not None), 0)


def _files(scene: MapScene) -> list[bytes]:
    codes, scales = _whole(scene.codes) if scene.codes is not None else (b"", b"")
    back = b"" if scene.back is None else scene.back.astype("<f4").tobytes()
    forms = b"" if scene.forms is None else scene.forms.astype("<f4").tobytes()
    sheet = b"" if scene.sheet is None else np.ascontiguousarray(scene.sheet).tobytes()
    points, labels = scene.points.astype("<f4").tobytes(), scene.labels.astype("<u2").tobytes()
    return [points, labels, back, forms, codes, scales, sheet]


def _whole(codes: np.ndarray) -> tuple[bytes, bytes]:
    """In whole numbers, half as many bytes: them, and (2, K) the middle of each value and its unit."""
    low, high = codes.min(0), codes.max(0)
    middle, unit = (low + high) / 2, np.maximum((high - low) / 2, 1e-12) / UNITS
    return (
        np.rint((codes - middle) / unit).astype("<i2").tobytes(),
        np.stack([middle, unit]).astype("<f4").tobytes(),
    )


@once(maxsize=16_000_000, key=lambda id, images: id, size=lambda made: len(made[0]))
def _jpeg(id: str, images: np.ndarray) -> tuple[bytes, tuple[int, int]]:
    """All images in one file, and the height and width of each."""
    step = math.ceil(max(images.shape[2:]) / MAX_THUMB)
    images = images[:, :, ::step, ::step]
    height, width = images.shape[2:]
    file = io.BytesIO()
    side_by_side(images).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue(), (height, width)


# The browser fetches one file for both, so that they share what is handed over.
_parts = (
    *("keep.js", "sprites.js", "levels.js", "save_picture.js", "assets.js", "worker_pool.js"),
    *("map_view.js", "map_paint.js", "map_codes.js", "code_map.js"),
)
_mount = st.components.v2.component(
    "code_map",
    js=fetched("code_map", *_parts),
    css=inline("sprites.css", "save_picture.css", "code_map.css"),
)
_assets = st.components.v2.component(
    "map_assets",
    js=fetched("code_map", *_parts, seen=False),
    css=live_rows.HIDDEN_CSS,
    isolate_styles=False,  # it hides what stands around it
)


def _give(head: dict[str, Any], files: Sequence[bytes]) -> None:
    _assets(key=f"map-assets-{head['id']}", data=packed({"assets": True, **head}, files))
