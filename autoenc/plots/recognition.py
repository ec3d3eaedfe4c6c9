"""The figures of recognition: how a recogniser learns, what it can still read, how sure it may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from autoenc.plots.dots import (
    BASELINE_DASHES,
    DOT_SIZE,
    GREY,
    GREYS,
    SMALL_FONT,
    Chart,
    Dot,
    Trace,
    grey_line,
    legends,
    size_axis,
)
from autoenc.plots.drawing import COLOUR, Floats, axis, drawable, layout, loss_axis, reach, trace
from autoenc.plots.sweep import Axes
from autoenc.plots.training import MAX_POINTS, extremes
from autoenc.schema import NOISES, Point, Probe, ReadingCurve, Recogniser, Reliability

RECOGNISED = "recognised (share of images)"
AVERAGED_STEPS = 25  # training steps that make a dot of the accuracy: one batch is a coarse measure


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
    lines = [_line("train", at, train, "%{y:.1%}"), _line("test", ends, test, "%{y:.2%}")]
    return Figure(
        data=lines,
        layout=layout("Recognised", xaxis=x_axis, yaxis=_share_axis(), meta={"caption": caption}),
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
        _line("train", shown + 1, train[shown], "%{y:,.4~r}"),
        _line("test", ends, test, "%{y:,.4~r}"),
    ]
    return Figure(data=lines, layout=layout("Loss", xaxis=x_axis, meta={"caption": caption}, **y))


def _means(values: Sequence[float], n: int) -> Floats:
    """Of each n values; what is left over is not shown yet."""
    whole = len(values) // n * n
    means: Floats = drawable(values[:whole]).reshape(-1, n).mean(1)
    return means


def _line(name: str, x: np.ndarray, y: np.ndarray, hover: str) -> dict[str, Any]:
    is_test = name == "test"
    return trace("scatter", name, x.astype(np.int32), y.astype(np.float32), hover) | {
        "mode": "lines+markers" if is_test else "lines",
        "line": {"color": COLOUR[name], "width": 3 if is_test else 1.5},
        "marker": {"size": 8, "color": COLOUR[name]},
    }


# ---------------------------------------------------------------- what it can still read


@dataclass(frozen=True)
class Reference:
    """What the runs are compared with: a baseline, read at some sizes of its code."""

    title: str
    curve: ReadingCurve


@dataclass(frozen=True)
class Level:
    """A level across the plot: the originals, or a guess."""

    title: str  # `originals 99.3 %`
    accuracy: float


def accuracy_by_code(
    points: Sequence[Point],
    accuracies: Mapping[str, float],
    references: Sequence[Reference],
    levels: Sequence[Level],
    axes: Axes,
    *,
    highlighted: str | None = None,
    caption: str = "",
) -> Figure:
    """Share of the reconstructed test images that is recognised, against numbers in the code.

    Args:
        points: one for each planned run, in whatever state.
        accuracies: of those that have been read, by run_id.
        highlighted: run_id of the run that gets a ring.
        caption: what the figure shows, for those who cannot see it.
    """
    codes = [point.n_latents for point in points]
    x_axis = size_axis("numbers in the code", codes, log=axes.log_size)
    dots = [Dot(p, p.n_latents, accuracies[p.run_id]) for p in points if p.run_id in accuracies]
    beneath = [*_level_lines(levels, x_axis), *_reference_lines(references, codes)]
    chart = Chart(
        "Recognised by size of the code",
        points,
        dots,
        beneath,
        {"xaxis": x_axis, "yaxis": _share_axis()},
        hover="%{y:.1%}",
    )
    return chart.figure(highlighted, caption)


def _share_axis() -> dict[str, Any]:
    return axis(RECOGNISED, ".0%") | {"range": [-0.02, 1.04], "tickvals": [0, 0.25, 0.5, 0.75, 1]}


def _level_lines(levels: Sequence[Level], x_axis: Mapping[str, Any]) -> list[Trace]:
    ends = [10**end if x_axis.get("type") == "log" else end for end in x_axis["range"]]
    return [
        grey_line(
            level.title,
            ends,
            [level.accuracy] * 2,
            mode="lines+text",
            text=[level.title, ""],
            textposition="bottom right" if level.accuracy > 0.5 else "top right",
            textfont={"size": SMALL_FONT},
            hovertemplate="%{y:.1%}",
            line={"color": GREY, "width": 1.5, "dash": "dot"},
            showlegend=False,
        )
        for level in levels
    ]


def _reference_lines(references: Sequence[Reference], codes: Sequence[int]) -> list[Trace]:
    low, high = min(codes, default=1), max(codes, default=1)
    lines = []
    for i, reference in enumerate(references):
        shown = [reading for reading in reference.curve.readings if low <= reading.at <= high]
        dash = {
            "color": GREYS[i % len(GREYS)],
            "width": 1.5,
            "dash": BASELINE_DASHES[i % len(BASELINE_DASHES)],
        }
        x, y = [reading.at for reading in shown], [reading.accuracy for reading in shown]
        lines.append(grey_line(reference.title, x, y, line=dash, hovertemplate="%{x:,} numbers: %{y:.1%}"))
    return lines


@dataclass(frozen=True)
class NoisyLine:
    """What is recognised after a method of denoising, at rising levels of noise."""

    name: str
    colour: str  # #rrggbb
    curve: ReadingCurve
    dash: str = "solid"


def accuracy_by_noise(
    lines: Sequence[NoisyLine], noise: str, levels: Sequence[Level], *, caption: str = ""
) -> Figure:
    """Share of the test images that is recognised at each level of a noise, by method.

    A click on a point answers its level.
    """
    kind = NOISES[noise]
    x_axis = axis(f"{kind.title}: {kind.axis}", "~g") | reach(0, kind.most)
    x_axis["uirevision"] = noise
    traces = [
        *_level_lines(levels, x_axis),
        *(
            {
                "type": "scatter",
                "name": line.name,
                "mode": "lines+markers",
                "x": [reading.at for reading in line.curve.readings] or [None],
                "y": [reading.accuracy for reading in line.curve.readings] or [None],
                "customdata": [reading.at for reading in line.curve.readings] or [None],
                "hovertemplate": f"<b>{line.name}</b> at %{{x:~g}}{kind.suffix}: %{{y:.1%}}<extra></extra>",
                "line": {"color": line.colour, "width": 3, "dash": line.dash},
                "marker": {"color": line.colour, "size": 0.8 * DOT_SIZE},
            }
            for line in lines
        ),
    ]
    laid_out = layout(
        "Recognised by level of noise",
        hovermode="closest",
        meta={"caption": caption},
        xaxis=x_axis,
        yaxis=_share_axis(),
        **legends(traces),
    )
    return Figure(data=traces, layout=laid_out)


# ---------------------------------------------------------------- what the code knows


def probe_by_code(
    points: Sequence[Point],
    probes: Mapping[str, float],
    accuracies: Mapping[str, float],
    levels: Sequence[Level],
    axes: Axes,
    *,
    highlighted: str | None = None,
    caption: str = "",
) -> Figure:
    """What a linear classifier reads from the codes; what the recogniser sees in the pictures, as thin lines.

    Args:
        probes, accuracies: shares of the test images, by run_id.
    """
    codes = [point.n_latents for point in points]
    x_axis = size_axis("numbers in the code", codes, log=axes.log_size)
    dots = [Dot(p, p.n_latents, probes[p.run_id]) for p in points if p.run_id in probes]
    seen = [Dot(p, p.n_latents, accuracies[p.run_id]) for p in points if p.run_id in accuracies]
    pictures = Chart("", points, seen)
    thin = [
        line | {"name": f"{line['name']}: pictures", "line": line["line"] | {"width": 1.5, "dash": "dot"}}
        for line in pictures.lines()
    ]
    chart = Chart(
        "Class read from the code",
        points,
        dots,
        [*_level_lines(levels, x_axis), *thin],
        {"xaxis": x_axis, "yaxis": _share_axis()},
        hover="%{y:.1%}",
    )
    return chart.figure(highlighted, caption)


def probe_by_epoch(probe: Probe, n_epochs: int, levels: Sequence[Level], *, caption: str = "") -> Figure:
    """What a linear classifier reads from the codes of one run, before training and after each epoch."""
    x_axis = axis("epoch", ",d") | reach(0, n_epochs)
    x_axis["uirevision"] = probe.run_id
    epochs = np.array([epoch for epoch, _ in probe.accuracies], dtype=np.int32)
    shares = np.array([share for _, share in probe.accuracies], dtype=np.float32)
    lines = [
        *_level_lines(levels, x_axis),
        _line("test", epochs, shares, "%{y:.1%}") | {"name": "from the code"},
    ]
    laid_out = layout(
        "Class read from the code, by epoch",
        hovermode="closest",
        xaxis=x_axis,
        yaxis=_share_axis(),
        meta={"caption": caption},
        showlegend=False,
    )
    return Figure(data=lines, layout=laid_out)


# ---------------------------------------------------------------- how sure it may be


def reliability_diagram(reliability: Reliability, *, caption: str = "") -> Figure:
    """How often it is right, against how sure it is; on the diagonal it is as sure as it is right.

    The area of a dot grows with the number of its images.
    """
    most = max((one.n_images for one in reliability.bins), default=1)
    sizes = [max(8.0, 40 * (one.n_images / most) ** 0.5) for one in reliability.bins]
    dots = {
        "type": "scatter",
        "name": "test images",
        "mode": "lines+markers",
        "x": [round(one.confidence, 4) for one in reliability.bins],
        "y": [round(one.accuracy, 4) for one in reliability.bins],
        "customdata": [one.n_images for one in reliability.bins],
        "hovertemplate": "%{x:.0%} sure: %{y:.0%} recognised<br>%{customdata:,} images<extra></extra>",
        "cliponaxis": False,
        "line": {"color": COLOUR["test"], "width": 2},
        "marker": {"color": COLOUR["test"], "size": sizes, "opacity": 0.8, "line": {"width": 0}},
    }
    diagonal = grey_line("as sure as right", [0, 1], [0, 1], hoverinfo="skip")
    x_axis = axis("how sure it is", ".0%") | {"range": [-0.02, 1.04], "showgrid": False}
    laid_out = layout(
        "As sure as right?",
        hovermode="closest",
        xaxis=x_axis,
        yaxis=_share_axis(),
        meta={"caption": caption},
    )
    return Figure(data=[diagonal, dots], layout=laid_out)
