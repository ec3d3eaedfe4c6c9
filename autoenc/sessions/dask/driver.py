"""What happens in the dashboard's process: it gives jobs to workers and looks after them."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StartTimeout
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread
from time import sleep
from typing import Any, Self

from dask.system import CPU_COUNT
from distributed import Client, LocalCluster, wait

from autoenc import memory
from autoenc.errors import AutoencError
from autoenc.jobs import Job
from autoenc.schema import Snapshot, State
from autoenc.sessions.dask import worker
from autoenc.sessions.dask.cluster import bytes_of_workers, local_cluster, workers_allowed
from autoenc.sessions.dask.measuring import Measuring
from autoenc.sessions.dask.tasks import settle, submit
from autoenc.sessions.dask.worker_checks import WorkerChecks, lost, unreachable
from autoenc.sessions.registry import JobEntry, JobRegistry
from autoenc.speed import Speed

log = logging.getLogger(__name__)

START_SECONDS = 60.0
END_SECONDS = 1.0  # for jobs to save what they have when all ends
WATCH_SECONDS = 0.05  # between two looks at the jobs
IDLE_BYTES = 600_000_000  # of a worker that has PyTorch in memory and nothing to do


class DaskSessions:
    """`Sessions` on Dask; the cluster comes up in the background, jobs wait for it.

    With AUTOENC_SCHEDULER in the environment the jobs go to that cluster instead of an embedded one: to those
    of its workers that agree with us, which may come and go. `with DaskSessions() as sessions:` waits for the
    workers, and ends them behind the block.

    Args:
        n_workers: processes at work; None: AUTOENC_WORKERS, or as many as cores and memory allow.
    Raises:
        ConfigError: AUTOENC_WORKERS is not a number of processes.
    """

    def __init__(self, n_workers: int | None = None) -> None:
        self.address = os.environ.get("AUTOENC_SCHEDULER") or None  # of an existing cluster
        self.n_cores = int(CPU_COUNT)
        self.n_workers = self._n_shares = n_workers or workers_allowed()
        self.registry = JobRegistry()
        self._cluster: LocalCluster | None = None
        self._client: Client | None = None
        self._worker_checks: WorkerChecks | None = None  # of the workers of an existing cluster
        self._measuring: Measuring | None = None
        self.closing = Event()
        self._checked = Event()  # the workers that came first: all of them can have jobs, or never will
        self._failure = ""
        self._watching = False
        # One thread talks to the cluster: what was clicked first is done first.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="autoenc-sessions")
        self._ready = self._thread.submit(self._connect)
        atexit.register(self.close)

    # -------- what the pages call

    @property
    def memory_share(self) -> int:
        """Bytes that one job may take: what is free now and what our workers have, in equal parts."""
        ours = bytes_of_workers(self._cluster) if self._cluster is not None else 0
        return max(IDLE_BYTES, (memory.free_bytes() + ours) // self._n_shares - IDLE_BYTES)

    def start(self, job: Job, owner: str = "", *, alone: bool = False, address: str = "") -> str:
        self.registry.add(job, owner, alone=alone, address=address)
        if self.registry.any_active():
            self._look_after()
        return job.job_id

    def snapshot(self, job_id: str) -> Snapshot | None:
        return self.snapshots([job_id]).get(job_id)

    def snapshots(self, job_ids: Iterable[str]) -> dict[str, Snapshot]:
        why = self._none_begins()
        return {job_id: _with_reason(one, why) for job_id, one in self.registry.snapshots(job_ids).items()}

    def active(self, most: int | None = None) -> tuple[Snapshot, ...]:
        why = self._none_begins()
        return tuple(_with_reason(one, why) for one in self.registry.active(most))

    def counts(self) -> tuple[int, int]:
        return self.registry.counts()

    def stop(self, job_id: str) -> None:
        if (entry := self.registry.stop(job_id)) is not None:
            self._soon(self._request_stop, {entry.key: entry.place})

    def forget(self, job_id: str) -> None:
        self.registry.forget(job_id)

    def speed(self) -> Speed | None:
        return self._measuring.speed if self._measuring is not None else None

    def no_speed(self) -> str:
        starved = self._measuring is not None and self._measuring.starved
        return "unknown while other programs train on this machine" if starved else ""

    def refusals(self) -> tuple[str, ...]:
        """Why workers of an existing cluster get no jobs, a sentence each."""
        return self._worker_checks.refusals() if self._worker_checks is not None else ()

    def wait_until_ready(self) -> None:
        """Block until the workers can take jobs; those of an existing cluster may be found not to.

        Raises:
            AutoencError: they did not come up.
        """
        with suppress(StartTimeout):
            self._ready.result(START_SECONDS)
        if self._client is None:
            raise AutoencError(self._failure or "the workers did not start within a minute")
        self._checked.wait(START_SECONDS)

    def __enter__(self) -> Self:
        """These sessions, their workers ready; raises as `wait_until_ready` does."""
        try:
            self.wait_until_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        atexit.unregister(self.close)
        self.closing.set()
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._client is not None:
            ending = self.registry.at_work()
            at = {entry.key: entry.place for entry in ending}
            if self._measuring is not None and self._measuring.place:
                at[self._measuring.key] = self._measuring.place
            self._request_stop(at)
            with suppress(Exception):  # what takes longer is cut off
                wait([entry.task for entry in ending], timeout=END_SECONDS)
            self._disconnect()
        if self._cluster is not None:
            self._cluster.close()

    def _none_begins(self) -> str:
        """Why no job begins at this moment, whoever is next; "": no reason."""
        if not self._ready.done() or (
            self._worker_checks is None and self._client and not self._checked.is_set()
        ):
            return "the workers are starting"
        if self._worker_checks is not None and not self._worker_checks.admitted():
            return "no worker of the cluster has passed its checks yet"
        return ""

    # -------- in the one thread

    def _soon(self, action: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # it is closing
            self._thread.submit(_logged, action, *arguments)

    def _connect(self) -> None:
        try:
            if self.address is None:
                self._cluster = self._cluster or local_cluster(self.n_workers)
            client = Client(self._cluster or self.address, set_as_default=False)
            client.subscribe_topic(worker.TOPIC, self._on_event)
            if self._cluster is None:
                self._worker_checks = WorkerChecks(client)
            self._client, self._measuring = client, Measuring(client)
            self._look_after()
        except Exception as error:  # whatever the cluster raises: the page must say it, not die of it
            log.exception("the workers did not start")
            self._failure = f"the workers did not start ({type(error).__name__}: {error})"
            if self.address is not None:
                self._failure = unreachable(self.address, error)

    def _disconnect(self) -> None:
        assert self._client is not None
        if self._worker_checks is not None:
            self._worker_checks.close()
        self._client.close()
        self._client = self._worker_checks = self._measuring = None

    def _look_after(self) -> None:
        with self.registry.lock:
            if not self._watching:
                self._watching = True
                self._soon(self._watch)

    def _watch(self) -> None:
        """Look after the jobs, as long as there are any, and after a cluster whose workers come and go.

        Whatever else is asked for comes in between.
        """
        _logged(self._look_after_jobs)
        with self.registry.lock:
            measures = self._measuring is not None and self._measuring.wanted
            self._watching = self.registry.any_active() or self._worker_checks is not None or measures
        if self._watching:
            sleep(WATCH_SECONDS)
            self._soon(self._watch)

    def _look_after_jobs(self) -> None:
        for entry in self.registry.at_work():
            if entry.task.done():
                settle(self.registry, entry, lost(self.address))
        if self._worker_checks is not None:
            self._look_at_cluster(self._worker_checks)
        if self._measuring is not None:
            self._measure(self._measuring)
        if self.registry.queue():
            self._place_jobs()

    def _measure(self, measuring: Measuring) -> None:
        """Have the speed measured; in our own cluster beside no job, which would spoil the figures."""
        assert self._client is not None
        taken, worker_checks = {entry.place for entry in self.registry.at_work()}, self._worker_checks
        if worker_checks is not None:
            there = worker_checks.admitted()
            measuring.look(there, [place for place in there if place not in taken])
        elif measuring.wanted:
            there = list(self._client.nthreads())
            about_to_begin = measuring.tried and self.registry.queue()
            measuring.look(there, [] if taken or about_to_begin else there)
        if worker_checks is None:
            settled = measuring.tried
        else:
            settled = worker_checks.settled() and (measuring.tried or not worker_checks.admitted())
        if settled:
            self._checked.set()

    def _look_at_cluster(self, worker_checks: WorkerChecks) -> None:
        """Follow the workers of an existing cluster: who has gone, who has come and may be given jobs."""
        assert self._client is not None
        if self._client.status != "running":
            log.warning("the connection to the scheduler at %s was lost", self.address)
            self._fail(self.registry.at_work(), lost(self.address))
            self._disconnect()  # the next job connects again
            return
        try:
            gone = worker_checks.look()
        except AutoencError as error:
            self._fail(self.registry.queue(), str(error))
            return
        for entry in self.registry.at_work():
            if entry.place in gone:
                self.registry.worker_died(entry)
        self.n_workers = max(1, len(worker_checks.admitted()))

    def _place_jobs(self) -> None:
        """Give free workers what is next in the queue."""
        if self._client is None:
            gc.collect()  # a client that failed, collected while the next one starts, holds it up
            self._connect()  # another try: what was asked for before has been told why not
        if self._client is None:
            self._fail(self.registry.queue(), self._failure)
            return
        assert self._measuring is not None
        taken = {entry.place for entry in self.registry.at_work()}
        if self._worker_checks is not None:
            self._place_at_cluster(self._worker_checks, taken | {self._measuring.place})
            return
        if not self._measuring.tried:
            return
        if len(taken) >= self.n_workers:
            return
        alive = list(self._client.nthreads())
        free = [address for address in alive if address not in taken]
        measures = self._measuring.place
        free.sort(key=lambda address: address == measures)  # there a job would wait
        n_bytes, kills = self.memory_share, memory.kernel_kills()  # read from files, so without the lock
        with self.registry.lock:  # a job that is stopped now has either begun or not
            for entry, place in zip(self.registry.may_begin(), free, strict=False):
                self._give(entry, place, kills, n_bytes)
        if self._cluster is not None and len(alive) < self.n_workers:
            self._cluster.scale(self.n_workers)  # one has died; if its successor did too, this is the next

    def _place_at_cluster(self, worker_checks: WorkerChecks, taken: set[str]) -> None:
        entries = self.registry.may_begin()
        # Without the lock: a worker is examined with the data set, which is read from the disk.
        assigned = zip(entries, worker_checks.assign([entry.job for entry in entries], taken), strict=True)
        decided = [(entry, place, refusal) for entry, (place, refusal) in assigned if place or refusal]
        kills = memory.kernel_kills()
        with self.registry.lock:
            for entry, place, refusal in decided:
                if not entry.waiting:  # stopped in the meantime
                    continue
                if refusal:
                    self.registry.end(entry, State.FAILED, refusal)
                elif place is not None:
                    self._give(entry, place, kills)

    def _fail(self, entries: Sequence[JobEntry], message: str) -> None:
        for entry in entries:
            self.registry.end(entry, State.FAILED, message)

    def _give(self, entry: JobEntry, place: str, kills: int, n_bytes: int | None = None) -> None:
        """Have the job done there, with at most this many bytes; None: as many as its machine allows."""
        client, own = self._client, self._cluster is not None
        assert client is not None

        def give(key: str) -> Any:
            # In our own cluster another worker may take it: this one may have died a moment ago.
            where = {"workers": [place], "allow_other_workers": own}
            return submit(client, worker.work, entry.job, key, n_bytes, key=key, **where)

        self.registry.begins(entry, place, kills, give)

    def _request_stop(self, at: Mapping[str, str]) -> None:
        """Have the tasks of these keys end, at their places; in a cluster of our own they may have moved."""
        client, workers = self._client, sorted(set(at.values())) if self._cluster is None else None
        if client is None or client.status != "running" or not at:
            return

        def request() -> None:
            with suppress(Exception):  # a worker that is gone need not be stopped
                client.run(worker.request_stop, *at, workers=workers, on_error="ignore")

        # A worker that the system has stopped does not answer, and `run` waits for it without a limit.
        asking = Thread(target=request, daemon=True)
        asking.start()
        asking.join(END_SECONDS)

    def _on_event(self, event: tuple[float, bytes]) -> None:
        key, records, waits_for = pickle.loads(event[1])  # noqa: S301  Dask unpickles what workers send, too
        self.registry.report(key, records, waits_for)


def _logged(action: Callable[..., None], *arguments: object) -> None:
    try:
        action(*arguments)
    except Exception:
        log.exception("the sessions failed at %s", action.__name__)


def _with_reason(snapshot: Snapshot, why: str) -> Snapshot:
    return replace(snapshot, message=why) if why and snapshot.state is State.QUEUED else snapshot
