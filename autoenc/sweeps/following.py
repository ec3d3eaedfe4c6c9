"""How far each run of a sweep has come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from autoenc import checkpoints, models
from autoenc.schema import MODELS, Point, Run, RunSummary, Snapshot, State, TrainConfig
from autoenc.sweeps.saved import SavedSweep


def points(
    saved: SavedSweep,
    image_shape: tuple[int, int, int],
    snapshots: Mapping[str, Snapshot],
    runs: Mapping[str, RunSummary],
) -> tuple[Point, ...]:
    """One for each of its runs, by model and layers, then as the sweep has them: sizes, and seeds of a size.

    Args:
        snapshots: what the sessions know of its runs, by run_id.
        runs: what is on disk, by run_id.
    """
    points_so_far = []
    places = {config: i for i, config in enumerate(saved.sweep.configs())}
    named = zip(saved.run_ids, saved.configs(), strict=True)
    for run_id, config in sorted(named, key=lambda one: (*_line(one[1]), places[one[1]])):
        on_paper, snapshot, summary = (
            _on_paper(config, run_id, image_shape),
            snapshots.get(run_id),
            runs.get(run_id),
        )
        if snapshot is not None and not (snapshot.state is State.FINISHED and _is_gone(run_id)):
            points_so_far.append(_of_snapshot(on_paper, snapshot))
        elif summary is not None:
            points_so_far.append(_of_summary(on_paper, summary))
        else:
            points_so_far.append(replace(on_paper, state=_elsewhere(run_id, None)))
    return tuple(points_so_far)


def _line(config: TrainConfig) -> tuple[int, int]:
    return MODELS.index(config.model), config.layers


def _is_gone(run_id: str) -> bool:
    return not checkpoints.path_of(run_id).exists()


def _elsewhere(run_id: str, otherwise: State | None) -> State | None:
    """Another process may be training it."""
    return State.RUNNING if checkpoints.is_being_written(run_id) else otherwise


def _on_paper(config: TrainConfig, run_id: str, image_shape: tuple[int, int, int]) -> Point:
    model = models.describe(config, image_shape)
    return Point(run_id, config, model.n_latents, model.n_pixels, model.n_parameters)


def _of_snapshot(point: Point, snapshot: Snapshot) -> Point:
    point = replace(point, state=snapshot.state, message=snapshot.message)
    return point if snapshot.run is None else _of_run(point, snapshot.run)


def _of_run(point: Point, run: Run) -> Point:
    return replace(
        point,
        epochs_done=len(run.epochs),
        done=run.done,
        train_loss=run.train_loss,
        test_mse=run.test_mse,
        seconds=run.seconds,
        device=run.device,
        threads=run.epochs[-1].threads if run.epochs else 0,
        concurrent_jobs=run.concurrent_jobs,
        earlier_test=run.earlier_test,
    )


def _of_summary(point: Point, summary: RunSummary) -> Point:
    return replace(
        point,
        state=State.FINISHED if summary.finished else _elsewhere(summary.run_id, State.INTERRUPTED),
        epochs_done=summary.epochs_done,
        done=summary.epochs_done / summary.config.epochs,
        train_loss=summary.train_loss,
        test_mse=summary.test_mse,
        seconds=summary.seconds,
        device=summary.device,
        threads=summary.threads,
        concurrent_jobs=summary.concurrent_jobs,
        earlier_test=summary.earlier_test,
    )


def point_of(run: RunSummary | Run) -> Point:
    """A run as far as its file goes, whichever sweep it belongs to."""
    if isinstance(run, Run):
        info, state = run.model, State.FINISHED if run.finished else _elsewhere(run.run_id, State.INTERRUPTED)
        point = Point(run.run_id, run.config, info.n_latents, info.n_pixels, info.n_parameters, state)
        return _of_run(point, run)
    on_paper = Point(run.run_id, run.config, run.n_latents, math.prod(run.image_shape), run.n_parameters)
    return _of_summary(on_paper, run)
