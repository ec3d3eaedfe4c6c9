"""Two data sets in one figure, where something about their codes is equal.

A model has its colour; the first data set is full and solid, the second hollow and dashed, which the page
says: in the legend a model has one entry for both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from plotly.graph_objects import Figure

from autoenc import equal
from autoenc.equal import BY, By, Curve, Measure
from autoenc.pareto import usable
from autoenc.plots.charts import legends
from autoenc.plots.drawing import COLOUR, axis, layout, step_of_1_2_5
from autoenc.plots.references import DOT_SIZE, GREY, GREYS, SECOND_ROW, Trace
from autoenc.plots.scales import rounded, seconds_axis, size_axis
from autoenc.published import HOVER, LEGEND
from autoenc.schema import MODEL_NAMES, ROUNDING, Point, Subject

_COLOURS = {name: COLOUR[model] for model, name in MODEL_NAMES.items()}
_USUAL: Mapping[By, tuple[float, float]] = {
    "ratio": (6, 200),
    "numbers": (4, 512),
}  # models span too little
_MIN_LABELS = 3
_HEIGHT = {"mse": "%{y:,.4~r}", "psnr": "%{y:.1f} dB", "lost": "%{y:.1%}"}
_X = {"ratio": "%{x:,.3~r} times smaller", "numbers": "%{x:,} numbers"}


def error_at_equal(
    subjects: Sequence[Subject],
    by: By,
    measure: Measure,
    *,
    published: Mapping[int, float] | None = None,
    caption: str = "",
) -> Figure:
    """Test error of two data sets against ratio or numbers in the code: models that have runs, and baselines.

    Args:
        subjects: two.
        published: numbers in the code -> MSE of the first data set, drawn as diamonds.
        caption: what the figure shows, for those who cannot see it.
    """
    all_curves = [equal.curves(subject, by) for subject in subjects]
    names = equal.in_order(*all_curves)
    greys = dict(zip([name for name in names if name not in _COLOURS], cycle(GREYS), strict=False))
    view = _View(by, measure, *_reach(all_curves, by), _COLOURS | greys)
    traces = [
        _line(subject, name, curves.get(name, ()), view, second=place == 1)
        for place, (subject, curves) in enumerate(zip(subjects, all_curves, strict=True))
        for name in names
    ]
    if published:
        traces.append(_diamonds(subjects[0], published, view))
    # A large code of PCA is all but perfect: it would press everything else together, and may leave the plot.
    learned = [trace for trace in traces if trace["name"] in (*_COLOURS, LEGEND)]
    measured = [[y for trace in some for y in trace["y"] if y is not None] for some in (learned, traces)]
    heights = measured[0] or measured[1]
    laid_out = layout(
        "Test error at equal " + ("compression" if by == "ratio" else "code size"),
        hovermode="closest",
        meta={"caption": caption, "name": f"{subjects[0].name}-{subjects[1].name}-{by}-{measure}".lower()},
        showlegend=True,
        **legends(traces),
        xaxis=_x_axis(all_curves, view),
        **_y_axis(heights, measure, equal.measure_title(measure, subjects)),
    )
    laid_out["title"]["text"] = ""  # the page says it; the legend needs the room
    return Figure(data=traces, layout=laid_out)


def times_of_both(subjects: Sequence[Subject], *, caption: str = "") -> Figure:
    """Seconds of training and tests of the runs of two data sets against their latent size.

    Args:
        subjects: two.
        caption: what the figure shows, for those who cannot see it.
    """
    traces = [
        _times(subject, line, second=place == 1)
        for place, subject in enumerate(subjects)
        for line in subject.lines
    ]
    for i, trace in enumerate(traces):
        trace["showlegend"] = trace["name"] not in {other["name"] for other in traces[:i]}
    seconds = [y for trace in traces for y in trace["y"] if y is not None]
    y_axis, low, high = seconds_axis("training time (s)", seconds, log=True)
    sizes = [x for trace in traces for x in trace["x"] if x is not None]
    laid_out = layout(
        "Training time of both data sets",
        hovermode="closest",
        meta={"caption": caption, "name": "-".join(subject.name for subject in subjects).lower() + "-times"},
        showlegend=True,
        **legends(traces),
        xaxis=size_axis("latent size (numbers or channels)", sizes, log=True, ticks=True),
        yaxis=y_axis | {"range": [rounded(math.log10(low)), rounded(math.log10(high))]},
    )
    laid_out["title"]["text"] = ""  # the page says it; the legend needs the room
    return Figure(data=traces, layout=laid_out)


def _times(subject: Subject, line: Sequence[Point], *, second: bool) -> Trace:
    timed = [point for point in line if point.finished and usable(point.seconds)]
    name = MODEL_NAMES[line[0].config.model]
    return {
        "type": "scatter",
        "name": name,
        "legendgroup": name,
        "mode": "lines+markers",
        "x": [point.config.latent_size for point in timed] or [None],
        "y": [rounded(point.seconds) for point in timed] or [None],
        "hovertemplate": f"%{{x:,}}: %{{y:,.3~r}} s<extra>{name}, {subject.name}</extra>",
        "cliponaxis": False,
        **_look(_COLOURS[name], second=second, width=3),
    }


def _look(colour: str, *, second: bool, width: float) -> Trace:
    """Full and solid, or hollow and dashed."""
    return {
        "line": {"color": colour, "width": width, "dash": "dash" if second else "solid"},
        "marker": {"color": colour, "size": DOT_SIZE, "symbol": "circle-open" if second else "circle"},
    }


@dataclass(frozen=True)
class _View:
    """What is drawn of all that is known."""

    by: By
    measure: Measure
    low: float  # on the x axis
    high: float
    colours: Mapping[str, str]  # by name of a model or a baseline

    def shown(self, subject: Subject, curve: Curve) -> dict[str, Any]:
        """`x` and `y` of a trace."""
        places = [(x, equal.measured(mse, self.measure, subject)) for x, mse in curve if mse > ROUNDING]
        near = [(x, y) for x, y in places if y is not None and 0.999 * self.low <= x <= 1.001 * self.high]
        return {"x": [rounded(x) for x, _ in near] or [None], "y": [rounded(y) for _, y in near] or [None]}

    @property
    def range(self) -> list[float]:
        """Of the x axis, with air for the dots."""
        first, last = math.log10(self.low), math.log10(self.high)
        air = max(0.03 * (last - first), 0.03)
        return [rounded(first - air), rounded(last + air)]

    @property
    def hover(self) -> str:
        return f"{_X[self.by]}: {_HEIGHT[self.measure]}"


def _x_axis(all_curves: Sequence[Mapping[str, Curve]], view: _View) -> dict[str, Any]:
    """Labelled where models of the first data set were trained, or of both where that says too little."""
    trained = _trained(all_curves[:1])
    if len(set(trained)) < _MIN_LABELS:
        trained = _trained(all_curves)
    if len(set(trained)) >= _MIN_LABELS:
        planned = size_axis(BY[view.by], trained, log=True, ticks=True) | {"tickformat": ",.3~r"}
    else:
        planned = size_axis(BY[view.by], (view.low, view.high), log=True) | {"dtick": "D2"}
    return planned | {"range": view.range, "uirevision": f"{view.low} {view.high}"}


def _reach(all_curves: Sequence[Mapping[str, Curve]], by: By) -> tuple[float, float]:
    """As far as the models reach; those of about one size are no span."""
    trained = _trained(all_curves)
    if not trained or max(trained) < 2 * min(trained):
        trained += _USUAL[by]
    return min(trained), max(trained)


def _trained(all_curves: Sequence[Mapping[str, Curve]]) -> list[float]:
    """Where on the x axis models were trained."""
    return [
        x for curves in all_curves for name, curve in curves.items() if name in _COLOURS for x, _ in curve
    ]


def _line(subject: Subject, name: str, curve: Curve, view: _View, *, second: bool) -> Trace:
    colour, is_baseline = view.colours[name], name not in _COLOURS
    return {
        "type": "scatter",
        "name": name,
        "legendgroup": name,
        "showlegend": not second,
        "mode": "lines" if is_baseline else "lines+markers",
        **view.shown(subject, curve),
        "hovertemplate": f"{view.hover}<extra>{name}, {subject.name}</extra>",
        "cliponaxis": False,
        **_look(colour, second=second, width=1.5 if is_baseline else 3),
    }


def _diamonds(subject: Subject, published: Mapping[int, float], view: _View) -> Trace:
    codes = [(k if view.by == "numbers" else subject.n_pixels / k, mse) for k, mse in published.items()]
    return {
        "type": "scatter",
        "name": LEGEND,
        "legend": SECOND_ROW,
        "mode": "markers",
        **view.shown(subject, tuple(codes)),
        "hovertemplate": f"{HOVER} {view.hover}",
        "marker": {"color": GREY, "size": DOT_SIZE, "symbol": "diamond"},
    }


def _y_axis(heights: Sequence[float], measure: Measure, title: str) -> dict[str, Any]:
    """Errors on a logarithmic axis, decibels on a linear one, for they are logarithms."""
    planned = axis(title, {"mse": "~g", "psnr": "~g", "lost": "~%"}[measure])
    planned["title"]["standoff"] = 8
    planned["uirevision"] = measure
    finite = [y for y in heights if 0 < y < math.inf]
    if measure == "psnr":
        return {"yaxis": planned}
    low, high = min(finite, default=0.002), max(finite, default=0.05)
    low, high = step_of_1_2_5(low / 1.25, up=False), step_of_1_2_5(high * 1.25, up=True)
    ends = [rounded(math.log10(low)), rounded(math.log10(high))]
    return {"yaxis": planned | {"type": "log", "range": ends, "dtick": "D2" if high <= 200 * low else 1}}
