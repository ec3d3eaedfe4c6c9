"""What a learned code is measured against."""

from __future__ import annotations

import math
from dataclasses import dataclass

ROUNDING = 1e-7  # MSE; what is less is rounding


@dataclass(frozen=True)
class BaselinePoint:
    """The error of a baseline at one size of its code."""

    n_latents: int  # numbers in the code; 0: it has none, every image comes back as the same
    test_mse: float


@dataclass(frozen=True)
class BaselineCurve:
    """What a baseline makes of a data set's test images, as far as it is measured.

    A codec has bytes instead of numbers. It would fit in with another size in its points, `n_bytes`: a pixel
    is a byte, so the chart by compression ratio has a place for it, n_pixels / n_bytes, and the charts by
    size of the code have none.
    """

    baseline: str  # its name
    title: str  # for people, as in a legend
    dataset: str
    n_train_images: int  # that it was fitted on
    has_code: bool = True  # False: it has one error whatever the size of a code it is compared with
    points: tuple[BaselinePoint, ...] = ()  # rising in n_latents
    done: float = 0.0  # fraction, 0 to 1
    why_beaten: str = ""  # by a linear model of one layer; empty: there is nothing to say

    @property
    def doing(self) -> str:
        return "Measuring"

    @property
    def measured(self) -> tuple[BaselinePoint, ...]:
        """The points with which something can be compared: finite, and more than rounding."""
        return tuple(point for point in self.points if ROUNDING < point.test_mse < math.inf)

    @property
    def level(self) -> float | None:
        """The one MSE of a baseline without a code; None: it has one, or is not measured yet."""
        return None if self.has_code or not self.measured else self.measured[0].test_mse

    def mse_at(self, n_latents: int) -> float | None:
        """The MSE of a code of exactly this size; None: not measured."""
        return next((point.test_mse for point in self.measured if point.n_latents == n_latents), self.level)
