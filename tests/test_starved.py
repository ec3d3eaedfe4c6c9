"""Background sessions on a machine whose cores other programs hold: real processes, real locks."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest
from dask.system import CPU_COUNT

from autoenc import cores
from autoenc.jobs import TrainJob
from autoenc.schema import State, TrainConfig
from autoenc.sessions.dask import DaskSessions, measuring
from benchmarks.browser_session import opened
from benchmarks.dashboards import Dashboard, dashboard
from tests.loops import visit

HOLD = (
    "from autoenc import cores\n"
    f"with cores.joined({CPU_COUNT}) as job:\n"
    "    print(job.take(lambda share: share), flush=True)\n"
    "    input()"
)


@pytest.fixture(autouse=True)
def _own_fork_server(own_cores: None) -> Iterator[None]:
    """What is forked from that of earlier tests would look for locks where they did."""
    forkserver._forkserver._stop()
    yield
    forkserver._forkserver._stop()


@pytest.fixture(autouse=True)
def _tries_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "FIRST_TRY_SECONDS", 0.2)
    monkeypatch.setattr(measuring, "AGAIN_SECONDS", 0.2)


@contextmanager
def holding_all_cores() -> Iterator[subprocess.Popen[str]]:
    """A program in the middle of a very long epoch."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env=os.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{CPU_COUNT}\n"
        try:
            yield process
        finally:
            process.kill()


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, f"not after {seconds} s"
        sleep(0.02)


def test_a_dashboard_beside_programs_that_hold_all_cores_is_ready_says_so_and_ends() -> None:
    job = TrainJob(TrainConfig(dataset="digits", latent_size=8, epochs=2))
    sessions = DaskSessions(n_workers=1)

    def message() -> str:
        snapshot = sessions.snapshot(job.job_id)
        assert snapshot is not None
        return snapshot.message

    with holding_all_cores() as other:
        sessions.start(job)
        assert [s.message for s in sessions.active()] == ["the workers are starting"] == [message()]
        sessions.wait_until_ready()
        assert (sessions.speed(), sessions.no_speed()) == (
            None,
            "unknown while other programs train on this machine",
        )
        until(lambda: message() == f"other runs use all {CPU_COUNT} cores (process {other.pid})")
        other.send_signal(signal.SIGSTOP)
        until(lambda: f"process {other.pid} holds" in message() and f"kill -CONT {other.pid}" in message())
    # Its cores are free: the run is trained, and the speed is measured after all.
    until(lambda: sessions.snapshot(job.job_id).state is State.FINISHED)
    until(lambda: sessions.speed() is not None)
    assert sessions.no_speed() == ""
    with holding_all_cores() as other:
        sessions.start(TrainJob(TrainConfig(dataset="digits", latent_size=8, epochs=3)))
        until(lambda: bool(sessions.registry.at_work()))
        workers = [nanny.pid for nanny in sessions._cluster.workers.values()]
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)  # it answers nothing any more
        sessions.close()
        assert other.poll() is None, "it has not waited for the other program"
        assert not any(psutil.pid_exists(pid) for pid in workers)


def test_a_dashboard_ends_at_sigterm_and_at_ctrl_c_before_the_programs_that_hold_all_cores_do(
    tmp_path: Path,
) -> None:
    with (
        holding_all_cores() as other,
        dashboard(tmp_path / "one", AUTOENC_WORKERS="1") as one,
        dashboard(tmp_path / "two", AUTOENC_WORKERS="1") as two,
    ):
        visit(_wait_for_cores(one, two))
        children = [psutil.Process(lab.process.pid).children(recursive=True) for lab in (one, two)]
        one.process.send_signal(signal.SIGTERM)
        for process in (two.process, *children[1]):  # a terminal sends it to all
            process.send_signal(signal.SIGINT)
        for lab in (one, two):
            lab.process.wait(20)
        _, alive = psutil.wait_procs(children[0] + children[1], timeout=10)
        assert alive == []
        assert other.poll() is None, "they have not waited for the other program"


async def _wait_for_cores(*labs: Dashboard) -> None:
    """In each dashboard a first model is at a worker, and has no core."""

    async def look(lab: Dashboard) -> None:
        async with opened(lab.address) as visitor:
            await visitor.press("first")
            while not visitor.shows("Waiting: other runs use"):
                await visitor.rerun()

    await asyncio.gather(*map(look, labs))


def test_the_command_line_says_for_whom_it_waits() -> None:
    command = [sys.executable, "-m", "autoenc", "train", "--dataset", "digits", "--model", "mlp"]
    command += ["--latent-size", "8", "--epochs", "1"]
    with cores.joined(int(CPU_COUNT)) as mine:
        mine.take(lambda share: share)
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            sentences = [process.stderr.readline() for _ in range(2)]
            mine.release()
            assert process.wait(60) == 0
    # How many cores there are, PyTorch takes from the environment.
    assert re.fullmatch(rf"waiting: other runs use .* cores? \(process {os.getpid()}\)\n", sentences[1])
