"""What the rows of `live_model` and `live_code` have in common: their checks, and how they are sent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from autoenc.errors import ShapeError
from ui.components.sprites import packed

# On two lines, or Streamlit takes it for the name of a file.
HIDDEN_CSS = "[data-testid=stElementContainer]:has(> * .autoenc-assets) {\n display: none; }"


class Row(Protocol):
    """A row of pictures with its label."""

    @property
    def label(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def live(self) -> str | None: ...  # what the browser makes of it; None: pictures from the server
    @property
    def pictures(self) -> np.ndarray | None: ...  # uint8 (B, C, H, W)
    @property
    def says(self) -> str: ...
    @property
    def mean(self) -> str: ...


def check_row(row: Row, figures: Mapping[str, Sequence[object]]) -> None:
    """That it has a source, and as many of each of these figures as pictures, if any.

    Raises:
        ShapeError: it has not.
    """
    if row.pictures is not None:
        check_images(row.pictures)
    elif row.live is None:
        raise ShapeError(f"the row {row.label!r} has no pictures; a row that is not live needs them")
    for name, values in figures.items():
        if values and row.pictures is not None and len(values) != len(row.pictures):
            raise ShapeError(f"{len(values)} figures of {name} for {len(row.pictures)} pictures")


def check_images(images: np.ndarray) -> None:
    """That they are uint8 (B, C, H, W) of one or three channels.

    Raises:
        ShapeError: they are not.
    """
    dtype, shape = images.dtype, images.shape
    if dtype != np.uint8 or len(shape) != 4 or shape[1] not in (1, 3) or 0 in shape:
        raise ShapeError(
            f"pictures are {dtype} {shape}; allowed: uint8 (B, 1 or 3, H, W), at least one of each"
        )


def check_alike(rows: Sequence[Row]) -> None:
    """That all pictures have one shape.

    Raises:
        ShapeError: they differ.
    """
    shapes = {row.pictures.shape for row in rows if row.pictures is not None}
    if len(shapes) > 1:
        raise ShapeError(
            f"rows of pictures differ in (B, C, H, W): {sorted(shapes)}; allowed: one shape for all"
        )


def texts_of(row: Row) -> dict[str, Any]:
    """What is written beside a row, for the browser."""
    return {"label": row.label, "colour": row.colour, "live": row.live, "says": row.says, "mean": row.mean}


def number(value: float) -> float | str:
    """JSON knows neither infinity nor NaN; JavaScript reads both from a text."""
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def message_of(head: Mapping[str, Any], rows: Sequence[Row]) -> bytes:
    """The head, and behind it the pictures that come from the server."""
    pictures = {
        i: row.pictures for i, row in enumerate(rows) if row.live is None and row.pictures is not None
    }
    places = list(pictures)  # of the rows whose pictures follow
    return packed({**head, "places": places}, [np.ascontiguousarray(x).tobytes() for x in pictures.values()])
