"""Schema values -> plotly figures: pure functions, used by the pages, the report and the command line alike.

A figure has all its traces, in their final order, before there is any data, and its x axis reaches to the planned end:
a chart that grows keeps its zoom and the traces that the reader has hidden. Colours of text, grid and background are
left to whoever shows the figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from plotly.graph_objects import Figure  # type: ignore[import-untyped]

from autoenc.schema import Run

# One meaning, one colour, in every chart and picture: Okabe and Ito's, which the colour-blind can tell apart; their blue
# a little lighter, so that a thin line shows on a dark page too.
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
FONT_SIZE = 16  # pixels: legible from the back row
MAX_POINTS = 1500  # of one line
LOSS_AXIS = "loss (MSE per pixel)"

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


# ---------------------------------------------------------------- figures


def loss_curve(run: Run, *, log: bool = True, by: Literal["step", "epoch"] = "step") -> Figure:
    """Training and test loss of one run.

    Args:
        by: "step" shows the training loss of every step, thinned so that no extreme is lost, and the test loss where
            each epoch ends; "epoch" shows one training and one test loss per epoch.
    Returns:
        Traces "train" and "test", in this order; a point that belongs to a whole epoch carries its number as customdata.
    """
    n_epochs, per_epoch = run.config.epochs, run.steps_per_epoch
    epochs = np.arange(1, len(run.epochs) + 1, dtype=np.int32)
    test = _finite([e.test_loss for e in run.epochs])
    if by == "step":
        train = _finite(run.step_losses)
        steps = extremes(train, MAX_POINTS)
        traces = [
            _line("train", steps + 1, train[steps], width=1.2, hover="%{y:.4g}"),
            _line("test", epochs * per_epoch, test, epochs=epochs, dots=_dots(n_epochs)),
        ]
        x_axis = _axis("training step", [0, per_epoch * n_epochs], ",d")
    else:
        train = _finite([e.train_loss for e in run.epochs])
        traces = [
            _line("train", epochs, train, epochs=epochs, dots=_dots(n_epochs)),
            _line("test", epochs, test, epochs=epochs, dots=_dots(n_epochs)),
        ]
        x_axis = _epoch_axis(n_epochs)
    x_axis["uirevision"] = f"{run.run_id} {by}"  # zoom outlives new data, not another run or unit
    y_axis = _loss_axis(train, test, log) | {"uirevision": f"{run.run_id} {log}"}
    return Figure(data=traces, layout=_layout("Loss", xaxis=x_axis, yaxis=y_axis))


def timing(run: Run) -> Figure:
    """Where the time of each epoch went, and how fast the training was.

    Returns:
        Traces "train" and "test", stacked bars in seconds, and "images per second", a line on an axis of its own.
    """
    n_epochs = run.config.epochs
    seconds = _finite([e.seconds for e in run.epochs])
    test_seconds = _finite([e.test_seconds for e in run.epochs])
    speed = np.divide(run.n_train_images, seconds, out=np.full_like(seconds, np.nan), where=seconds > 0)
    epochs = np.arange(1, len(seconds) + 1, dtype=np.int32)
    line = _line(
        "images per second", epochs, speed, dots=_dots(n_epochs), hover="epoch %{x}<br>%{y:,.0f} images/s"
    )
    line["line"] |= {"color": COLOUR["speed"], "dash": "dot" if n_epochs <= 40 else "solid"}
    layout = _layout(
        "Time per epoch",
        barmode="stack",
        xaxis=_epoch_axis(n_epochs) | {"uirevision": run.run_id},
        yaxis=_axis("seconds per epoch", None, "~g") | {"rangemode": "tozero", "uirevision": run.run_id},
        yaxis2=_axis("images per second", None, "~s")
        | {
            "rangemode": "tozero",
            "overlaying": "y",
            "side": "right",
            "tickmode": "auto",
            "showgrid": False,
            "uirevision": run.run_id,
        },
    )
    layout["margin"]["r"] = layout["margin"]["l"]
    bars = [_bars("train", epochs, seconds, n_epochs), _bars("test", epochs, test_seconds, n_epochs)]
    return Figure(data=[*bars, line | {"yaxis": "y2"}], layout=layout)


def extremes(values: Floats, n_max: int) -> Ints:
    """Which values to draw: all, or the least and the greatest of each of n_max / 2 stretches.

    Args:
        values: (N,), may hold NaN, which is drawn only where a whole stretch is.
    Returns:
        At most n_max indices, rising. The stretches stay where they are while N grows, until they double.
    """
    n = len(values)
    if n <= n_max:
        return np.arange(n, dtype=np.int32)
    stretch = 1 << math.ceil(math.log2(2 * n / n_max))
    rows = np.full((-(-n // stretch), stretch), np.nan, dtype=np.float32)
    rows.flat[:n] = values
    least = np.where(np.isnan(rows), np.inf, rows).argmin(axis=1)
    greatest = np.where(np.isnan(rows), -np.inf, rows).argmax(axis=1)
    starts = np.arange(len(rows)) * stretch
    return np.unique(np.concatenate([starts + least, starts + greatest])).astype(np.int32)


# ---------------------------------------------------------------- traces


def _line(
    name: str,
    x: Ints,
    y: Floats,
    *,
    epochs: Ints | None = None,
    width: float = 3,
    dots: float = 0,
    hover: str = "",
) -> dict[str, Any]:
    colour = COLOUR.get(name, COLOUR["speed"])
    return {
        "type": "scatter",
        "name": name,
        "x": x,
        "y": y,
        "customdata": epochs,
        "mode": "lines+markers" if dots else "lines",
        "line": {"color": colour, "width": width},
        "marker": {"color": colour, "size": dots},
        "hovertemplate": hover,
    }


def _bars(name: str, x: Ints, y: Floats, n_epochs: int) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": x,
        "y": y,
        "width": 0.75 * min(1, n_epochs / 4) if n_epochs <= 40 else 1,  # one epoch must not fill the chart
        "marker": {"color": COLOUR[name], "line": {"width": 0}},
        "hovertemplate": "%{y:.3g} s",
    }


def _dots(n_epochs: int) -> float:
    """Diameter in pixels of one epoch's dot; 0 where they would touch."""
    return 10 if n_epochs <= 40 else 5 if n_epochs <= 100 else 0


def _finite(values: Sequence[float]) -> Floats:
    """NaN leaves a gap in a line, infinity would stretch the axis."""
    array = np.array(values, dtype=np.float64)
    array[~np.isfinite(array)] = np.nan
    return np.clip(array, -1e30, 1e30).astype(np.float32)  # more would not fit into a float32


# ---------------------------------------------------------------- axes


def _layout(title: str, **axes: Any) -> dict[str, Any]:
    """Fixed margins: labels that grow wider must not move the plot."""
    return {
        "template": {},  # plotly's own is 7 kB in every figure
        "title": {
            "text": title,
            "x": 0,
            "xref": "paper",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "pad": {"b": 12},
        },
        "font": {"size": FONT_SIZE},
        "margin": {"l": 88, "r": 20, "t": 44, "b": 56, "autoexpand": False},
        "legend": {
            "orientation": "h",
            "x": 1,
            "xanchor": "right",
            "y": 1,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
        "hovermode": "x unified",
        "uirevision": "kept",
        **axes,
    }


def _axis(title: str, reach: list[float] | None, tickformat: str) -> dict[str, Any]:
    """An axis over the whole reach, with a little air; as far as the data goes where there is none."""
    axis: dict[str, Any] = {
        "title": {"text": title, "font": {"size": FONT_SIZE}},
        "tickformat": tickformat,
        "automargin": False,
        "zeroline": False,
    }
    if reach is None:
        return axis
    air = 0.015 * (reach[1] - reach[0])
    return axis | {"range": [reach[0] - air, reach[1] + air], "showgrid": False}


def _epoch_axis(n_epochs: int) -> dict[str, Any]:
    axis = _axis("epoch", [0.5, n_epochs + 0.5], "d")
    return axis | {"dtick": 1} if n_epochs <= 15 else axis


def _loss_axis(train: Floats, test: Floats, log: bool) -> dict[str, Any]:
    """Widens in steps of 1, 2, 5: between them the scale stands still.

    The bounds are hints to plotly's own range and not a range, which would undo the reader's zoom at each change.
    """
    losses = np.concatenate([train, test])
    losses = losses[losses > 0]  # NaN is not
    axis = _axis(LOSS_AXIS, None, "~g")
    if log:
        low, high = (losses.min(), losses.max()) if len(losses) else (0.02, 0.2)
        reach = [min(0.01, _round(low / 1.3, down=True)), _round(high * 1.3)]
        dtick = "D2" if reach[1] / reach[0] <= 1e4 else None  # labels at 1, 2, 5; else at powers of ten
        return axis | {"type": "log", "dtick": dtick, "autorangeoptions": {"include": reach}}
    # The first steps of a run would squeeze all others: the tallest two in a hundred may leave the top.
    top = max(np.quantile(losses, 0.98), np.nanmax(test, initial=0)) if len(losses) else 0.2
    return axis | {
        "rangemode": "tozero",
        "autorangeoptions": {"include": [0, _round(top)], "clipmax": _round(top)},
    }


def _round(value: float, *, down: bool = False) -> float:
    """To the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = [power, 2 * power, 5 * power, 10 * power]
    return (
        max(s for s in steps if s <= value * 1.0001) if down else min(s for s in steps if s >= value * 0.9999)
    )
