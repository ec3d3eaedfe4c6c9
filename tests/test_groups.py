"""Runs of several seeds: mean, spread, and the best of all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoenc.groups import Spread, best, groups
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
