"""What the charts of a sweep promise: nothing jumps, a dot answers its run, whatever comes is drawn."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from plotly.graph_objects import Figure

from autoenc import plots
from autoenc.schema import Point, State
from tests.sweep_points import BASELINES, MEAN_IMAGE, PCA, line, pca, point

SweepFigure = Callable[..., Figure]
BESIDE_BASELINES: dict[str, SweepFigure] = {
    "loss by size": plots.loss_by_size,
    "large sizes": plots.loss_at_large_sizes,
    "loss by code": plots.loss_by_code,
    "loss by ratio": plots.loss_by_ratio,
}
SWEEPS: dict[str, SweepFigure] = {
    **{
        name: lambda points, axes, draw=draw, **more: draw(points, BASELINES, axes, **more)
        for name, draw in BESIDE_BASELINES.items()
    },
    "time": plots.time_by_size,
    "loss by time": plots.loss_by_time,
}
every_sweep_figure = pytest.mark.parametrize("draw", SWEEPS.values(), ids=SWEEPS.keys())
AXES = [plots.Axes(log_size, log_loss) for log_size in (True, False) for log_loss in (True, False)]

MLP = {1: 0.064, 2: 0.056, 4: 0.047, 8: 0.037, 16: 0.026, 32: 0.0155, 64: 0.0079, 128: 0.0035}
CONV = {1: 0.014, 2: 0.006, 4: 0.003, 8: 0.0019, 16: 0.0012, 32: 0.0008, 64: 0.0006}
BOTH = [*line("mlp", MLP), *line("conv", CONV, range(10, 80, 10))]
WAITING = [replace(p, state=State.QUEUED, test_mse=None, seconds=0.0) for p in BOTH]


def trace_of(figure: Figure, name: str) -> Any:
    (match,) = (trace for trace in figure.data if trace.name == name)
    return match


def placed(trace: Any) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(trace.x, trace.y, strict=True) if x is not None]


@every_sweep_figure
@pytest.mark.parametrize("axes", AXES)
def test_a_sweep_that_grows_keeps_its_traces_its_margins_and_its_planned_axis(
    draw: SweepFigure, axes: plots.Axes
) -> None:
    stages = [draw(p, axes) for p in (WAITING, [*BOTH[:5], *WAITING[5:]], BOTH)]
    assert len({tuple(trace.name for trace in figure.data) for figure in stages}) == 1
    layouts = [figure.layout for figure in stages]
    for first, other in pairwise(layouts):
        assert first.margin == other.margin
        assert first.xaxis.range == other.xaxis.range
        assert first.xaxis.uirevision == other.xaxis.uirevision
        assert first.yaxis.uirevision == other.yaxis.uirevision
        assert other.yaxis.range is None


@every_sweep_figure
def test_of_a_sweep_another_unit_or_another_sweep_inherits_no_zoom(draw: SweepFigure) -> None:
    log, linear = (draw(BOTH, plots.Axes(on, on)).layout for on in (True, False))
    other = draw(BOTH[:-3], plots.Axes()).layout
    assert other.yaxis.uirevision != log.yaxis.uirevision
    if log.xaxis.type != linear.xaxis.type:
        assert log.xaxis.uirevision != linear.xaxis.uirevision
    if log.yaxis.type != linear.yaxis.type:
        assert log.yaxis.uirevision != linear.yaxis.uirevision


@every_sweep_figure
def test_a_click_on_a_dot_answers_its_run_and_a_click_on_anything_else_nothing(draw: SweepFigure) -> None:
    run_ids = {p.run_id for p in BOTH}
    for trace in draw(BOTH, plots.Axes(), highlighted=BOTH[6].run_id).data:
        if trace.name in ("MLP", "Conv"):
            assert len(trace.customdata) == len(trace.x) == len(trace.hovertext)
            assert set(trace.customdata) <= run_ids
        else:
            assert trace.customdata is None


@every_sweep_figure
def test_the_chosen_run_has_a_ring_around_its_dot(draw: SweepFigure) -> None:
    figure = draw(BOTH, plots.Axes(), highlighted=BOTH[6].run_id)
    ring, mlp = trace_of(figure, "chosen"), trace_of(figure, "MLP")
    at = list(mlp.customdata).index(BOTH[6].run_id)
    assert placed(ring) == [(mlp.x[at], mlp.y[at])]
    assert ring.marker.size > 1.5 * mlp.marker.size
    assert placed(trace_of(draw(BOTH, plots.Axes(), highlighted="another"), "chosen")) == []


@every_sweep_figure
def test_of_twenty_two_runs_a_figure_weighs_less_than_5_kb(draw: SweepFigure) -> None:
    sizes = [2**i for i in range(11)]
    points = [point(model, k, 0.0123456 / k, 12.3456 * k) for model in ("mlp", "conv") for k in sizes]
    assert len(draw(points, plots.Axes(), highlighted=points[0].run_id).to_json()) < 5000


@every_sweep_figure
def test_a_sweep_is_told_to_those_who_cannot_see_it_and_has_a_file_name(draw: SweepFigure) -> None:
    meta = draw(BOTH, plots.Axes(), caption="It falls.").layout.meta
    assert meta["caption"] == "It falls."
    assert meta["name"].startswith("mnist-")


@every_sweep_figure
def test_letters_of_a_sweep_are_legible_from_the_back_row(draw: SweepFigure) -> None:
    layout = draw(BOTH, plots.Axes()).layout
    assert layout.font.size >= 15
    assert layout.xaxis.title.font.size >= 15
    assert layout.yaxis.title.font.size >= 15
    assert layout.hovermode == "closest"


def test_a_running_run_is_a_hollow_dot_that_no_line_reaches() -> None:
    running = replace(point("mlp", 4, 0.05), state=State.RUNNING, epochs_done=3)
    queued = replace(point("mlp", 2, 0.05), state=State.QUEUED)
    points = [*line("mlp", {1: 0.06, 8: 0.03}), running, queued]
    mlp = trace_of(plots.loss_by_size(points, (), plots.Axes()), "MLP")
    assert list(mlp.x) == [1, 8, None, 4]
    assert list(mlp.marker.symbol) == ["circle", "circle", "circle", "circle-open"]
    assert mlp.hovertext[3] == "4 (4 numbers, 196 times smaller), epoch 3 of 10"


def test_a_dot_says_its_size_its_code_and_its_ratio() -> None:
    points = [*line("mlp", {1: 0.06, 16: 0.0254}), *line("conv", {4: 0.02, 16: 0.01})]
    figure = plots.loss_by_size(points, (), plots.Axes())
    mlp, conv = trace_of(figure, "MLP"), trace_of(figure, "Conv")
    assert mlp.hovertemplate == "k = %{hovertext}: %{y:,.4~r}"
    assert list(mlp.hovertext) == ["1 (1 number, 784 times smaller)", "16 (16 numbers, 49 times smaller)"]
    assert list(conv.hovertext) == [
        "4 (784 numbers, as many as pixels)",
        "16 (3,136 numbers, 4 times larger)",
    ]


def test_models_differ_in_colour_and_layers_in_dashes_and_symbols() -> None:
    points = [*line("mlp", MLP), *line("mlp", MLP, layers=2), *line("conv", CONV, layers=3)]
    figure = plots.loss_by_size(points, (), plots.Axes())
    one, two, three = (trace_of(figure, name) for name in ("MLP", "MLP, 2 layers", "Conv, 3 layers"))
    assert one.line.color == two.line.color == plots.COLOUR["mlp"]
    assert three.line.color == plots.COLOUR["conv"]
    assert [trace.line.dash for trace in (one, two, three)] == ["solid", "dash", "dot"]
    assert len({trace.marker.symbol for trace in (one, two, three)}) == 3


def test_pca_reaches_as_far_as_the_sizes_do_and_leaves_out_what_is_rounding() -> None:
    curve = pca({1: 0.06, 2: 0.05, 4: math.nan, 8: 1e-9, 16: 0.02, 784: 1e-3})
    by_size = plots.loss_by_size(line("mlp", {1: 0.06, 16: 0.03}), [curve], plots.Axes())
    assert placed(trace_of(by_size, "PCA")) == [(1, 0.06), (2, 0.05), (16, 0.02)]
    by_ratio = plots.loss_by_ratio(line("mlp", {2: 0.06, 16: 0.03}), [curve], plots.Axes())
    assert placed(trace_of(by_ratio, "PCA")) == [(392, 0.05), (49, 0.02)]


@pytest.mark.parametrize("largest", [4, 32, 64, 128, 256, 512, 1024, 4096])
def test_the_name_of_the_mean_image_stands_inside_the_plot(largest: int) -> None:
    """Plotly draws no name at a point beyond the axis, however little: 302 where it ends at 301.995."""
    figure = plots.loss_by_size(line("conv", {1: 0.05, largest: 0.01}), BASELINES, plots.Axes())
    low, high = figure.layout.xaxis.range
    assert all(low <= math.log10(x) <= high for x, _ in placed(trace_of(figure, "mean image")))


def test_the_mean_image_is_a_level_line_across_the_plot() -> None:
    figure = plots.loss_by_size(BOTH, BASELINES, plots.Axes())
    (left, one), (right, other) = placed(trace_of(figure, "mean image"))
    assert one == other == MEAN_IMAGE.level == 0.067
    assert [math.log10(left), math.log10(right)] == pytest.approx(figure.layout.xaxis.range, rel=1e-3)


def test_baselines_have_a_dash_each_and_keep_their_place_before_they_are_measured() -> None:
    other = replace(PCA, baseline="other", title="Other")
    measured = plots.loss_by_code(BOTH, (PCA, other, MEAN_IMAGE), plots.Axes())
    dashes = [trace_of(measured, name).line.dash for name in ("PCA", "Other", "mean image")]
    assert len(set(dashes)) == 3
    waiting = [replace(curve, points=(), done=0.0) for curve in (PCA, other, MEAN_IMAGE)]
    before = plots.loss_by_code(BOTH, waiting, plots.Axes())
    assert [(t.name, t.showlegend) for t in before.data] == [(t.name, t.showlegend) for t in measured.data]
    assert before.layout.margin == measured.layout.margin


def test_the_report_is_there_with_its_training_losses_at_its_sizes_and_nowhere_with_its_test_losses() -> None:
    report = trace_of(plots.loss_by_size(BOTH, (), plots.Axes()), "lab report (training loss)")
    assert sorted(placed(report)) == [(1, 0.009), (1, 0.07), (64, 0.0003), (128, 0.02)]
    assert report.marker.symbol == "diamond-open"
    other_epochs = [replace(p, config=replace(p.config, epochs=20)) for p in BOTH]
    report = trace_of(plots.loss_by_size(other_epochs, (), plots.Axes()), "lab report (training loss)")
    assert placed(report) == []
    assert not report.showlegend


def test_the_closer_look_shows_the_upper_half_of_the_sizes_as_high_as_they_need() -> None:
    figure = plots.loss_at_large_sizes(BOTH, BASELINES, plots.Axes())
    assert [x for x, _ in placed(trace_of(figure, "MLP"))] == [16, 32, 64, 128]
    assert [x for x, _ in placed(trace_of(figure, "Conv"))] == [16, 32, 64]
    assert figure.layout.yaxis.type is None
    assert figure.layout.yaxis.autorangeoptions.clipmax == pytest.approx(0.03)
    few = plots.loss_at_large_sizes(line("mlp", {1: 0.1, 2: 0.05, 4: 0.02, 8: 0.01}), (), plots.Axes())
    assert [x for x, _ in placed(trace_of(few, "MLP"))] == [2, 4, 8]


def test_equal_codes_stand_one_above_the_other_and_a_line_where_nothing_is_compressed() -> None:
    points = [point("mlp", 196), point("conv", 1)]
    figure = plots.loss_by_code(points, (), plots.Axes())
    assert trace_of(figure, "MLP").x == trace_of(figure, "Conv").x == (196,)
    assert [shape.x0 for shape in figure.layout.shapes if shape.label.text] == [784]


def test_the_closer_look_at_small_errors_is_as_near() -> None:
    """Errors of 0.0019 and less are not drawn at the bottom of an axis up to 0.01."""
    points = line("conv", {8: 0.005, 16: 0.0019, 32: 0.0016, 64: 0.0009, 128: 0.0006})
    figure = plots.loss_at_large_sizes(points, (), plots.Axes())
    assert figure.layout.yaxis.autorangeoptions.clipmax == pytest.approx(0.002)


def test_codes_larger_than_the_image_stand_in_the_shade_left_of_one() -> None:
    figure = plots.loss_by_ratio(BOTH, (), plots.Axes())
    assert trace_of(figure, "Conv").x[0] == pytest.approx(784 / (64 * 196))
    (shade,) = (shape for shape in figure.layout.shapes if shape.label.text == "larger than the image")
    assert (shade.type, shade.x1) == ("rect", 1)
    texts = [shape.label.text for shape in plots.loss_by_ratio(BOTH[:8], (), plots.Axes()).layout.shapes]
    assert "larger than the image" not in texts


def test_times_that_were_not_taken_alone_are_hollow_and_say_so() -> None:
    points = [point("mlp", k, concurrent_jobs=n) for k, n in ((1, 0), (2, 1), (4, None))]
    mlp = trace_of(plots.time_by_size(points, plots.Axes()), "MLP")
    assert list(mlp.marker.symbol) == ["circle", "circle-open", "circle-open"]
    asides = [text.partition(", ")[2] for text in mlp.hovertext]
    assert asides[:2] == ["2 threads on cpu, no concurrent runs)", "2 threads on cpu, 1 concurrent run)"]
    report = trace_of(plots.time_by_size(BOTH, plots.Axes()), "lab report (its own machine)")
    assert placed(report) == [(64, 91.8)]


def test_runs_without_a_time_are_not_among_the_times() -> None:
    points = [point("mlp", 1), point("mlp", 2, seconds=0.0), replace(point("mlp", 4), state=State.RUNNING)]
    for figure in (plots.time_by_size(points, plots.Axes()), plots.loss_by_time(points, plots.Axes())):
        assert len(placed(trace_of(figure, "MLP"))) == 1


def test_the_front_has_each_run_that_no_other_beats_in_time_and_loss() -> None:
    a, b, c, d, e = (
        point("mlp", k, loss, seconds)
        for k, loss, seconds in ((1, 0.5, 1), (2, 0.5, 2), (4, 0.2, 3), (8, 0.3, 4), (16, 0.1, 9))
    )
    tie = point("conv", 1, 0.2, 3)
    assert plots.pareto([e, d, c, b, a]) == (a, c, e)
    assert len(plots.pareto([c, tie])) == 1
    assert plots.pareto([point(loss=bad) for bad in (None, math.nan, 0.0)]) == ()
    front = trace_of(plots.loss_by_time([a, b, c, d, e], plots.Axes()), "best for the time")
    assert placed(front) == [(1, 0.5), (3, 0.2), (9, 0.1)]
    assert front.line.shape == "hv"


def test_few_dots_have_their_size_beside_them_and_many_do_not() -> None:
    few = trace_of(plots.loss_by_time(BOTH, plots.Axes()), "MLP")
    assert list(few.text) == [str(k) for k in MLP]
    many = trace_of(plots.loss_by_time([*BOTH, *line("mlp", MLP, layers=2)], plots.Axes()), "MLP")
    assert many.text is None


@every_sweep_figure
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize(
    "points",
    [
        [],
        [point()],
        [point(loss=bad, seconds=bad or 0.0) for bad in (None, math.nan, math.inf, 0.0, 1e300)],
        [point("conv", k, k * 1e-9, k * 1e5) for k in (1, 4096)],
    ],
    ids=["none", "one", "diverged", "far apart"],
)
def test_whatever_comes_a_sweep_is_drawn(draw: SweepFigure, axes: plots.Axes, points: list[Point]) -> None:
    document = draw(points, axes).to_json()
    assert "NaN" not in document
    assert "Infinity" not in document
    assert all(math.isfinite(end) for end in json.loads(document)["layout"]["xaxis"].get("range", []))
