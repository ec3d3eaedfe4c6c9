"""Other programs on the machine's cores.

Our own jobs share the cores by locks (`autoenc.cores`). Other users, or programs with another TMPDIR, do not
see these locks: then two runs may want the same core, and both become much slower. Nobody can be made to
share, so it is measured, and said; and our threads make room (docs/decisions/0003-waiting-threads-sleep.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from time import monotonic

import psutil

from autoenc import cores

LOOK_SECONDS = 4.0  # between two looks, of all who ask together
STALE_SECONDS = 15.0  # what programs did on average for longer says nothing about now
MIN_LOAD = 0.05  # of a core; below it a program does nothing
BUSY_SHARE = 0.5  # of all cores; below it a run is not much slower
ROOM = 0.3  # of a core, that others may have of ours: so much a browser takes that shows the page


@dataclass(frozen=True)
class Neighbour:
    """A program that is none of ours."""

    name: str
    pid: int
    cores: float  # that it kept busy between the last two looks


class Neighbours:
    """What they do, between two looks; any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = monotonic()
        self._seconds = _cpu_seconds(())
        self._busy: tuple[Neighbour, ...] = ()

    def busy(self) -> tuple[Neighbour, ...]:
        """Those that kept a part of a core busy, the busiest first; the same for LOOK_SECONDS."""
        with self._lock:
            now = monotonic()
            if now - self._at >= LOOK_SECONDS:
                before, self._seconds = self._seconds, _cpu_seconds(_ours())
                used = {key: s - before[key] for key, s in self._seconds.items() if key in before}
                took = ((key, seconds / (now - self._at)) for key, seconds in used.items())
                busy = [Neighbour(name, pid, n) for (pid, name, _), n in took if n > MIN_LOAD]
                is_fresh = now - self._at < STALE_SECONDS
                self._busy = tuple(sorted(busy, key=lambda one: -one.cores)) if is_fresh else ()
                self._at = now
            return self._busy


def beside(neighbours: Neighbours, n_cores: int, useful: Callable[[int], int]) -> Callable[[int], int]:
    """For `autoenc.cores`: how many of its share a job makes use of, of what the neighbours leave."""
    return lambda share: useful(min(share, left(n_cores, sum(one.cores for one in neighbours.busy()))))


def left(n_cores: int, taken: float) -> int:
    """For how many threads of one step there is a core of its own, at least 1.

    Threads of a step wait for the last of them. Where another program has one of their cores for much of the
    time, one thread less is faster.
    """
    return max(1, n_cores - math.ceil(taken - ROOM))


def crowded(busy: Collection[Neighbour], n_cores: int) -> str:
    """A sentence for the page, where other programs take so much that runs here are slow; "": they do not."""
    taken = sum(one.cores for one in busy)
    if taken < BUSY_SHARE * n_cores:
        return ""
    first = max(busy, key=lambda one: one.cores)
    return (
        f"Other programs keep {taken:.1f} of {n_cores} cores busy (mostly {first.name}, process "
        f"{first.pid}). Runs here take longer than usual."
    )


def _ours() -> set[int]:
    """This process, what it has started, and all that share the cores with us as they should."""
    own = psutil.Process()
    return {own.pid, *(child.pid for child in own.children(recursive=True)), *cores.job_pids()}


def _cpu_seconds(but: Collection[int]) -> dict[tuple[int, str, float], float]:
    """Of each process that we can see: number, name and when it began -> seconds of processor time so far."""
    seconds = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has ended, or is not for us to see
            if process.pid and process.pid not in but:  # the time of process 0 on Windows is that of idleness
                with process.oneshot():
                    times = process.cpu_times()
                    key = (process.pid, process.name(), process.create_time())
                seconds[key] = times.user + times.system
    return seconds
