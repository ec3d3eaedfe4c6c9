"""How long a process has worked at something, without the time in which it stood still."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time

# Between two looks at a process that stood still (a closed lid, a stopped program, memory that lies on the
# disk) more than MIN_GAP_SECONDS have gone by, and a core has worked for it in less than a share
# MIN_WORKING_SHARE of them.
MIN_GAP_SECONDS = 2.0
MIN_WORKING_SHARE = 0.1


class Stopwatch:
    """Runs from the start; call `lap` often: a gap is found between two calls.

    Args:
        clock: seconds that go by.
        work: seconds in which the cores work for this process, all of its threads together.
    """

    def __init__(
        self, clock: Callable[[], float] = perf_counter, work: Callable[[], float] = process_time
    ) -> None:
        self.seconds = 0.0  # of work, as far as `lap` has looked
        self.stood_still = 0.0
        self._clock, self._work = clock, work
        self.skip()

    def lap(self) -> float:
        """Count the time since the last call; returns the clock."""
        at, worked = self._at, self._worked
        self.skip()
        passed, worked = self._at - at, self._worked - worked
        if passed > MIN_GAP_SECONDS and worked < MIN_WORKING_SHARE * passed:
            self.stood_still += passed - worked
            passed = worked
        self.seconds += passed
        return self._at

    def skip(self) -> None:
        """Do not count the time since the last call: it was somebody else's."""
        self._at, self._worked = self._clock(), self._work()
