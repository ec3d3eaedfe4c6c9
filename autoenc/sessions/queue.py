"""Who is next: visitors take turns, so that one with twenty runs does not keep nineteen others waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar


class Waiting(Protocol):
    """A job in the queue."""

    by: str  # the visitor who asked for it
    lost: int  # workers that died over it: it goes on before any other begins


Job = TypeVar("Job", bound=Waiting)


def in_turn(waiting: Sequence[Job], running: Iterable[str], served: Mapping[str, int]) -> list[Job]:
    """The jobs in the order in which they will begin, if nobody comes or goes.

    The next is always one of the visitor with the fewest jobs running or further ahead; among these, of the
    one who has not been served for longest; and of that visitor the one that has waited longest.

    Args:
        waiting: in the order of their arrival.
        running: the visitor of each job at work.
        served: visitor -> when a job of theirs began last, as a count that only grows.
    """
    queues: dict[str, list[Job]] = {}
    for job in sorted(waiting, key=lambda job: not job.lost):  # stable
        queues.setdefault(job.by, []).append(job)
    having, last, order = Counter(running), dict(served), list[Job]()
    while queues:
        by = min(queues, key=lambda by: (not queues[by][0].lost, having[by], last.get(by, 0)))
        order.append(queues[by].pop(0))
        having[by] += 1
        last[by] = max(last.values(), default=0) + 1
        if not queues[by]:
            del queues[by]
    return order
