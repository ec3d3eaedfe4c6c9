"""Runs as dots, and what they are measured against as grey lines: the parts of a sweep's figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from autoenc import lab
from autoenc.lab import LabFigures
from autoenc.numerals import counted, smaller
from autoenc.plots.drawing import COLOUR, axis, layout, step_of_1_2_5
from autoenc.published import HOVER, LEGEND, published
from autoenc.schema import MODEL_NAMES, MODELS, BaselineCurve, Point

Trace = dict[str, Any]
Pair = tuple[str, int]  # model, layers

DASHES = ("solid", "dash", "dot", "dashdot")  # by number of layers
SYMBOLS = ("circle", "square", "triangle-up", "star")
GREY = "#6b7178"  # darker than other greys: the colour-blind see COLOUR["conv"] as a light one
GREYS = (GREY, "#3f444a", "#8c939c")  # of baselines, by position
BASELINE_DASHES = ("solid", "dash", "dashdot", "longdash")  # of those with a code, by position
SMALL_FONT = 12  # pixels: letters inside the plot
DOT_SIZE = 10  # pixels
MAX_TICKS = 8
SECOND_ROW = "legend2"
PHONE_WIDTH = 208  # pixels that a row of the legend has there
LEGEND_SYMBOL, LEGEND_LETTER = 40, 6.4  # pixels that an entry takes there


@dataclass(frozen=True)
class Dot:
    """A run where it stands in a figure."""

    point: Point
    x: float
    y: float
    hollow: bool = False
    joined: bool = True  # to its neighbours, by a line
    label: str = ""  # beside it
    aside: str = ""  # what is said of it in place of its ratio

    @property
    def hover(self) -> str:
        """`16 (16 numbers, 49 times smaller)`."""
        point = self.point
        numbers = counted(point.n_latents, "number")
        text = f"{point.config.latent_size:,} ({numbers}, {self.aside or _smaller(point.ratio)})"
        return text if point.finished else f"{text}, epoch {point.epochs_done:,} of {point.config.epochs:,}"


@dataclass(frozen=True)
class Chart:
    """What is put together to a figure."""

    title: str
    points: Sequence[Point]  # all: each pair of model and layers has a trace from the first moment
    dots: Sequence[Dot]
    beneath: Sequence[Trace] = ()
    layout: Mapping[str, Any] = field(default_factory=dict)  # xaxis, yaxis, shapes
    hover: str = "%{y:,.4~r}"  # what follows the name of a run
    mode: str = "lines+markers"
    label_side: str = "top right"  # of a dot: where its label stands

    def figure(self, highlighted: str | None, caption: str) -> Figure:
        """With a ring around the highlighted run, and the caption for those who cannot see it."""
        traces = [*self.beneath, *self.lines(), self._ring(highlighted)]
        dataset = self.points[0].config.dataset if self.points else "no"
        laid_out = layout(
            self.title,
            hovermode="closest",
            meta={"caption": caption, "name": f"{dataset}-{self.title.lower().replace(' ', '-')}"},
            **legends(traces),
            **self.layout,
        )
        return Figure(data=traces, layout=laid_out)

    def lines(self) -> list[Trace]:
        """One a pair. Where there are several numbers of layers the legend tells colours and dashes apart."""
        pairs = pairs_of(self.points)
        lines = [self._of_pair(pair) for pair in pairs]
        layers = sorted({layers for _, layers in pairs})
        if len(layers) == 1:
            return lines
        for line, (model, n) in zip(lines, pairs, strict=True):
            line |= {"legendgroup": model, "showlegend": n == min(m for one, m in pairs if one == model)}
        return lines + [self._sample(n) for n in layers[1:]]

    def _sample(self, layers: int) -> Trace:
        """What stands in the legend for a number of layers."""
        return grey_line(
            f"{layers} layers",
            [],
            [],
            mode=self.mode,
            line={"color": GREY, "width": 3, "dash": DASHES[layers - 1]},
            marker={"color": GREY, "size": DOT_SIZE, "symbol": SYMBOLS[layers - 1]},
        )

    def _of_pair(self, pair: Pair) -> Trace:
        """The joined dots by x, then the others, with gaps between them."""
        dots = sorted((d for d in self.dots if pair_of(d.point) == pair), key=lambda d: (not d.joined, d.x))
        placed: list[Dot | None] = []
        for dot in dots:
            placed += [dot] if dot.joined or not placed else [None, dot]
        placed = placed or [None]  # an entry in the legend that cannot be seen
        labelled = {"textposition": self.label_side, "textfont": {"size": SMALL_FONT}}
        labels = [dot.label if dot else "" for dot in placed]
        return {
            "type": "scatter",
            "name": name_of(pair),
            "mode": f"{self.mode}+text" if any(labels) else self.mode,
            **(labelled | {"text": labels} if any(labels) else {}),
            "x": [rounded(dot.x) if dot else None for dot in placed],
            "y": [rounded(dot.y) if dot else None for dot in placed],
            "customdata": [dot.point.run_id if dot else None for dot in placed],
            "hovertext": [dot.hover if dot else None for dot in placed],
            "hovertemplate": f"k = %{{hovertext}}: {self.hover}",
            "cliponaxis": False,  # a dot on the edge is whole
            "line": {"color": COLOUR[pair[0]], "width": 3, "dash": DASHES[pair[1] - 1]},
            "marker": {"color": COLOUR[pair[0]], "size": DOT_SIZE, "symbol": _symbols(placed, pair[1])},
        }

    def _ring(self, highlighted: str | None) -> Trace:
        dot = next((d for d in self.dots if d.point.run_id == highlighted), None)
        colour = COLOUR[dot.point.config.model] if dot else GREY
        return {
            "type": "scatter",
            "name": "chosen",
            "mode": "markers",
            "x": [rounded(dot.x) if dot else None],
            "y": [rounded(dot.y) if dot else None],
            "hoverinfo": "skip",
            "cliponaxis": False,
            "showlegend": False,
            "marker": {
                "color": colour,
                "size": 2.2 * DOT_SIZE,
                "symbol": "circle-open",
                "line": {"width": 3},
            },
        }


def pair_of(point: Point) -> Pair:
    return point.config.model, point.config.layers


def pairs_of(points: Iterable[Point]) -> list[Pair]:
    return sorted({pair_of(p) for p in points}, key=lambda pair: (MODELS.index(pair[0]), pair[1]))


def name_of(pair: Pair) -> str:
    """`MLP`, `Conv, 2 layers`."""
    model, layers = pair
    return MODEL_NAMES[model] if layers == 1 else f"{MODEL_NAMES[model]}, {layers} layers"


def rounded(value: float) -> float:
    """To 4 significant digits."""
    short = float(f"{value:.4g}")
    return int(short) if short.is_integer() else short


def _smaller(ratio: float) -> str:
    if math.isclose(ratio, 1):
        return "as many as pixels"
    return smaller(ratio)


def _symbols(placed: Sequence[Dot | None], layers: int) -> str | list[str]:
    full = SYMBOLS[layers - 1]
    symbols = [f"{full}-open" if dot and dot.hollow else full for dot in placed]
    return symbols if len(set(symbols)) > 1 else symbols[0]


def legends(traces: Sequence[Trace]) -> dict[str, Any]:
    """Above the plot: our runs and the baselines; over them, in a row of its own, what has a long name.

    A horizontal legend that needs more than one row has columns as wide as its longest name. The margin is
    what a phone needs, whose letters are smaller: the figure does not know how wide it will be.
    """
    named = [trace for trace in traces if trace.get("showlegend", True)]
    names = [trace["name"] for trace in named if "legend" not in trace]
    widths = [LEGEND_SYMBOL + LEGEND_LETTER * len(name) for name in names]
    per_row = max(1, int(PHONE_WIDTH / max(widths, default=1)))
    rows = (len(names) < len(named)) + (1 if sum(widths) <= PHONE_WIDTH else math.ceil(len(names) / per_row))
    across = {"orientation": "h", "x": 1, "xanchor": "right", "traceorder": "normal"}
    return {
        "legend": across | {"y": 1, "yref": "paper", "yanchor": "bottom"},
        "legend2": across | {"y": 1, "yref": "container", "yanchor": "top"},
        "margin": {"l": 92, "r": 20, "t": 16 + 26 * rows, "b": 56, "autoexpand": False},
    }


# ---------------------------------------------------------------- what they are measured against


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
            values[point.config.latent_size, name_of(pair_of(point))] = y
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


# ---------------------------------------------------------------- axes


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


def heights(dots: Sequence[Dot], *traces: Trace) -> np.ndarray:
    """All that a y axis has to show, (N,) float32."""
    values = [dot.y for dot in dots] + [y for one in traces for y in one["y"] if y is not None]
    return np.array(values, dtype=np.float32)


def letters(text: str, **more: Any) -> dict[str, Any]:
    """What a shape is called."""
    return {"text": text, "font": {"size": SMALL_FONT}, **more}
