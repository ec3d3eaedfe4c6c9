"""The figure of bytes and quality; and real bytes in a figure of sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from plotly.graph_objects import Figure

from autoenc.groups import lines
from autoenc.numerals import short, smaller
from autoenc.plots.denoising import parts
from autoenc.plots.drawing import COLOUR, axis, layout, step_of_1_2_5
from autoenc.plots.references import DOT_SIZE, GREY, Trace, grey_line
from autoenc.plots.scales import linear_top
from autoenc.plots.sweep import loss_by_ratio
from autoenc.plots.sweep_axes import Axes
from autoenc.schema import BaselineCurve, Point, RateCurve, RatePoint

# A family of codecs, one colour; runs take the bright ones of SEVERAL_COLOURS. More families begin again.
CODEC_COLOURS = ("#5a6978", "#785a3c", "#d2b478", "#96c3b4")
CODEC_SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross", "x")
ALONE_DASH = "dash"
LOSSLESS = "lossless"  # all of them, in the legend
LEAST_RATES = (0.1, 4.0)  # bits per pixel that the axis shows at least
MIN_RATE = 0.02  # bits per pixel; with fewer, hardly more than the mean image comes back
LEAST_PSNR = (15.0, 35.0)
PSNR_ENDS = (10.0, 45.0)  # dB; of what is beyond them, nothing can be read or no difference be seen
N_HEIGHTS = 30  # at which the pointer finds a vertical line
AIR = 0.7  # dB below the lowest label, which would touch the first of the x axis
_PSNR_STEP = 5.0


@dataclass(frozen=True)
class RateLine:
    """One way to compress."""

    name: str  # for the legend: of tiled and alone the same
    title: str  # `WebP, tiled`
    colour: str  # #rrggbb
    curve: RateCurve
    symbol: str = "circle"
    alone: bool = False  # a file for each image: dashed
    is_run: bool = False  # drawn bold
    knob: str = "quality"  # what is turned
    lossless: bool = False  # a vertical line at its rate


def psnr_by_rate(lines: Sequence[RateLine], n_pixels: int, *, log: bool = True, caption: str = "") -> Figure:
    """PSNR of the test set against bits per pixel, as far as it is measured; lossless ones as vertical lines.

    A linear axis ends a little beyond the first line; the others may leave the plot.

    Args:
        lines: the first is what all others are compared with. Those of one family share a colour.
        n_pixels: height times width.
        caption: what the figure shows, for those who cannot see it.
    Returns:
        A click on a point answers its source and its knob.
    """
    ordered = sorted(lines, key=lambda line: line.alone)  # the solid ones stand in the legend
    lossy = [line for line in ordered if not line.lossless]
    exact = [line for line in ordered if line.lossless]
    drawn = [_line(line, n_pixels) for line in lossy]
    psnr = [y for trace in drawn for y in trace["y"] if y is not None]
    low, high = _around(np.clip([*psnr, *LEAST_PSNR], *PSNR_ENDS))
    x_axis, rates = _rate_axis(drawn, [point for line in exact for point in line.curve.points], n_pixels, log)
    traces = [*drawn, *(_exact(line, n_pixels, (low, high)) for line in exact)]
    for i, trace in enumerate(traces):
        trace["showlegend"] = trace["legendgroup"] not in {other["legendgroup"] for other in traces[:i]}
    if any(line.alone for line in lossy):
        traces.append(_sample_of_alone())
    y_axis = axis("PSNR (dB)", "~g") | {"autorangeoptions": {"clipmin": low - AIR, "clipmax": high}}
    shapes = [
        {**_UNSEEN, "xref": "paper", "x0": 0, "x1": 0, "y0": low - AIR, "y1": high},
        {**_UNSEEN, "yref": "paper", "y0": 0, "y1": 0, "x0": rates[0], "x1": rates[1]},
    ]
    chart = parts.Chart("PSNR by bits per pixel", traces, {})
    dataset = lines[0].curve.dataset if lines else "no"
    laid_out = layout(
        chart.title,
        hovermode="closest",
        meta={"caption": caption, "name": f"{dataset}-bytes-and-quality"},
        xaxis=x_axis,
        yaxis=y_axis,
        shapes=shapes,
    )
    return Figure(data=traces, layout=laid_out | chart.above())


_UNSEEN = {"type": "line", "line": {"width": 0}}


def _line(line: RateLine, n_pixels: int) -> Trace:
    points = [
        point
        for point in line.curve.points
        if math.isfinite(point.psnr_db) and point.bits_per_pixel(n_pixels) >= MIN_RATE
    ]
    placed = [(point.bits_per_pixel(n_pixels), point.psnr_db) for point in points]
    width = 4 if line.is_run else 2
    return parts.scatter(line.name, placed) | {
        "uid": f"rates {line.curve.source}",  # what the reader has hidden stays hidden among other lines
        "legendgroup": line.name,
        "customdata": [(line.curve.source, point.knob) for point in points] or None,  # what a click answers
        "hovertext": [_hover(line, point) for point in points] or None,
        "hovertemplate": "%{hovertext}<br>%{x:.3~g} bits per pixel, %{y:.1f} dB<extra></extra>",
        "line": {"color": line.colour, "width": width, "dash": ALONE_DASH if line.alone else "solid"},
        "marker": {
            "color": line.colour,
            "size": (1.0 if line.is_run else 0.8) * DOT_SIZE,
            "symbol": f"{line.symbol}{'-open' * line.alone}",
        },
    }


def _hover(line: RateLine, point: RatePoint) -> str:
    name = f"<b>{line.title}</b>, {line.knob} {short(point.knob, 3)}"
    share = point.n_bytes_head / point.n_images
    of_it = f" ({short(share, 2)} of it head and tables)" if share >= 0.05 else ""
    return f"{name}<br>{short(point.bytes_per_image, 3)} bytes an image{of_it}, {point.n_images:,} images"


def _exact(line: RateLine, n_pixels: int, ends: tuple[float, float]) -> Trace:
    """From the bottom of the plot to its top; the pointer finds it at any of its heights."""
    point = next(iter(line.curve.points), None)
    says = "" if point is None else f"{short(point.bytes_per_image, 3)} bytes an image, without any error"
    heights = np.linspace(*ends, N_HEIGHTS)[1:-1] if point else np.zeros(0)
    return grey_line(
        LOSSLESS,
        [point.bits_per_pixel(n_pixels)] * len(heights) if point else [],
        heights.tolist(),
        uid=f"rates {line.curve.source}",
        hovertemplate=f"<b>{line.title}</b><br>{says}<extra></extra>",
        line={"color": line.colour, "width": 1.5, "dash": ALONE_DASH if line.alone else "solid"},
        legendgroup=LOSSLESS,
    )


def _sample_of_alone() -> Trace:
    """What stands in the legend for the dashed lines."""
    return grey_line("dashed: alone", [], [], line={"color": GREY, "width": 2, "dash": ALONE_DASH})


def _around(values: NDArray[np.float64]) -> tuple[float, float]:
    return (
        _PSNR_STEP * math.floor(values.min() / _PSNR_STEP),
        _PSNR_STEP * math.ceil(values.max() / _PSNR_STEP),
    )


def _rate_axis(
    drawn: Sequence[Trace], exact: Sequence[RatePoint], n_pixels: int, log: bool
) -> tuple[Trace, tuple[float, float]]:
    """The axis, and what it shows at least: it widens in steps of 1, 2, 5."""
    every = [x for trace in drawn for x in trace["x"] if x is not None]
    every += [point.bits_per_pixel(n_pixels) for point in exact]
    x_axis = axis("bits per pixel", ",~g") | {"uirevision": f"rates {log}", "showgrid": False}
    if log:
        low, high = min((*every, LEAST_RATES[0])), max((*every, LEAST_RATES[1]))
        ends = step_of_1_2_5(low / 1.05, up=False), step_of_1_2_5(high * 1.05, up=True)
        dtick = "D2" if ends[1] <= 2000 * ends[0] else 1  # labels at 1, 2, 5; else at 1
        return x_axis | {"type": "log", "dtick": dtick}, ends
    first = [x for x in drawn[0]["x"] if x is not None] if drawn else []
    end = linear_top(1.25 * float(np.max(first or every or [1.0])))
    return x_axis | {"range": [0, end]}, (0.0, end)


# ---------------------------------------------------------------- beside the numbers of a sweep


def loss_by_ratio_in_bytes(
    points: Sequence[Point],
    baselines: Sequence[BaselineCurve],
    axes: Axes,
    *,
    highlighted: str | None = None,
    caption: str = "",
    in_bytes: Sequence[tuple[str, RatePoint]] = (),
) -> Figure:
    """`loss_by_ratio`, and a cross for each run whose file was weighed: how much smaller that really is.

    Args:
        in_bytes: run_ids and what was weighed.
    """
    figure = loss_by_ratio(points, baselines, axes, highlighted=highlighted, caption=caption)
    files = dict(in_bytes)
    names = {point.run_id: line.name for line in lines(points) for point in line.points}
    weighed = [(point, files[point.run_id]) for point in points if point.run_id in files]
    ratios = [point.n_pixels / file.bytes_per_image for point, file in weighed]
    says = [
        f"{names[point.run_id]}, k = {point.config.latent_size:,}, in real bytes: "
        f"{short(file.bytes_per_image, 3)} an image, {smaller(ratio)}"
        for (point, file), ratio in zip(weighed, ratios, strict=True)
    ]
    colours = [COLOUR[point.config.model] for point, _ in weighed]
    crosses = grey_line(
        "in real bytes",
        ratios,
        [file.mse for _, file in weighed],
        mode="markers",
        cliponaxis=False,
        hovertext=says or None,
        hovertemplate="%{hovertext}: %{y:,.4~r}<extra></extra>",
        marker={"color": colours or GREY, "size": DOT_SIZE, "symbol": "x-thin", "line": _stroke(colours)},
        showlegend=False,
    )
    figure.add_trace(crosses)
    if ratios:
        low, high = figure.layout.xaxis.range
        ends = min(low, math.log10(min(ratios)) - 0.05), max(high, math.log10(max(ratios)) + 0.05)
        figure.layout.xaxis.range = ends
    return figure


def _stroke(colours: Sequence[str]) -> Trace:
    return {"color": list(colours) or GREY, "width": 3}
