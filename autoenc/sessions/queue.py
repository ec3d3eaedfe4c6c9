"""Which job is next: visitors take turns, so that one with twenty runs does not hold up nineteen others."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heapreplace
from typing import Protocol, TypeVar


class Waiting(Protocol):
    """A job in the queue."""

    owner: str  # the visitor who asked for it
    crashes: int  # workers that died over it: it goes on before any other begins


Job = TypeVar("Job", bound=Waiting)


def in_turn(waiting: Sequence[Job], running: Iterable[str], served: Mapping[str, int]) -> list[Job]:
    """The jobs in the order in which they will begin, if nobody comes or goes.

    The next is always one of the visitor with the fewest jobs running or further ahead; among these, of the
    one who has not been served for longest; and of that visitor the one that has waited longest. The time
    goes with the number of jobs and the logarithm of the number of visitors.

    Args:
        waiting: in the order of their arrival.
        running: the visitor of each job at work.
        served: visitor -> when a job of theirs began last, as a count that only grows.
    """
    queues: dict[str, deque[Job]] = {}
    for job in sorted(waiting, key=lambda job: not job.crashes):  # stable
        queues.setdefault(job.owner, deque()).append(job)
    having, newest, order = Counter(running), max(served.values(), default=0), list[Job]()
    # A visitor's rank depends only on these: only one who has just had a turn gets another. Where two
    # are equal in all else, the one who came first is first.
    ranks = [
        (not queue[0].crashes, having[owner], served.get(owner, 0), place, owner)
        for place, (owner, queue) in enumerate(queues.items())
    ]
    heapify(ranks)
    while ranks:
        _, n, _, place, owner = ranks[0]
        queue = queues[owner]
        order.append(queue.popleft())
        newest += 1
        if queue:
            heapreplace(ranks, (not queue[0].crashes, n + 1, newest, place, owner))
        else:
            heappop(ranks)
    return order
