"""A run that can continue a shorter one waits for it: begun beside it, it would train its epochs again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from autoenc.jobs import Job, TrainJob


class Entry(Protocol):
    """A job in the queue, or at work."""

    job: Job
    family: str  # as `family_of` its job


E = TypeVar("E", bound=Entry)


def family_of(job: Job) -> str:
    """What runs share that differ only in their number of epochs; "" for other jobs."""
    return repr(replace(job.config, epochs=1)) if isinstance(job, TrainJob) else ""


def without_followers(queue: Iterable[E], at_work: Iterable[E]) -> list[E]:
    """The queue without the runs for which a shorter one of their family is at work or ahead."""
    shortest: dict[str, int] = {}
    for entry in at_work:
        _waits(entry, shortest)
    return [entry for entry in queue if not _waits(entry, shortest)]


def _waits(entry: Entry, shortest: dict[str, int]) -> bool:
    """Whether it comes after a shorter one; it counts for those behind it.

    Args:
        shortest: epochs of the shortest so far, by family.
    """
    if not entry.family or not isinstance(entry.job, TrainJob):
        return False
    epochs = entry.job.config.epochs
    least = shortest.setdefault(entry.family, epochs)
    shortest[entry.family] = min(least, epochs)
    return least < epochs
