"""Background jobs on Dask workers: an embedded cluster on the loopback interface, with its own certificates.

The first half runs in the dashboard's process, the second in the workers'.
"""

from __future__ import annotations

import atexit
import logging
import os
import pickle
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StartTimeout
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import RLock
from time import monotonic

import dask
import psutil
import torch
from dask.system import CPU_COUNT
from distributed import Client, Future, LocalCluster, get_worker
from distributed.security import Security

from autoenc import memory
from autoenc.errors import AutoencError, ConfigError
from autoenc.jobs import Job
from autoenc.schema import Download, EpochRecord, Record, Run, Snapshot, State
from autoenc.speed import Speed, measure

log = logging.getLogger(__name__)

TOPIC = "autoenc"
REPORT_SECONDS = 0.1  # between two messages of a job
MAX_REMEMBERED = 64  # jobs that have ended; what they left is on disk
START_SECONDS = 60.0
GIGABYTE = 10**9


@dataclass
class _Entry:
    """What this process knows of a job. Guarded by the lock of its DaskSessions."""

    snapshot: Snapshot
    job: Job
    key: str  # job_id and a count of starts: a stopped or failed job can start again
    future: Future | None = None  # None: the cluster is not up yet
    stopping: bool = False
    began: float = 0.0


class DaskSessions:
    """`Sessions` on Dask; the cluster comes up in the background, jobs wait for it.

    With AUTOENC_SCHEDULER in the environment the jobs go to that cluster instead of an embedded one.

    Raises:
        ConfigError: AUTOENC_WORKERS is not a number of processes.
    """

    def __init__(self, n_workers: int | None = None) -> None:
        self.n_workers = n_workers or workers_allowed()
        self._entries: dict[str, _Entry] = {}
        self._lock = RLock()
        self._starts = 0
        self._cluster: LocalCluster | None = None
        self._client: Client | None = None
        self._speed: Future | None = None
        self._failure = ""
        # One thread: what was clicked first is done first.
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="autoenc-sessions")
        self._ready = self._threads.submit(self._connect)
        atexit.register(self.close)

    # -------- what the pages call

    def start(self, job: Job) -> str:
        job_id = job.job_id
        with self._lock:
            known = self._entries.get(job_id)
            if known is not None and known.snapshot.state.active:
                return job_id
            stored = job.stored()
            if stored is not None and stored.state is State.FINISHED:
                self._remember(_Entry(stored, job, job_id))
                return job_id
            self._starts += 1
            entry = _Entry(
                Snapshot(job_id, State.QUEUED, "", stored.value if stored else None),
                job,
                f"{job_id}-{self._starts}",
            )
            self._remember(entry)
        self._threads.submit(self._submit, entry)
        return job_id

    def snapshot(self, job_id: str) -> Snapshot | None:
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None:
                return None
            snapshot = entry.snapshot
            if snapshot.state.active and entry.future is not None and entry.future.done():
                self._threads.submit(self._settle, entry)  # its last message has been lost, or its worker
            if snapshot.state is State.QUEUED:
                waiting = [e for e in self._entries.values() if e.snapshot.state is State.QUEUED]
                message = "" if self._ready.done() else "the workers are starting"
                return replace(snapshot, ahead=waiting.index(entry), message=message)
            if snapshot.state is State.RUNNING:
                return replace(snapshot, elapsed_seconds=monotonic() - entry.began)
            return snapshot

    def stop(self, job_id: str) -> None:
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or not entry.snapshot.state.active:
                return
            entry.stopping = True
            if entry.snapshot.state is State.QUEUED:
                self._end(entry, State.STOPPED, "stopped before it began")
        self._threads.submit(self._stop_on_workers, entry)

    def speed(self) -> Speed | None:
        if self._speed is None or self._speed.status != "finished":
            return None
        speed: Speed = self._speed.result()
        return speed

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
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._client is not None:
            with self._lock:
                keys = [e.key for e in self._entries.values() if e.snapshot.state.active]
            with suppress(Exception):  # workers that are gone need not be stopped
                self._client.run(_request_stop, *keys)
            self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    # -------- the cluster

    def _connect(self) -> None:
        try:
            address = os.environ.get("AUTOENC_SCHEDULER")
            if address is None:
                self._cluster = _local_cluster(self.n_workers)
            self._client = Client(self._cluster or address, set_as_default=False)
            self._client.subscribe_topic(TOPIC, self._on_event)
            self._client.run(_import_torch)
            self._speed = self._client.submit(_measure_speed, pure=False)
            self._speed.exception()  # wait: a run beside it would spoil the figures, and be slowed by it
        except Exception as error:  # whatever the cluster raises: the page must say it, not die of it
            log.exception("the workers did not start")
            self._failure = f"the workers did not start ({type(error).__name__}: {error})"

    def _submit(self, entry: _Entry) -> None:
        if entry.stopping:
            return
        if self._client is None:
            with self._lock:
                self._end(entry, State.FAILED, self._failure)
            return
        self._share_cores()
        entry.future = self._client.submit(_work, entry.job, entry.key, key=entry.key, pure=False)

    def _stop_on_workers(self, entry: _Entry) -> None:
        if self._client is None or entry.future is None:
            return
        self._client.run(_request_stop, entry.key)
        if entry.snapshot.state is not State.RUNNING:
            entry.future.cancel()

    def _share_cores(self) -> None:
        """Tell the workers how many jobs share the machine; they act on it between two epochs."""
        with self._lock:
            active = sum(e.snapshot.state.active for e in self._entries.values())
        if self._client is not None:
            self._client.run(_set_sharing, max(1, min(active, self.n_workers)))

    # -------- what comes back

    def _on_event(self, event: tuple[float, bytes]) -> None:
        key, records, is_last = pickle.loads(event[1])  # noqa: S301  made by our own worker, through mutual TLS
        with self._lock:
            entry = next((e for e in self._entries.values() if e.key == key), None)
            if entry is None or not entry.snapshot.state.active:
                return
            if entry.snapshot.state is State.QUEUED:
                entry.began = monotonic()
            value = entry.snapshot.value
            for record in records:
                value = _fold(value, record)
            entry.snapshot = replace(entry.snapshot, state=State.RUNNING, value=value)
        if is_last:
            self._threads.submit(self._settle, entry)

    def _settle(self, entry: _Entry) -> None:
        """Take how a job ended from its future; messages may get lost, the returned value not."""
        if entry.future is None or not entry.snapshot.state.active:
            return
        try:
            state, message = entry.future.result(timeout=START_SECONDS)
        except CancelledError:
            state, message = State.STOPPED, "stopped before it began"
        except Exception as error:  # noqa: BLE001  whatever Dask raises when a worker has died too often
            state, message = State.FAILED, f"its worker was lost ({error}); train again to continue"
        stored = None
        with suppress(AutoencError):
            stored = entry.job.stored() if state is State.FINISHED else None
        with self._lock:
            self._end(entry, state, message)
            if stored is not None:
                entry.snapshot = replace(entry.snapshot, value=stored.value)
        self._share_cores()

    def _end(self, entry: _Entry, state: State, message: str) -> None:
        if not entry.snapshot.state.active:
            return
        elapsed = monotonic() - entry.began if entry.began else 0.0
        entry.snapshot = replace(entry.snapshot, state=state, message=message, elapsed_seconds=elapsed)

    def _remember(self, entry: _Entry) -> None:
        self._entries.pop(entry.snapshot.job_id, None)
        self._entries[entry.snapshot.job_id] = entry
        ended = [job_id for job_id, e in self._entries.items() if not e.snapshot.state.active]
        for job_id in ended[:-MAX_REMEMBERED]:
            del self._entries[job_id]


def _fold(value: Run | Download | None, record: Record) -> Run | Download | None:
    if isinstance(record, Run | Download):
        return record
    return value.after(record) if isinstance(value, Run) else value


def workers_allowed() -> int:
    """AUTOENC_WORKERS, or as many as cores and free memory allow, at most 4, at least 1.

    Raises:
        ConfigError: the variable is not a number from 1 to 64.
    """
    text = os.environ.get("AUTOENC_WORKERS")
    if text is None:
        return max(1, min(int(CPU_COUNT), 4, int(psutil.virtual_memory().available) // (2 * GIGABYTE)))
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ConfigError(f"AUTOENC_WORKERS is {text!r}; allowed: 1 to 64")
    return int(text)


def _local_cluster(n_workers: int) -> LocalCluster:
    # Whoever reaches a Dask scheduler runs code on it: loopback only, and only with our certificate.
    settings = {
        "distributed.admin.low-level-log-length": 100,
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.worker.profile.enabled": False,  # it samples the stack a hundred times a second
        # Threads that wait sleep instead of spinning: up to 20 times faster beside a browser.
        "distributed.nanny.pre-spawn-environ.OMP_WAIT_POLICY": "passive",
    }
    with dask.config.set(settings):
        return LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address=None,
            worker_dashboard_address=None,
            scheduler_kwargs={
                "dashboard_address": "127.0.0.1:0"
            },  # any free port, on which nothing is served
        )


# ---------------------------------------------------------------- in the worker


@dataclass
class _WorkerState:
    """Of this worker process; set from its event loop while a job runs in its one task thread."""

    stop: set[str] = field(default_factory=set)  # keys
    sharing: int = 1  # jobs that share the machine's cores


_state = _WorkerState()


def _work(job: Job, key: str) -> tuple[State, str]:
    """Do a job, telling the dashboard of it; how it ended is the return value."""
    report = _reporter(key)
    torch.set_num_threads(job.threads(_share()))
    records = job.run()
    try:
        for record in records:
            report(record)
            if key in _state.stop:
                return State.STOPPED, "stopped; what was done is kept"
            if isinstance(record, EpochRecord):
                torch.set_num_threads(job.threads(_share()))
        return State.FINISHED, ""
    except AutoencError as error:
        return State.FAILED, str(error)
    except MemoryError:
        return State.FAILED, "there was not enough memory; choose a smaller model or fewer images"
    except Exception as error:  # a defect of ours: say so on the page, keep the traceback in the log
        log.exception("job %s failed", key)
        return (
            State.FAILED,
            f"an unexpected error ({type(error).__name__}: {error}); the terminal has the details",
        )
    finally:
        close = getattr(records, "close", None)
        if close is not None:
            close()
        report(None)
        memory.give_back()


def _reporter(key: str) -> Callable[[Record | None], None]:
    """A function that collects records and sends them every REPORT_SECONDS; None sends what is left."""
    worker = get_worker()
    waiting: list[Record] = []
    send_at = 0.0  # the first one goes at once

    def report(record: Record | None) -> None:
        nonlocal send_at
        if record is not None:
            waiting.append(record)
        if record is None or monotonic() >= send_at:
            worker.log_event(TOPIC, pickle.dumps((key, waiting, record is None)))
            waiting.clear()
            send_at = monotonic() + REPORT_SECONDS

    return report


def _share() -> int:
    return max(1, int(CPU_COUNT) // _state.sharing)


def _set_sharing(n_jobs: int) -> None:
    _state.sharing = n_jobs


def _request_stop(*keys: str) -> None:
    _state.stop.update(keys)


def _import_torch() -> str:
    """The first job of a worker would pay for this import; it has been done when this function is found."""
    return str(torch.__version__)


def _measure_speed() -> Speed:
    return measure(CPU_COUNT)
