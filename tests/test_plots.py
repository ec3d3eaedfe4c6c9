"""What the figures promise: nothing lost in thinning, nothing that jumps, nothing that stops the drawing."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from plotly.graph_objects import Figure

from autoenc import plots
from autoenc.plots.dots import GREY
from autoenc.schema import MODELS, Epoch, Images, ModelInfo, Point, Run, State, TrainConfig
from tests.sweep_points import BASELINES, MEAN_IMAGE, PCA, line, pca, point

STEPS_PER_EPOCH = 469  # 60,000 images in batches of 128, the last one smaller


def run_of(
    n_epochs: int, step_losses: list[float], test_losses: list[float] | None = None, seconds: float = 0.5
) -> Run:
    """A run of this many planned epochs; as many are finished as there are test losses."""
    return Run(
        run_id=f"mnist-mlp-k32-e{n_epochs}-00000000",
        config=TrainConfig(epochs=n_epochs, batch_size=128),
        fingerprint="0" * 8,
        model=ModelInfo((1, 28, 28), (32,), ()),
        n_train_images=60_000,
        device="cpu",
        versions={},
        x=Images((1, 1, 1, 1), b"\0"),
        epochs=tuple(Epoch(loss, loss, seconds, seconds / 10, 2) for loss in test_losses or []),
        step_losses=tuple(step_losses),
    )


def falling(n: int) -> list[float]:
    """Losses from 0.2 down to 0.0123 with noise."""
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, n)
    return list((0.0123 + 0.1877 * np.exp(-np.arange(n) / 100)) * (1 + noise))


FIGURES: dict[str, Callable[[Run], Figure]] = {
    "loss by step": plots.loss_curve,
    "loss by epoch": lambda run: plots.loss_curve(run, by="epoch"),
    "loss by step, linear": lambda run: plots.loss_curve(run, log=False),
    "loss by epoch, linear": lambda run: plots.loss_curve(run, log=False, by="epoch"),
    "timing": plots.timing,
}
every_figure = pytest.mark.parametrize("figure_of", FIGURES.values(), ids=FIGURES.keys())


# ---------------------------------------------------------------- thinning


@pytest.mark.parametrize("n", [0, 1, 1499, 1500, 1501, 4690, 46_900])
@pytest.mark.parametrize("seed", range(3))
def test_thinning_never_loses_the_largest_or_the_smallest_loss(n: int, seed: int) -> None:
    values = np.random.default_rng(seed).lognormal(size=n).astype(np.float32)
    shown = plots.extremes(values, 1500)
    assert len(shown) <= 1500
    assert np.all(np.diff(shown) > 0)
    if n:
        assert values[shown].max() == values.max()
        assert values[shown].min() == values.min()


def test_short_curves_are_not_thinned() -> None:
    assert plots.extremes(np.ones(1500, np.float32), 1500).tolist() == list(range(1500))


def test_thinning_shows_a_single_spike_in_half_a_million_steps() -> None:
    values = np.full(469_000, 0.01, np.float32)
    values[123_456] = 7
    assert 123_456 in plots.extremes(values, 1500)


def test_what_has_been_drawn_stays_while_steps_are_added() -> None:
    """10,000 values in 750 stretches at most: 16 values each; only the last stretch may change."""
    values = np.random.default_rng(0).random(10_007, dtype=np.float32)
    before, after = (plots.extremes(values[:n], 1500) for n in (10_000, 10_007))
    assert before.tolist() == after[after < 10_000].tolist()


def test_thinning_skips_nan_beside_numbers_and_keeps_it_where_there_is_nothing_else() -> None:
    values = np.random.default_rng(0).random(8000, dtype=np.float32)
    values[::2] = np.nan
    assert np.isfinite(values[plots.extremes(values, 1000)]).all()
    values[4000:] = np.nan
    shown = plots.extremes(values, 1000)
    assert np.isfinite(values[shown[shown < 4000]]).all()
    assert np.isnan(values[shown[shown >= 4000]]).all()
    assert (shown >= 4000).any()


# ---------------------------------------------------------------- a run that grows


@every_figure
def test_names_and_order_of_the_traces_are_the_same_from_the_first_moment_to_the_end(
    figure_of: Callable[[Run], Figure],
) -> None:
    runs = [
        run_of(3, []),
        run_of(3, falling(100)),
        run_of(3, falling(3 * STEPS_PER_EPOCH), [0.1, 0.05, 0.02]),
    ]
    names = [[trace.name for trace in figure_of(run).data] for run in runs]
    assert names[0] == names[1] == names[2]
    assert names[0][:2] == ["train", "test"]


@every_figure
def test_the_x_axis_reaches_to_the_planned_end_before_there_is_any_data(
    figure_of: Callable[[Run], Figure],
) -> None:
    empty = figure_of(run_of(10, [])).layout.xaxis
    full = figure_of(run_of(10, falling(10 * STEPS_PER_EPOCH), [0.02] * 10)).layout.xaxis
    first, last = (0, 10 * STEPS_PER_EPOCH) if empty.title.text == "training step" else (1, 10)
    assert empty.range[0] <= first
    assert last <= empty.range[1] <= 1.1 * last
    assert empty.range == full.range


@every_figure
def test_no_axis_has_a_range_that_changes_because_that_would_undo_the_zoom(
    figure_of: Callable[[Run], Figure],
) -> None:
    for run in (run_of(10, []), run_of(10, falling(1000), [0.02] * 2)):
        layout = figure_of(run).layout.to_plotly_json()
        assert [name for name, axis in layout.items() if name.startswith("yaxis") and "range" in axis] == []


@every_figure
def test_another_run_does_not_inherit_the_zoom(figure_of: Callable[[Run], Figure]) -> None:
    one, other = (figure_of(run_of(n, [])).layout for n in (10, 20))
    assert one.uirevision == other.uirevision  # traces that the reader has hidden stay hidden
    assert one.xaxis.uirevision != other.xaxis.uirevision
    assert one.yaxis.uirevision != other.yaxis.uirevision


def test_switching_the_axis_to_logarithmic_does_not_keep_a_zoom_in_the_other_unit() -> None:
    run = run_of(10, falling(100))
    log, linear = (plots.loss_curve(run, log=on).layout for on in (True, False))
    assert log.yaxis.uirevision != linear.yaxis.uirevision
    assert log.xaxis.uirevision == linear.xaxis.uirevision


# ---------------------------------------------------------------- what is drawn


def test_test_losses_stand_at_the_step_where_their_epoch_ends() -> None:
    train, test = plots.loss_curve(run_of(3, falling(1000), [0.04, 0.03])).data
    assert list(train.x) == list(range(1, 1001))
    assert list(test.x) == [469, 938]
    assert list(test.customdata) == [1, 2]
    np.testing.assert_allclose(test.y, [0.04, 0.03], rtol=1e-6)


def test_by_epoch_both_losses_stand_at_their_epoch() -> None:
    for trace in plots.loss_curve(run_of(3, [], [0.04, 0.03]), by="epoch").data:
        assert list(trace.x) == list(trace.customdata) == [1, 2]


def test_speed_is_training_images_over_training_seconds() -> None:
    train, test, speed = plots.timing(run_of(5, [], [0.1, 0.1], seconds=0.5)).data
    np.testing.assert_allclose(train.y, [0.5, 0.5])
    np.testing.assert_allclose(test.y, [0.05, 0.05])
    np.testing.assert_allclose(speed.y, [120_000, 120_000])


def test_a_clock_that_stood_still_leaves_a_gap_in_the_speed() -> None:
    assert np.isnan(plots.timing(run_of(5, [], [0.1], seconds=0)).data[2].y).all()


@pytest.mark.parametrize(
    ("losses", "low", "high"),
    [
        ([], 0.01, 0.5),  # nothing yet
        ([0.2, 0.02], 0.01, 0.5),  # a good start
        ([0.2, 0.0123], 0.005, 0.5),  # room below before the curve touches the edge
        ([0.23, 0.0017], 0.001, 0.5),
        ([0.012, 0.011], 0.005, 0.02),
    ],
)
def test_the_logarithmic_axis_opens_in_steps_of_1_2_5(losses: list[float], low: float, high: float) -> None:
    (least,) = plots.loss_curve(run_of(1, losses)).layout.shapes
    assert (least.y0, least.y1) == pytest.approx((low, high))


def test_the_first_steps_do_not_squeeze_a_linear_axis() -> None:
    """A hundred losses, one 100 times the others: the axis ends at the next 1, 2 or 5 over the others."""
    axis = plots.loss_curve(run_of(1, [3.0] + [0.03] * 99), log=False).layout.yaxis
    assert axis.autorangeoptions.clipmin == 0
    assert axis.autorangeoptions.clipmax == pytest.approx(0.05)


def test_titles_say_the_unit() -> None:
    run = run_of(1, [])
    step, epoch, timing = (
        figure.layout for figure in (plots.loss_curve(run), FIGURES["loss by epoch"](run), plots.timing(run))
    )
    assert (step.xaxis.title.text, step.yaxis.title.text) == ("training step", "loss (MSE per pixel)")
    assert epoch.xaxis.title.text == "epoch"
    assert (timing.yaxis.title.text, timing.yaxis2.title.text) == ("seconds per epoch", "images per second")


@every_figure
def test_letters_are_legible_from_the_back_row(figure_of: Callable[[Run], Figure]) -> None:
    layout = figure_of(run_of(10, falling(100), [0.1])).layout
    assert layout.font.size >= 15
    assert layout.xaxis.title.font.size >= 15


# ---------------------------------------------------------------- whatever comes


@every_figure
@pytest.mark.parametrize("n_epochs", [1, 2, 1000])
def test_no_finished_run_weighs_100_kb(figure_of: Callable[[Run], Figure], n_epochs: int) -> None:
    n_steps = n_epochs * STEPS_PER_EPOCH
    run = run_of(n_epochs, falling(n_steps), falling(n_epochs))
    assert run.finished
    assert len(figure_of(run).to_json()) < 100_000


@every_figure
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300, 0.0])
@pytest.mark.parametrize("n_good", [0, 500, 3000])
def test_losses_that_are_no_numbers_do_not_stop_the_drawing(
    figure_of: Callable[[Run], Figure], bad: float, n_good: int
) -> None:
    run = run_of(10, falling(n_good) + [bad] * 100, [0.1] * (n_good // STEPS_PER_EPOCH) + [bad])
    document = figure_of(run).to_json()
    assert "NaN" not in document
    assert "Infinity" not in document
    json.loads(document)


def test_infinity_is_a_gap_and_not_a_point() -> None:
    train = plots.loss_curve(run_of(1, [0.1, math.inf, 0.2])).data[0]
    assert np.isnan(train.y).tolist() == [False, True, False]


def test_every_colour_is_written_in_full_and_those_of_one_chart_differ() -> None:
    for colour in plots.COLOUR.values():
        int(colour.removeprefix("#"), 16)
        assert len(colour) == 7
    for chart in (("train", "test", "speed"), ("mlp", "conv"), ("original", "noisy", "reconstruction")):
        assert len({plots.COLOUR[name] for name in chart}) == len(chart)


# ---------------------------------------------------------------- several runs


def test_error_bars_are_mean_and_standard_deviation_over_seeds() -> None:
    runs = [run_of(2, [], [0.3, loss]) for loss in (0.10, 0.12, 0.17)]
    seeds = plots.loss_curve(runs[0], by="epoch", seeds=runs[1:]).data[2]
    assert seeds.name == "3 seeds"
    assert list(seeds.x) == [1, 2]
    assert list(seeds.y) == pytest.approx([0.3, 0.13])
    # (0.03^2 + 0.01^2 + 0.04^2) / 2 = 0.0013
    assert list(seeds.error_y.array) == pytest.approx([0, math.sqrt(0.0013)], abs=1e-6)


def test_error_bars_by_step_stand_where_epochs_end_and_reach_as_far_as_all_runs_go() -> None:
    short, long = run_of(3, [], [0.2]), run_of(3, [], [0.3, 0.2])
    assert list(plots.loss_curve(long, seeds=[short]).data[2].x) == [STEPS_PER_EPOCH]


def test_a_comparison_has_one_line_a_run_that_differ_in_colour_and_dashes_for_convolutions() -> None:
    mlp = run_of(3, [], [0.3, 0.2])
    conv = replace(mlp, config=TrainConfig(model="conv", epochs=5))
    first, second = plots.comparison({"A": mlp, "B": conv}).data
    assert (first.name, second.name) == ("A", "B")
    assert (first.line.dash, second.line.dash) == ("solid", "dash")
    assert first.line.color != second.line.color
    assert list(first.y) == pytest.approx([0.3, 0.2])
    assert plots.comparison({"A": mlp, "B": conv}).layout.xaxis.range[1] > 5


# ---------------------------------------------------------------- sweeps

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


# ---------------------------------------------------------------- colours

# What is left of linear RGB without one of the three kinds of cones: Machado, Oliveira and Fernandes 2009.
COLOUR_VISION = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SEEN_TOGETHER = {
    "a run's curves": [plots.COLOUR[name] for name in ("train", "test", "speed")],
    "pictures": [plots.COLOUR[name] for name in ("original", "noisy", "reconstruction", "error")],
    "models": [plots.COLOUR[name] for name in MODELS],
    "several runs": plots.SEVERAL_COLOURS,
    "a sweep": [*(plots.COLOUR[name] for name in MODELS), GREY],
}


def seen(colour: str, vision: str) -> np.ndarray:
    """CIE L*a*b* of #rrggbb."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(COLOUR_VISION[vision]) @ linear, 0, 1)
    to_xyz = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    x, y, z = np.array(to_xyz) @ linear / [0.9505, 1, 1.0888]
    fx, fy, fz = (np.cbrt(t) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize("vision", COLOUR_VISION)
@pytest.mark.parametrize("colours", SEEN_TOGETHER.values(), ids=SEEN_TOGETHER.keys())
def test_colours_that_are_seen_together_differ_for_every_eye(colours: list[str], vision: str) -> None:
    """A difference of 2 can just be seen side by side; 15 cannot be missed."""
    for one, other in combinations(colours, 2):
        assert np.linalg.norm(seen(one, vision) - seen(other, vision)) > 15, (one, other)
