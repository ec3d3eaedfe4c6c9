"""Charts of sweeps with several seeds or several values of a setting."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from statistics import mean, stdev
from typing import Any

import pytest
from plotly.graph_objects import Figure

from autoenc import plots
from autoenc.schema import State
from tests.sweep_points import BASELINES, seeded

SweepFigure = Callable[..., Figure]
LOSSES = {4: (0.04, 0.05, 0.06), 8: (0.02, 0.021, 0.025), 16: (0.01, 0.012, 0.011)}
AXES = plots.Axes()


SEEDS = [*seeded(LOSSES), *seeded({4: (0.03, 0.031, 0.032)}, "conv")]
BESIDE_BASELINES = (plots.loss_by_size, plots.loss_at_large_sizes, plots.loss_by_code, plots.loss_by_ratio)
DRAW: dict[str, SweepFigure] = {
    **{
        draw.__name__: lambda points, draw=draw, **more: draw(points, BASELINES, AXES, **more)
        for draw in BESIDE_BASELINES
    },
    "time_by_size": lambda points, **more: plots.time_by_size(points, AXES, **more),
    "loss_by_time": lambda points, **more: plots.loss_by_time(points, AXES, **more),
}
every_figure = pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW.keys())


def traces(figure: Figure, name: str) -> tuple[Any, Any]:
    """The single runs behind a line, and the line."""
    single, line = (trace for trace in figure.data if trace.name == name)
    return single, line


def test_runs_that_differ_only_by_their_seed_are_one_dot_at_their_mean_with_a_bar() -> None:
    single, line = traces(plots.loss_by_size(SEEDS, BASELINES, AXES), "MLP")
    assert list(line.x) == [4, 8, 16]
    assert list(line.y) == pytest.approx([mean(losses) for losses in LOSSES.values()])
    assert list(line.error_y.array) == pytest.approx([stdev(v) for v in LOSSES.values()], rel=1e-3)
    assert list(single.x) == [4, 4, 4, 8, 8, 8, 16, 16, 16]
    assert list(single.y) == [loss for losses in LOSSES.values() for loss in losses]


def test_a_mean_says_of_how_many_seeds_it_is_and_its_standard_deviation() -> None:
    _, line = traces(plots.loss_by_size(SEEDS, BASELINES, AXES), "MLP")
    assert line.hovertemplate[0].endswith("<br>mean of 3 seeds, standard deviation 0.01")
    single, _ = traces(plots.loss_by_size(SEEDS, BASELINES, AXES), "MLP")
    assert single.hovertext[1] == "4 (4 numbers, 196 times smaller), seed 1"
    assert single.hovertemplate[1].endswith("<br>mean of 3 seeds 0.05, standard deviation 0.01")


def test_a_mean_of_some_seeds_says_that_others_are_missing_and_one_has_no_bar() -> None:
    waiting = [replace(p, state=State.QUEUED, test_mse=None, seconds=0.0) for p in SEEDS]
    points = [*SEEDS[:2], *waiting[2:3], SEEDS[3], *waiting[4:]]
    _, line = traces(plots.loss_by_size(points, BASELINES, AXES), "MLP")
    assert line.hovertemplate[0].endswith("mean of 2 of 3 seeds so far, standard deviation 0.0071")
    assert line.hovertemplate[1].endswith("1 of 3 seeds so far")
    assert line.error_y.array[1] is None


def test_a_run_in_training_is_a_small_hollow_dot_and_counts_in_no_mean() -> None:
    running = replace(SEEDS[2], state=State.RUNNING, test_mse=0.5, epochs_done=1)
    single, line = traces(plots.loss_by_size([*SEEDS[:2], running, *SEEDS[3:]], (), AXES), "MLP")
    assert line.y[0] == pytest.approx(0.045)
    assert list(single.marker.symbol)[:3] == ["circle", "circle", "circle-open"]


@every_figure
def test_a_click_on_a_mean_answers_the_run_nearest_to_it_and_on_a_single_dot_this_run(
    draw: SweepFigure,
) -> None:
    single, line = traces(draw(SEEDS), "MLP")
    ids = [p.run_id for p in SEEDS if p.config.model == "mlp"]
    assert list(single.customdata) == ids
    assert set(line.customdata) <= set(ids)
    assert len(line.customdata) == 3


@every_figure
def test_the_ring_is_around_the_single_run(draw: SweepFigure) -> None:
    figure = draw(SEEDS, highlighted=SEEDS[2].run_id)
    (ring,) = (trace for trace in figure.data if trace.name == "chosen")
    single, _ = traces(figure, "MLP")
    assert (ring.x[0], ring.y[0]) == (single.x[2], single.y[2])


@every_figure
def test_a_sweep_of_seeds_that_grows_keeps_its_traces_and_margins(draw: SweepFigure) -> None:
    waiting = [replace(p, state=State.QUEUED, test_mse=None, seconds=0.0) for p in SEEDS]
    stages = [draw(points) for points in (waiting, [*SEEDS[:4], *waiting[4:]], SEEDS)]
    assert len({tuple(trace.name for trace in figure.data) for figure in stages}) == 1
    assert len({json.dumps(figure.layout.margin.to_plotly_json()) for figure in stages}) == 1


@every_figure
def test_a_sweep_of_one_seed_has_neither_bars_nor_small_dots_whichever_seed_it_is(draw: SweepFigure) -> None:
    plain = [p for p in SEEDS if p.config.seed == 0]
    other = [replace(p, config=replace(p.config, seed=7)) for p in plain]
    figure = draw(plain)
    names = [trace.name for trace in figure.data]
    assert len(names) == len(set(names)), "a trace each"
    assert "error_" not in figure.to_json()
    assert "legendgroup" not in figure.to_json()
    mine, others = (
        {trace.name: trace.to_plotly_json() for trace in one.data if "lab report" not in trace.name}
        for one in (figure, draw(other))
    )
    assert mine == others, "but for the lab report, which has one seed"


def test_runs_that_differ_by_another_setting_are_lines_with_it_in_the_name_and_the_legend() -> None:
    losses = {4: (0.04,), 8: (0.02,)}
    points = [*seeded(losses, learning_rate=0.01), *seeded(losses, learning_rate=0.001)]
    figure = plots.loss_by_size(points, (), AXES)
    named = {trace.name: trace for trace in figure.data}
    one, other = named["MLP, learning rate 0.001"], named["MLP, learning rate 0.01"]
    assert (one.line.dash, one.marker.symbol) != (other.line.dash, other.marker.symbol)
    assert one.line.color == other.line.color
    shown = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert shown == ["MLP", "learning rate 0.001", "learning rate 0.01"]


def test_of_one_size_the_loss_is_drawn_against_the_setting_that_has_several_values() -> None:
    points = [p for rate in (0.01, 0.001) for p in seeded({8: (0.02, 0.03)}, learning_rate=rate)]
    for figure, title in (
        (plots.loss_by_size(points, BASELINES, AXES), "Test loss by learning rate"),
        (plots.time_by_size(points, AXES), "Training time by learning rate"),
    ):
        _, line = traces(figure, "MLP")
        assert list(line.x) == [0.001, 0.01]
        assert figure.layout.xaxis.title.text == "learning rate"
        assert figure.layout.xaxis.type == "log"
        assert figure.layout.title.text == title
        assert "PCA" not in [trace.name for trace in figure.data]
