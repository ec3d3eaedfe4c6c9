"""What all figures are drawn with: traces, axes, layout, colours.

A figure has all its traces, in their final order, before there is any data, and its x axis reaches to the
planned end: a chart that grows keeps its zoom and the traces that the reader has hidden. Text, grid and
background take the colours of whoever shows the figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# One meaning, one colour, in every chart and picture: Okabe and Ito's, which the colour-blind can tell apart;
# their blue a little lighter, so that a thin line shows on a dark page too.
COLOUR: Mapping[str, str] = {
    "train": "#1b7fc4",
    "test": "#d55e00",
    "mlp": "#009e73",
    "conv": "#cc79a7",
    "conv-bottleneck": "#0072b2",
    "vae": "#e69f00",
    "original": "#8c939c",
    "noisy": "#e69f00",
    "reconstruction": "#56b4e9",
    "error": "#d55e00",
    "speed": "#8c939c",
    # Methods of denoising: what learns is bright, what does not is earthen.
    "plain": "#56b4e9",
    "denoiser": "#8700ff",
    "affine": "#785a3c",
    "median": "#d2b478",
    "tv": "#5a6978",
    "nlm": "#96c3b4",
}
# Several runs in one chart: found by a search for eight that lie as far apart as can be for every kind of
# colour vision, and are neither too pale for a white page nor too dark for a black one.
SEVERAL_COLOURS = ("#1b7fc4", "#d55e00", "#8700ff", "#69c3f0", "#785a3c", "#d2b478", "#5a6978", "#96c3b4")
MAX_COMPARED = len(SEVERAL_COLOURS)
# The classes of a data set, whose names are written beside them: ten are more than every eye can tell apart.
CLASS_COLOURS = (*SEVERAL_COLOURS, "#b10062", "#3fa34d")
FONT_SIZE = 16  # pixels: legible from the back row
LOSS = "loss (MSE per pixel)"


Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


# ---------------------------------------------------------------- traces


def trace(kind: str, name: str, x: Ints, y: Floats, hover: str) -> dict[str, Any]:
    """Its x rises. A trace without points has no entry in the legend: it gets one that cannot be seen."""
    points: dict[str, Any] = {"x": [None], "y": [None]}
    if len(x):
        points = {"x": x.astype(np.min_scalar_type(x[-1])), "y": y}  # the smallest integers that hold it
    return {"type": kind, "name": name, **points, "hovertemplate": hover}


def drawable(values: Sequence[float]) -> Floats:
    """NaN and infinity become NaN, a gap in the line."""
    array = np.array(values, dtype=np.float64)
    array[~np.isfinite(array)] = np.nan
    return np.clip(array, -1e30, 1e30).astype(np.float32)  # more would not fit into a float32


# ---------------------------------------------------------------- layout


def layout(title: str, **more: Any) -> dict[str, Any]:
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


def axis(title: str, tickformat: str, hover: str = "") -> dict[str, Any]:
    return {
        "title": {"text": title, "font": {"size": FONT_SIZE}},
        "tickformat": tickformat,
        "unifiedhovertitle": {"text": hover},
        "automargin": False,
        "zeroline": False,
    }


def reach(first: float, last: float) -> dict[str, Any]:
    """From the first moment to the planned end, with a little air for the dots."""
    air = 0.015 * (last - first)
    return {"range": [first - air, last + air], "showgrid": False}


def loss_axis(train: Floats, test: Floats, log: bool) -> dict[str, Any]:
    """The y axis and what it shows at least. It widens in steps of 1, 2, 5 and stands still between them.

    The least is an invisible line: a range of ours that changes would undo the reader's zoom, and plotly's
    autorangeoptions.include does nothing on a logarithmic axis.
    """
    losses = np.concatenate([train, test])
    losses = losses[losses > 0]  # leaves out NaN
    y_axis = axis(LOSS, "~g")
    if log:
        low, high = (losses.min(), losses.max()) if len(losses) else (0.02, 0.2)
        low, high = min(0.01, step_of_1_2_5(low / 1.25, up=False)), step_of_1_2_5(high * 1.25, up=True)
        y_axis |= {
            "type": "log",
            "dtick": "D2" if high <= 1e4 * low else None,
        }  # labels at 1, 2, 5; else at 1
    else:
        # The first steps of a run would squeeze all others: the highest two in a hundred may leave the plot.
        typical = np.quantile(losses, 0.98) if len(losses) else 0.2
        low, high = 0, step_of_1_2_5(max(typical, test[test > 0].max(initial=0)), up=True)
        y_axis |= {"autorangeoptions": {"clipmin": low, "clipmax": high}}
    unseen = {"type": "line", "line": {"width": 0}, "xref": "paper", "x0": 0, "x1": 0, "y0": low, "y1": high}
    return {"yaxis": y_axis, "shapes": [unseen]}


def step_of_1_2_5(value: float, *, up: bool) -> float:
    """To the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = [step * power for step in (1, 2, 5, 10)]
    if up:
        return min(step for step in steps if step >= 0.9999 * value)
    return max(step for step in steps if step <= 1.0001 * value)
