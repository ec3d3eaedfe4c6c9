"""What the decoder draws over a plane of its code, as one picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ConfigError
from autoenc.inspection import Trained
from autoenc.latent.codes import test_codes
from autoenc.latent.decoding import decode, mosaic
from autoenc.latent.gaussian import fit

SIDE = 20  # pictures
PERCENTILES = (1, 99)  # of the test codes: so far the plane reaches in each direction

Floats = NDArray[np.float32]


def sheet(trained: Trained, side: int = SIDE) -> NDArray[np.uint8]:
    """Pictures of a grid of codes side by side, (C, height, width): `side` to the right and `side` upwards.

    The plane of a code of two numbers is the code itself; of a larger one the plane of the two directions
    along which the test codes vary most, through their mean. A code of one number has one row.

    Raises:
        ConfigError: `side` is no number of pictures.
        CodeError: the codes, or what is drawn, are not all finite.
    """
    if side < 1:
        raise ConfigError(f"a sheet has {side} pictures a side; allowed: 1 and more")
    pictures = decode(trained, _grid(test_codes(trained).z, side))
    return mosaic(pictures, min(side, len(pictures)))


def _grid(z: Floats, side: int) -> Floats:
    """The codes of a sheet, row by row from the top: (N, K) -> (rows * columns, K)."""
    origin, axes = _plane(z)
    places = (z - origin) @ axes.T  # (N, 0, 1 or 2)
    low, high = np.percentile(places, PERCENTILES, axis=0)
    steps = [np.linspace(*ends, side) for ends in zip(low, high, strict=True)]
    right, up = (*steps, np.zeros(1), np.zeros(1))[:2]
    rows = np.array([[x, y] for y in up[::-1] for x in right])
    return np.asarray(origin + rows[:, : len(axes)] @ axes, np.float32)


def _plane(z: Floats) -> tuple[Floats, Floats]:
    """A point of it, (K,), and its axes, (2, K); fewer where the codes vary in fewer directions."""
    n_latents = z.shape[1]
    if n_latents <= 2:
        return np.zeros(n_latents, np.float32), np.eye(n_latents, dtype=np.float32)
    gaussian = fit(z)
    return gaussian.mean, gaussian.axes[:2]
