"""The figures of a sweep: what a larger code buys, and what it costs.

A dot is a run, and a click on it answers its run_id. What our runs are measured against (baselines,
the lab report) is grey and answers nothing. A hollow dot is, at a loss, a run that is still training; at a
time, one that other runs may have slowed down.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from plotly.graph_objects import Figure

from autoenc.pareto import pareto, usable
from autoenc.plots.dots import (
    GREY,
    SECOND_ROW,
    Chart,
    Dot,
    baseline_lines,
    diamonds,
    grey_line,
    heights,
    letters,
    level_lines,
    linear_top,
    published_diamonds,
    seconds_axis,
    size_axis,
)
from autoenc.plots.drawing import Floats, loss_axis
from autoenc.schema import CODE_UNITS, MODELS, BaselineCurve, Point, State

MAX_LABELS = 16  # that still find room beside their dots
MIN_LARGE_SIZES = 3  # sizes in the figure of the large ones

Baselines = Sequence[BaselineCurve]


@dataclass(frozen=True)
class Axes:
    """Which axes are logarithmic. Times are drawn as the sizes are."""

    log_size: bool = True
    log_loss: bool = True


# ---------------------------------------------------------------- loss


def loss_by_size(
    points: Sequence[Point],
    baselines: Baselines,
    axes: Axes,
    *,
    highlighted: str | None = None,
    caption: str = "",
) -> Figure:
    """Test loss against latent size.

    Args:
        points: one for each planned run, in whatever state.
        baselines: what they are measured against, as far as it has come.
        highlighted: run_id of the run that gets a ring.
        caption: what the figure shows, for those who cannot see it.
    """
    x_axis = _latent_sizes(points, axes)
    beneath = [*level_lines(baselines, x_axis), *_beside_sizes(points, baselines)]
    dots = _losses(points, lambda p: p.config.latent_size)
    y = _loss(heights(dots, *beneath), axes, points)
    chart = Chart("Test loss by latent size", points, dots, beneath, {"xaxis": x_axis} | y)
    return chart.figure(highlighted, caption)


def loss_at_large_sizes(
    points: Sequence[Point],
    baselines: Baselines,
    axes: Axes,
    *,
    highlighted: str | None = None,
    caption: str = "",
) -> Figure:
    """The upper half of the sizes, on a linear loss axis that reaches as far as these runs need it.

    Baselines and the report may leave the plot; baselines without a code are not in it. The rest is as in
    `loss_by_size`.
    """
    sizes = sorted({p.config.latent_size for p in points})
    shown = sizes[-max(MIN_LARGE_SIZES, math.ceil(len(sizes) / 2)) :]
    large = [p for p in points if p.config.latent_size in shown]
    x_axis = _latent_sizes(large, axes)
    dots = _losses(large, lambda p: p.config.latent_size)
    beneath = _beside_sizes(large, baselines)
    needed = heights(dots) if dots else heights((), *beneath)
    y = _loss(needed, Axes(log_loss=False), large)
    top = linear_top(needed.max() if len(needed) else 0.01)
    y["yaxis"]["autorangeoptions"]["clipmax"] = y["shapes"][0]["y1"] = top
    return Chart("Close-up: large sizes", points, dots, beneath, {"xaxis": x_axis} | y).figure(
        highlighted, caption
    )


def loss_by_code(
    points: Sequence[Point],
    baselines: Baselines,
    axes: Axes,
    *,
    highlighted: str | None = None,
    caption: str = "",
) -> Figure:
    """Test loss against numbers in the code, with all models at equal code size. As `loss_by_size`.

    The report is not in it: it does not tell how large the codes of its convolutions are.
    """
    codes = [p.n_latents for p in points]
    n_pixels = points[0].n_pixels if points else 784
    reached = [*codes, n_pixels] if axes.log_size else codes
    x_axis = size_axis("numbers in the code", reached, log=axes.log_size)
    beneath = [
        *level_lines(baselines, x_axis),
        *baseline_lines(baselines, codes, lambda k: k),
        published_diamonds(points, lambda k: k),
    ]
    dots = _losses(points, lambda p: p.n_latents)
    y = _loss(heights(dots, *beneath), axes, points)
    free = "bottom" if axes.log_size else "top"  # left of the line, or right
    y["shapes"].append(
        {
            "type": "line",
            "x0": n_pixels,
            "x1": n_pixels,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": GREY, "width": 1.5},
            "label": letters("as many numbers as pixels", textposition="start", xanchor="left", yanchor=free),
        }
    )
    chart = Chart("Test loss by size of the code", points, dots, beneath, {"xaxis": x_axis} | y)
    return chart.figure(highlighted, caption)


def loss_by_ratio(
    points: Sequence[Point],
    baselines: Baselines,
    axes: Axes,
    *,
    highlighted: str | None = None,
    caption: str = "",
) -> Figure:
    """Test loss against how many times smaller the code is than the image. As `loss_by_size`.

    The x axis is logarithmic always: 2 times smaller and 2 times larger are equally far from the middle.
    """
    x_axis = size_axis("times smaller than the image", [p.ratio for p in points], log=True)
    n_pixels = points[0].n_pixels if points else 784
    beneath = [
        *level_lines(baselines, x_axis, at="left"),
        *baseline_lines(baselines, [p.n_latents for p in points], lambda k: n_pixels / k),
        published_diamonds(points, lambda k: n_pixels / k),
    ]
    dots = _losses(points, lambda p: p.ratio)
    y = _loss(heights(dots, *beneath), axes, points)
    if x_axis["range"][0] < 0:
        at = "bottom left" if axes.log_loss else "middle left"  # where the fewest dots are
        y["shapes"].append(
            _shaded(10 ** x_axis["range"][0], 1, letters("larger than the image", textposition=at))
        )
    chart = Chart("Test loss by compression ratio", points, dots, beneath, {"xaxis": x_axis} | y)
    return chart.figure(highlighted, caption)


def _shaded(first: float, last: float, label: dict[str, Any]) -> dict[str, Any]:
    across = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}, "layer": "below"}
    return across | {"x0": first, "x1": last, "fillcolor": "rgba(140,147,156,0.2)", "label": label}


def _latent_sizes(points: Sequence[Point], axes: Axes) -> dict[str, Any]:
    units = [CODE_UNITS[model] for model in MODELS if model in {p.config.model for p in points}]
    unit = " or ".join(f"{unit}s" for unit in dict.fromkeys(units))
    sizes = [p.config.latent_size for p in points]
    return size_axis(f"latent size ({unit or 'numbers'})", sizes, log=axes.log_size, ticks=axes.log_size)


def _beside_sizes(points: Sequence[Point], baselines: Baselines) -> list[dict[str, Any]]:
    sizes = [p.config.latent_size for p in points]
    report = diamonds("lab report (training loss)", points, lambda figures: figures.train_loss)
    return [*baseline_lines(baselines, sizes, lambda k: k), report]


def _losses(points: Sequence[Point], x_of: Callable[[Point], float]) -> list[Dot]:
    """Finished runs, and hollow those that are training, at their loss so far."""
    return [
        Dot(p, x_of(p), p.test_mse, hollow=not p.finished, joined=p.finished)
        for p in points
        if (p.finished or p.state is State.RUNNING) and p.test_mse is not None and usable(p.test_mse)
    ]


def _loss(losses: Floats, axes: Axes, points: Sequence[Point]) -> dict[str, Any]:
    y = loss_axis(losses, losses, axes.log_loss)
    y["yaxis"]["title"]["standoff"] = 8  # the labels are longer than those of a single run
    low, high = y["shapes"][0]["y0"], y["shapes"][0]["y1"]
    if axes.log_loss and high > 200 * low:
        y["yaxis"]["dtick"] = 1
    y["yaxis"]["uirevision"] = _revision(points, axes.log_loss)
    return y


def _revision(points: Sequence[Point], log: bool) -> str:
    """Another sweep does not inherit the zoom, nor another unit."""
    return f"{zlib.crc32(' '.join(p.run_id for p in points).encode()):x} {log}"


# ---------------------------------------------------------------- time


def time_by_size(
    points: Sequence[Point], axes: Axes, *, highlighted: str | None = None, caption: str = ""
) -> Figure:
    """Seconds of training and tests of the finished runs against latent size. As `loss_by_size`.

    Both axes are logarithmic or neither: where time grows as the size does, the line is straight.
    """
    times = [p for p in points if _timed(p)]
    dots = [
        Dot(p, p.config.latent_size, p.seconds, hollow=p.concurrent_jobs != 0, aside=_circumstances(p))
        for p in times
    ]
    report = diamonds("lab report (its own machine)", points, lambda figures: figures.seconds)
    y_axis, low, high = seconds_axis("training time (s)", list(heights(dots, report)), log=axes.log_size)
    y_axis["uirevision"] = _revision(points, axes.log_size)
    layout = {"xaxis": _latent_sizes(points, axes), "yaxis": y_axis, "shapes": [_unseen("y", low, high)]}
    hover = "%{y:,.3~r} s"
    return Chart("Training time by latent size", points, dots, [report], layout, hover).figure(
        highlighted, caption
    )


def loss_by_time(
    points: Sequence[Point], axes: Axes, *, highlighted: str | None = None, caption: str = ""
) -> Figure:
    """Test loss of the finished runs against their seconds, and which of them are best for their time."""
    times = [p for p in points if _timed(p) and usable(p.test_mse)]
    few = len(times) <= MAX_LABELS
    dots = [
        Dot(
            p,
            p.seconds,
            p.test_mse or 0,
            p.concurrent_jobs != 0,
            label=str(p.config.latent_size) if few else "",
        )
        for p in times
    ]
    best = pareto(points)
    seconds, losses = [p.seconds for p in best], [p.test_mse or 0 for p in best]
    step = {"color": GREY, "width": 1.5, "shape": "hv"}
    front = grey_line("best for the time", seconds, losses, line=step, legend=SECOND_ROW)
    x_axis, low, high = seconds_axis("training time (s)", [p.seconds for p in times], log=axes.log_size)
    x_axis |= {"uirevision": _revision(points, axes.log_size), "showgrid": False}
    y = _loss(heights(dots), axes, points)
    y["shapes"].append(_unseen("x", low, high))
    chart = Chart(
        "Test loss by training time",
        points,
        dots,
        [front],
        {"xaxis": x_axis} | y,
        mode="markers",
        hover="%{y:,.4~r} after %{x:,.3~r} s",
        label_side="bottom left"
        if axes.log_size and axes.log_loss
        else "top right",  # where no step crosses it
    )
    return chart.figure(highlighted, caption)


def _circumstances(point: Point) -> str:
    """`2 threads on cpu, no concurrent runs`."""
    threads = f"{point.threads} thread{'s' * (point.threads != 1)} on " if point.threads else "on "
    others = {None: "unknown how many concurrent runs", 0: "no concurrent runs"}.get(
        point.concurrent_jobs, f"{point.concurrent_jobs} concurrent run{'s' * (point.concurrent_jobs != 1)}"
    )
    return f"{threads}{point.device or 'an unknown device'}, {others}"


def _timed(point: Point) -> bool:
    return point.finished and usable(point.seconds)


def _unseen(axis: str, low: float, high: float) -> dict[str, Any]:
    """A line that an axis has to show."""
    other = "x" if axis == "y" else "y"
    ends = {f"{axis}0": low, f"{axis}1": high, f"{other}0": 0, f"{other}1": 0}
    return {"type": "line", "line": {"width": 0}, f"{other}ref": "paper", **ends}
