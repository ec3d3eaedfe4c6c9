"""How far a code is from those of training images while a hand moves it along a few directions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from autoenc.latent.gaussian import Gaussian

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Distance:
    """The squared Mahalanobis distance of a code that moves, by how far it has moved along each direction.

    For steps t it is constant + linear . t + t . square . t: a browser needs no covariance, however large the
    code is.
    """

    constant: float
    linear: Floats = field(repr=False)  # (B,)
    square: Floats = field(repr=False)  # (B, B)

    def of(self, steps: Floats) -> float:
        """The distance after these steps (B,)."""
        squared = self.constant + float(self.linear @ steps) + float(steps @ self.square @ steps)
        return math.sqrt(max(0.0, squared))


def distance_from(gaussian: Gaussian, z: Floats, directions: Floats) -> Distance:
    """From the mean of the Gaussian.

    Args:
        z: (K,) where it starts.
        directions: (B, K) what one step along each adds to it.
    """
    scales = np.sqrt(gaussian.variances.astype(np.float64))
    start = gaussian.axes @ (z - gaussian.mean) / scales  # (R,)
    steps = (gaussian.axes @ directions.T) / scales[:, None]  # (R, B)
    return Distance(
        float(start @ start),
        (2 * start @ steps).astype(np.float32),
        (steps.T @ steps).astype(np.float32),
    )
