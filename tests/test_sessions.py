"""Jobs in the background, on real worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
import torch
from dask.system import CPU_COUNT

from autoenc import checkpoints
from autoenc.errors import ConfigError
from autoenc.jobs import DownloadJob, TrainJob
from autoenc.schema import EpochRecord, Snapshot, State, TrainConfig
from autoenc.sessions.dask import DaskSessions
from autoenc.sessions.dask.cluster import workers_allowed

QUICK = TrainConfig(dataset="digits", latent_size=8, epochs=5)
ENDLESS = TrainConfig(dataset="digits", model="conv", latent_size=64, layers=2, epochs=1000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoints")


@pytest.fixture(autouse=True)
def _same_folder_as_the_workers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(folder))


@pytest.fixture(scope="module")
def sessions(folder: Path) -> Iterator[DaskSessions]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(folder))
        sessions = DaskSessions(n_workers=2)
        sessions.wait_until_ready()
        yield sessions
        sessions.close()


def until(
    sessions: DaskSessions, job_id: str, true: Callable[[Snapshot], bool], seconds: float = 60
) -> Snapshot:
    """Poll, because a snapshot never waits."""
    end = monotonic() + seconds
    while monotonic() < end:
        snapshot = sessions.snapshot(job_id)
        assert snapshot is not None
        if true(snapshot):
            return snapshot
        sleep(0.01)
    pytest.fail(f"{job_id} is still {snapshot.state} after {seconds} s: {snapshot.message}")


def ended(snapshot: Snapshot) -> bool:
    return not snapshot.state.active


def begun(snapshot: Snapshot) -> bool:
    return snapshot.run is not None and len(snapshot.run.step_losses) > 0


def test_a_run_through_a_session_gives_the_losses_of_the_bare_loop(
    sessions: DaskSessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    through = until(sessions, sessions.start(TrainJob(QUICK)), ended)
    assert through.state is State.FINISHED
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path))
    torch.set_num_threads(TrainJob(QUICK).threads(CPU_COUNT))
    records = list(TrainJob(QUICK).run())
    bare = [(r.train_loss, r.test_loss) for r in records if isinstance(r, EpochRecord)]
    assert [(e.train_loss, e.test_loss) for e in through.run.epochs] == bare
    assert len(through.run.step_losses) == 5 * 12  # 1,437 images in batches of 128


def test_a_finished_config_is_answered_from_its_checkpoint(sessions: DaskSessions) -> None:
    first = until(sessions, sessions.start(TrainJob(QUICK)), ended)
    written = checkpoints.path_of(first.job_id).stat().st_mtime_ns
    began = monotonic()
    again = sessions.snapshot(sessions.start(TrainJob(QUICK)))
    assert monotonic() - began < 1
    assert again is not None
    assert again.state is State.FINISHED
    assert again.run == checkpoints.read(first.job_id)
    assert checkpoints.path_of(first.job_id).stat().st_mtime_ns == written


def test_the_same_config_is_joined_while_it_runs_and_stops_within_half_a_second(
    sessions: DaskSessions,
) -> None:
    job_id = sessions.start(TrainJob(ENDLESS))
    until(sessions, job_id, begun)
    assert sessions.start(TrainJob(ENDLESS)) == job_id
    assert sessions.snapshot(job_id).state is State.RUNNING
    began = monotonic()
    sessions.stop(job_id)
    stopped = until(sessions, job_id, ended)
    assert monotonic() - began < 0.5
    assert stopped.state is State.STOPPED
    assert begun(stopped)


def test_a_stopped_run_continues_from_its_last_saved_epoch(sessions: DaskSessions) -> None:
    job_id = sessions.start(TrainJob(ENDLESS))
    until(sessions, job_id, lambda s: checkpoints.path_of(job_id).exists())
    sessions.stop(job_id)
    until(sessions, job_id, ended)
    on_disk = len(checkpoints.read(job_id).epochs)
    assert on_disk >= 1
    assert sessions.start(TrainJob(ENDLESS)) == job_id
    again = until(sessions, job_id, lambda s: begun(s) and s.run.resumed_from_epoch == on_disk)
    assert len(again.run.step_losses) >= 12 * on_disk
    sessions.stop(job_id)
    until(sessions, job_id, ended)


def test_runs_wait_their_turn_and_share_the_cores(sessions: DaskSessions) -> None:
    configs = [TrainConfig(dataset="digits", model="conv", epochs=1000, latent_size=k) for k in (8, 9, 10)]
    ids = [sessions.start(TrainJob(config)) for config in configs]
    waiting = until(
        sessions, ids[2], lambda s: begun(sessions.snapshot(ids[0])) and begun(sessions.snapshot(ids[1]))
    )
    assert (waiting.state, waiting.ahead) == (State.QUEUED, 0)
    for job_id in ids[:2]:
        until(sessions, job_id, lambda s: s.run.epochs and s.run.epochs[-1].threads == max(1, CPU_COUNT // 2))
    began = monotonic()
    sessions.stop(ids[2])
    assert sessions.snapshot(ids[2]).state is State.STOPPED
    assert monotonic() - began < 0.1
    for job_id in ids[:2]:
        sessions.stop(job_id)
    assert [until(sessions, job_id, ended).state for job_id in ids] == [State.STOPPED] * 3
    assert sessions.snapshot(ids[2]).run is None, "a run that was stopped in the queue has never begun"


def test_a_job_that_cannot_be_done_fails_with_its_sentence(sessions: DaskSessions) -> None:
    job_id = sessions.start(DownloadJob("no-such-set"))
    failed = until(sessions, job_id, ended)
    assert failed.state is State.FAILED
    assert "unknown dataset 'no-such-set'" in failed.message


def test_a_lost_file_of_a_finished_run_is_trained_again(sessions: DaskSessions) -> None:
    config = TrainConfig(dataset="digits", latent_size=3, epochs=1)
    job_id = sessions.start(TrainJob(config))
    until(sessions, job_id, ended)
    checkpoints.path_of(job_id).unlink()
    assert sessions.start(TrainJob(config)) == job_id
    again = until(sessions, job_id, ended)
    assert again.state is State.FINISHED
    assert checkpoints.path_of(job_id).exists()


def test_the_cluster_listens_on_loopback_behind_tls(sessions: DaskSessions) -> None:
    assert sessions._cluster is not None
    assert sessions._cluster.scheduler_address.startswith("tls://127.0.0.1:")
    assert all(w.startswith("tls://127.0.0.1:") for w in sessions._client.scheduler_info()["workers"])


def test_speed_is_measured_before_the_first_job(sessions: DaskSessions) -> None:
    speed = sessions.speed()
    assert speed is not None
    assert all(sum(parts) > 0 for parts in speed.coefficients.values())


def test_an_unknown_job_has_no_snapshot_and_stopping_it_does_nothing(sessions: DaskSessions) -> None:
    sessions.stop("nobody")
    assert sessions.snapshot("nobody") is None


@pytest.mark.parametrize("text", ["0", "-1", "65", "two", ""])
def test_a_number_of_workers_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("AUTOENC_WORKERS", text)
    with pytest.raises(ConfigError, match="AUTOENC_WORKERS"):
        workers_allowed()
