"""A job done in this process gives what a background session would, and a sweep from Python has its runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from autoenc import baselines, checkpoints, datasets, jobs, memory, sweeps
from autoenc.errors import AutoencError, RunBusy
from autoenc.jobs import BaselineJob, CurveJob, TrainJob
from autoenc.schema import BaselineCurve, Curve, Run, State, Sweep, TrainConfig
from autoenc.sessions.dask import DaskSessions
from tests.places import lie_in

QUICK = TrainConfig("digits", latent_size=4, epochs=2)
PAIR = Sweep(QUICK, ("mlp",), (2, 4))


@pytest.fixture(autouse=True)
def _machine(own_cores: None) -> None:
    """Nobody else shares its cores."""


@pytest.fixture
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lie_in(tmp_path, monkeypatch, ["cache"])


def test_a_run_is_trained_saved_and_the_second_time_only_read() -> None:
    run = jobs.result(TrainJob(QUICK))
    assert isinstance(run, Run)
    assert run.finished
    path = checkpoints.path_of(run.run_id)
    written = path.stat().st_mtime_ns
    again = jobs.result(TrainJob(QUICK))
    assert again.epochs == run.epochs
    assert path.stat().st_mtime_ns == written


def test_the_threads_are_as_they_were() -> None:
    torch.set_num_threads(2)
    jobs.result(TrainJob(QUICK))
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("_fresh")
def test_what_is_measured_is_found_by_the_pages() -> None:
    pca = BaselineJob(baselines.BASELINES["pca"], "digits")
    curve = jobs.result(pca)
    assert isinstance(curve, BaselineCurve)
    stored = pca.stored()
    assert stored is not None
    assert stored.value == curve
    noisy = jobs.result(CurveJob("digits", "gaussian", "noisy", (0.1, 0.5)))
    assert isinstance(noisy, Curve)
    assert noisy.done == 1
    assert [point.level for point in noisy.points] == [0.1, 0.5]


def test_a_run_that_another_process_trains_is_refused() -> None:
    run_id = TrainJob(QUICK).job_id
    with checkpoints.write_lock(run_id), pytest.raises(RunBusy):
        jobs.result(TrainJob(QUICK))


def test_a_run_that_needs_more_memory_than_there_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000_000)
    with pytest.raises(AutoencError, match="memory"):
        jobs.result(TrainJob(QUICK))
    assert checkpoints.summaries() == ((), ())


def test_a_point_of_a_run_is_that_of_its_summary() -> None:
    run = jobs.result(TrainJob(QUICK))
    (summary,) = checkpoints.summaries()[0]
    assert sweeps.point_of(run) == sweeps.point_of(summary)


# ---------------------------------------------------------------- in worker processes


@pytest.fixture
def sessions(checkpoint_folder: Path) -> Iterator[DaskSessions]:
    with DaskSessions(n_workers=1) as sessions:
        yield sessions
    assert sessions.closing.is_set()


def test_a_sweep_from_python_trains_its_runs_and_is_the_newest_on_its_page(sessions: DaskSessions) -> None:
    fingerprint = datasets.load("digits").fingerprint
    *_, points = sweeps.train(sessions, PAIR)
    assert [point.state for point in points] == [State.FINISHED] * 2
    assert [point.run_id for point in points] == [config.run_id(fingerprint) for config in PAIR.configs()]
    assert {run.run_id for run in checkpoints.summaries()[0]} == {point.run_id for point in points}
    assert sweeps.newest() == PAIR.sweep_id(fingerprint)
    saved = sweeps.find(PAIR.sweep_id(fingerprint))
    assert saved is not None
    assert not saved.wanted, "a dashboard that starts later does not train it as well"
    (again,) = sweeps.train(sessions, PAIR)
    assert again == points, "what is on disk is not trained again"


def test_a_sweep_of_which_nothing_can_be_trained_is_refused(sessions: DaskSessions) -> None:
    too_many = Sweep(TrainConfig("digits", train_images=5_000), ("mlp",), (2, 4))
    with pytest.raises(AutoencError, match="no run of this sweep can be trained here: train images is 5,000"):
        next(sweeps.train(sessions, too_many))
