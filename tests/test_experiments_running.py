"""Labs that are done for real: on worker processes, and in dashboards that are killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from autoenc import checkpoints, experiments
from autoenc.experiments import EXPERIMENTS, SIZES, Keeper, Lab, SavedLab, Status, progress
from autoenc.experiments.running import lab_of
from autoenc.schema import State
from autoenc.sessions.dask import DaskSessions
from benchmarks.dashboards import dashboard
from tests.labs import seen, small_machine, tiny_lab
from tests.places import lie_in

SOME = ("mlp-curves", "noise")  # models; and curves that measure models
SHARE = 500_000_000  # bytes that a job may take: enough for all but the largest model


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("machine")
    with small_machine(place):
        yield place


@pytest.fixture(autouse=True)
def _same_folders_as_the_workers(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lie_in(place, monkeypatch)


@pytest.fixture(scope="module")
def sessions(place: Path) -> Iterator[DaskSessions]:
    sessions = DaskSessions(n_workers=2)
    sessions.wait_until_ready()
    yield sessions
    sessions.close()


@pytest.fixture
def lab(place: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A few of the experiments."""
    choose(monkeypatch, *SOME)
    return tiny_lab()


def choose(patch: pytest.MonkeyPatch, *keys: str) -> None:
    some = tuple(one for one in EXPERIMENTS if one.key in keys)
    assert len(some) == len(keys)
    patch.setattr(progress, "EXPERIMENTS", some)


def until(true: Callable[[], bool], what: str, seconds: float = 120) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, f"{what}: not after {seconds} s"
        sleep(0.05)


def runs_of(folder: Path) -> dict[str, int]:
    """The files of runs there, begun or saved, and when each was written."""
    paths = (*folder.glob("*.lock"), *folder.glob("*.safetensors"))
    return {path.name: path.stat().st_mtime_ns for path in paths}


def test_a_lab_is_done_by_itself_though_a_worker_is_killed(lab: Lab, sessions: DaskSessions) -> None:
    saved = SavedLab.of(lab, "me")
    experiments.begin(saved, seen(lab, sessions), sessions)
    Keeper(sessions)
    until(lambda: bool(sessions.registry.at_work()), "a job at work")
    assert {one.owner for one in sessions.active()} == {"me"}
    kill_worker(sessions.registry.at_work()[0].place)
    until(lambda: not experiments.wanted(), "the end")
    now = seen(lab, sessions)
    assert [one.status for one in now.experiments] == [Status.DONE] * len(SOME)
    assert (now.left, sessions.active()) == ((), ())


def kill_worker(place: str) -> None:
    """The process that listens there."""
    port = int(place.rpartition(":")[2])
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if any(c.laddr.port == port for c in process.net_connections("tcp") if c.status == "LISTEN"):
                process.kill()
                return
    pytest.fail(f"no worker listens on port {port}")


def test_a_model_that_does_not_fit_is_a_sentence_and_the_rest_is_done(
    lab: Lab, sessions: DaskSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, "conv-sizes")
    monkeypatch.setitem(SIZES, "large", replace(lab.size, name="large", conv_sizes=(1, 2048)))
    monkeypatch.setattr(DaskSessions, "memory_share", SHARE)
    saved = replace(SavedLab.of(lab, "me"), size="large")
    experiments.begin(saved, seen(lab_of(saved), sessions), sessions)
    Keeper(sessions)
    until(lambda: not experiments.wanted(), "the end")
    (sizes,) = seen(lab_of(saved), sessions).experiments
    states = {one.job.title: one.state for one in sizes.steps if one.job is not None}
    assert sorted(states.values()) == sorted([State.FINISHED] * 3 + [State.FAILED])
    assert sizes.status is Status.FAILED
    assert "GB of memory" in one_sentence_of(sizes.failures)


def one_sentence_of(failures: tuple[str, ...]) -> str:
    (sentence,) = failures
    assert "\n" not in sentence
    return sentence


def test_stop_ends_what_runs_and_go_on_continues_it(
    lab: Lab, sessions: DaskSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIZES, "endless", replace(lab.size, name="endless", epochs=1000, more_epochs=2000))
    saved = replace(SavedLab.of(lab, "me"), size="endless")
    endless = lab_of(saved)
    Keeper(sessions)
    experiments.begin(saved, seen(endless, sessions), sessions)
    until(lambda: any(0 < step.done < 1 for step in seen(endless, sessions).steps), "an epoch")
    (far, *_) = [step for step in seen(endless, sessions).steps if step.done > 0]
    assert far.job is not None
    experiments.stop(saved, seen(endless, sessions), sessions)
    until(lambda: sessions.active() == (), "the stop")
    assert [one.state for one in seen(endless, sessions).left if one.state is State.STOPPED] != []
    experiments.begin(saved, seen(endless, sessions), sessions)
    until(lambda: any(step.active for step in seen(endless, sessions).steps), "another start")
    experiments.stop(saved, seen(endless, sessions), sessions)
    until(lambda: sessions.active() == (), "the stop")


def test_a_killed_dashboard_goes_on_with_its_lab_before_anybody_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, labs = tmp_path / "checkpoint", tmp_path / "checkpoint" / "labs"
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(folder))
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "data"))
    experiments.save(SavedLab("lesson", "digits", "photos", owner="me"))
    with dashboard(folder, AUTOENC_WORKERS="1") as first:
        until(lambda: len(runs_of(folder)) > 0, "a first run", 300)
        left = first.kill()
        _, alive = psutil.wait_procs(left, timeout=20)
        assert alive == []
    before = runs_of(folder)
    with dashboard(folder, AUTOENC_WORKERS="1"):
        until(lambda: runs_of(folder) != before, "a run that goes on", 300)
        for path in labs.iterdir():
            path.unlink()
    assert "Traceback" not in (folder / "server.log").read_text()
    assert "missing ScriptRunContext" not in (folder / "server.log").read_text()
    assert checkpoints.summaries()[1] == ()
