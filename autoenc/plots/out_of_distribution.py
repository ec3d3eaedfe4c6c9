"""The error of a picture from outside among the errors of the test images."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from autoenc.plots.drawing import COLOUR, axis, layout

LEGEND = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom", "font": {"size": 13}}
STEPS = 10  # of the histogram in a power of ten
MIN_LOSS = 1e-6  # a smaller error is drawn as this one: a logarithmic axis has no zero


def loss_among_tests(
    tests: np.ndarray, lost: float, tiles: np.ndarray | None = None, caption: str = ""
) -> Figure:
    """A histogram of the test errors with a marker where this picture stands.

    Args:
        tests: (n,) what is lost of the test images; 1: no better than a plain square.
        lost: of the picture.
        tiles: (N,) of its tiles, as a second histogram; None: it was not cut.
        caption: what it shows in words, for those who cannot see it.
    """
    test, here = _drawable(tests), _drawable(np.array([lost]))
    cut = np.empty(0) if tiles is None else _drawable(tiles)
    every = np.concatenate([test, here, cut])
    first, last = math.floor(STEPS * np.log10(every.min())), math.floor(STEPS * np.log10(every.max())) + 1
    edges = 10 ** (np.arange(first, last + 1) / STEPS)
    traces = [_steps("test images", edges, test, COLOUR["original"])]
    if len(cut):
        traces.append(_steps("tiles", edges, cut, COLOUR["reconstruction"]))
    top = 1.12 * max(max(trace["y"]) for trace in traces)
    traces.append(_marker(float(here[0]), top, "whole picture" if len(cut) else "this picture"))
    air = 0.04 * (last - first + 2) / STEPS
    x_axis = axis("contrast lost (1: a plain square)", "~g") | {
        "type": "log",
        "range": [(first - 1) / STEPS - air, (last + 1) / STEPS + air],
        "dtick": "D2" if last - first < 2 * STEPS else 1,
        "showgrid": False,
    }
    y_axis = axis("share (%)", "~g") | {"range": [0, top], "rangemode": "tozero"}
    return Figure(
        data=traces,
        layout=layout(
            "",
            hovermode="closest",
            xaxis=x_axis,
            yaxis=y_axis,
            legend=LEGEND,
            margin={"l": 60, "r": 12, "t": 60 if len(cut) else 34, "b": 56, "autoexpand": False},
            meta={"caption": caption, "name": "errors"},
        ),
    )


def _drawable(values: np.ndarray) -> np.ndarray:
    large = np.nan_to_num(np.asarray(values, np.float64), nan=1e6, posinf=1e6)
    return np.clip(large, MIN_LOSS, 1e6)


def _steps(name: str, edges: np.ndarray, values: np.ndarray, colour: str) -> dict[str, Any]:
    """A histogram as a filled line: bars have no even width on a logarithmic axis."""
    counts, _ = np.histogram(values, edges)
    shares = 100 * counts / len(values)
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "x": [float(f"{edge:.4g}") for edge in (edges[0], *edges)],
        "y": [0.0, *(float(f"{share:.4g}") for share in shares), 0.0],
        "line": {"shape": "hv", "color": colour, "width": 1.5},
        "fill": "tozeroy",
        "hovertemplate": "%{y:,.2~r} % from %{x:,.2~r} on",
    }


def _marker(mse: float, top: float, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "x": [mse, mse],
        "y": [0, top],
        "line": {"color": COLOUR["error"], "width": 4},
        "hovertemplate": "%{x:,.3~r}",
    }
