"""The figures of a sweep: what a larger code buys. What it costs is in sweep_times.py.

A dot is a run, and a click on it answers its run_id; where runs differ only by their seed, it is their
mean with a bar of one standard deviation, and the runs are small dots behind it. What our runs are measured
against (baselines, the lab report) is grey and answers nothing. A hollow dot is a run that is still training.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from plotly.graph_objects import Figure

from autoenc.groups import along
from autoenc.pareto import usable
from autoenc.plots.charts import Chart
from autoenc.plots.dots import Dot, heights
from autoenc.plots.references import (
    GREY,
    baseline_lines,
    diamonds,
    level_lines,
    published_diamonds,
)
from autoenc.plots.scales import letters, linear_top, size_axis
from autoenc.plots.sweep_axes import Axes, aside, first_x, loss_y, setting_title, size_x, x_of
from autoenc.schema import BaselineCurve, Point, State

MIN_LARGE_SIZES = 3  # sizes in the figure of the large ones

Baselines = Sequence[BaselineCurve]


def loss_by_size(
    points: Sequence[Point],
    baselines: Baselines,
    axes: Axes,
    *,
    highlighted: str | None = None,
    caption: str = "",
) -> Figure:
    """Test loss against latent size; against a setting, where a sweep has several values of it and one size.

    Args:
        points: one for each planned run, in whatever state.
        baselines: what they are measured against, as far as it has come.
        highlighted: run_id of the run that gets a ring.
        caption: what the figure shows, for those who cannot see it.
    """
    x_axis, setting = first_x(points, axes), along(points)
    beneath = level_lines(baselines, x_axis)
    if setting == "latent_size":
        beneath += _beside_sizes(points, baselines)
    dots = _losses(points, lambda p: x_of(p, setting), setting)
    y = loss_y(heights(dots, *beneath), axes, points)
    title = f"Test loss by {setting_title(setting)}"
    return Chart(title, points, dots, beneath, {"xaxis": x_axis} | y, x_axis=setting).figure(
        highlighted, caption
    )


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
    x_axis = size_x(large, axes)
    dots = _losses(large, lambda p: p.config.latent_size)
    beneath = _beside_sizes(large, baselines)
    needed = heights(dots) if dots else heights((), *beneath)
    y = loss_y(needed, Axes(log_loss=False), large)
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
    y = loss_y(heights(dots, *beneath), axes, points)
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
    y = loss_y(heights(dots, *beneath), axes, points)
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


def _beside_sizes(points: Sequence[Point], baselines: Baselines) -> list[dict[str, Any]]:
    sizes = [p.config.latent_size for p in points]
    report = diamonds("lab report (training loss)", points, lambda figures: figures.train_loss)
    return [*baseline_lines(baselines, sizes, lambda k: k), report]


def _losses(points: Sequence[Point], x: Callable[[Point], float], setting: str = "latent_size") -> list[Dot]:
    """Finished runs, and hollow those that are training, at their loss so far."""
    return [
        Dot(p, x(p), p.test_mse, hollow=not p.finished, joined=p.finished, aside=aside(p, setting))
        for p in points
        if (p.finished or p.state is State.RUNNING) and p.test_mse is not None and usable(p.test_mse)
    ]
