"""A data set whose compression is compared with another's."""

from __future__ import annotations

from dataclasses import dataclass

from autoenc.schema.baseline import BaselineCurve
from autoenc.schema.sweep import Point


@dataclass(frozen=True)
class Subject:
    """What is known of how well the images of a data set can be compressed."""

    name: str  # for people, short
    n_pixels: int  # numbers in an image
    lines: tuple[tuple[Point, ...], ...] = ()  # of each model finished runs that differ only in latent size
    baselines: tuple[BaselineCurve, ...] = ()

    @property
    def no_code_mse(self) -> float | None:
        """The MSE of a baseline without a code; None: not measured yet."""
        return next((curve.level for curve in self.baselines if curve.level is not None), None)
