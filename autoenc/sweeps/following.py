"""How far each run of a sweep has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from autoenc import checkpoints, models
from autoenc.schema import Point, Run, RunSummary, Snapshot, State, TrainConfig


def points(
    configs: Sequence[TrainConfig],
    fingerprint: str,
    image_shape: tuple[int, int, int],
    known: Callable[[str], Snapshot | None],
    runs: Mapping[str, RunSummary],
) -> tuple[Point, ...]:
    """One for each config, in their order.

    Args:
        known: what the sessions know of a job.
        runs: what is on disk, by run_id.
    """
    found = []
    for config in configs:
        run_id = config.run_id(fingerprint)
        on_paper, snapshot, summary = _on_paper(config, run_id, image_shape), known(run_id), runs.get(run_id)
        if snapshot is not None and not (snapshot.state is State.FINISHED and summary is None):
            found.append(_of_snapshot(on_paper, snapshot))
        elif summary is not None:
            found.append(_of_summary(on_paper, summary))
        else:  # a finished run whose file is gone is to be trained again
            found.append(replace(on_paper, state=_elsewhere(run_id, None)))
    return tuple(found)


def _elsewhere(run_id: str, otherwise: State | None) -> State | None:
    """Another process may be training it."""
    return State.RUNNING if checkpoints.is_being_written(run_id) else otherwise


@lru_cache(maxsize=1000)
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
        beside=run.beside,
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
        beside=summary.beside,
    )
