"""What the pages may call, whatever runs the jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Event
from typing import Protocol

from autoenc.jobs import Job
from autoenc.schema import Snapshot
from autoenc.speed import Speed


class Sessions(Protocol):
    """Background work, one for all browser sessions of a dashboard."""

    n_cores: int
    n_workers: int  # jobs that can run at the same time
    closing: Event  # set as `close` begins

    @property
    def memory_share(self) -> int:
        """Bytes that one job may take, at this moment."""

    def start(self, job: Job, owner: str = "", *, alone: bool = False, address: str = "") -> str:
        """Have a job done and return its job_id at once.

        The same job again is joined while it runs, here or in another process, and answered from disk once it
        is done; a stopped, failed or interrupted one is tried again.

        Args:
            owner: the visitor who asks; visitors take turns in the queue, and may stop what they started.
            alone: no other job of ours runs at the same time, so that its times can be compared.
            address: of the visitor; "" for this machine. A name is easily made up, an address is not.
        Raises:
            AutoencError: it cannot be started, or there is enough in the queue from this visitor or address.
        """

    def snapshot(self, job_id: str) -> Snapshot | None:
        """The job at this moment, without waiting for anything; None: not started here."""

    def snapshots(self, job_ids: Iterable[str]) -> Mapping[str, Snapshot]:
        """Many jobs at the same moment, as fast as one; without those that were not started here."""

    def active(self, most: int | None = None) -> tuple[Snapshot, ...]:
        """What runs and then what waits, the next first; no more than `most`."""

    def counts(self) -> tuple[int, int]:
        """How many jobs run, and how many wait."""

    def stop(self, job_id: str) -> None:
        """End a queued or running job within half a second; what it has saved stays."""

    def forget(self, job_id: str) -> None:
        """Have no snapshot any more of a job that has ended: its file is gone."""

    def speed(self) -> Speed | None:
        """This machine's measured speed; None: not measured yet."""

    def no_speed(self) -> str:
        """Why there is no measured speed yet; "": there is, or it is being measured."""

    def refusals(self) -> tuple[str, ...]:
        """Why workers of an existing cluster get no jobs, a sentence each; empty with workers of our own."""

    def close(self) -> None:
        """End all work and all processes."""
