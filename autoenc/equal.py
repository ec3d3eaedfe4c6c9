"""Two data sets compared where something about their codes is equal: the ratio, or the numbers in them.

Between two measured sizes a straight line is drawn on logarithmic axes; beyond the last ones nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
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
    "lost": "error relative to an empty code",
}

Curve = tuple[tuple[float, float], ...]  # where on the x axis, MSE per pixel; by x, which differ
_MODEL_ORDER = {name: i for i, name in enumerate(MODEL_NAMES.values())}


def curves(subject: Subject, by: By) -> dict[str, Curve]:
    """Of each model that has runs, by its name, at codes that compress; of each measured baseline."""
    points = {}
    for line in subject.lines:
        smaller = [p for p in line if usable(p.test_mse) and p.ratio > 1]
        losses = {_x(subject, p.n_latents, by): p.test_mse for p in smaller}
        points[MODEL_NAMES[line[0].config.model]] = losses
    for baseline in subject.baselines:
        if baseline.has_code:
            points[baseline.title] = {_x(subject, p.n_latents, by): p.test_mse for p in baseline.measured}
    return {name: tuple(sorted((x, mse) for x, mse in c.items() if mse)) for name, c in points.items() if c}


def in_order(*subjects: Mapping[str, Curve]) -> list[str]:
    """The names of all these curves, the models before the baselines."""
    names = dict.fromkeys(name for curves in subjects for name in curves)
    return sorted(names, key=lambda name: _MODEL_ORDER.get(name, len(_MODEL_ORDER)))


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


def measure_title(measure: Measure, subjects: Sequence[Subject]) -> str:
    """As on an axis; an empty code by the name of the baseline that stands for it, once that is measured."""
    name = next((subject.no_code.title for subject in subjects if subject.no_code), None)
    return MEASURES[measure].replace("an empty code", f"the {name}") if name else MEASURES[measure]


def measured(mse: float, measure: Measure, subject: Subject) -> float | None:
    """An MSE as the chart shows it; None: not known yet."""
    if measure == "mse":
        return mse
    if measure == "psnr":
        return psnr_of_mse(mse)
    whole = subject.no_code_mse
    return mse / whole if whole is not None else None
