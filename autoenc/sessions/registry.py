"""The registry of jobs: the state of each, which is next, what happens when a worker dies."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count, islice, takewhile
from threading import RLock
from time import monotonic
from typing import Any

from autoenc import memory
from autoenc.baselines import BASELINES
from autoenc.errors import AutoencError
from autoenc.jobs import Job, after
from autoenc.schema import MAX_RUNS, Recogniser, Record, Run, Snapshot, State
from autoenc.sessions.followers import family_of, without_followers
from autoenc.sessions.queue import in_turn

log = logging.getLogger(__name__)

MAX_REMEMBERED = 128  # jobs that have ended; what they left is on disk
MAX_SERVED = 1000  # visitors whose last turn is remembered
LARGEST_SWEEP = MAX_RUNS + len(BASELINES)  # jobs: its runs, and what they are compared with
MAX_WAITING = 2 * LARGEST_SWEEP  # jobs of one visitor
# Of one address, because a browser chooses its own name. Behind a proxy or a router a whole class has one
# address: thirty students with the largest sweep each.
MAX_WAITING_AT_ADDRESS = 30 * LARGEST_SWEEP
MAX_CRASHES = 5  # workers in a row that die over a job before it finishes an epoch


@dataclass(eq=False)
class JobEntry:
    """A job; its JobRegistry changes it, and holds its lock meanwhile."""

    snapshot: Snapshot
    job: Job
    owner: str  # the visitor who started it
    address: str = ""  # the address they came from
    alone: bool = False  # no other job may run at the same time
    arrival: int = 0  # its position among all jobs ever added
    family: str = ""  # of a training, shared by the runs that can continue one another
    task: Any = None  # its future at the workers; None: no worker has it
    key: str = ""  # of the task: a job that is done again has another
    place: str = ""  # the worker's address
    stopping: bool = False
    began_at: float = 0.0
    crashes: int = 0  # workers that died over it in a row
    crashed_at_epoch: int = -1  # epochs on disk when the last of them died
    kernel_kills: int = 0  # when it was given to a worker

    @property
    def active(self) -> bool:
        return self.snapshot.state.active

    @property
    def waiting(self) -> bool:
        return self.active and self.task is None and not self.stopping


class JobRegistry:
    """All jobs of this process; any thread may call.

    Nothing here reads a file while it holds the lock, because every page needs the lock.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self._entries: dict[str, JobEntry] = {}
        # The same entries by state: the first two in any order, the last in the order in which they ended.
        self._waiting: dict[str, JobEntry] = {}
        self._at_work: dict[str, JobEntry] = {}
        self._ended: dict[str, JobEntry] = {}
        self._line: list[JobEntry] | None = None  # who waits, the next first; None: something has changed
        self._positions: dict[str, int] = {}  # in the line
        self._served: dict[str, int] = {}  # visitor -> when a job of theirs began last; the latest comes last
        self._arrivals, self._starts = count(1), count(1)
        # Other dashboards give jobs of the same names to the same cluster.
        self._key_suffix = secrets.token_hex(4)

    def add(self, job: Job, owner: str, *, alone: bool = False, address: str = "") -> None:
        """Put the job into the queue, unless it is at work or done, here or in another process.

        Raises:
            AutoencError: the visitor, or all at their address together, have enough in the queue.
        """
        job_id = job.job_id
        with self.lock:
            if self._is_active(job_id):
                return
        stored = job.stored()
        with self.lock:
            if self._is_active(job_id):  # somebody else was faster
                return
            is_done = stored is not None and stored.state in (State.RUNNING, State.FINISHED)
            if not is_done:
                self._check_room(owner, address)  # a refusal keeps the entry of an earlier try
            self._drop(job_id)
            if stored is not None and stored.state is State.RUNNING:
                return  # in another process, which writes its progress into the file
            if stored is not None and stored.state is State.FINISHED:
                self._file(JobEntry(replace(stored, job=job), job, owner))
                return
            value = stored.value if stored else None
            snapshot = Snapshot(job_id, State.QUEUED, value=value, owner=owner, job=job)
            arrival = next(self._arrivals)
            self._file(JobEntry(snapshot, job, owner, address, alone, arrival, family_of(job)))

    def snapshots(self, job_ids: Iterable[str]) -> dict[str, Snapshot]:
        """These jobs at one moment, without those that were never added, or that ended long ago."""
        with self.lock:
            entries = (self._entries.get(job_id) for job_id in job_ids)
            return {e.snapshot.job_id: self._snapshot_now(e) for e in entries if e is not None}

    def active(self, most: int | None = None) -> tuple[Snapshot, ...]:
        """The jobs at the workers, then those that wait, the next first.

        Args:
            most: the largest number of jobs to return; None: all.
        """
        with self.lock:
            return tuple(self._snapshot_now(e) for e in islice((*self.at_work(), *self.queue()), most))

    def counts(self) -> tuple[int, int]:
        """How many jobs run, and how many wait."""
        with self.lock:
            running = sum(e.snapshot.state is State.RUNNING for e in self._at_work.values())
            return running, len(self._at_work) + len(self._waiting) - running

    def stop(self, job_id: str) -> JobEntry | None:
        """Stop the job; returns it where its worker has to be asked to, otherwise None."""
        with self.lock:
            entry = self._entries.get(job_id)
            if entry is None or not entry.active:
                return None
            if entry.waiting:
                self.end(entry, State.STOPPED, "stopped before it started")
            entry.stopping = True
            return entry if entry.task is not None else None

    def forget(self, job_id: str) -> None:
        """Remove a job that has ended."""
        with self.lock:
            if not self._is_active(job_id):
                self._drop(job_id)

    # -------- for the driver of the workers

    def any_active(self) -> bool:
        with self.lock:
            return bool(self._waiting or self._at_work)

    def queue(self) -> list[JobEntry]:
        """The waiting jobs, the next first."""
        with self.lock:
            return list(self._in_line())

    def may_begin(self) -> list[JobEntry]:
        """Those in the queue that may begin now, if there is a worker for each.

        A job that runs alone waits until all others have ended, and holds up those behind it. A run that will
        continue a shorter one waits for that, and lets others pass.
        """
        with self.lock:
            if any(e.alone for e in self._at_work.values()):
                return []
            queue = self._in_line()
            if not self._at_work and queue and queue[0].alone:
                return queue[:1]
            shared = takewhile(lambda entry: not entry.alone, queue)
            return without_followers(shared, self._at_work.values())

    def at_work(self) -> list[JobEntry]:
        """The jobs at the workers, in the order of their arrival."""
        with self.lock:
            return sorted(self._at_work.values(), key=lambda e: e.arrival)

    def begins(self, entry: JobEntry, place: str, kernel_kills: int, give: Callable[[str], Any]) -> None:
        """The job's turn has come, at this place.

        Args:
            kernel_kills: as `memory` counted them just before; the caller may hold the lock.
            give: called with a key, gives the job to a worker under that key and returns the task.
        """
        with self.lock:
            n = next(self._starts)
            entry.key, entry.place = f"{entry.snapshot.job_id}-{n}-{self._key_suffix}", place
            entry.kernel_kills = kernel_kills
            entry.task = give(entry.key)
            self._served.pop(entry.owner, None)
            self._served[entry.owner] = n
            if len(self._served) > MAX_SERVED:
                # The visitor served longest ago is like one who was never served: both come first.
                del self._served[next(iter(self._served))]
            self._file(entry)

    def report(self, key: str, records: Sequence[Record], waits_for: str = "") -> None:
        """Take what the task of this key has done, or what it waits for before it begins."""
        with self.lock:
            entry = next((e for e in self._at_work.values() if e.key == key), None)
            if entry is None:
                return
            if not records:
                entry.snapshot = replace(entry.snapshot, message=waits_for)
                return
            if entry.snapshot.state is State.QUEUED:
                entry.began_at = monotonic()
            value = entry.snapshot.value
            for record in records:
                value = after(value, record)
            entry.snapshot = replace(entry.snapshot, state=State.RUNNING, message="", value=value)

    def end(self, entry: JobEntry, state: State, message: str) -> None:
        """The job has ended in this state; the value of a finished one comes from its file."""
        stored = None
        with suppress(AutoencError):
            stored = entry.job.stored() if state is State.FINISHED else None
        with self.lock:
            value = stored.value if stored else entry.snapshot.value
            elapsed = monotonic() - entry.began_at if entry.began_at else 0.0
            entry.task = None  # else Dask would do it again when the worker that keeps its result dies
            entry.snapshot = replace(
                entry.snapshot, state=state, message=message, value=value, elapsed_seconds=elapsed
            )
            self._file(entry)
            if state is State.INTERRUPTED:
                self._drop(entry.snapshot.job_id)  # another process works on it and writes its file

    def worker_died(self, entry: JobEntry) -> None:
        """The job begins again from its last epoch on disk, unless there is a reason not to."""
        stored = None
        with suppress(AutoencError):
            stored = entry.job.stored()
        value = stored.value if stored else None
        n_epochs = len(value.epochs) if isinstance(value, Run | Recogniser) else 0
        if entry.stopping:
            self.end(entry, State.STOPPED, "stopped; finished work is kept")
        elif memory.kernel_kills() > entry.kernel_kills:
            self.end(entry, State.FAILED, f"the system stopped it: {memory.SHORTAGE}")
        elif stored is not None and stored.state is State.FINISHED:
            self.end(entry, State.FINISHED, "")
        elif entry.crashes + 1 == MAX_CRASHES and n_epochs == entry.crashed_at_epoch:
            message = f"{MAX_CRASHES} workers in a row died while running it; train again to continue"
            self.end(entry, State.FAILED, message)
        else:
            with self.lock:
                entry.crashes = entry.crashes + 1 if n_epochs == entry.crashed_at_epoch else 1
                entry.crashed_at_epoch, entry.task, entry.began_at = n_epochs, None, 0.0
                message = f"its worker was lost; it resumes from epoch {n_epochs:,}"
                log.warning("%s: %s", entry.job.job_id, message)
                entry.snapshot = replace(entry.snapshot, state=State.QUEUED, message=message, value=value)
                if entry.stopping:  # since we looked above
                    self.end(entry, State.STOPPED, "stopped; finished work is kept")
                self._file(entry)

    # -------- with the lock held

    def _is_active(self, job_id: str) -> bool:
        entry = self._entries.get(job_id)
        return entry is not None and entry.active

    def _check_room(self, owner: str, address: str) -> None:
        waiting = self._waiting.values()
        if sum(e.owner == owner for e in waiting) >= MAX_WAITING:
            raise AutoencError(f"you have {MAX_WAITING:,} runs in the queue; wait for some of them")
        if sum(e.address == address for e in waiting) >= MAX_WAITING_AT_ADDRESS:
            raise AutoencError(
                f"{MAX_WAITING_AT_ADDRESS:,} runs from your network address are in the queue; "
                "wait for some of them"
            )

    def _file(self, entry: JobEntry) -> None:
        """Put the entry into the dict of its state; call it after every change except of the snapshot."""
        job_id = entry.snapshot.job_id
        self._drop(job_id)
        begun = entry.task is not None
        others = self._ended if not entry.active else self._at_work if begun else self._waiting
        self._entries[job_id] = others[job_id] = entry
        while len(self._ended) > MAX_REMEMBERED:
            # First a finished one, whose file says the same: only here stands only here.
            ended = self._ended.items()
            finished = (name for name, e in ended if e.snapshot.state is State.FINISHED)
            self._drop(next(finished, next(iter(self._ended))))

    def _drop(self, job_id: str) -> None:
        for entries in (self._entries, self._waiting, self._at_work, self._ended):
            entries.pop(job_id, None)
        self._line = None

    def _in_line(self) -> list[JobEntry]:
        """The waiting jobs, the next first; sorted once after each change, however many callers ask."""
        if self._line is None:
            waiting = sorted(self._waiting.values(), key=lambda e: e.arrival)
            self._line = in_turn(waiting, [e.owner for e in self._at_work.values()], self._served)
            self._positions = {e.snapshot.job_id: place for place, e in enumerate(self._line)}
        return self._line

    def _snapshot_now(self, entry: JobEntry) -> Snapshot:
        """A job as callers see it, at this moment."""
        if entry.snapshot.state is State.RUNNING:
            return replace(entry.snapshot, elapsed_seconds=monotonic() - entry.began_at)
        if entry.waiting:
            self._in_line()
            return replace(entry.snapshot, ahead=self._positions[entry.snapshot.job_id])
        return entry.snapshot
