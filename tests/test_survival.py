"""Runs that survive: real dashboards and workers, killed for real, seen through Streamlit's own protocol."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import psutil
import pytest

from autoenc import checkpoints
from autoenc.errors import CheckpointError
from autoenc.jobs import stored_run
from autoenc.schema import Run, State
from benchmarks.browser_session import BrowserSession, SessionLost, opened
from benchmarks.dashboards import Dashboard, dashboard
from tests.loops import until, visit
from tests.runs import first_run

QUICK = "dataset=digits&model=mlp&latent_size=8&epochs=5"
LONG = "dataset=digits&model=conv&latent_size=16&layers=2&epochs=1000"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path))
    first_run(tmp_path)
    return tmp_path


def on_disk(run_id: str) -> Run | None:
    try:
        return checkpoints.read(run_id)
    except CheckpointError:
        return None


def n_epochs(run_id: str) -> int:
    run = on_disk(run_id)
    return len(run.epochs) if run else 0


async def trained(session: BrowserSession) -> str:
    """Press Train; the run's name."""
    await session.press("train")
    await until(lambda: session.run_id is not None, "a run in the address")
    assert session.run_id is not None
    return session.run_id


def check_history(before: Run, after: Run) -> None:
    """What was on disk is still there, and behind it neither a gap nor an epoch twice."""
    assert after.epochs[: len(before.epochs)] == before.epochs
    assert after.step_losses[: len(before.step_losses)] == before.step_losses
    assert len(after.step_losses) == len(after.epochs) * after.steps_per_epoch


def test_a_killed_dashboard_leaves_nothing_behind_and_another_goes_on_with_its_runs(folder: Path) -> None:
    with dashboard(folder, AUTOENC_WORKERS="1") as first:
        quick, long = visit(_finish_one_and_begin_another(first))
        left = first.kill()
        _, alive = psutil.wait_procs(left, timeout=10)
        assert alive == []
    finished, interrupted = stored_run(quick), stored_run(long)
    assert finished is not None
    assert finished.state is State.FINISHED
    assert interrupted is not None
    assert interrupted.state is State.INTERRUPTED
    with dashboard(folder, AUTOENC_WORKERS="1") as second:
        visit(_go_on(second, long, quick))
        visit(_three_visitors(second, long))
        children = psutil.Process(second.process.pid).children(recursive=True)
        second.process.send_signal(signal.SIGTERM)
        second.process.wait(20)
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []


async def _finish_one_and_begin_another(lab: Dashboard) -> tuple[str, str]:
    async with opened(lab.address, QUICK) as session:
        quick = await trained(session)
        await until(lambda: session.shows("Finished: 5 of 5 epochs"), "the end of the short run")
    async with opened(lab.address, LONG) as session:
        long = await trained(session)
        await until(lambda: n_epochs(long) >= 2, "two epochs on disk")
    return quick, long


async def _go_on(lab: Dashboard, run_id: str, quick: str) -> None:
    """In a new dashboard, which also falls asleep in mid-run with all its processes, as a laptop does."""
    before = checkpoints.read(run_id)
    async with opened(lab.address, f"run={run_id}") as session:
        assert session.shows("Interrupted")
        await session.press("train")
        await until(lambda: n_epochs(run_id) > len(before.epochs), "another epoch")
        after = checkpoints.read(run_id)
        check_history(before, after)
        assert after.resumed_from_epoch == len(before.epochs)
        sleepers = [lab.process, *psutil.Process(lab.process.pid).children(recursive=True)]
        for process in sleepers:
            process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(3)
        for process in reversed(sleepers):
            process.send_signal(signal.SIGCONT)
        awake = n_epochs(run_id)
        await until(lambda: n_epochs(run_id) > awake, "another epoch after the sleep")
        await until(lambda: session.shows("Training"), "the page after the sleep")
        check_history(after, checkpoints.read(run_id))
        await session.press("stop")
        await until(lambda: session.shows("Stopped"), "the stop")
    async with opened(lab.address, f"run={quick}") as session:
        assert session.shows("Finished: 5 of 5 epochs")


async def _three_visitors(lab: Dashboard, run_id: str) -> None:
    """Stop belongs to who started a run and to the teacher. Students come from elsewhere: a proxy says so."""
    first, second = ({"X-Forwarded-For": f"198.51.100.{n}"} for n in (1, 2))
    async with opened(lab.address, LONG, headers=first) as owner:
        assert await trained(owner) == run_id
        await until(lambda: owner.shows("Training"), "the run")
        async with opened(lab.address, f"run={run_id}", headers=second) as other:
            assert other.shows("Training")
            with pytest.raises(SessionLost, match="no button 'stop'"):
                await other.press("stop")
            with pytest.raises(SessionLost, match="no button 'delete-run'"):
                await other.press("delete-run")
        async with opened(lab.address, f"run={run_id}") as teacher:
            await teacher.press("stop")
            await until(lambda: owner.shows("Stopped"), "the teacher's stop")
            await teacher.rerun()
            await teacher.press("delete-run")
            await until(lambda: not checkpoints.path_of(run_id).exists(), "the deletion")
        assert await trained(owner) == run_id
        await until(lambda: owner.shows("Training"), "the run again")
        await owner.press("stop")
        await until(lambda: owner.shows("Stopped"), "the owner's stop")
