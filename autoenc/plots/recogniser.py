"""The figures of a recogniser itself: how it learns, and how sure it may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from autoenc.plots.drawing import COLOUR, Floats, axis, drawable, layout, loss_axis, reach, trace
from autoenc.plots.references import grey_line
from autoenc.plots.training import MAX_POINTS, extremes
from autoenc.schema import Recogniser, Reliability

RECOGNISED = "recognised (share of images)"
AVERAGED_STEPS = 25  # training steps that make a dot of the accuracy: one batch is a coarse measure


def share_axis() -> dict[str, Any]:
    """From none to all."""
    return axis(RECOGNISED, ".0%") | {"range": [-0.02, 1.04], "tickvals": [0, 0.25, 0.5, 0.75, 1]}


# ---------------------------------------------------------------- how it learns


def recogniser_accuracy(recogniser: Recogniser, *, caption: str = "") -> Figure:
    """Share of the images that is recognised: in training, by step, and in the test after each epoch."""
    n_epochs, steps = recogniser.config.epochs, recogniser.steps_per_epoch
    train = _means(recogniser.step_accuracies, AVERAGED_STEPS)
    at = np.arange(1, len(train) + 1, dtype=np.int32) * AVERAGED_STEPS
    ends = np.arange(1, len(recogniser.epochs) + 1, dtype=np.int32) * steps
    test = drawable([epoch.test_accuracy for epoch in recogniser.epochs])
    x_axis = axis("training step", ",d", hover="step %{x:,}") | reach(0, steps * n_epochs)
    x_axis["uirevision"] = recogniser.recogniser_id
    lines = [share_line("train", at, train, "%{y:.1%}"), share_line("test", ends, test, "%{y:.2%}")]
    return Figure(
        data=lines,
        layout=layout("Recognised", xaxis=x_axis, yaxis=share_axis(), meta={"caption": caption}),
    )


def recogniser_loss(recogniser: Recogniser, *, caption: str = "") -> Figure:
    """Cross-entropy: of each training step, and of the test set after each epoch."""
    n_epochs, steps = recogniser.config.epochs, recogniser.steps_per_epoch
    train = drawable(recogniser.step_losses)
    shown = extremes(train, MAX_POINTS)
    ends = np.arange(1, len(recogniser.epochs) + 1, dtype=np.int32) * steps
    test = drawable([epoch.test_loss for epoch in recogniser.epochs])
    x_axis = axis("training step", ",d", hover="step %{x:,}") | reach(0, steps * n_epochs)
    y = loss_axis(train, test, log=True)
    y["yaxis"]["title"]["text"] = "loss (cross-entropy)"
    x_axis["uirevision"] = y["yaxis"]["uirevision"] = recogniser.recogniser_id
    lines = [
        share_line("train", shown + 1, train[shown], "%{y:,.4~r}"),
        share_line("test", ends, test, "%{y:,.4~r}"),
    ]
    return Figure(data=lines, layout=layout("Loss", xaxis=x_axis, meta={"caption": caption}, **y))


def _means(values: Sequence[float], n: int) -> Floats:
    """Of each n values; what is left over is not shown yet."""
    whole = len(values) // n * n
    means: Floats = drawable(values[:whole]).reshape(-1, n).mean(1)
    return means


def share_line(name: str, x: np.ndarray, y: np.ndarray, hover: str) -> dict[str, Any]:
    """One that is drawn as training, or as test."""
    is_test = name == "test"
    return trace("scatter", name, x.astype(np.int32), y.astype(np.float32), hover) | {
        "mode": "lines+markers" if is_test else "lines",
        "line": {"color": COLOUR[name], "width": 3 if is_test else 1.5},
        "marker": {"size": 8, "color": COLOUR[name]},
    }


# ---------------------------------------------------------------- how sure it may be


def reliability_diagram(reliability: Reliability, *, caption: str = "") -> Figure:
    """How often it is right, against how sure it is; on the diagonal it is as sure as it is right.

    The area of a dot grows with the number of its images; of a few images nobody knows the share well.
    """
    most = max((one.n_images for one in reliability.bins), default=1)
    sizes = [max(8.0, 40 * (one.n_images / most) ** 0.5) for one in reliability.bins]
    dots = {
        "type": "scatter",
        "name": "test images",
        "mode": "markers",
        "x": [round(one.confidence, 4) for one in reliability.bins],
        "y": [round(one.accuracy, 4) for one in reliability.bins],
        "customdata": [one.n_images for one in reliability.bins],
        "hovertemplate": "%{x:.0%} sure: %{y:.0%} recognised<br>%{customdata:,} images<extra></extra>",
        "cliponaxis": False,
        "error_y": _uncertainty(reliability),
        "marker": {"color": COLOUR["test"], "size": sizes, "opacity": 0.8, "line": {"width": 0}},
    }
    diagonal = grey_line("as sure as right", [0, 1], [0, 1], hoverinfo="skip")
    x_axis = axis("how sure it is", ".0%") | {"range": [-0.02, 1.04], "showgrid": False}
    laid_out = layout(
        "As sure as right?",
        hovermode="closest",
        xaxis=x_axis,
        yaxis=share_axis(),
        meta={"caption": caption},
    )
    return Figure(data=[diagonal, dots], layout=laid_out)


def _uncertainty(reliability: Reliability) -> dict[str, Any]:
    """Two standard errors of each share up and down, by Wilson (1927), who does not end at 0 and 1."""
    up, down = [], []
    for one in reliability.bins:
        n, p, z = one.n_images, one.accuracy, 2.0
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5 / (1 + z * z / n)
        up.append(round(max(0.0, middle + half - p), 4))
        down.append(round(max(0.0, p - middle + half), 4))
    error = {"color": COLOUR["test"], "thickness": 1.5, "width": 4}
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, **error}
