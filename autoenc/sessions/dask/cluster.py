"""The embedded cluster: on the loopback interface, behind certificates of its own."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from typing import Any, Literal

import dask
import psutil
from dask.system import CPU_COUNT
from distributed import LocalCluster, Nanny
from distributed.security import Security

from autoenc import memory
from autoenc.errors import ConfigError
from autoenc.sessions.dask import fork_server

log = logging.getLogger(__name__)

GIGABYTE = 10**9
BYTES_PER_WORKER = 2 * GIGABYTE
CLOSE_SECONDS = 4.0  # for a worker's process to end when the cluster is closed: as long as Dask gives it


class WorkerNanny(Nanny):  # type: ignore[misc]  # Dask tells no types
    """What starts a worker's process and ends it.

    A process that has not ended in time when the cluster is closed is cut off: its jobs have been asked to
    end before, and have saved what they had. Dask would do the same, but warn of it as of a fault.
    """

    async def close(self, timeout: float = 5, reason: str = "nanny-close") -> Literal["OK"]:
        cut_off = asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._cut_off)
        try:
            # Longer than it can take: a loop that was held up would find both limits passed.
            ended: Literal["OK"] = await super().close(timeout=timeout + 10 * CLOSE_SECONDS, reason=reason)
            return ended
        finally:
            cut_off.cancel()

    def _cut_off(self) -> None:
        if self.process is not None and self.process.process is not None:
            with suppress(ValueError):  # it has ended in this moment
                self.process.process.kill()


def workers_allowed() -> int:
    """AUTOENC_WORKERS, or as many as cores and free memory allow, at most 4, at least 1.

    Raises:
        ConfigError: the variable is not a number from 1 to 64.
    """
    text = os.environ.get("AUTOENC_WORKERS")
    if text is None:
        return max(1, min(int(CPU_COUNT), 4, memory.free_bytes() // BYTES_PER_WORKER))
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ConfigError(f"AUTOENC_WORKERS is {text!r}; allowed: 1 to 64")
    return int(text)


def local_cluster(n_workers: int) -> LocalCluster:
    """A scheduler in this process, and worker processes that die with it."""
    dask.config.set(_settings())  # for good: they are read again whenever a worker has died
    start_method = fork_server.start_method()
    try:
        return _started(n_workers, start_method)
    except Exception:  # a fork server that dies while it loads takes all workers with it
        if start_method == "spawn":
            raise
        log.warning("workers start slowly, each by itself", exc_info=True)
        return _started(n_workers, "spawn")


def _settings() -> dict[str, Any]:
    """Those of Dask."""
    return {
        "distributed.admin.low-level-log-length": 100,
        # By default fifty times a second, in every process: most of what an idle worker takes of a core.
        "distributed.admin.tick.interval": "1s",
        # A worker that died is the driver's business: it knows why, and from which epoch to go on.
        "distributed.scheduler.allowed-failures": 0,
        "distributed.scheduler.http.routes": [],
        "distributed.scheduler.worker-ttl": None,  # a laptop that slept for an hour has lost no worker
        "distributed.worker.http.routes": [],
        "distributed.worker.preload": [
            "autoenc.sessions.dask.worker"
        ],  # PyTorch is there before the first job
        "distributed.worker.profile.enabled": False,  # it samples the stack a hundred times a second
        # Threads that wait fall asleep at once, on Linux (GCC's OpenMP) after some microseconds.
        "distributed.nanny.pre-spawn-environ.OMP_WAIT_POLICY": "passive",
        "distributed.nanny.pre-spawn-environ.GOMP_SPINCOUNT": 1000,
        # Jobs run beside the main thread, where glibc would map blocks over 64 MB again at every step.
        "distributed.nanny.pre-spawn-environ.MALLOC_ARENA_MAX": 1,
        # Dask's own number, which it sets too late for a fork server: all workers hash alike.
        "distributed.nanny.pre-spawn-environ.PYTHONHASHSEED": 6640,
        # So long after a death Dask replaces a worker that is not there, also one that has died again and is
        # being restarted: two processes then take turns at its name, and the jobs may wait for ever.
        "distributed.deploy.lost-worker-timeout": "90s",
        # A worker that is forked has those of its fork server. The key is no worker's business.
        "distributed.nanny.environ": {
            name: value for name, value in os.environ.items() if name != "AUTOENC_TEACHER_KEY"
        },
    }


def _started(n_workers: int, start_method: str) -> LocalCluster:
    dask.config.set({"distributed.worker.multiprocessing-method": start_method})
    return LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        worker_class=WorkerNanny,
        memory_limit=0,  # jobs have a limit of their own, which tells instead of killing
        # Whoever reaches a Dask scheduler runs code on it: loopback only, and only with our certificate.
        host="127.0.0.1",
        protocol="tls://",
        security=Security.temporary(),
        dashboard_address=None,
        worker_dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # any free port; nothing is served on it
    )


def bytes_of_workers(cluster: LocalCluster) -> int:
    """What the worker processes have in memory, without what they share with others."""
    n_bytes = 0
    for nanny in list(cluster.workers.values()):
        with suppress(psutil.Error):  # it has just ended
            if nanny.pid is not None:
                used = psutil.Process(nanny.pid).memory_info()
                n_bytes += used.rss - getattr(used, "shared", 0)
    return n_bytes
