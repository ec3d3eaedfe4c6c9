"""A picture cut into a model's images, and put together again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ShapeError
from autoenc.pictures.fitting import Shape, check, recoloured, resized
from autoenc.pictures.opening import Picture

Number = TypeVar("Number", bound=np.generic)  # of whatever kind

MAX_TILES = 600  # tiles: some 24 x 25 of them


@dataclass(frozen=True, eq=False)
class Tiles:
    """A picture in pieces, row by row."""

    images: Picture  # uint8 (N, C, h, w); beyond the right and the lower edge the edge is repeated
    rows: int
    columns: int
    height: int  # of the picture that they make
    width: int

    @property
    def picture(self) -> Picture:
        """What was cut, (C, height, width)."""
        return joined(self, self.images)


def tiled(picture: Picture, shape: Shape, most: int = MAX_TILES) -> Tiles:
    """The picture in images of this shape; one that would need more than `most` of them is reduced first.

    Args:
        picture: (C, height, width) uint8.
        shape: (C, H, W) of a tile.
    Raises:
        ShapeError: the picture or the shape is no image's.
    """
    check(picture, shape)
    channels, h, w = shape
    picture = _reduced(recoloured(picture, channels), h, w, most)
    _, height, width = picture.shape
    rows, columns = math.ceil(height / h), math.ceil(width / w)
    padded = np.pad(picture, [(0, 0), (0, rows * h - height), (0, columns * w - width)], mode="edge")
    cut = padded.reshape(channels, rows, h, columns, w).transpose(1, 3, 0, 2, 4)
    return Tiles(np.ascontiguousarray(cut).reshape(-1, *shape), rows, columns, height, width)


def joined(tiles: Tiles, images: NDArray[Number]) -> NDArray[Number]:
    """Images in the place of the tiles put together, what was repeated cut off: (C, height, width).

    Raises:
        ShapeError: they are not as many as the tiles, or of another size.
    """
    if images.shape != tiles.images.shape:
        raise ShapeError(f"images of shape {images.shape} do not replace tiles of {tiles.images.shape}")
    _, channels, h, w = images.shape
    grid = images.reshape(tiles.rows, tiles.columns, channels, h, w).transpose(2, 0, 3, 1, 4)
    whole = grid.reshape(channels, tiles.rows * h, tiles.columns * w)
    return np.ascontiguousarray(whole[:, : tiles.height, : tiles.width])


def _reduced(picture: Picture, h: int, w: int, most: int) -> Picture:
    """Reduced as little as possible to leave at most this many tiles."""
    _, height, width = picture.shape
    scale = min(1.0, math.sqrt(max(1, most) * h * w / (height * width)))

    def sides() -> tuple[int, int]:
        return max(1, round(height * scale)), max(1, round(width * scale))

    while math.ceil(sides()[0] / h) * math.ceil(sides()[1] / w) > max(1, most):
        scale *= 0.99
    return picture if scale == 1.0 else resized(picture, *sides())
