"""What the runs of a figure are measured against: grey lines and diamonds that answer no click."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autoenc import lab
from autoenc.lab import LabFigures
from autoenc.plots.scales import SMALL_FONT, rounded
from autoenc.published import HOVER, LEGEND, published
from autoenc.schema import BaselineCurve, Point
from autoenc.setting_words import depth_name

Trace = dict[str, Any]

GREY = "#6b7178"  # darker than other greys: the colour-blind see COLOUR["conv"] as a light one
GREYS = (GREY, "#3f444a", "#8c939c")  # of baselines, by position
BASELINE_DASHES = ("solid", "dash", "dashdot", "longdash")  # of those with a code, by position
DOT_SIZE = 10  # pixels
SECOND_ROW = "legend2"


def grey_line(name: str, x: Sequence[float], y: Sequence[float], **more: Any) -> Trace:
    """A thin one that answers no click."""
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "x": [rounded(v) for v in x] if len(x) else [None],
        "y": [rounded(v) for v in y] if len(y) else [None],
        "hovertemplate": "%{y:,.4~r}",
        "line": {"color": GREY, "width": 1.5},
    } | more


def baseline_lines(
    baselines: Sequence[BaselineCurve], sizes: Sequence[int], x_of: Callable[[int], float]
) -> list[Trace]:
    """The test loss of each baseline with a code, as far as these sizes reach."""
    low, high = min(sizes, default=1), max(sizes, default=1)
    lines = []
    for i, curve in enumerate(curve for curve in baselines if curve.has_code):
        shown = [point for point in curve.measured if low <= point.n_latents <= high]
        x, y = [x_of(point.n_latents) for point in shown], [point.test_mse for point in shown]
        dash = {
            "color": GREYS[i % len(GREYS)],
            "width": 1.5,
            "dash": BASELINE_DASHES[i % len(BASELINE_DASHES)],
        }
        lines.append(grey_line(curve.title, x, y, line=dash))
    return lines


def level_lines(
    baselines: Sequence[BaselineCurve], x_axis: Mapping[str, Any], *, at: str = "right"
) -> list[Trace]:
    """The loss of each baseline without a code, across the plot; its name is written beside it."""
    low, high = x_axis["range"]
    ends = _inward(10**low, 10**high) if x_axis.get("type") == "log" else [low, high]
    return [
        grey_line(
            curve.title,
            *((ends, [curve.level, curve.level]) if curve.level is not None else ([], [])),
            mode="lines+text",
            text=["", curve.title] if at == "right" else [curve.title, ""],
            textposition="bottom left" if at == "right" else "bottom right",
            textfont={"size": SMALL_FONT},
            line={"color": GREY, "width": 1.5, "dash": "dot"},
            showlegend=False,
        )
        for curve in baselines
        if not curve.has_code
    ]


def _inward(low: float, high: float) -> list[float]:
    """Both to 4 significant digits, not beyond the ends of the axis: plotly leaves out a name out there."""
    steps = [10.0 ** (math.floor(math.log10(end)) - 3) for end in (low, high)]
    return [math.ceil(low / steps[0]) * steps[0], math.floor(high / steps[1]) * steps[1]]


def diamonds(name: str, points: Sequence[Point], value: Callable[[LabFigures], float | None]) -> Trace:
    """The report's figures at the latent sizes that it gives."""
    values = {}
    for point in points:
        figures = lab.reported(point.config)
        if figures is not None and (y := value(figures)) is not None:
            values[point.config.latent_size, depth_name(point.config)] = y
    return grey_line(
        name,
        [k for k, _ in values],
        list(values.values()),
        cliponaxis=False,
        hovertext=[f"{pair}, k = {k:,}" for k, pair in values] or None,
        hovertemplate="%{hovertext}: %{y:,.4~r}",
        legend=SECOND_ROW,
        mode="markers",
        marker={"color": GREY, "size": DOT_SIZE, "symbol": "diamond-open"},
        showlegend=bool(values),
    )


def published_diamonds(points: Sequence[Point], x_of: Callable[[int], float]) -> Trace:
    """What others report of autoencoders of such images, as far as these codes reach."""
    codes = [p.n_latents for p in points]
    every = published(points[0].config.dataset) if points else {}
    figures = {k: mse for k, mse in every.items() if min(codes) <= k <= max(codes)}
    return grey_line(
        LEGEND,
        [x_of(k) for k in figures],
        list(figures.values()),
        cliponaxis=False,
        hovertext=[f"k = {k:,}" for k in figures] or None,
        hovertemplate=f"%{{hovertext}}<br>{HOVER} %{{y:,.2~r}}",
        legend=SECOND_ROW,
        mode="markers",
        marker={"color": GREY, "size": DOT_SIZE, "symbol": "diamond"},
        showlegend=bool(figures),
    )
