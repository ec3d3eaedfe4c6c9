"""What is known of a job in the background."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from autoenc.numerals import data_size
from autoenc.schema.recognition import RecogniserEpoch, RecogniserSteps
from autoenc.schema.run import EpochRecord, Heartbeat, Run, StepRecord


@dataclass(frozen=True)
class Download:
    """A download as far as it has come."""

    dataset: str
    n_bytes: int = 0
    n_bytes_total: int = 0  # 0: not known yet

    @property
    def done(self) -> float:
        """Fraction, 0 to 1."""
        return min(1.0, self.n_bytes / self.n_bytes_total) if self.n_bytes_total else 0.0

    @property
    def doing(self) -> str:
        of = f" of {data_size(self.n_bytes_total)}" if self.n_bytes_total else ""
        return f"Downloading: {data_size(self.n_bytes)}{of}"


class Value(Protocol):
    """How far a job has come; as a record it stands for itself."""

    @property
    def done(self) -> float:
        """Fraction, 0 to 1."""

    @property
    def doing(self) -> str:
        """What the job is at, for people: `Downloading: 3 MB of 12 MB`."""


class Work(Protocol):
    """What was asked for: one of `autoenc.jobs`."""

    @property
    def job_id(self) -> str:
        """The same for equal work; a file name, an URL parameter."""

    @property
    def title(self) -> str:
        """For people, before anything of it is done: `Download of MNIST handwritten digits`."""


# What a run or a recogniser adds to what it has: `after` says how.
Event = StepRecord | Heartbeat | EpochRecord | RecogniserSteps | RecogniserEpoch
Record = Value | Event


class State(StrEnum):
    """Of a job. Interrupted: begun, not finished, and nobody is at it; the same config continues it."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def active(self) -> bool:
        return self in (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment."""

    job_id: str  # a training job's is its run_id
    state: State
    message: str = ""  # one sentence; why it failed, or what it waits for
    value: Value | None = None  # None: nothing has come yet
    owner: str = field(default="", repr=False)  # the visitor who started it; a secret of theirs
    ahead: int = 0  # queued: how many start before it
    elapsed_seconds: float = 0.0  # since it began to run, this time
    job: Work | None = field(default=None, repr=False)  # None: it was read from a file

    @property
    def run(self) -> Run | None:
        return self.value if isinstance(self.value, Run) else None
