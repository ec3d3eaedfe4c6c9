"""The figures of what can still be read: by size of the code, by noise, and from the code itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from autoenc.numerals import decibels, percent
from autoenc.pareto import usable
from autoenc.plots.charts import Chart
from autoenc.plots.denoising import parts as denoising
from autoenc.plots.dots import Dot
from autoenc.plots.drawing import axis, layout, reach
from autoenc.plots.recogniser import share_axis, share_line
from autoenc.plots.references import BASELINE_DASHES, DOT_SIZE, GREY, GREYS, Trace, grey_line
from autoenc.plots.scales import SMALL_FONT, size_axis
from autoenc.plots.sweep_axes import Axes
from autoenc.schema import NOISES, BaselineCurve, Point, Probe, ReadingCurve, psnr_of_mse

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
        {"xaxis": x_axis, "yaxis": share_axis()},
        hover="%{y:.1%}",
        told=percent,
    )
    return chart.figure(highlighted, caption)


def psnr_by_code(
    points: Sequence[Point], baselines: Sequence[BaselineCurve], axes: Axes, *, caption: str = ""
) -> Figure:
    """PSNR of the same runs against numbers in the code, and of baselines at such sizes."""
    codes = [point.n_latents for point in points]
    low, high = min(codes, default=1), max(codes, default=1)
    x_axis = size_axis("numbers in the code", codes, log=axes.log_size)
    dots = [
        Dot(p, p.n_latents, psnr_of_mse(p.test_mse))
        for p in points
        if p.finished and p.test_mse and usable(p.test_mse)
    ]
    beneath = []
    for i, curve in enumerate(curve for curve in baselines if curve.has_code):
        shown = [point for point in curve.measured if low <= point.n_latents <= high]
        x, y = [point.n_latents for point in shown], [psnr_of_mse(point.test_mse) for point in shown]
        beneath.append(grey_line(curve.title, x, y, line=_dash(i), hovertemplate="%{y:.1f} dB"))
    layout = {"xaxis": x_axis, "yaxis": axis("PSNR (dB)", "~g") | {"rangemode": "tozero"}}
    chart = Chart(
        "PSNR by size of the code", points, dots, beneath, layout, hover="%{y:.1f} dB", told=decibels
    )
    return chart.figure(None, caption)


def _dash(i: int) -> dict[str, Any]:
    """The line of a baseline with a code, by its position."""
    return {
        "color": GREYS[i % len(GREYS)],
        "width": 1.5,
        "dash": BASELINE_DASHES[i % len(BASELINE_DASHES)],
    }


def _level_lines(levels: Sequence[Level], x_axis: Mapping[str, Any], *, at: str = "left") -> list[Trace]:
    """Across the plot, with the name at one of its ends; a name beyond the end would not be drawn."""
    low, high = x_axis["range"]
    inside = (low + 1e-3 * (high - low), high - 1e-3 * (high - low))
    ends = [10**end if x_axis.get("type") == "log" else end for end in inside]
    beside = "right" if at == "left" else "left"
    return [
        grey_line(
            level.title,
            ends,
            [level.accuracy] * 2,
            mode="lines+text",
            text=[level.title, ""] if at == "left" else ["", level.title],
            textposition=f"{'bottom' if level.accuracy > 0.5 else 'top'} {beside}",
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
        x, y = [reading.at for reading in shown], [reading.accuracy for reading in shown]
        lines.append(
            grey_line(reference.title, x, y, line=_dash(i), hovertemplate="%{x:,} numbers: %{y:.1%}")
        )
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
        *_level_lines(levels, x_axis, at="right"),
        *(
            {
                "type": "scatter",
                "name": line.name,
                "legendgroup": line.curve.source,
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
    title = "Recognised by level of noise"
    laid_out = layout(title, hovermode="closest", xaxis=x_axis, yaxis=share_axis())
    above = denoising.Chart(title, traces, {}).above()
    laid_out |= above | {"meta": {"caption": caption, "name": f"recognised-{noise}"}}
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
        {"xaxis": x_axis, "yaxis": share_axis()},
        hover="%{y:.1%}",
        told=percent,
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
        share_line("test", epochs, shares, "%{y:.1%}") | {"name": "from the code"},
    ]
    laid_out = layout(
        "Class read from the code, by epoch",
        hovermode="closest",
        xaxis=x_axis,
        yaxis=share_axis(),
        meta={"caption": caption},
        showlegend=False,
    )
    return Figure(data=lines, layout=laid_out)
