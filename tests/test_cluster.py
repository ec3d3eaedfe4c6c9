"""An existing Dask cluster: a real scheduler and real workers, each a process; some of them are not ours."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import dask
import pytest
import torch
from distributed.security import Security

from autoenc import __version__, checkpoints, datasets
from autoenc.baselines import PCA
from autoenc.errors import AutoencError
from autoenc.jobs import BaselineJob, DownloadJob, TrainJob
from autoenc.schema import EpochRecord, Snapshot, State, TrainConfig
from autoenc.sessions.dask import DaskSessions, worker_checks
from autoenc.sources import VERSION
from tests.raw_files import put, small_files

ROOT = Path(__file__).parents[1]
QUICK = TrainConfig(dataset="digits", latent_size=8, epochs=3)
ENDLESS = TrainConfig(dataset="digits", latent_size=8, epochs=1000)
NO_PACKAGE = "import sys; sys.modules['autoenc'] = None; "


class Cluster:
    """A scheduler, and workers with what distinguishes each from the others."""

    def __init__(self, folder: Path, *options: str, **variables: str) -> None:
        self.folder, self.processes = folder, dict[str, subprocess.Popen[bytes]]()
        self.options = options
        self.variables = {"PYTHONPATH": str(ROOT), "AUTOENC_CHECKPOINT_DIR": str(folder / "runs")} | variables
        file = folder / "scheduler.json"
        places = ["--port", "0", "--scheduler-file", str(file)]
        # As on a machine where nothing of ours is installed.
        self._start(
            "scheduler", NO_PACKAGE + "from distributed.cli.dask_scheduler import main; main()", places
        )
        wait_for(lambda: file.exists() and file.read_text().endswith("}"))
        self.address: str = json.loads(file.read_text())["address"]

    def worker(self, name: str, before: str = "", **variables: str) -> None:
        """Start one; `before` is what it does first."""
        command = before + "from distributed.cli.dask_worker import main; main()"
        local = ["--local-directory", str(self.folder / "local"), "--name", name]
        once = ["--nthreads", "1", "--no-nanny", "--memory-limit", "0"]
        self._start(name, command, [self.address, *local, *once], **variables)

    def kill(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes.pop(name).wait()

    def close(self) -> None:
        for name in reversed(list(self.processes)):
            self.kill(name)

    def _start(self, name: str, code: str, arguments: list[str], **variables: str) -> None:
        command = [
            sys.executable,
            "-c",
            code,
            *arguments,
            "--host",
            "127.0.0.1",
            "--no-dashboard",
            *self.options,
        ]
        with open(self.folder / f"{name}.log", "wb") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=self.folder, env=os.environ | self.variables | variables, stdout=log, stderr=log
            )


def another_commit(checkout: Path) -> Path:
    """A folder with our package, of the same number, in which somebody has worked on a file."""
    shutil.copytree(ROOT / "autoenc", checkout / "autoenc", ignore=shutil.ignore_patterns("__pycache__"))
    with (checkout / "autoenc" / "training.py").open("a") as file:
        file.write("# another thought\n")
    return checkout


def wait_for(true: Callable[[], object], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it takes too long"
        sleep(0.01)


def until(sessions: DaskSessions, job_id: str, true: Callable[[Snapshot], object]) -> Snapshot:
    wait_for(lambda: (snapshot := sessions.snapshot(job_id)) is not None and true(snapshot))
    return sessions.snapshot(job_id)


def ended(snapshot: Snapshot) -> bool:
    return not snapshot.state.active


def begun(snapshot: Snapshot) -> bool:
    return snapshot.run is not None and len(snapshot.run.step_losses) > 0


def names(sessions: DaskSessions) -> dict[str, str]:
    """Address -> name of the workers that the scheduler has."""
    workers = sessions._client.scheduler_info()["workers"]
    return {address: worker["name"] for address, worker in workers.items()}


@contextmanager
def opened(cluster: Cluster) -> Iterator[DaskSessions]:
    """What a dashboard has that is started with the variables of the cluster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_SCHEDULER", cluster.address)
        for name, value in cluster.variables.items():
            patch.setenv(name, value)
        sessions = DaskSessions(n_workers=1)
        try:
            yield sessions
        finally:
            sessions.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers that are ours, one with other images, and three that are strangers."""
    folder = tmp_path_factory.mktemp("cluster")
    put(folder / "data/MNIST/raw", small_files(seed=0))
    put(folder / "other/MNIST/raw", small_files(seed=1))
    cluster = Cluster(folder, AUTOENC_DATA_DIR=str(folder / "data"), AUTOENC_CACHE_DIR=str(folder / "cache"))
    try:
        cluster.worker("first")
        cluster.worker("second")
        images = {"AUTOENC_DATA_DIR": str(folder / "other"), "AUTOENC_CACHE_DIR": str(folder / "cache-2")}
        cluster.worker("other images", **images)
        cluster.worker("other folder", AUTOENC_CHECKPOINT_DIR=str(folder / "elsewhere"))
        cluster.worker("other version", PYTHONPATH=str(another_commit(folder / "checkout")))
        cluster.worker("no package", NO_PACKAGE)
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="module")
def sessions(cluster: Cluster) -> Iterator[DaskSessions]:
    with opened(cluster) as sessions:
        wait_for(lambda: sessions.n_workers == 3 and len(sessions.refusals()) == 3)
        yield sessions


@pytest.fixture(autouse=True)
def _as_the_workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "sessions" in request.fixturenames:
        for name, value in request.getfixturevalue("cluster").variables.items():
            monkeypatch.setenv(name, value)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path)
    yield cluster
    cluster.close()


# ---------------------------------------------------------------- who is admitted


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("no package", ["cannot load autoenc", f"install autoenc {__version__} on its machine"]),
        ("other version", [f"has autoenc {__version__}+", f"and not {VERSION}", "copy our folder autoenc"]),
        ("other folder", ["keeps its runs in", "elsewhere", "set AUTOENC_CHECKPOINT_DIR there"]),
    ],
)
def test_a_worker_that_is_not_ours_is_refused_with_a_sentence(
    sessions: DaskSessions, name: str, parts: list[str]
) -> None:
    address = next(a for a, n in names(sessions).items() if n == name)
    (sentence,) = (s for s in sessions.refusals() if s.startswith(f"the worker at {address} "))
    assert all(part in sentence for part in parts), sentence
    assert sentence.endswith("and start it again")


def test_the_checks_leave_nothing_in_the_folder(sessions: DaskSessions) -> None:
    assert list(checkpoints.folder().glob(".worker-*")) == []


def test_a_worker_with_other_images_works_with_all_but_these(sessions: DaskSessions) -> None:
    """Four jobs at once: each worker that is free would have one."""
    small = TrainConfig(dataset="mnist", latent_size=2, epochs=2)
    ids = [sessions.start(TrainJob(replace(small, seed=seed))) for seed in range(4)]
    assert {until(sessions, job_id, ended).state for job_id in ids} == {State.FINISHED}
    places = {names(sessions)[sessions.registry._entries[job_id].place] for job_id in ids}
    assert places <= {"first", "second"}
    wait_for(lambda: any("other images in mnist" in s for s in sessions.refusals()))
    (sentence,) = (s for s in sessions.refusals() if "other images in mnist" in s)
    assert datasets.load("mnist").fingerprint in sentence
    assert names(sessions)[sentence.split()[3]] == "other images"
    assert sessions.n_workers == 3, "it may still work with other data sets"


def test_a_run_goes_on_elsewhere_and_as_it_would_have_when_its_worker_is_killed(
    cluster: Cluster, sessions: DaskSessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many runs as workers, and one more; a worker that comes later takes the dead one's place."""
    short = TrainConfig(dataset="digits", latent_size=4, epochs=50)
    configs = [replace(short, epochs=250), *(replace(short, seed=seed) for seed in (1, 2, 3))]
    ids = [sessions.start(TrainJob(config)) for config in configs]
    until(sessions, ids[0], lambda s: checkpoints.path_of(ids[0]).exists())
    victim = sessions.registry._entries[ids[0]].place
    cluster.kill(names(sessions)[victim])
    runs = [until(sessions, job_id, ended) for job_id in ids]
    assert [run.state for run in runs] == [State.FINISHED] * 4
    assert runs[0].run.resumed_from_epoch > 0
    assert sessions.registry._entries[ids[0]].place != victim
    assert sessions.n_workers == 2
    cluster.worker("late")
    wait_for(lambda: sessions.n_workers == 3)
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path))
    torch.set_num_threads(1)  # as the workers: more are of no use to so small a model
    records = [record for record in TrainJob(configs[0]).run() if isinstance(record, EpochRecord)]
    assert [e.train_loss for e in runs[0].run.epochs] == [record.train_loss for record in records]
    assert [e.test_loss for e in runs[0].run.epochs] == [record.test_loss for record in records]


def test_a_run_is_stopped_at_its_worker_and_goes_on_in_another_dashboard(
    cluster: Cluster, sessions: DaskSessions
) -> None:
    """Workers outlive dashboards: what one stopped, another may start under the same name."""
    job_id = sessions.start(TrainJob(ENDLESS))
    until(sessions, job_id, lambda s: s.run is not None and len(s.run.epochs) > 0)
    sessions.stop(job_id)
    assert until(sessions, job_id, ended).state is State.STOPPED
    with opened(cluster) as other:
        other.registry._starts = count(int(sessions.registry._entries[job_id].key.split("-")[-2]))
        other.start(TrainJob(ENDLESS))
        n_steps = len(other.snapshot(job_id).run.step_losses)
        until(other, job_id, lambda s: s.state is State.RUNNING and len(s.run.step_losses) > n_steps + 100)
        assert other.registry._entries[job_id].key != sessions.registry._entries[job_id].key


def test_a_job_tells_which_images_its_worker_must_have() -> None:
    jobs = (TrainJob(QUICK), BaselineJob(PCA, "mnist"), DownloadJob("mnist"))
    assert [job.needed_dataset() for job in jobs] == ["digits", "mnist", None]


# ---------------------------------------------------------------- no worker, no scheduler


def test_where_no_worker_is_ours_jobs_fail_with_the_sentence(small: Cluster) -> None:
    small.worker("no package", NO_PACKAGE)
    with opened(small) as sessions:
        failed = until(sessions, sessions.start(TrainJob(QUICK)), ended)
    assert failed.state is State.FAILED
    assert failed.message.startswith("no worker of the cluster can run it: the worker at tcp://127.0.0.1:")
    assert "cannot load autoenc" in failed.message


def test_where_there_is_no_worker_jobs_wait_a_while_and_fail_with_a_sentence(
    small: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_checks, "EMPTY_SECONDS", 1.0)
    with opened(small) as sessions:
        job_id = sessions.start(TrainJob(QUICK))
        until(sessions, job_id, lambda s: s.state is State.QUEUED and "passed its checks" in s.message)
        failed = until(sessions, job_id, ended)
    assert failed.message.startswith(f"no worker has been at the scheduler {small.address}")


def test_a_folder_that_cannot_be_written_to_fails_the_jobs_as_long_as_it_cannot(small: Cluster) -> None:
    (small.folder / "runs").write_text("a file stands where the folder should be")
    small.worker("other version", PYTHONPATH=str(another_commit(small.folder / "checkout")))
    with opened(small) as sessions:
        failed = until(sessions, sessions.start(TrainJob(QUICK)), ended)
        assert failed.message.startswith(f"cannot write to {small.folder / 'runs'}")
        (small.folder / "runs").unlink()
        examined = until(sessions, sessions.start(TrainJob(QUICK)), ended)
    assert f"has autoenc {__version__}+" in examined.message


def test_a_scheduler_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_SCHEDULER", "tcp://127.0.0.1:9")
    with dask.config.set({"distributed.comm.timeouts.connect": "200ms"}):
        sessions = DaskSessions(n_workers=1)
        with pytest.raises(AutoencError, match=r"the scheduler at tcp://127\.0\.0\.1:9 cannot be reached"):
            sessions.wait_until_ready()
        failed = until(sessions, sessions.start(TrainJob(QUICK)), ended)
    assert "start it, or correct AUTOENC_SCHEDULER" in failed.message
    sessions.close()


# ---------------------------------------------------------------- certificates


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A cluster behind certificates, which Dask's own variables name."""
    made = Security.temporary()
    for file, text in (
        ("ca", made.tls_ca_file),
        ("cert", made.tls_client_cert),
        ("key", made.tls_client_key),
    ):
        (tmp_path / f"{file}.pem").write_text(text)
    options = [f"--tls-{kind}={tmp_path / file}" for kind, file in PEMS.items()]
    cluster = Cluster(tmp_path, "--protocol", "tls", *options)
    yield cluster
    cluster.close()
    monkeypatch.undo()
    dask.config.refresh()


PEMS = {"ca-file": "ca.pem", "cert": "cert.pem", "key": "key.pem"}


def test_certificates_come_from_the_settings_of_dask_and_a_lost_scheduler_fails_its_runs(
    secure: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert secure.address.startswith("tls://127.0.0.1:")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    dask.config.refresh()
    refused = pytest.raises(AutoencError, match=r"the scheduler at tls://127\.0\.0\.1:\d+ cannot be reached")
    with opened(secure) as stranger, refused:
        stranger.wait_until_ready()

    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "10s")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TLS__CA_FILE", str(secure.folder / "ca.pem"))
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT", str(secure.folder / "cert.pem"))
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY", str(secure.folder / "key.pem"))
    dask.config.refresh()
    secure.worker("ours")
    with opened(secure) as sessions:
        sessions.wait_until_ready()
        assert all(sum(parts) > 0 for parts in sessions.speed().coefficients.values()), "a worker measured it"
        assert until(sessions, sessions.start(TrainJob(QUICK)), ended).state is State.FINISHED
        job_id = sessions.start(TrainJob(ENDLESS))
        until(sessions, job_id, begun)
        secure.kill("scheduler")
        failed = until(sessions, job_id, ended)
    assert failed.state is State.FAILED
    assert failed.message.startswith(f"the connection to the scheduler at {secure.address} was lost")
