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
    def no_code(self) -> BaselineCurve | None:
        """The baseline without a code, which tells what nothing is worth; None: not measured yet."""
        return next((curve for curve in self.baselines if curve.level is not None), None)

    @property
    def no_code_mse(self) -> float | None:
        """Its MSE; None: not measured yet."""
        return self.no_code.level if self.no_code else None
