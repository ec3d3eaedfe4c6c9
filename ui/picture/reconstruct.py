"""One visitor's picture, and what a model makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from autoenc import checkpoints, datasets, out_of_distribution
from autoenc.out_of_distribution import EXAMPLES, Reconstruction, TileReconstructions
from autoenc.pictures import are_on_dark_ground, inverted, is_bright_ground, open_picture, shrunk, tiled
from autoenc.schema import Run
from ui.components import pixels
from ui.core import drawings
from ui.core.caching import shared
from ui.core.model_cache import opened

MAX_SIDE = 1280  # pixels of the longer side that are kept: 5 MB, and as many tiles as there may be of 52 x 52
MAX_PICTURES = 32  # pictures of a class


class Upload(Protocol):
    """A file from the visitor's browser."""

    name: str
    file_id: str

    def getvalue(self) -> bytes: ...


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that no model was trained on."""

    key: str  # equal for equal pictures
    title: str  # of a file: any text
    pixels: np.ndarray | None = field(repr=False)  # uint8 (C, H, W); None: it was drawn in the models' sizes
    drawn: Mapping[tuple[int, int], np.ndarray] = field(default_factory=dict, repr=False)
    is_in_photos: bool = False  # the data set of photographs has pieces of it in its training set


# ---------------------------------------------------------------- which picture


def example_picture(name: str) -> Picture:
    """Raises PictureError."""
    return Picture(
        f"example {name}", EXAMPLES[name].title, _example(name), is_in_photos=EXAMPLES[name].in_photos
    )


def uploaded_picture(file: Upload) -> Picture:
    """Raises PictureError where it is none that can be read."""
    return Picture(f"file {file.file_id}", file.name, _uploaded(file.file_id, file))


def drawn_picture() -> Picture | None:
    """What is drawn on the pad; None: nothing is."""
    drawing = drawings.latest()
    return Picture(f"drawing {drawing.id}", "Your drawing", None, drawing.pictures) if drawing else None


@shared(max_entries=4)
def _example(name: str) -> np.ndarray:
    return out_of_distribution.example(name)


@shared(max_entries=MAX_PICTURES, spinner="Reading the picture")
def _uploaded(file_id: str, _file: Upload) -> np.ndarray:
    return open_picture(_file.getvalue(), _file.name, MAX_SIDE)


# ---------------------------------------------------------------- what becomes of it


def is_inverted(picture: Picture, run: Run, invert: str) -> bool:
    """Whether the model is given the negative: it knows bright strokes on black, or the visitor says so."""
    if invert != "auto":
        return invert == "yes"
    return (
        picture.pixels is not None
        and _is_on_dark_ground(run.config.dataset)
        and is_bright_ground(picture.pixels)
    )


@shared(max_entries=16)
def _is_on_dark_ground(dataset: str) -> bool:
    return are_on_dark_ground(datasets.load(dataset).train[:256])


def reconstruction(picture: Picture, run: Run, invert: str) -> Reconstruction | None:
    """The picture in the model's size, and what the model makes of it; None: it was not drawn in that size.

    Raises:
        AutoencError: the run's file or its data cannot be used.
    """
    shape = run.model.image_shape
    source = picture.drawn.get(shape[1:]) if picture.pixels is None else picture.pixels
    if source is None:
        return None
    content_hash = checkpoints.content_hash(run.run_id)
    return _reconstruction(
        run.run_id, content_hash, picture.key, is_inverted(picture, run, invert), source, run
    )


def tile_reconstructions(picture: Picture, run: Run, invert: str) -> TileReconstructions | None:
    """The same tile by tile; None: it was drawn."""
    if picture.pixels is None:
        return None
    content_hash = checkpoints.content_hash(run.run_id)
    return _tile_reconstructions(
        run.run_id, content_hash, picture.key, is_inverted(picture, run, invert), picture.pixels, run
    )


# The hash of a run's file is part of the keys: a file of the same name may be another one.
@shared(max_entries=128)
def _reconstruction(
    run_id: str, content_hash: str, key: str, invert: bool, _pixels: np.ndarray, _run: Run
) -> Reconstruction:
    source = inverted(_pixels) if invert else _pixels
    return out_of_distribution.reconstruct(opened(_run), shrunk(source, _run.model.image_shape))


@shared(max_entries=MAX_PICTURES, spinner="Running the model, tile by tile")
def _tile_reconstructions(
    run_id: str, content_hash: str, key: str, invert: bool, _pixels: np.ndarray, _run: Run
) -> TileReconstructions:
    source = inverted(_pixels) if invert else _pixels
    tiles = tiled(source, _run.model.image_shape, out_of_distribution.most_tiles(_run.model))
    return out_of_distribution.reconstruct_tiles(opened(_run), tiles)


def tile_pictures(picture: Picture, run: Run, invert: str, colour: str) -> tuple[bytes, bytes, bytes] | None:
    """Original, reconstruction and error as PNG files, made once; None: it was drawn.

    Args:
        colour: of the error, #rrggbb.
    """
    made = tile_reconstructions(picture, run, invert)
    if made is None:
        return None
    key = (run.run_id, checkpoints.content_hash(run.run_id), picture.key, is_inverted(picture, run, invert))
    return _tile_pictures(key, colour, made)


@shared(max_entries=MAX_PICTURES)
def _tile_pictures(
    key: tuple[str, str, str, bool], colour: str, _made: TileReconstructions
) -> tuple[bytes, bytes, bytes]:
    x, x_hat = _made.tiles.picture, _made.x_hat
    off = np.abs(x_hat / 255 - x / 255).mean(axis=0)
    return pixels.png(x), pixels.png(x_hat), pixels.png(pixels.heat(off, colour))
