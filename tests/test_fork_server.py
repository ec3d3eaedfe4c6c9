"""Where the worker processes come from: a process that has loaded what they need, and never computes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import forkserver, process
from pathlib import Path
from time import monotonic, sleep

import dask
import psutil
import pytest
from distributed import Client, LocalCluster

from autoenc.sessions.dask import fork_server
from autoenc.sessions.dask.cluster import local_cluster

WITH_A_BROKEN_FORK_SERVER = """
from autoenc.sessions.dask import cluster, fork_server

fork_server.PRELOADED = ["broken"]
if __name__ == "__main__":
    with cluster.local_cluster(1) as started:
        print(len(started.scheduler_info["workers"]), "worker")
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with local_cluster(2) as cluster:
        method = dask.config.get("distributed.worker.multiprocessing-method")
        assert method == "forkserver", "the log says why"
        yield cluster


@pytest.fixture(scope="module")
def client(cluster: LocalCluster) -> Iterator[Client]:
    with Client(cluster, set_as_default=False) as client:
        yield client


def workers(cluster: LocalCluster) -> list[psutil.Process]:
    found = []
    for nanny in list(cluster.workers.values()):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if nanny.pid is not None:
                found.append(psutil.Process(nanny.pid))
    return found


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end
        sleep(0.01)


def running(cluster: LocalCluster, client: Client, without: set[int]) -> bool:
    """Whether two workers are there, and none of those."""
    pids = {worker.pid for worker in workers(cluster)}
    return len(pids) == 2 == len(client.nthreads()) and not pids & without


def the_fork_server() -> psutil.Process:
    """Asked of Python: the parent of a worker that was started by itself would be this process."""
    pid = forkserver._forkserver._forkserver_pid
    assert pid is not None
    return psutil.Process(pid)


def of_a_worker() -> tuple[set[str], dict[str, str], bool]:
    """Its modules, its variables, and whether it leaves Ctrl-C to the process that started it."""
    return set(sys.modules), dict(os.environ), signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_the_fork_server_has_pytorch_and_a_single_thread(cluster: LocalCluster) -> None:
    """A process forked from one whose OpenMP threads have started would wait for them for ever."""
    (parent,) = {worker.ppid() for worker in workers(cluster)}
    server = the_fork_server()
    assert (server.pid, server.ppid()) == (parent, os.getpid())
    assert "multiprocessing.forkserver" in " ".join(server.cmdline())
    assert any("libtorch_cpu" in mapped.path for mapped in server.memory_maps())
    assert server.num_threads() == 1


def test_a_worker_has_pytorch_from_the_beginning_and_neither_pages_nor_tables(client: Client) -> None:
    for modules, environment, ignores_ctrl_c in client.run(of_a_worker).values():
        assert {"torch", "torch._dynamo", "autoenc.jobs"} <= modules
        assert modules & {"streamlit", "pandas", "plotly", "sklearn"} == set()
        assert (environment["OMP_WAIT_POLICY"], environment["GOMP_SPINCOUNT"]) == ("passive", "1000")
        assert environment["OMP_NUM_THREADS"] == environment["MALLOC_ARENA_MAX"] == "1"
        assert environment["PYTHONHASHSEED"] == "6640"
        assert ignores_ctrl_c


def test_a_killed_worker_is_replaced_by_another_from_the_same_fork_server(
    cluster: LocalCluster, client: Client
) -> None:
    first, second = workers(cluster)
    server = the_fork_server()
    first.kill()
    until(lambda: running(cluster, client, {first.pid}))
    assert second in workers(cluster)
    assert {worker.ppid() for worker in workers(cluster)} == {server.pid}


def test_a_killed_fork_server_is_replaced_with_all_of_its_workers(
    cluster: LocalCluster, client: Client
) -> None:
    """Nobody would see how they end."""
    before = workers(cluster)
    (hashed,) = set(client.run(hash, "MLP").values())
    server = the_fork_server()
    server.kill()
    until(lambda: running(cluster, client, {worker.pid for worker in before}))
    assert {worker.ppid() for worker in workers(cluster)} == {the_fork_server().pid} != {server.pid}
    _, alive = psutil.wait_procs(before, timeout=20)
    assert alive == []
    assert set(client.run(hash, "MLP").values()) == {hashed}


def test_a_worker_has_the_variables_of_its_time_and_not_those_of_the_fork_server(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = {"AUTOENC_CHECKPOINT_DIR": str(tmp_path), "HOME": str(tmp_path)}
    for name, value in {**given, "AUTOENC_TEACHER_KEY": "of the teacher alone"}.items():
        monkeypatch.setenv(name, value)
    with local_cluster(1) as later, Client(later, set_as_default=False) as client:
        ((_, environment, _),) = client.run(of_a_worker).values()
        (settings,) = client.run(dask.config.get, "distributed.nanny.environ").values()
    assert "AUTOENC_TEACHER_KEY" not in environment.keys() | settings.keys()
    assert {name: environment.get(name) for name in given} == given
    for name in (name for name in os.environ if name.startswith("AUTOENC_")):
        monkeypatch.setenv(name, os.environ[name])  # put back at the end
    monkeypatch.setenv("AUTOENC_CACHE_DIR", "which only the fork server had")
    with dask.config.set({"distributed.nanny.environ": given}):
        fork_server.take_environment()
    assert "AUTOENC_CACHE_DIR" not in os.environ
    assert os.environ["AUTOENC_CHECKPOINT_DIR"] == str(tmp_path)


def test_where_no_fork_server_can_be_workers_start_by_themselves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its socket is a file, whose name may have 107 bytes."""
    folder = tmp_path / ("deep" * 30)
    folder.mkdir()
    monkeypatch.setitem(process.current_process()._config, "tempdir", str(folder))
    monkeypatch.setattr(forkserver, "ensure_running", forkserver.ForkServer().ensure_running)
    assert fork_server.start_method() == "spawn"
    assert "workers start slowly" in caplog.text


def test_where_the_fork_server_dies_while_it_loads_workers_start_by_themselves(tmp_path: Path) -> None:
    """In a process of its own: this one has a fork server already."""
    (tmp_path / "broken.py").write_text("raise RuntimeError('broken')")
    (tmp_path / "started.py").write_text(WITH_A_BROKEN_FORK_SERVER)
    places = os.pathsep.join([str(tmp_path), str(Path(__file__).parent.parent)])
    ended = subprocess.run(
        [sys.executable, tmp_path / "started.py"],
        env=os.environ | {"PYTHONPATH": places},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert ended.stdout.split() == ["1", "worker"]
    assert "workers start slowly" in ended.stderr
