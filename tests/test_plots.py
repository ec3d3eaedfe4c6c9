"""What the charts of runs promise: nothing lost in thinning, no jumps, nothing that stops the drawing."""

import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from plotly.graph_objects import Figure

from autoenc import plots
from autoenc.schema import Epoch, Images, ModelInfo, Run, TrainConfig

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
