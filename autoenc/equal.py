"""Two data sets compared where something about their codes is equal: the ratio, or the numbers in them.

Between two measured sizes a straight line is drawn on logarithmic axes; beyond the last ones nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal

from autoenc.pareto import usable
from autoenc.schema import MODEL_NAMES, Subject, psnr_of_mse

By = Literal["ratio", "numbers"]
BY: Mapping[By, str] = {"ratio": "times smaller than the image", "numbers": "numbers in the code"}

Measure = Literal["mse", "psnr", "lost"]
MEASURES: Mapping[Measure, str] = {
    "mse": "test error (MSE per pixel)",
    "psnr": "test PSNR (dB)",
    "lost": "error in parts of the mean image's",
}

Curve = tuple[tuple[float, float], ...]  # where on the x axis, MSE per pixel; by x, which differ
LEAST = 1e-7  # MSE; what is less is rounding


def curves(subject: Subject, by: By) -> dict[str, Curve]:
    """Of each model that has runs, by its name, and of PCA where it is fitted; of codes that compress."""
    found = {}
    for line in subject.lines:
        smaller = [p for p in line if usable(p.test_mse) and p.ratio > 1]
        losses = {_x(subject, p.n_latents, by): p.test_mse for p in smaller}
        found[MODEL_NAMES[line[0].config.model]] = losses
    if subject.pca is not None:
        every = zip(subject.pca.sizes, subject.pca.test_mse, strict=True)
        found["PCA"] = {_x(subject, k, by): mse for k, mse in every if mse > LEAST}
    return {name: tuple(sorted((x, mse) for x, mse in c.items() if mse)) for name, c in found.items() if c}


def _x(subject: Subject, n_latents: int, by: By) -> float:
    return n_latents if by == "numbers" else subject.n_pixels / n_latents


def at(curve: Curve, x: float) -> float | None:
    """The MSE there; None: beyond what is measured."""
    if curve and math.isclose(x, curve[0][0]):
        return curve[0][1]
    for (low, a), (high, b) in pairwise(curve):
        if low <= x <= high or math.isclose(x, high):
            part = math.log(x / low) / math.log(high / low)
            return math.exp((1 - part) * math.log(a) + part * math.log(b))
    return None


def both(one: Curve, other: Curve) -> Iterator[tuple[float, float, float]]:
    """Where at least one is measured and both are known: x, and the MSE of each."""
    for x in sorted({x for x, _ in (*one, *other)}):
        a, b = at(one, x), at(other, x)
        if a is not None and b is not None:
            yield x, a, b


def measured(mse: float, measure: Measure, subject: Subject) -> float | None:
    """An MSE as the chart shows it; None: not known yet."""
    if measure == "mse":
        return mse
    if measure == "psnr":
        return psnr_of_mse(mse)
    whole = subject.pca.mean_image_mse if subject.pca else None
    return mse / whole if whole is not None and usable(whole) else None
