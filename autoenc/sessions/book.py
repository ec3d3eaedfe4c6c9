"""The book of jobs: what is known of each, who is next, what becomes of one whose worker has died."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count, takewhile
from threading import RLock
from time import monotonic
from typing import Any

from autoenc import memory
from autoenc.errors import AutoencError
from autoenc.jobs import Job
from autoenc.schema import EpochRecord, Heartbeat, Record, Run, Snapshot, State, StepRecord, Value
from autoenc.sessions.queue import in_turn

MAX_REMEMBERED = 128  # jobs that have ended; what they left is on disk
MAX_WAITING = 200  # jobs of one visitor
MAX_LOST = 5  # workers in a row that die over a job before it finishes an epoch


@dataclass(eq=False)
class Entry:
    """A job. Guarded by the lock of its Book."""

    snapshot: Snapshot
    job: Job
    by: str  # the visitor who started it
    alone: bool = False  # no other job may run meanwhile
    task: Any = None  # its future at the workers; None: it is not there, or not any more
    key: str = ""  # of the task: a job that is done again has another
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
        return self.active and self.task is None and not self.stopping


class Book:
    """All jobs that this process was asked for; any thread may call."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._entries: dict[str, Entry] = {}
        self._served: dict[str, int] = {}  # visitor -> when a job of theirs began last
        self._starts = count(1)

    def add(self, job: Job, by: str, alone: bool = False) -> None:
        """Put the job into the queue, unless it is at work or done, here or in another process.

        Raises:
            AutoencError: the visitor has enough in the queue.
        """
        job_id = job.job_id
        with self.lock:
            known = self._entries.get(job_id)
            if known is not None and known.active:
                return
            stored = job.stored()
            if stored is not None and stored.state is State.RUNNING:
                self._entries.pop(job_id, None)  # in another process: its file tells of it
            elif stored is not None and stored.state is State.FINISHED:
                self._remember(Entry(stored, job, by))
            elif sum(e.waiting and e.by == by for e in self._entries.values()) >= MAX_WAITING:
                raise AutoencError(f"you have {MAX_WAITING} runs in the queue; wait for some of them")
            else:
                value = stored.value if stored else None
                self._remember(Entry(Snapshot(job_id, State.QUEUED, value=value, by=by), job, by, alone))

    def snapshot(self, job_id: str) -> Snapshot | None:
        """The job at this moment; None: nobody has asked for it, or that is long ago."""
        with self.lock:
            entry = self._entries.get(job_id)
            if entry is None:
                return None
            if entry.snapshot.state is State.RUNNING:
                return replace(entry.snapshot, elapsed_seconds=monotonic() - entry.began)
            if entry.waiting:
                return replace(entry.snapshot, ahead=self.queue().index(entry))
            return entry.snapshot

    def active(self) -> tuple[Snapshot, ...]:
        """The jobs at the workers, then those that wait, the next first."""
        with self.lock:
            return tuple(entry.snapshot for entry in (*self.at_work(), *self.queue()))

    def stop(self, job_id: str) -> Entry | None:
        """The job that has to be stopped at its worker; None: there is none."""
        with self.lock:
            entry = self._entries.get(job_id)
            if entry is None or not entry.active:
                return None
            if entry.waiting:
                self.end(entry, State.STOPPED, "stopped before it began")
            entry.stopping = True
            return entry if entry.task is not None else None

    def forget(self, job_id: str) -> None:
        """Know nothing any more of a job that has ended."""
        with self.lock:
            if job_id in self._entries and not self._entries[job_id].active:
                del self._entries[job_id]

    # -------- for whoever has the work done

    def any_active(self) -> bool:
        with self.lock:
            return any(e.active for e in self._entries.values())

    def queue(self) -> list[Entry]:
        """Who waits, the next first."""
        with self.lock:
            entries = self._entries.values()
            running = [e.by for e in entries if e.task is not None]
            return in_turn([e for e in entries if e.waiting], running, self._served)

    def may_begin(self) -> list[Entry]:
        """Those in the queue that may begin now, if there is a worker for each.

        One that is to run alone waits until all others have ended, and holds up who comes after it.
        """
        with self.lock:
            begun = self.at_work()
            if any(e.alone for e in begun):
                return []
            queue = self.queue()
            if not begun and queue and queue[0].alone:
                return queue[:1]
            return list(takewhile(lambda entry: not entry.alone, queue))

    def at_work(self) -> list[Entry]:
        """The jobs at the workers."""
        with self.lock:
            return [e for e in self._entries.values() if e.task is not None]

    def begins(self, entry: Entry, place: str) -> None:
        """The job's turn has come: it gets its key and its place; the task is the caller's to set."""
        with self.lock:
            n = next(self._starts)
            self._served[entry.by] = n
            entry.key, entry.place = f"{entry.snapshot.job_id}-{n}", place
            entry.kernel_kills = memory.kernel_kills()

    def told(self, key: str, records: Sequence[Record]) -> None:
        """What the task of this key has done."""
        with self.lock:
            entry = next((e for e in self._entries.values() if e.key == key), None)
            if entry is None or entry.task is None:
                return
            if entry.snapshot.state is State.QUEUED:
                entry.began = monotonic()
            value = entry.snapshot.value
            for record in records:
                value = _fold(value, record)
            entry.snapshot = replace(entry.snapshot, state=State.RUNNING, message="", value=value)

    def end(self, entry: Entry, state: State, message: str) -> None:
        """The job has ended so; a finished one is what its file tells."""
        stored = None
        with suppress(AutoencError):
            stored = entry.job.stored() if state is State.FINISHED else None
        with self.lock:
            value = stored.value if stored else entry.snapshot.value
            elapsed = monotonic() - entry.began if entry.began else 0.0
            entry.task = None  # else Dask would do it again when the worker that keeps its result dies
            entry.snapshot = replace(
                entry.snapshot, state=state, message=message, value=value, elapsed_seconds=elapsed
            )
            if state is State.INTERRUPTED:
                self.forget(entry.snapshot.job_id)  # another process is at it: its file tells

    def worker_lost(self, entry: Entry) -> None:
        """The job begins again from its last epoch on disk, unless there is a reason not to."""
        stored = None
        with suppress(AutoencError):
            stored = entry.job.stored()
        value = stored.value if stored else None
        n_epochs = len(value.epochs) if isinstance(value, Run) else 0
        if entry.stopping:
            self.end(entry, State.STOPPED, "stopped; what was done is kept")
        elif memory.kernel_kills() > entry.kernel_kills:
            self.end(entry, State.FAILED, f"the system ended it: {memory.SHORTAGE}")
        elif stored is not None and stored.state is State.FINISHED:
            self.end(entry, State.FINISHED, "")
        elif entry.lost + 1 == MAX_LOST and n_epochs == entry.lost_at:
            lost = f"{MAX_LOST} workers died over it in a row; train again to go on"
            self.end(entry, State.FAILED, lost)
        else:
            with self.lock:
                entry.lost = entry.lost + 1 if n_epochs == entry.lost_at else 1
                entry.lost_at, entry.task, entry.began = n_epochs, None, 0.0
                message = f"its worker was lost; it goes on from epoch {n_epochs}"
                entry.snapshot = replace(entry.snapshot, state=State.QUEUED, message=message, value=value)

    def _remember(self, entry: Entry) -> None:
        self._entries.pop(entry.snapshot.job_id, None)
        self._entries[entry.snapshot.job_id] = entry
        ended = [job_id for job_id, e in self._entries.items() if not e.active]
        # First those whose file tells the same: why another failed is known here alone.
        ended.sort(key=lambda job_id: self._entries[job_id].snapshot.state is not State.FINISHED)
        for job_id in ended[:-MAX_REMEMBERED]:
            del self._entries[job_id]


def _fold(value: Value | None, record: Record) -> Value | None:
    if not isinstance(record, StepRecord | Heartbeat | EpochRecord):
        return record
    return value.after(record) if isinstance(value, Run) else value
