"""What happens in the dashboard's process: it gives jobs to workers and looks after them."""

from __future__ import annotations

import atexit
import logging
import os
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StartTimeout
from contextlib import suppress
from dataclasses import replace
from time import sleep

from dask.system import CPU_COUNT
from distributed import Client, LocalCluster
from distributed.scheduler import KilledWorker

from autoenc import memory
from autoenc.errors import AutoencError
from autoenc.jobs import Job
from autoenc.schema import Snapshot, State
from autoenc.sessions.book import Book, Entry
from autoenc.sessions.dask import worker
from autoenc.sessions.dask.cluster import local_cluster, workers_allowed
from autoenc.speed import Speed

log = logging.getLogger(__name__)

START_SECONDS = 60.0
WATCH_SECONDS = 0.05  # between two looks at the jobs
IDLE_BYTES = 600_000_000  # of a worker that has PyTorch in memory and nothing to do


class DaskSessions:
    """`Sessions` on Dask; the cluster comes up in the background, jobs wait for it.

    With AUTOENC_SCHEDULER in the environment the jobs go to that cluster instead of an embedded one.

    Raises:
        ConfigError: AUTOENC_WORKERS is not a number of processes.
    """

    def __init__(self, n_workers: int | None = None) -> None:
        self.n_cores = int(CPU_COUNT)
        self.n_workers = n_workers or workers_allowed()
        self.memory_share = max(IDLE_BYTES, memory.free_bytes() // self.n_workers - IDLE_BYTES)
        self.book = Book()
        self._cluster: LocalCluster | None = None
        self._client: Client | None = None
        self._speed: Speed | None = None
        self._failure = ""
        self._watching = False
        # One thread talks to the cluster: what was clicked first is done first.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="autoenc-sessions")
        self._ready = self._thread.submit(self._connect)
        atexit.register(self.close)

    # -------- what the pages call

    def start(self, job: Job, by: str = "", *, alone: bool = False) -> str:
        with self.book.lock:
            self.book.add(job, by, alone)
            if not self._watching and self.book.any_active():
                self._watching = True
                self._soon(self._watch)
        return job.job_id

    def snapshot(self, job_id: str) -> Snapshot | None:
        snapshot = self.book.snapshot(job_id)
        if snapshot is not None and snapshot.state is State.QUEUED and not self._ready.done():
            return replace(snapshot, message="the workers are starting")
        return snapshot

    def active(self) -> tuple[Snapshot, ...]:
        return self.book.active()

    def stop(self, job_id: str) -> None:
        if (entry := self.book.stop(job_id)) is not None:
            self._soon(self._stop_at_worker, entry)

    def forget(self, job_id: str) -> None:
        self.book.forget(job_id)

    def speed(self) -> Speed | None:
        return self._speed

    def wait_until_ready(self) -> None:
        """Block until the workers can take jobs.

        Raises:
            AutoencError: they did not come up.
        """
        with suppress(StartTimeout):
            self._ready.result(START_SECONDS)
        if self._client is None:
            raise AutoencError(self._failure or "the workers did not start within a minute")

    def close(self) -> None:
        atexit.unregister(self.close)
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._client is not None:
            keys = [entry.key for entry in self.book.at_work()]
            with suppress(Exception):  # workers that are gone need not be stopped
                self._client.run(worker.request_stop, *keys, on_error="ignore")
            self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    # -------- in the one thread

    def _soon(self, action: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # it is closing
            self._thread.submit(_logged, action, *arguments)

    def _connect(self) -> None:
        try:
            address = os.environ.get("AUTOENC_SCHEDULER")
            if address is None:
                self._cluster = self._cluster or local_cluster(self.n_workers)
            client = Client(self._cluster or address, set_as_default=False)
            client.subscribe_topic(worker.TOPIC, self._on_event)
            if self._cluster is None:
                self.n_workers = max(1, len(client.nthreads()))
            # Before any job: a run beside it would spoil the figures, and be slowed by it.
            with suppress(KilledWorker):  # without figures nothing is foretold, and all else works
                self._speed = client.submit(worker.measure_speed, pure=False).result()
            self._client = client
        except Exception as error:  # whatever the cluster raises: the page must say it, not die of it
            log.exception("the workers did not start")
            self._failure = f"the workers did not start ({type(error).__name__}: {error})"

    def _watch(self) -> None:
        """Look after the jobs, as long as there are any; whatever else is asked for comes in between."""
        _logged(self._look_after_jobs)
        with self.book.lock:
            self._watching = self.book.any_active()
        if self._watching:
            sleep(WATCH_SECONDS)
            self._soon(self._watch)

    def _look_after_jobs(self) -> None:
        for entry in self.book.at_work():
            if entry.task.done():
                self._settle(entry)
        if self.book.queue():
            self._place_jobs()

    def _place_jobs(self) -> None:
        """Give free workers what is next in the queue."""
        if self._client is None:
            self._connect()  # another try: what was asked for before has been told why not
        if self._client is None:
            for entry in self.book.queue():
                self.book.end(entry, State.FAILED, self._failure)
            return
        taken = {entry.place for entry in self.book.at_work()}
        if len(taken) >= self.n_workers:
            return
        alive = list(self._client.nthreads())
        free = [address for address in alive if address not in taken]
        with self.book.lock:  # a job that is stopped now has either begun or not
            for entry, place in zip(self.book.may_begin(), free, strict=False):
                self._give(entry, place)
        if self._cluster is not None and len(alive) < self.n_workers:
            self._cluster.scale(self.n_workers)  # one has died; if its successor did too, this is the next

    def _give(self, entry: Entry, place: str) -> None:
        assert self._client is not None
        self.book.begins(entry, place)
        entry.task = self._client.submit(
            worker.work,
            entry.job,
            entry.key,
            self.memory_share if self._cluster else None,
            key=entry.key,
            pure=False,
            workers=[place],
            allow_other_workers=True,  # this one may have died a moment ago
        )

    def _stop_at_worker(self, entry: Entry) -> None:
        if self._client is not None:
            with suppress(Exception):  # a worker that is gone need not be stopped
                self._client.run(worker.request_stop, entry.key, workers=[entry.place], on_error="ignore")

    def _settle(self, entry: Entry) -> None:
        """Take how a job ended from its future; its last records have come before."""
        try:
            state, message = entry.task.result(timeout=START_SECONDS)
        except KilledWorker:
            self.book.worker_lost(entry)
        except Exception as error:  # noqa: BLE001  whatever Dask raises
            self.book.end(entry, State.FAILED, f"the worker failed ({error}); train again to continue")
        else:
            self.book.end(entry, state, message)

    def _on_event(self, event: tuple[float, bytes]) -> None:
        key, records = pickle.loads(event[1])  # noqa: S301  made by our own worker, through mutual TLS
        self.book.told(key, records)


def _logged(action: Callable[..., None], *arguments: object) -> None:
    try:
        action(*arguments)
    except Exception:
        log.exception("the sessions failed at %s", action.__name__)
