"""Jobs in the background, on real worker processes."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from asyncio import CancelledError
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest
import torch
from dask.system import CPU_COUNT
from distributed import Client
from distributed.security import Security

from autoenc import checkpoints, recognition
from autoenc.errors import ConfigError
from autoenc.jobs import DownloadJob, RecogniserJob, TrainJob, stored_run
from autoenc.schema import EpochRecord, Recogniser, RecogniserConfig, Run, Snapshot, State, TrainConfig
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


def steps_since(run: Run) -> int:
    """Its last finished epoch."""
    return len(run.step_losses) - len(run.epochs) * run.steps_per_epoch


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
    assert monotonic() - began < 10
    assert again is not None
    assert again.state is State.FINISHED
    assert again.run == checkpoints.read(first.job_id)
    assert checkpoints.path_of(first.job_id).stat().st_mtime_ns == written


def test_the_same_config_is_joined_while_it_runs_and_stopped_long_before_its_end(
    sessions: DaskSessions,
) -> None:
    job_id = sessions.start(TrainJob(ENDLESS))
    until(sessions, job_id, begun)
    assert sessions.start(TrainJob(ENDLESS)) == job_id
    assert sessions.snapshot(job_id).state is State.RUNNING
    sessions.stop(job_id)
    stopped = until(sessions, job_id, ended)  # waits a minute at most; the run would take several
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
    assert monotonic() - began < 10
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


def addresses(sessions: DaskSessions) -> list[str]:
    assert sessions._cluster is not None
    assert sessions._client is not None
    return [sessions._cluster.scheduler_address, *sessions._client.nthreads()]


def test_scheduler_and_workers_listen_on_loopback_alone(sessions: DaskSessions) -> None:
    assert all(address.startswith("tls://127.0.0.1:") for address in addresses(sessions))
    own = psutil.Process()
    listening = {
        connection.laddr.ip
        for process in (own, *own.children(recursive=True))
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_whoever_has_no_certificate_of_ours_is_turned_away(sessions: DaskSessions) -> None:
    stranger = ssl.create_default_context()
    stranger.check_hostname, stranger.verify_mode = False, ssl.CERT_NONE
    for address in addresses(sessions):
        host, port = address.removeprefix("tls://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert b"HTTP" not in answer(plain), "who speaks no TLS gets no answer"
        # TLS 1.3 asks for our certificate after the handshake: the refusal comes on reading.
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            refused = pytest.raises(ssl.SSLError, match=r"(?i)certificate.required|handshake.failure")
            with refused, stranger.wrap_socket(raw) as wrapped:
                wrapped.recv(1)


def answer(connection: socket.socket) -> bytes:
    with suppress(ConnectionResetError):
        return connection.recv(100)
    return b""


def test_a_client_of_dask_without_the_certificate_learns_nothing(sessions: DaskSessions) -> None:
    address = addresses(sessions)[0]
    for stranger in (address, address.replace("tls://", "tcp://")):
        with pytest.raises((OSError, TypeError, ValueError, RuntimeError, CancelledError)):
            Client(stranger, timeout=2, security=Security(require_encryption=False))
        gc.collect()  # a client that failed holds up the start of a later one if it is collected just then


def test_speed_is_measured_before_the_first_job(sessions: DaskSessions) -> None:
    speed = sessions.speed()
    assert speed is not None
    assert all(sum(parts) > 0 for parts in speed.coefficients.values())


def test_a_job_may_take_its_part_of_what_is_free_now(
    sessions: DaskSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program takes two gigabytes while the dashboard runs: each of two workers may take one less."""
    shares = []
    for available in (5 * 10**9, 3 * 10**9):
        memory = psutil.virtual_memory()._replace(available=available)
        with monkeypatch.context() as patch:
            patch.setattr(psutil, "virtual_memory", lambda memory=memory: memory)
            shares.append(sessions.memory_share)
    assert shares[0] - shares[1] == pytest.approx(10**9, abs=10**8)
    assert shares[0] > 5 * 10**9 // 2 - 600_000_000, "what our workers have already is theirs"


def test_an_unknown_job_has_no_snapshot_and_stopping_it_does_nothing(sessions: DaskSessions) -> None:
    sessions.stop("nobody")
    assert sessions.snapshot("nobody") is None


@pytest.mark.parametrize("text", ["0", "-1", "65", "two", ""])
def test_a_number_of_workers_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("AUTOENC_WORKERS", text)
    with pytest.raises(ConfigError, match="AUTOENC_WORKERS"):
        workers_allowed()


# ---------------------------------------------------------------- faults


def kill_worker_of(sessions: DaskSessions, job_id: str) -> None:
    """End the process that does the job, as the system would."""
    port = int(sessions.registry._entries[job_id].place.rsplit(":", 1)[1])
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if any(c.laddr.port == port for c in process.net_connections("tcp") if c.status == "LISTEN"):
                process.send_signal(signal.SIGKILL)
                return
    pytest.fail(f"no worker listens on port {port}")


def test_a_run_goes_on_from_its_last_epoch_when_its_worker_is_killed(sessions: DaskSessions) -> None:
    config = TrainConfig(dataset="digits", model="conv", latent_size=16, layers=2, epochs=1000, seed=1)
    job_id = sessions.start(TrainJob(config))
    for _ in range(2):
        until(sessions, job_id, lambda s: checkpoints.path_of(job_id).exists() and begun(s))
        kill_worker_of(sessions, job_id)
        before = checkpoints.read(job_id)
        n = len(before.epochs)
        # Not in the moment between the last step of an epoch and its test.
        after = until(
            sessions, job_id, lambda s, n=n: s.run and len(s.run.epochs) > n + 2 and steps_since(s.run) < 12
        )
        assert after.run.resumed_from_epoch >= len(before.epochs) > 0
        assert after.run.epochs[: len(before.epochs)] == before.epochs
        assert after.run.step_losses[: len(before.step_losses)] == before.step_losses
        assert 0 <= steps_since(after.run) < after.run.steps_per_epoch == 12
    sessions.stop(job_id)
    until(sessions, job_id, ended)


def test_a_recogniser_goes_on_when_its_worker_is_killed_and_keeps_its_epochs_when_stopped(
    sessions: DaskSessions,
) -> None:
    job = RecogniserJob(RecogniserConfig("digits", epochs=200))

    def has_epochs(n: int) -> Callable[[Snapshot], bool]:
        return lambda s: isinstance(s.value, Recogniser) and len(s.value.epochs) >= n

    job_id = sessions.start(job)
    until(sessions, job_id, has_epochs(2))
    kill_worker_of(sessions, job_id)
    before = recognition.read(job_id)
    after = until(sessions, job_id, lambda s: has_epochs(len(before.epochs) + 1)(s) and s.value is not None)
    assert isinstance(after.value, Recogniser)
    assert after.value.resumed_from_epoch >= len(before.epochs) >= 1
    assert after.value.epochs[: len(before.epochs)] == before.epochs
    sessions.stop(job_id)
    assert until(sessions, job_id, ended).state is State.STOPPED
    kept = recognition.read(job_id)
    assert kept.epochs[: len(before.epochs)] == before.epochs
    assert len(kept.step_losses) == len(kept.epochs) * kept.steps_per_epoch, "no half epoch"


@dataclass(frozen=True)
class Deadly:
    """A job that ends its own process, each time that it is tried."""

    tries: str  # a file with a line a try

    job_id = "deadly"

    def threads(self, share: int) -> int:
        return 1

    def needed_bytes(self) -> int:
        return 0

    def stored(self) -> Snapshot | None:
        return None

    def run(self) -> Generator[EpochRecord, None, None]:
        with open(self.tries, "a") as file:
            file.write("tried\n")
        os.kill(os.getpid(), signal.SIGKILL)
        yield


def test_a_job_that_kills_its_workers_is_given_up_and_the_next_job_is_done(
    sessions: DaskSessions, tmp_path: Path
) -> None:
    failed = until(sessions, sessions.start(Deadly(str(tmp_path / "tries"))), ended)
    assert failed.state is State.FAILED
    assert "5 workers in a row died while running it" in failed.message
    assert (tmp_path / "tries").read_text().count("tried") == 5
    config = TrainConfig(dataset="digits", latent_size=11, epochs=1)
    assert until(sessions, sessions.start(TrainJob(config)), ended).state is State.FINISHED


@dataclass(frozen=True)
class Hungry:
    """A job that takes ever more memory, whatever it said."""

    tries: str
    says: int = 0

    job_id = "hungry"

    def threads(self, share: int) -> int:
        return 1

    def needed_bytes(self) -> int:
        return self.says

    def stored(self) -> Snapshot | None:
        return None

    def run(self) -> Generator[EpochRecord, None, None]:
        with open(self.tries, "a") as file:
            file.write("tried\n")
        taken = [torch.ones(10_000_000)]
        while True:
            taken.append(taken[-1] + 1)
        yield


def test_a_job_that_runs_out_of_memory_fails_with_a_sentence_and_is_not_tried_again(
    sessions: DaskSessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DaskSessions, "memory_share", 500_000_000)
    failed = until(sessions, sessions.start(Hungry(str(tmp_path / "tries"))), ended)
    assert failed.state is State.FAILED
    assert failed.message.startswith("there was not enough memory; choose a smaller model")
    assert (tmp_path / "tries").read_text().count("tried") == 1
    assert sessions.registry._entries["hungry"].place in addresses(sessions), "its worker lives on"


def test_a_job_that_would_not_fit_is_refused_before_it_starts(sessions: DaskSessions, tmp_path: Path) -> None:
    failed = until(sessions, sessions.start(Hungry(str(tmp_path / "tries"), says=10**15)), ended)
    assert failed.state is State.FAILED
    assert "this run needs about 1000000 GB of memory" in failed.message
    assert not (tmp_path / "tries").exists()


def test_a_run_of_another_process_is_followed_and_goes_on_here_when_that_is_killed(
    sessions: DaskSessions,
) -> None:
    config = TrainConfig(dataset="digits", model="conv", latent_size=16, layers=2, epochs=1000, seed=2)
    command = [sys.executable, "-m", "autoenc", "train", "--dataset", "digits", "--model", "conv"]
    command += ["--latent-size", "16", "--layers", "2", "--epochs", "1000", "--seed", "2"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    job_id, end = TrainJob(config).job_id, monotonic() + 60
    while not checkpoints.path_of(job_id).exists() and monotonic() < end:
        sleep(0.05)
    assert sessions.start(TrainJob(config)) == job_id
    assert sessions.snapshot(job_id) is None
    assert stored_run(job_id).state is State.RUNNING
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert stored_run(job_id).state is State.INTERRUPTED
    on_disk = checkpoints.read(job_id)
    sessions.start(TrainJob(config))
    until(sessions, job_id, lambda s: begun(s) and s.run.resumed_from_epoch == len(on_disk.epochs) > 0)
    sessions.stop(job_id)
    until(sessions, job_id, ended)
    assert checkpoints.read(job_id).epochs[: len(on_disk.epochs)] == on_disk.epochs


def test_a_visitor_with_many_runs_lets_another_have_the_next_turn(sessions: DaskSessions) -> None:
    def config(seed: int) -> TrainConfig:
        return TrainConfig(dataset="digits", model="conv", latent_size=8, epochs=1000, seed=seed)

    greedy = [sessions.start(TrainJob(config(10 + i)), owner="greedy") for i in range(5)]
    until(sessions, greedy[1], begun)
    assert [sessions.snapshot(job_id).ahead for job_id in greedy[2:]] == [0, 1, 2]
    other = sessions.start(TrainJob(config(20)), owner="other")
    assert sessions.snapshot(other).ahead == 0
    assert [sessions.snapshot(job_id).ahead for job_id in greedy[2:]] == [1, 2, 3]
    sessions.stop(greedy[0])
    until(sessions, other, begun)
    assert [sessions.snapshot(job_id).state for job_id in greedy[2:]] == [State.QUEUED] * 3
    for job_id in (*greedy, other):
        sessions.stop(job_id)
    assert {until(sessions, job_id, ended).state for job_id in (*greedy, other)} == {State.STOPPED}


def test_a_job_that_is_to_run_alone_has_no_other_beside_it(sessions: DaskSessions) -> None:
    """The second of three: the first ends before it begins, the third begins when it has ended."""
    configs = [replace(QUICK, epochs=epochs, seed=epochs) for epochs in (30, 31, 32)]
    jobs = [
        sessions.start(TrainJob(replace(c, seed=77 + i)), "me", alone=i == 1) for i, c in enumerate(configs)
    ]
    seen = set()
    while any(state.state.active for job in jobs if (state := sessions.snapshot(job))):
        seen.add(tuple(entry.snapshot.job_id for entry in sessions.registry.at_work()))
        sleep(0.005)
    assert {at_work for at_work in seen if jobs[1] in at_work} == {(jobs[1],)}
    alone = sessions.snapshot(jobs[1])
    assert alone is not None
    assert alone.run is not None
    assert (alone.state, alone.run.concurrent_jobs) == (State.FINISHED, 0)


def test_never_more_threads_than_cores_while_runs_come_and_go(sessions: DaskSessions) -> None:
    """A second run begins when the first has ended an epoch and left it some cores, not before."""
    slow = TrainConfig(dataset="digits", model="conv", latent_size=64, layers=2, epochs=1000, seed=30)
    first = sessions.start(TrainJob(slow))
    until(sessions, first, lambda s: begun(s) and s.run.epochs and s.run.epochs[-1].threads == CPU_COUNT)
    second = sessions.start(TrainJob(TrainConfig(dataset="digits", model="conv", epochs=1000, seed=31)))
    while not begun(sessions.snapshot(second)):
        seen = len(sessions.snapshot(first).run.epochs)
    shared = until(sessions, first, lambda s: len(s.run.epochs) > seen + 1)
    both = [
        shared.run.epochs[-1].threads,
        until(sessions, second, lambda s: s.run.epochs).run.epochs[-1].threads,
    ]
    assert sum(both) <= max(2, CPU_COUNT)
    sessions.stop(first)
    alone = until(sessions, second, lambda s: s.run.epochs[-1].threads == CPU_COUNT)
    assert alone.state is State.RUNNING
    sessions.stop(second)
    until(sessions, second, ended)


def test_a_folder_that_is_deleted_in_mid_run_ends_the_run_with_a_sentence(sessions: DaskSessions) -> None:
    config = TrainConfig(dataset="digits", model="conv", latent_size=12, epochs=1000, seed=3)
    job_id = sessions.start(TrainJob(config))
    until(sessions, job_id, lambda s: checkpoints.path_of(job_id).exists())
    shutil.rmtree(checkpoints.folder())
    failed = until(sessions, job_id, ended)
    assert failed.state is State.FAILED
    assert "its folder is gone" in failed.message
    sessions.start(TrainJob(config))
    again = until(sessions, job_id, lambda s: begun(s) and checkpoints.path_of(job_id).exists())
    assert again.run.resumed_from_epoch == 0
    sessions.stop(job_id)
    assert until(sessions, job_id, ended).state is State.STOPPED
