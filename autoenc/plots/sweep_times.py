"""The figures of what the runs of a sweep cost in time.

A hollow dot is one that other runs may have slowed down.
"""

from __future__ import annotations

from collections.abc import Sequence

from plotly.graph_objects import Figure

from autoenc.groups import along, groups, means
from autoenc.numerals import short
from autoenc.pareto import pareto, usable
from autoenc.plots.charts import Chart
from autoenc.plots.dots import Dot, heights
from autoenc.plots.references import GREY, SECOND_ROW, diamonds, grey_line
from autoenc.plots.scales import seconds_axis
from autoenc.plots.sweep_axes import Axes, aside, first_x, loss_y, revision, setting_title, unseen, x_of
from autoenc.schema import Point

MAX_LABELS = 16  # that still find room beside their dots


def time_by_size(
    points: Sequence[Point], axes: Axes, *, highlighted: str | None = None, caption: str = ""
) -> Figure:
    """Seconds of training and tests of the finished runs against latent size. As `loss_by_size`.

    Both axes are logarithmic or neither: where time grows as the size does, the line is straight.
    """
    setting = along(points)
    dots = [
        Dot(p, x_of(p, setting), p.seconds, hollow=p.concurrent_jobs != 0, aside=_aside(p, setting))
        for p in points
        if _timed(p)
    ]
    sizes = points if setting == "latent_size" else ()
    report = diamonds("lab report (its own machine)", sizes, lambda figures: figures.seconds)
    y_axis, low, high = seconds_axis("training time (s)", list(heights(dots, report)), log=axes.log_size)
    y_axis["uirevision"] = revision(points, axes.log_size)
    layout = {"xaxis": first_x(points, axes), "yaxis": y_axis, "shapes": [unseen("y", low, high)]}
    hover = "%{y:,.3~r} s"
    title = f"Training time by {setting_title(setting)}"
    return Chart(title, points, dots, [report], layout, hover, x_axis=setting, told=_seconds).figure(
        highlighted, caption
    )


def loss_by_time(
    points: Sequence[Point], axes: Axes, *, highlighted: str | None = None, caption: str = ""
) -> Figure:
    """Test loss of the finished runs against their seconds, and which of them are best for their time."""
    times = [p for p in points if _timed(p) and usable(p.test_mse)]
    setting, few = along(points), len(groups(times)) <= MAX_LABELS
    dots = [
        Dot(
            p,
            p.seconds,
            p.test_mse or 0,
            p.concurrent_jobs != 0,
            label=str(x_of(p, setting)) if few else "",
        )
        for p in times
    ]
    best = pareto(means(points))
    seconds, losses = [p.seconds for p in best], [p.test_mse or 0 for p in best]
    step = {"color": GREY, "width": 1.5, "shape": "hv"}
    front = grey_line("best for the time", seconds, losses, line=step, legend=SECOND_ROW)
    x_axis, low, high = seconds_axis("training time (s)", [p.seconds for p in times], log=axes.log_size)
    x_axis |= {"uirevision": revision(points, axes.log_size), "showgrid": False}
    y = loss_y(heights(dots), axes, points)
    y["shapes"].append(unseen("x", low, high))
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


def _aside(point: Point, setting: str) -> str:
    return ", ".join(filter(None, (aside(point, setting), _circumstances(point))))


def _seconds(seconds: float) -> str:
    return f"{short(seconds)} s"


def _circumstances(point: Point) -> str:
    """`2 threads on cpu, no concurrent runs`."""
    threads = f"{point.threads} thread{'s' * (point.threads != 1)} on " if point.threads else "on "
    others = {None: "unknown how many concurrent runs", 0: "no concurrent runs"}.get(
        point.concurrent_jobs, f"{point.concurrent_jobs} concurrent run{'s' * (point.concurrent_jobs != 1)}"
    )
    return f"{threads}{point.device or 'an unknown device'}, {others}"


def _timed(point: Point) -> bool:
    return point.finished and usable(point.seconds)
