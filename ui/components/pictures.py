"""Rows of small images, one column an image: the original above, what a model made of it below.

Rows may be films, a frame for each of some moments. In the browser a film that is moved tells its window so:
the event `autoenc-moment` has the detail {key, at}; `at` is the step of the frame, or null when the film has
gone. The event `autoenc-seek` with the same detail moves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import streamlit as st

from autoenc.errors import ShapeError
from ui.components import fetched, inline
from ui.components.save_picture import PngText, png_data
from ui.components.sprites import Sprite, across, packed, sprite


@dataclass(frozen=True, eq=False)
class PictureRow:
    """One row of pictures.

    Raises:
        ShapeError: the images are not uint8 with one or three channels, or there is not a text for each.
    """

    label: str
    images: np.ndarray  # uint8 (B, C, H, W), or a film (F, B, C, H, W)
    colour: str  # of the key beside the label, #rrggbb
    # B texts, or F x B, frame after frame, where they change with the film:
    notes: tuple[str, ...] | None = None  # under each image; a line break is kept
    hints: tuple[str, ...] | None = None  # sentences that the pointer and the screen reader find
    marked: tuple[bool, ...] | None = None  # whose notes stand out; as many as notes
    steady: bool = False  # the same from one update to the next: large pictures are handed over apart, once

    def __post_init__(self) -> None:
        dtype, shape = self.images.dtype, self.images.shape
        if dtype != np.uint8 or len(shape) not in (4, 5) or shape[-3] not in (1, 3) or 0 in shape:
            raise ShapeError(
                f"pictures are {dtype} {shape}; allowed: uint8 (B, 1 or 3, H, W), "
                "or (F, B, 1 or 3, H, W) for a film, at least one of each"
            )
        for name, texts in (("notes", self.notes), ("hints", self.hints), ("marks", self.marked)):
            if texts is not None and len(texts) not in (self.n, self.n * len(self.frames)):
                raise ShapeError(f"{len(texts)} {name} for {self.n} pictures in {len(self.frames)} frames")

    @property
    def n(self) -> int:
        return int(self.images.shape[-4])

    @property
    def frames(self) -> np.ndarray:
        """(F, B, C, H, W); one frame where it is no film."""
        return self.images if self.images.ndim == 5 else self.images[None]


@dataclass(frozen=True)
class Film:
    """What is said of the frames of a film."""

    marks: tuple[str, ...]  # "epoch 7 of 20: test MSE 0.0123"
    steps: tuple[int, ...]  # of the training, rising
    autoplay: bool = False  # starts by itself and begins again, unless the reader wants less motion


# Streamlit sends an equal message of this size again as a reference of a few bytes; a smaller one it repeats.
APART_FROM = 10_000  # bytes
# On two lines, or Streamlit takes it for the name of a file.
_HIDDEN_CSS = "[data-testid=stElementContainer]:has(> * .autoenc-sheet) {\n display: none; }"
# One file, so that both share what is handed over.
_parts = ("keep.js", "sprites.js", "save_picture.js", "pictures.js")
_mount = st.components.v2.component(
    "pictures", js=fetched("pictures", *_parts), css=inline("sprites.css", "save_picture.css", "pictures.css")
)
_sheet = st.components.v2.component(
    "sheet",
    js=fetched("pictures", *_parts, seen=False),
    css=_HIDDEN_CSS,
    isolate_styles=False,  # it hides what stands around it
)


def pictures(
    rows: Sequence[PictureRow],
    *,
    key: str,
    difference: str | None = None,
    film: Film | None = None,
    choose: bool = False,
    columns: int = 16,
    narrow_columns: int = 8,
    png: PngText | None = None,
) -> int | None:
    """Show the rows, or bring those of this key up to date.

    Args:
        difference: the colour (#rrggbb) of one more row, the absolute difference between the first and the
            last, from black over this colour to white.
        film: its last frame is shown first. A single frame gets the room of the bar too.
        choose: a column can be chosen, by pointer and by keyboard.
        columns: images side by side.
        narrow_columns: the same on a narrow screen, where they are fewer.
        png: a button saves the rows as they are seen, with these words around them.
    Returns:
        The index of the image chosen since the last run of the script, once; None otherwise.
    Raises:
        ShapeError: the rows differ in the number or size of their images, or a film from what is said of it.
    """
    _check(rows, film, difference)
    n, height, width = (rows[0].n, *rows[0].images.shape[-2:]) if rows else (0, 1, 1)
    frames = [[sprite(frame) for frame in row.frames] for row in rows]
    apart = _preload_sheets(rows, frames, key)
    # The same pictures are sent once.
    files = {frame.id: frame.file for row in frames for frame in row if frame.id not in apart}
    head = {
        "key": key,
        "rows": [_row_data(row, sprites) for row, sprites in zip(rows, frames, strict=True)],
        **{"ids": list(files), "apart": apart},
        **{"n": n, "height": height, "width": width, "across": across(n)},
        **{"difference": difference, "film": film and asdict(film), "choose": choose, "columns": columns},
        **{"narrow_columns": narrow_columns, "png": png_data(png)},
    }
    data = packed(head, list(files.values()))
    clicked = _mount(key=key, data=data, on_chosen_change=lambda: None).chosen  # which declares the trigger
    return None if clicked is None else int(clicked)


def _preload_sheets(rows: Sequence[PictureRow], frames: Sequence[Sequence[Sprite]], key: str) -> list[str]:
    """Give the browser the steady pictures, unseen; returns their ids."""
    steady = (
        sprite for row, row_frames in zip(rows, frames, strict=True) for sprite in row_frames if row.steady
    )
    large = {sprite.id: sprite.file for sprite in steady if len(sprite.file) >= APART_FROM}
    for id, file in large.items():
        _sheet(key=f"{key}-{id}", data=packed({"sheet": id}, [file]))
    return list(large)


def _row_data(row: PictureRow, frames: Sequence[Sprite]) -> dict[str, object]:
    texts = {"label": row.label, "colour": row.colour, "notes": row.notes, "hints": row.hints}
    return texts | {"marked": row.marked, "frames": [frame.id for frame in frames]}


def _check(rows: Sequence[PictureRow], film: Film | None, difference: str | None) -> None:
    shapes = {(row.n, *row.images.shape[-2:]) for row in rows}
    if len(shapes) > 1:
        raise ShapeError(f"rows of pictures differ in (B, H, W): {sorted(shapes)}")
    if difference is not None and len(rows) < 2:
        raise ShapeError(f"a difference is between two rows of pictures or more; given: {len(rows)}")
    n_frames = max((len(row.frames) for row in rows), default=1)
    lengths_of_film = (1, 1) if film is None else (len(film.marks), len(film.steps))
    lengths = {len(row.frames) for row in rows} - {1}
    if len(lengths) > 1 or lengths_of_film != (n_frames, n_frames):
        raise ShapeError(
            f"a film of {n_frames} frames has {lengths_of_film[0]} marks and {lengths_of_film[1]} steps; "
            "one each is needed"
        )
