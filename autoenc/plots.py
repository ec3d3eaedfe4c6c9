"""Schema values -> plotly figures: pure functions, used by the pages, the report and the command line alike.

A figure has all its traces, in their final order, before there is any data, and its x axis reaches to the
planned end: a chart that grows keeps its zoom and the traces that the reader has hidden. Text, grid and
background take the colours of whoever shows the figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from plotly.graph_objects import Figure

from autoenc.schema import Run

# One meaning, one colour, in every chart and picture: Okabe and Ito's, which the colour-blind can tell apart;
# their blue a little lighter, so that a thin line shows on a dark page too.
COLOUR: Mapping[str, str] = {
    "train": "#1b7fc4",
    "test": "#d55e00",
    "mlp": "#009e73",
    "conv": "#cc79a7",
    "original": "#8c939c",
    "noisy": "#e69f00",
    "reconstruction": "#56b4e9",
    "error": "#d55e00",
    "speed": "#8c939c",
}
# Several runs in one chart: found by a search for eight that lie as far apart as can be for every kind of
# colour vision, and are neither too pale for a white page nor too dark for a black one.
SEVERAL = ("#1b7fc4", "#d55e00", "#8700ff", "#69c3f0", "#785a3c", "#d2b478", "#5a6978", "#96c3b4")
MAX_COMPARED = len(SEVERAL)
FONT_SIZE = 16  # pixels: legible from the back row
MAX_POINTS = 1500  # of one line
LOSS = "loss (MSE per pixel)"

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


# ---------------------------------------------------------------- figures


def loss_curve(
    run: Run, *, log: bool = True, by: Literal["step", "epoch"] = "step", seeds: Sequence[Run] = ()
) -> Figure:
    """Training and test loss of one run.

    Args:
        by: "step" shows the training loss of every step, thinned so that no extreme is lost, and the test
            loss where each epoch ends; "epoch" shows one training and one test loss per epoch.
        seeds: runs of the same settings from other seeds.
    Returns:
        Traces "train" and "test", in this order; then the mean and standard deviation over the seeds where
        there are some. A point of a whole epoch has its number as customdata.
    """
    n_epochs, steps_per_epoch = run.config.epochs, run.steps_per_epoch
    epochs = np.arange(1, len(run.epochs) + 1, dtype=np.int32)
    test = _drawable([e.test_loss for e in run.epochs])
    if by == "step":
        train = _drawable(run.step_losses)
        shown = extremes(train, MAX_POINTS)
        train_line = _line("train", shown + 1, train[shown], "%{y:.4g}")
        ends = epochs * steps_per_epoch
        test_line = _line("test", ends, test, "%{y:.4g} after epoch %{customdata}", n_epochs)
        x_axis = _axis("training step", ",d", hover="step %{x:,}") | _reach(0, steps_per_epoch * n_epochs)
    else:
        train = _drawable([e.train_loss for e in run.epochs])
        train_line = _line("train", epochs, train, "%{y:.4g}", n_epochs) | {"customdata": epochs}
        test_line = _line("test", epochs, test, "%{y:.4g}", n_epochs)
        x_axis = _epoch_axis(n_epochs)
    x_axis["uirevision"] = f"{run.run_id} {by}"  # a zoom outlives new data, not another run or unit
    layout = _layout("Loss", xaxis=x_axis, **_loss_axis(train, test, log))
    layout["yaxis"]["uirevision"] = f"{run.run_id} {log}"
    lines = [train_line, test_line | {"customdata": epochs}]
    if seeds:
        lines.append(_over_seeds((run, *seeds), steps_per_epoch if by == "step" else 1))
    return Figure(data=lines, layout=layout)


def _over_seeds(runs: Sequence[Run], x_per_epoch: int) -> dict[str, Any]:
    """Mean and standard deviation of the test loss, as far as all runs go."""
    n_epochs = min(len(run.epochs) for run in runs)
    losses = np.array([[e.test_loss for e in run.epochs[:n_epochs]] for run in runs])
    x = x_per_epoch * np.arange(1, n_epochs + 1, dtype=np.int32)
    spread = losses.std(axis=0, ddof=1).astype(np.float32)
    trace = _trace("scatter", f"{len(runs)} seeds", x, losses.mean(axis=0).astype(np.float32), "%{y:.4g}")
    return trace | {
        "mode": "markers",
        "marker": {"color": COLOUR["test"], "size": 12, "symbol": "line-ew-open"},
        "error_y": {"array": spread, "color": COLOUR["test"], "thickness": 2, "width": 5},
        "hovertemplate": "%{y:.4g} ± %{error_y.array:.2g}",
    }


def comparison(runs: Mapping[str, Run], *, log: bool = True) -> Figure:
    """Test loss by epoch of up to MAX_COMPARED runs, by the names that tell them apart.

    Convolutional models have dashed lines.
    """
    longest = max(run.config.epochs for run in runs.values())
    lines, losses = [], []
    for (name, run), colour in zip(runs.items(), SEVERAL, strict=False):
        test = _drawable([e.test_loss for e in run.epochs])
        losses.append(test)
        epochs = np.arange(1, len(test) + 1, dtype=np.int32)
        line = _line("test", epochs, test, "%{y:.4g}", longest) | {"name": name}
        line["line"] |= {"color": colour, "dash": "dash" if run.config.model == "conv" else "solid"}
        line["marker"] |= {"color": colour}
        lines.append(line)
    every = np.concatenate(losses)
    layout = _layout("Test loss", xaxis=_epoch_axis(longest), **_loss_axis(every, every, log))
    layout["xaxis"]["uirevision"] = layout["yaxis"]["uirevision"] = f"{sorted(runs)} {log}"
    return Figure(data=lines, layout=layout)


def timing(run: Run) -> Figure:
    """Where the time of each epoch went, and how fast the training was.

    Returns:
        Traces "train" and "test", stacked bars in seconds, and "speed", a line on an axis of its own.
    """
    n_epochs = run.config.epochs
    seconds = _drawable([e.seconds for e in run.epochs])
    test_seconds = _drawable([e.test_seconds for e in run.epochs])
    speed = np.divide(run.n_train_images, seconds, out=np.full_like(seconds, np.nan), where=seconds > 0)
    epochs = np.arange(1, len(seconds) + 1, dtype=np.int32)
    bars = [_bars("train", epochs, seconds, n_epochs), _bars("test", epochs, test_seconds, n_epochs)]
    line = _line("speed", epochs, speed, "%{y:,.0f} images/s", n_epochs) | {"yaxis": "y2"}

    this_run = {"uirevision": run.run_id}
    from_zero = this_run | {"rangemode": "tozero", "showticklabels": len(epochs) > 0}  # no scale of nothing
    right = {"overlaying": "y", "side": "right", "tickmode": "auto", "showgrid": False}
    layout = _layout(
        "Time per epoch",
        barmode="stack",
        xaxis=_epoch_axis(n_epochs) | this_run,
        yaxis=_axis("seconds per epoch", "~g") | from_zero,
        yaxis2=_axis("images per second", "~s") | from_zero | right,
    )
    layout["margin"]["r"] = 76  # room for the second axis
    return Figure(data=[*bars, line], layout=layout)


def extremes(values: Floats, n_max: int) -> Ints:
    """Which values to draw: all, or the least and the greatest of each of n_max / 2 stretches.

    Args:
        values: (N,); NaN is drawn only where a whole stretch is NaN.
    Returns:
        At most n_max indices, rising. The stretches stay where they are while N grows, until they double.
    """
    n = len(values)
    if n <= n_max:
        return np.arange(n, dtype=np.int32)
    length = 1 << math.ceil(math.log2(2 * n / n_max))
    stretches = np.full((-(-n // length), length), np.nan, dtype=np.float32)
    stretches.flat[:n] = values
    first = np.arange(len(stretches)) * length
    least = first + np.where(np.isnan(stretches), np.inf, stretches).argmin(axis=1)
    greatest = first + np.where(np.isnan(stretches), -np.inf, stretches).argmax(axis=1)
    return np.unique(np.concatenate([least, greatest])).astype(np.int32)


# ---------------------------------------------------------------- traces


def _line(name: str, x: Ints, y: Floats, hover: str, n_epochs: int = 0) -> dict[str, Any]:
    """A strong line with a dot an epoch while dots do not touch; a thin one where no epochs are given."""
    dots = 0 if n_epochs > 100 else 5 if n_epochs > 40 else 10
    return _trace("scatter", name, x, y, hover) | {
        "mode": "lines+markers" if n_epochs and dots else "lines",
        "line": {"color": COLOUR[name], "width": 1.2 if n_epochs == 0 else 2 if n_epochs > 40 else 3},
        "marker": {"color": COLOUR[name], "size": dots},
    }


def _bars(name: str, x: Ints, y: Floats, n_epochs: int) -> dict[str, Any]:
    return _trace("bar", name, x, y, "%{y:.3g} s") | {
        "width": 1 if n_epochs > 40 else 0.75 * min(1, n_epochs / 4),  # the bar of a single epoch is no wall
        "marker": {"color": COLOUR[name], "line": {"width": 0}},
    }


def _trace(kind: str, name: str, x: Ints, y: Floats, hover: str) -> dict[str, Any]:
    """Its x rises. A trace without points has no entry in the legend: it gets one that cannot be seen."""
    points: dict[str, Any] = {"x": [None], "y": [None]}
    if len(x):
        points = {"x": x.astype(np.min_scalar_type(x[-1])), "y": y}  # the smallest integers that hold it
    return {"type": kind, "name": name, **points, "hovertemplate": hover}


def _drawable(values: Sequence[float]) -> Floats:
    """NaN and infinity become NaN, a gap in the line."""
    array = np.array(values, dtype=np.float64)
    array[~np.isfinite(array)] = np.nan
    return np.clip(array, -1e30, 1e30).astype(np.float32)  # more would not fit into a float32


# ---------------------------------------------------------------- layout


def _layout(title: str, **more: Any) -> dict[str, Any]:
    """Title and legend share a line above the plot; margins are fixed: growing labels must not move it."""
    above = {"y": 1, "yref": "paper", "yanchor": "bottom"}
    return {
        "template": {},  # plotly's own weighs 7 kB in every figure
        "title": {"text": title, "x": 0, "xref": "paper", "pad": {"b": 12}, **above},
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "traceorder": "normal", **above},
        "font": {"size": FONT_SIZE},
        "margin": {"l": 88, "r": 20, "t": 44, "b": 56, "autoexpand": False},
        "hovermode": "x unified",
        "uirevision": "kept",
        **more,
    }


def _axis(title: str, tickformat: str, hover: str = "") -> dict[str, Any]:
    return {
        "title": {"text": title, "font": {"size": FONT_SIZE}},
        "tickformat": tickformat,
        "unifiedhovertitle": {"text": hover},
        "automargin": False,
        "zeroline": False,
    }


def _reach(first: float, last: float) -> dict[str, Any]:
    """From the first moment to the planned end, with a little air for the dots."""
    air = 0.015 * (last - first)
    return {"range": [first - air, last + air], "showgrid": False}


def _epoch_axis(n_epochs: int) -> dict[str, Any]:
    axis = _axis("epoch", "d", hover="epoch %{x}") | _reach(0.5, n_epochs + 0.5)
    return axis | {"dtick": 1} if n_epochs <= 15 else axis


def _loss_axis(train: Floats, test: Floats, log: bool) -> dict[str, Any]:
    """The y axis and what it shows at least. It widens in steps of 1, 2, 5 and stands still between them.

    The least is an invisible line: a range of ours that changes would undo the reader's zoom, and plotly's
    autorangeoptions.include does nothing on a logarithmic axis.
    """
    losses = np.concatenate([train, test])
    losses = losses[losses > 0]  # leaves out NaN
    axis = _axis(LOSS, "~g")
    if log:
        low, high = (losses.min(), losses.max()) if len(losses) else (0.02, 0.2)
        low, high = min(0.01, _round(low / 1.25, up=False)), _round(high * 1.25, up=True)
        axis |= {"type": "log", "dtick": "D2" if high <= 1e4 * low else None}  # labels at 1, 2, 5; else at 1
    else:
        # The first steps of a run would squeeze all others: the highest two in a hundred may leave the plot.
        typical = np.quantile(losses, 0.98) if len(losses) else 0.2
        low, high = 0, _round(max(typical, test[test > 0].max(initial=0)), up=True)
        axis |= {"autorangeoptions": {"clipmin": low, "clipmax": high}}
    unseen = {"type": "line", "line": {"width": 0}, "xref": "paper", "x0": 0, "x1": 0, "y0": low, "y1": high}
    return {"yaxis": axis, "shapes": [unseen]}


def _round(value: float, *, up: bool) -> float:
    """To the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = [step * power for step in (1, 2, 5, 10)]
    if up:
        return min(step for step in steps if step >= 0.9999 * value)
    return max(step for step in steps if step <= 1.0001 * value)
