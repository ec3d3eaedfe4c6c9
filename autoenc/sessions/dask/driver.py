"""What happens in the dashboard's process: the queue, what is known of each job, what a dead worker means."""

from __future__ import annotations

import atexit
import logging
import os
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StartTimeout
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from threading import RLock
from time import monotonic, sleep

from distributed import Client, Future, LocalCluster
from distributed.scheduler import KilledWorker

from autoenc import memory
from autoenc.errors import AutoencError
from autoenc.jobs import Job
from autoenc.schema import Download, Record, Run, Snapshot, State
from autoenc.sessions.dask import worker
from autoenc.sessions.dask.cluster import local_cluster, workers_allowed
from autoenc.sessions.queue import in_turn
from autoenc.speed import Speed

log = logging.getLogger(__name__)

MAX_REMEMBERED = 64  # jobs that have ended; what they left is on disk
MAX_WAITING = 100  # jobs of one visitor
MAX_LOST = 5  # workers in a row that die over a job before it finishes an epoch
START_SECONDS = 60.0
RETRY_SECONDS = 0.1  # while a worker is being started anew
IDLE_BYTES = 600_000_000  # of a worker that has PyTorch in memory and nothing to do


@dataclass(eq=False)
class _Entry:
    """What this process knows of a job. Guarded by the lock of its DaskSessions."""

    snapshot: Snapshot
    job: Job
    by: str  # the visitor who started it
    future: Future | None = None  # None: it waits in the queue
    key: str = ""  # of the future: a job that is done again has another
    place: str = ""  # the worker's address
    stopping: bool = False
    began: float = 0.0
    lost: int = 0  # workers that died over it in a row
    lost_at: int = -1  # epochs on disk when the last of them died
    kernel_kills: int = 0  # when it was given to a worker

    @property
    def active(self) -> bool:
        return self.snapshot.state.active

    @property
    def waiting(self) -> bool:
        return self.active and self.future is None and not self.stopping


class DaskSessions:
    """`Sessions` on Dask; the cluster comes up in the background, jobs wait for it.

    With AUTOENC_SCHEDULER in the environment the jobs go to that cluster instead of an embedded one.

    Raises:
        ConfigError: AUTOENC_WORKERS is not a number of processes.
    """

    def __init__(self, n_workers: int | None = None) -> None:
        self.n_workers = n_workers or workers_allowed()
        self.memory_share = max(IDLE_BYTES, memory.free_bytes() // self.n_workers - IDLE_BYTES)
        self._entries: dict[str, _Entry] = {}
        self._served: dict[str, int] = {}  # visitor -> when a job of theirs began last
        self._starts = count(1)
        self._lock = RLock()
        self._cluster: LocalCluster | None = None
        self._client: Client | None = None
        self._speed: Speed | None = None
        self._failure = ""
        # One thread: what was clicked first is done first.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="autoenc-sessions")
        self._ready = self._thread.submit(self._connect)
        atexit.register(self.close)

    # -------- what the pages call

    def start(self, job: Job, by: str = "") -> str:
        job_id = job.job_id
        with self._lock:
            known = self._entries.get(job_id)
            if known is not None and known.active:
                return job_id
            stored = job.stored()
            if stored is not None and stored.state is State.RUNNING:
                self._entries.pop(job_id, None)  # in another process: its file tells of it
                return job_id
            if stored is not None and stored.state is State.FINISHED:
                self._remember(_Entry(stored, job, by))
                return job_id
            if sum(e.waiting and e.by == by for e in self._entries.values()) >= MAX_WAITING:
                raise AutoencError(f"you have {MAX_WAITING} runs in the queue; wait for some of them")
            value = stored.value if stored else None
            self._remember(_Entry(Snapshot(job_id, State.QUEUED, value=value, by=by), job, by))
        self._soon(self._place_jobs)
        return job_id

    def snapshot(self, job_id: str) -> Snapshot | None:
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None:
                return None
            snapshot = entry.snapshot
            if snapshot.state is State.RUNNING:
                return replace(snapshot, elapsed_seconds=monotonic() - entry.began)
            if not self._ready.done():
                return replace(snapshot, message="the workers are starting")
            if entry.waiting:
                return replace(snapshot, ahead=self._queue().index(entry))
            return snapshot

    def stop(self, job_id: str) -> None:
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or not entry.active:
                return
            if entry.waiting:
                self._end(entry, State.STOPPED, "stopped before it began")
            entry.stopping = True
        self._soon(self._stop_on_worker, entry)

    def forget(self, job_id: str) -> None:
        with self._lock:
            if job_id in self._entries and not self._entries[job_id].active:
                del self._entries[job_id]

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
            with self._lock:
                keys = [e.key for e in self._entries.values() if e.active and e.future is not None]
            with suppress(Exception):  # workers that are gone need not be stopped
                self._client.run(worker.request_stop, *keys, on_error="ignore")
            self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    # -------- in the one thread that talks to the cluster

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

    def _place_jobs(self) -> None:
        """Give free workers what is next in the queue."""
        if self._client is None:
            self._connect()  # another try: what was asked for before has been told why not
        if self._client is None:
            with self._lock:
                for entry in self._queue():
                    self._end(entry, State.FAILED, self._failure)
            return
        alive = list(self._client.nthreads())
        with self._lock:
            taken = {e.place for e in self._entries.values() if e.active and e.future is not None}
            free = [address for address in alive if address not in taken]
            for entry, place in zip(self._queue(), free, strict=False):
                self._give(entry, place)
            waits_for_worker = bool(self._queue()) and len(alive) < self.n_workers
        if waits_for_worker:  # one has died, and the next is on its way
            if self._cluster is not None:
                self._cluster.scale(self.n_workers)  # replaces one that did not come up
            sleep(RETRY_SECONDS)
            self._soon(self._place_jobs)

    def _give(self, entry: _Entry, place: str) -> None:
        assert self._client is not None
        n = next(self._starts)
        self._served[entry.by] = n
        entry.key, entry.place, entry.kernel_kills = (
            f"{entry.snapshot.job_id}-{n}",
            place,
            memory.kernel_kills(),
        )
        entry.future = self._client.submit(
            worker.work,
            entry.job,
            entry.key,
            self.memory_share if self._cluster else None,
            key=entry.key,
            pure=False,
            workers=[place],
            allow_other_workers=True,  # this one may have died a moment ago
        )
        entry.future.add_done_callback(lambda future: self._soon(self._settle, entry, future))

    def _stop_on_worker(self, entry: _Entry) -> None:
        if self._client is None or entry.future is None:
            return
        with suppress(Exception):  # a worker that is gone need not be stopped
            self._client.run(worker.request_stop, entry.key, workers=[entry.place], on_error="ignore")

    def _settle(self, entry: _Entry, future: Future) -> None:
        """Take how a job ended from its future."""
        if entry.future is None or future is not entry.future:  # it has ended otherwise
            return
        try:
            state, message = future.result(timeout=START_SECONDS)
        except KilledWorker:
            self._worker_lost(entry)
        except Exception as error:  # noqa: BLE001  whatever Dask raises
            self._ended(entry, State.FAILED, f"the worker failed ({error}); train again to continue")
        else:
            self._ended(entry, state, message)
        self._place_jobs()

    def _worker_lost(self, entry: _Entry) -> None:
        """Begin again from the last epoch on disk, unless there is a reason not to."""
        stored = None
        with suppress(AutoencError):
            stored = entry.job.stored()
        value = stored.value if stored else None
        if entry.stopping:
            self._ended(entry, State.STOPPED, "stopped; what was done is kept")
        elif memory.kernel_kills() > entry.kernel_kills:
            self._ended(entry, State.FAILED, f"the system ended it: {memory.SHORTAGE}")
        elif stored is not None and stored.state is State.FINISHED:
            self._ended(entry, State.FINISHED, "")
        elif entry.lost + 1 == MAX_LOST and _epochs(value) == entry.lost_at:
            self._ended(
                entry, State.FAILED, f"{MAX_LOST} workers died over it in a row; train again to go on"
            )
        else:
            with self._lock:
                entry.lost = entry.lost + 1 if _epochs(value) == entry.lost_at else 1
                entry.lost_at = _epochs(value)
                entry.future, entry.began = None, 0.0
                message = f"its worker was lost; it goes on from epoch {entry.lost_at}"
                entry.snapshot = replace(entry.snapshot, state=State.QUEUED, message=message, value=value)

    # -------- what comes back

    def _on_event(self, event: tuple[float, bytes]) -> None:
        key, records = pickle.loads(event[1])  # noqa: S301  made by our own worker, through mutual TLS
        with self._lock:
            entry = next((e for e in self._entries.values() if e.key == key), None)
            if entry is None or not entry.active or entry.future is None:
                return
            if entry.snapshot.state is State.QUEUED:
                entry.began = monotonic()
            value = entry.snapshot.value
            for record in records:
                value = _fold(value, record)
            entry.snapshot = replace(entry.snapshot, state=State.RUNNING, message="", value=value)

    # -------- what is known

    def _queue(self) -> list[_Entry]:
        entries = self._entries.values()
        running = [e.by for e in entries if e.active and e.future is not None]
        return in_turn([e for e in entries if e.waiting], running, self._served)

    def _ended(self, entry: _Entry, state: State, message: str) -> None:
        stored = None
        with suppress(AutoencError):
            stored = entry.job.stored() if state is State.FINISHED else None
        with self._lock:
            self._end(entry, state, message)
            if state is State.INTERRUPTED:
                self.forget(entry.snapshot.job_id)  # another process is at it: its file tells
            elif stored is not None:
                entry.snapshot = replace(entry.snapshot, value=stored.value)

    def _end(self, entry: _Entry, state: State, message: str) -> None:
        elapsed = monotonic() - entry.began if entry.began else 0.0
        entry.future = None  # else Dask would do it again when the worker that keeps its result dies
        entry.snapshot = replace(entry.snapshot, state=state, message=message, elapsed_seconds=elapsed)

    def _remember(self, entry: _Entry) -> None:
        self._entries.pop(entry.snapshot.job_id, None)
        self._entries[entry.snapshot.job_id] = entry
        ended = [job_id for job_id, e in self._entries.items() if not e.active]
        for job_id in ended[:-MAX_REMEMBERED]:
            del self._entries[job_id]


def _logged(action: Callable[..., None], *arguments: object) -> None:
    try:
        action(*arguments)
    except Exception:
        log.exception("the sessions failed at %s", action.__name__)


def _fold(value: Run | Download | None, record: Record) -> Run | Download | None:
    if isinstance(record, Run | Download):
        return record
    return value.after(record) if isinstance(value, Run) else value


def _epochs(value: Run | Download | None) -> int:
    return len(value.epochs) if isinstance(value, Run) else 0
