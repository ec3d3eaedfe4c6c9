"""The figures of runs: loss by step and epoch, several runs side by side, where the time went."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from plotly.graph_objects import Figure

from autoenc.numerals import duration
from autoenc.plots.drawing import (
    COLOUR,
    SEVERAL_COLOURS,
    Floats,
    Ints,
    axis,
    drawable,
    layout,
    loss_axis,
    reach,
    trace,
)
from autoenc.schema import MODELS, Run

MAX_POINTS = 1500  # of one line

# By position in the list of models.
_DASHES = dict(zip(MODELS, ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot"), strict=False))


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
    test = drawable([e.test_loss for e in run.epochs])
    if by == "step":
        train = drawable(run.step_losses)
        shown = extremes(train, MAX_POINTS)
        train_line = _line("train", shown + 1, train[shown], "%{y:,.4~r}")
        ends = epochs * steps_per_epoch
        test_line = _line("test", ends, test, "%{y:,.4~r} after epoch %{customdata}", n_epochs)
        x_axis = axis("training step", ",d", hover="step %{x:,}") | reach(0, steps_per_epoch * n_epochs)
    else:
        train = drawable([e.train_loss for e in run.epochs])
        train_line = _line("train", epochs, train, "%{y:,.4~r}", n_epochs) | {"customdata": epochs}
        test_line = _line("test", epochs, test, "%{y:,.4~r}", n_epochs)
        x_axis = _epoch_axis(n_epochs)
    x_axis["uirevision"] = f"{run.run_id} {by}"  # a zoom outlives new data, not another run or unit
    laid_out = layout("Loss", xaxis=x_axis, **loss_axis(train, test, log))
    laid_out["yaxis"]["uirevision"] = f"{run.run_id} {log}"
    lines = [train_line, test_line | {"customdata": epochs}]
    if seeds:
        lines.append(_over_seeds((run, *seeds), steps_per_epoch if by == "step" else 1))
    return Figure(data=lines, layout=laid_out)


def _over_seeds(runs: Sequence[Run], x_per_epoch: int) -> dict[str, Any]:
    """Mean and standard deviation of the test loss, as far as all runs go."""
    n_epochs = min(len(run.epochs) for run in runs)
    losses = np.array([[e.test_loss for e in run.epochs[:n_epochs]] for run in runs])
    x = x_per_epoch * np.arange(1, n_epochs + 1, dtype=np.int32)
    spread = losses.std(axis=0, ddof=1).astype(np.float32)
    means = trace("scatter", f"{len(runs)} seeds", x, losses.mean(axis=0).astype(np.float32), "%{y:,.4~r}")
    return means | {
        "mode": "markers",
        "marker": {"color": COLOUR["test"], "size": 12, "symbol": "line-ew-open"},
        "error_y": {"array": spread, "color": COLOUR["test"], "thickness": 2, "width": 5},
        "hovertemplate": "%{y:,.4~r} ± %{error_y.array:,.2~r}",
    }


def comparison(runs: Mapping[str, Run], *, log: bool = True) -> Figure:
    """Test loss by epoch of up to MAX_COMPARED runs, by the names that tell them apart.

    Convolutional models have dashed lines, those with a bottleneck dotted ones.
    """
    longest = max(run.config.epochs for run in runs.values())
    lines, losses = [], []
    for (name, run), colour in zip(runs.items(), SEVERAL_COLOURS, strict=False):
        test = drawable([e.test_loss for e in run.epochs])
        losses.append(test)
        epochs = np.arange(1, len(test) + 1, dtype=np.int32)
        line = _line("test", epochs, test, "%{y:,.4~r}", longest) | {"name": name}
        line["line"] |= {"color": colour, "dash": _DASHES[run.config.model]}
        line["marker"] |= {"color": colour}
        lines.append(line)
    every = np.concatenate(losses)
    laid_out = layout("Test loss", xaxis=_epoch_axis(longest), **loss_axis(every, every, log))
    laid_out["xaxis"]["uirevision"] = laid_out["yaxis"]["uirevision"] = f"{sorted(runs)} {log}"
    return Figure(data=lines, layout=laid_out)


def code_bytes(run: Run) -> Figure:
    """What the code of a test image takes in bytes, by epoch, of a model that is trained for few of them.

    Returns:
        Trace "test"; nothing is drawn of epochs that do not tell.
    """
    sizes = [None if e.test_bits is None else e.test_bits / 8 for e in run.epochs]
    return _rate(run, {"test": sizes}, "Bytes per image", "bytes per image", "bytes")


def kl(run: Run) -> Figure:
    """How far the codes are from the prior in nats, by epoch, of a model that has one.

    Returns:
        Traces "train" and "test"; nothing is drawn of epochs that do not tell.
    """
    values = {"train": [e.train_kl for e in run.epochs], "test": [e.test_kl for e in run.epochs]}
    return _rate(run, values, "KL", "KL (nats per image)", "nats")


def _rate(
    run: Run, values: Mapping[str, Sequence[float | None]], title: str, unit: str, hover: str
) -> Figure:
    """What codes take by epoch, a trace for each of `values`."""
    n_epochs = run.config.epochs
    epochs = np.arange(1, len(run.epochs) + 1, dtype=np.int32)
    drawn = {name: drawable([math.nan if y is None else y for y in ys]) for name, ys in values.items()}
    lines = [_line(name, epochs, ys, f"%{{y:,.3~r}} {hover}", n_epochs) for name, ys in drawn.items()]
    this_run = {"uirevision": run.run_id}
    laid_out = layout(
        title,
        xaxis=_epoch_axis(n_epochs) | this_run,
        yaxis=axis(unit, "~g") | this_run | {"rangemode": "tozero", "showticklabels": len(epochs) > 0},
    )
    return Figure(data=lines, layout=laid_out)


def timing(run: Run) -> Figure:
    """Where the time of each epoch went, and how fast the training was.

    Returns:
        Traces "train" and "test", stacked bars in seconds, and "speed", a line on an axis of its own. Where
        the process stood still, the bars are hatched, without that time, and there is no speed.
    """
    n_epochs = run.config.epochs
    still = [e.stood_still for e in run.epochs]
    seconds = drawable([e.seconds for e in run.epochs])
    test_seconds = drawable([e.test_seconds for e in run.epochs])
    measured = (seconds > 0) & ~np.array(still, dtype=bool)
    speed = np.divide(run.n_train_images, seconds, out=np.full_like(seconds, np.nan), where=measured)
    epochs = np.arange(1, len(seconds) + 1, dtype=np.int32)
    bars = [_bars("train", epochs, seconds, n_epochs), _bars("test", epochs, test_seconds, n_epochs)]
    if any(still):
        bars = [bar | _hatched(bar, still) for bar in bars]
    line = _line("speed", epochs, speed, "%{y:,.0f} images/s", n_epochs) | {"yaxis": "y2"}

    this_run = {"uirevision": run.run_id}
    from_zero = this_run | {"rangemode": "tozero", "showticklabels": len(epochs) > 0}  # no scale of nothing
    right = {"overlaying": "y", "side": "right", "tickmode": "auto", "showgrid": False}
    laid_out = layout(
        "Time per epoch",
        barmode="stack",
        xaxis=_epoch_axis(n_epochs) | this_run,
        yaxis=axis("seconds per epoch", "~g") | from_zero,
        yaxis2=axis("images per second", "~s") | from_zero | right,
    )
    laid_out["margin"]["r"] = 76  # room for the second axis
    return Figure(data=[*bars, line], layout=laid_out)


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


# ---------------------------------------------------------------- traces and axes


def _line(name: str, x: Ints, y: Floats, hover: str, n_epochs: int = 0) -> dict[str, Any]:
    """A strong line with a dot an epoch while dots do not touch; a thin one where no epochs are given."""
    dots = 0 if n_epochs > 100 else 5 if n_epochs > 40 else 10
    return trace("scatter", name, x, y, hover) | {
        "mode": "lines+markers" if n_epochs and dots else "lines",
        "line": {"color": COLOUR[name], "width": 1.2 if n_epochs == 0 else 2 if n_epochs > 40 else 3},
        "marker": {"color": COLOUR[name], "size": dots},
    }


def _bars(name: str, x: Ints, y: Floats, n_epochs: int) -> dict[str, Any]:
    return trace("bar", name, x, y, "%{y:,.3~r} s") | {
        "width": 1 if n_epochs > 40 else 0.75 * min(1, n_epochs / 4),  # the bar of a single epoch is no wall
        "marker": {"color": COLOUR[name], "line": {"width": 0}},
    }


def _hatched(bar: dict[str, Any], still: Sequence[float]) -> dict[str, Any]:
    """What marks the bars of the epochs in which the process stood still."""
    shape = ["/" if seconds else "" for seconds in still]
    text = [f", and paused for {duration(seconds)}" if seconds else "" for seconds in still]
    return {
        "marker": bar["marker"] | {"pattern": {"shape": shape}},
        "hovertext": text,
        "hovertemplate": bar["hovertemplate"].replace(" s", " s%{hovertext}"),
    }


def _epoch_axis(n_epochs: int) -> dict[str, Any]:
    epochs = axis("epoch", "d", hover="epoch %{x}") | reach(0.5, n_epochs + 0.5)
    return epochs | {"dtick": 1} if n_epochs <= 15 else epochs
