"""Axes of sizes and seconds, numbers as figures hold them, and small letters inside a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autoenc.plots.drawing import axis, step_of_1_2_5

SMALL_FONT = 12  # pixels: letters inside the plot
MAX_TICKS = 8


def rounded(value: float) -> float:
    """To 4 significant digits."""
    short = float(f"{value:.4g}")
    return int(short) if short.is_integer() else short


def size_axis(title: str, values: Sequence[float], *, log: bool, ticks: bool = False) -> dict[str, Any]:
    """From the least to the greatest planned value, whatever has come; `ticks`: at the values themselves."""
    low, high = min(values, default=1), max(values, default=128)
    planned = axis(title, ",~g") | {"showgrid": False}
    planned["uirevision"] = f"{low} {high} {log}"
    if not log:
        air = 0.03 * high
        return planned | {"range": [rounded(-air), rounded(high + air)]}
    first, last = math.log10(low), math.log10(high)
    air = max(0.03 * (last - first), 0.03)
    planned |= {"type": "log", "range": [rounded(first - air), rounded(last + air)], "dtick": 1}
    return planned | ({"tickvals": _spread(values), "tickformat": ",d"} if ticks else {})


def _spread(values: Sequence[float]) -> list[float]:
    """As many of them as stand apart on a logarithmic axis, the least first."""
    labelled: list[float] = []
    every = sorted(set(values))
    gap = math.log(every[-1] / every[0]) / (MAX_TICKS - 1) if every else 0
    for value in every:
        if not labelled or math.log(value / labelled[-1]) >= 0.999 * gap:
            labelled.append(value)
    return labelled


def linear_top(value: float) -> float:
    """The next even step above it."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= 0.999 * value)


def seconds_axis(title: str, seconds: Sequence[float], *, log: bool) -> tuple[dict[str, Any], float, float]:
    """The axis, and what it shows at least; it widens in steps of 1, 2, 5 like that of the losses."""
    low = step_of_1_2_5(min(seconds, default=1) / 1.25, up=False)
    high = step_of_1_2_5(max(seconds, default=100) * 1.1, up=True)
    logarithmic = {"type": "log", "dtick": "D2" if high <= 200 * low else 1} if log else {}
    return axis(title, "~g") | logarithmic, low if log else 0, high


def letters(text: str, **more: Any) -> dict[str, Any]:
    """What a shape is called."""
    return {"text": text, "font": {"size": SMALL_FONT}, **more}
