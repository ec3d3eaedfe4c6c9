"""Runs of several seeds: mean, spread, and the best of all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoenc.groups import Spread, along, best, groups, lines, means, n_seeds, telling
from autoenc.schema import Point, State
from tests.sweep_points import point


def seeded(seed: int, loss: float | None, latent_size: int = 16) -> Point:
    one = point(latent_size=latent_size, loss=loss)
    return replace(one, run_id=f"{latent_size}-{seed}", config=replace(one.config, seed=seed))


POINTS = (seeded(0, 0.010), seeded(0, 0.5, 8), seeded(1, 0.013), seeded(2, 0.016))


def test_runs_that_differ_only_by_their_seed_are_a_group() -> None:
    of_16, of_8 = groups(POINTS)
    assert [p.run_id for p in of_16.points] == ["16-0", "16-1", "16-2"]
    assert of_16.config == POINTS[0].config
    assert of_16.of(lambda p: p.test_mse) == Spread(3, pytest.approx(0.013), pytest.approx(0.003))
    assert of_8.of(lambda p: p.test_mse) == Spread(1, 0.5, None)


def test_only_what_has_finished_and_is_a_number_counts() -> None:
    running = replace(seeded(3, 9.0), state=State.RUNNING)
    (group,) = groups([seeded(0, float("nan")), running, seeded(1, None), seeded(2, 0.02)])
    assert group.of(lambda p: p.test_mse) == Spread(1, 0.02, None)
    (nothing,) = groups([running])
    assert nothing.of(lambda p: p.test_mse) is None


def test_the_best_is_the_finished_run_with_the_least_loss() -> None:
    found = best((*POINTS, replace(seeded(5, 0.001), state=State.RUNNING), seeded(6, float("nan"))))
    assert found is POINTS[0]
    assert best(()) is None


def with_settings(
    seed: int = 0, loss: float | None = 0.01, latent_size: int = 16, **settings: object
) -> Point:
    one = seeded(seed, loss, latent_size)
    config = replace(one.config, **settings)
    return replace(one, run_id=f"{one.run_id}-{settings}", config=config)


def test_the_mean_of_several_seeds_stands_for_the_run_nearest_to_it() -> None:
    of_16, of_8 = groups(POINTS)
    assert of_16.mean is not None
    assert (of_16.mean.run_id, of_16.mean.test_mse) == ("16-1", pytest.approx(0.013))
    assert of_8.mean is of_8.points[0]
    assert [p.run_id for p in means(POINTS)] == ["16-1", "8-0"]
    running = replace(seeded(0, 0.1), state=State.RUNNING)
    assert means([running]) == ()


def test_without_several_seeds_the_means_are_the_finished_runs() -> None:
    points = (seeded(0, 0.01), seeded(0, 0.02, 8), seeded(0, float("nan"), 4))
    assert means(points) == points
    assert n_seeds(points) == 1
    assert n_seeds(POINTS) == 3


def test_runs_of_other_settings_are_lines_of_their_own_with_these_in_their_names() -> None:
    points = [
        with_settings(seed, latent_size=size, learning_rate=rate)
        for rate in (0.01, 0.001)
        for size in (4, 8)
        for seed in (0, 1)
    ]
    names = [(line.name, len(line.points)) for line in lines(points)]
    assert names == [("MLP, learning rate 0.001", 4), ("MLP, learning rate 0.01", 4)]
    assert telling(points) == ("learning_rate",)


def test_models_that_are_trained_otherwise_than_others_are_no_lines_of_their_own() -> None:
    """As a recipe does it: nothing but the model tells these apart."""
    conv = point("conv", 16)
    points = [point("mlp", 16), replace(conv, config=replace(conv.config, learning_rate=0.004))]
    assert [line.name for line in lines(points)] == ["MLP", "Conv"]
    assert telling(points) == ()


def test_a_decay_over_all_epochs_is_not_told_beside_the_epochs() -> None:
    points = [with_settings(epochs=n, decay_epochs=n) for n in (5, 10)]
    assert [line.variant for line in lines(points)] == ["5 epochs", "10 epochs"]


def test_of_one_size_a_numeric_setting_takes_the_x_axis() -> None:
    rates = [with_settings(learning_rate=rate) for rate in (0.01, 0.001)]
    assert along(rates) == "learning_rate"
    assert [line.name for line in lines(rates, along(rates))] == ["MLP"]
    assert along([*rates, with_settings(latent_size=8)]) == "latent_size"
    assert along([with_settings(train_images=n) for n in (None, 500)]) == "latent_size", "all is no number"
    assert along([seeded(0, 0.01)]) == "latent_size"
