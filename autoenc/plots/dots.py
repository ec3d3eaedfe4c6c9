"""Runs as dots of a figure, and the runs of several seeds as one dot at their mean.

Each dot has a run whose pictures a click on it shows. That of a mean is the run nearest to the mean; the
runs of which it is the mean are small dots behind it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autoenc.groups import Group, Line, Spread, groups, spread
from autoenc.numerals import counted, short, smaller
from autoenc.plots.references import DOT_SIZE, Trace
from autoenc.plots.scales import rounded
from autoenc.schema import Point

SYMBOLS = ("circle", "square", "triangle-up", "star")
BAR = {"type": "data", "thickness": 2, "width": 5}  # of one standard deviation
SINGLE_SIZE = 6  # pixels: of a run behind its mean
SINGLE_OPACITY = 0.45


@dataclass(frozen=True)
class Dot:
    """A run, or the mean of several, where it stands in a figure."""

    point: Point
    x: float
    y: float
    hollow: bool = False
    joined: bool = True  # to its neighbours, by a line
    label: str = ""  # beside it
    aside: str = ""  # what is said of it in place of its ratio
    bar: float | None = None  # one standard deviation up and down; None: it has none
    note: str = ""  # a line of its own below what is said of it

    @property
    def hover(self) -> str:
        """`16 (16 numbers, 49 times smaller)`."""
        point = self.point
        numbers = counted(point.n_latents, "number")
        text = f"{point.config.latent_size:,} ({numbers}, {self.aside or _smaller(point.ratio)})"
        return text if point.finished else f"{text}, epoch {point.epochs_done:,} of {point.config.epochs:,}"


def _smaller(ratio: float) -> str:
    if math.isclose(ratio, 1):
        return "as many as pixels"
    return smaller(ratio)


# ---------------------------------------------------------------- several seeds


def with_means(
    line: Line, dots: Sequence[Dot], told: Callable[[float], str] = short
) -> tuple[list[Dot], list[Dot]]:
    """The dots of a line, with one for the runs that differ only by their seed; and the single ones of these.

    Args:
        dots: of all lines.
        told: a standard deviation in words.
    """
    by_id = {dot.point.run_id: dot for dot in dots}
    large: list[Dot] = []
    single: list[Dot] = []
    for group in groups(line.points):
        mine = [by_id[point.run_id] for point in group.points if point.run_id in by_id]
        if len(group.points) == 1:
            large += mine
            continue
        done = [dot for dot in mine if dot.joined]
        if done:
            large.append(_mean(group, done, told))
        # It lies over its mean where these are close: then the browser speaks of the smaller dot.
        also = _note(spread([dot.y for dot in done]), len(group.points), told, said=True) if done else ""
        single += [replace(dot, note=also) for dot in mine]
    return large, single


def _mean(group: Group, done: Sequence[Dot], told: Callable[[float], str]) -> Dot:
    """One dot for these."""
    x, y = spread([dot.x for dot in done]), spread([dot.y for dot in done])
    nearest = min(done, key=lambda dot: abs(dot.y - y.mean))
    return replace(
        nearest,
        x=x.mean if x.std else nearest.x,
        y=y.mean,
        hollow=any(dot.hollow for dot in done),
        bar=y.std,
        note=_note(y, len(group.points), told),
    )


def _note(y: Spread, n_planned: int, told: Callable[[float], str], *, said: bool = False) -> str:
    """`mean of 3 seeds, standard deviation 0.0002`.

    Args:
        said: the mean, too: `mean of 3 seeds 0.0041, ...`.
    """
    if y.std is None:
        return f"1 of {n_planned} seeds so far"
    which = f"{y.n} seeds" if y.n == n_planned else f"{y.n} of {n_planned} seeds so far"
    return f"mean of {which}{f' {told(y.mean)}' if said else ''}, standard deviation {told(y.std)}"


def singles(name: str, dots: Sequence[Dot], hover: str, colour: str, symbol: str, group: str) -> Trace:
    """The runs behind the means of a line: small, faint, and a click on one shows its pictures."""
    return {
        "type": "scatter",
        "name": name,
        "mode": "markers",
        "x": [rounded(dot.x) for dot in dots] or [None],
        "y": [rounded(dot.y) for dot in dots] or [None],
        "customdata": [dot.point.run_id for dot in dots] or [None],
        "hovertext": [f"{dot.hover}, seed {dot.point.config.seed}" for dot in dots] or [None],
        "hovertemplate": [f"k = %{{hovertext}}: {hover}{after(dot)}" for dot in dots] or None,
        "cliponaxis": False,
        "legendgroup": group,
        "showlegend": False,
        "opacity": SINGLE_OPACITY,
        "marker": {"color": colour, "size": SINGLE_SIZE, "symbol": symbols(dots, symbol)},
    }


def after(dot: Dot | None) -> str:
    """What a hover says of a dot in a line of its own."""
    return f"<br>{dot.note}" if dot and dot.note else ""


def bars(placed: Sequence[Dot | None]) -> dict[str, Any]:
    """What a trace has for the standard deviations of its dots; nothing where none has one."""
    lengths = [dot.bar if dot else None for dot in placed]
    if not any(lengths):
        return {}
    return {"error_y": BAR | {"array": [rounded(length) if length else None for length in lengths]}}


# ---------------------------------------------------------------- on a trace


def symbols(placed: Sequence[Dot | None], full: str) -> str | list[str]:
    """The symbol of a line, or one for each dot where some are hollow."""
    each = [f"{full}-open" if dot and dot.hollow else full for dot in placed]
    return each if len(set(each)) > 1 else each[0] if each else full


def marker(placed: Sequence[Dot | None], colour: str, symbol: str) -> dict[str, Any]:
    return {"color": colour, "size": DOT_SIZE, "symbol": symbols(placed, symbol)}


def heights(dots: Iterable[Dot], *traces: Trace) -> np.ndarray:
    """All that a y axis has to show, (N,) float32."""
    values = [dot.y for dot in dots] + [y for one in traces for y in one["y"] if y is not None]
    return np.array(values, dtype=np.float32)
