"""What a decoder draws at the places of a plane, as one picture (Kingma and Welling 2014, figure 4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ConfigError
from autoenc.inspection import Trained
from autoenc.latent.codes import test_codes
from autoenc.latent.decoding import decode, mosaic
from autoenc.latent.planes import Floats, Plane, code_at, plane_of

SIDE = 20  # images


def sheet(trained: Trained, side: int = SIDE) -> NDArray[np.uint8]:
    """The images at the places of a grid over the plane of the test codes: (C, side * H, side * W).

    The top row is that of the highest places. Of codes of a single number it is one row: (C, H, side * W).

    Raises:
        ConfigError: `side` is no number of images.
        CodeError: the codes, or what is drawn, are not all finite.
    """
    if side < 1:
        raise ConfigError(f"a sheet has {side} pictures a side; allowed: 1 and more")
    z = test_codes(trained).z
    plane = plane_of(z)
    places = grid(plane, side)
    return mosaic(decode(trained, code_at(plane, z, places.reshape(-1, 2))), places.shape[1])


def grid(plane: Plane, side: int = SIDE) -> Floats:
    """The middles of the cells of the sheet, the top row first: (rows, side, 2)."""
    left, bottom, right, top = plane.extent
    steps = (np.arange(side) + 0.5) / side
    a = left + (right - left) * steps
    b = np.zeros(1) if plane.is_line else top - (top - bottom) * steps
    return np.stack(np.meshgrid(a, b), -1).astype(np.float32)


def empty_share(plane: Plane, side: int = SIDE) -> float:
    """Of the cells of the sheet, those in which no point lies."""
    left, bottom, right, top = plane.extent
    a = np.floor((plane.points[:, 0] - left) / (right - left) * side)
    b = np.zeros_like(a) if plane.is_line else np.floor((plane.points[:, 1] - bottom) / (top - bottom) * side)
    rows = 1 if plane.is_line else side
    inside = (a >= 0) & (a < side) & (b >= 0) & (b < rows)
    return 1 - len(np.unique((b * side + a)[inside])) / (side * rows)
