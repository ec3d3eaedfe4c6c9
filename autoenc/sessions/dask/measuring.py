"""How fast the workers are: measured on one that has nothing else to do, before the first estimate."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from time import monotonic

from distributed import Client, Future

from autoenc.sessions.dask import worker
from autoenc.sessions.dask.environment_check import ANSWER_SECONDS
from autoenc.sessions.dask.tasks import submit
from autoenc.speed import Speed

FIRST_TRY_SECONDS = 5.0  # seconds that the first try waits for cores that other programs train on
AGAIN_SECONDS = 10.0  # between two tries, of which the later ones do not wait for a core
MAX_WAIT_SECONDS = 30.0  # seconds, after which jobs do not wait for the first try any more


class Measuring:
    """The speed of a cluster. For one thread; any may read."""

    def __init__(self, client: Client) -> None:
        self.speed: Speed | None = None
        self.starved = False  # whether it was tried, and no core was free
        self.place = ""  # the worker that is at it; "": none
        self.key = f"speed-{secrets.token_hex(4)}"  # with which it is asked to end
        self._client = client
        self._task: Future | None = None
        self._whole = False  # whether all cores of its machine were free
        self._tried = False
        self._again_at = 0.0
        self._jobs_wait_until = monotonic() + MAX_WAIT_SECONDS

    @property
    def tried(self) -> bool:
        """Whether jobs may begin: the speed is known, or there was no core for it, or nobody answers."""
        return self._tried or monotonic() > self._jobs_wait_until

    @property
    def wanted(self) -> bool:
        """Whether it has not been measured with all cores yet."""
        return not self._whole

    def look(self, there: Collection[str], free: Sequence[str]) -> None:
        """Take what was measured, or have it measured.

        Args:
            there: addresses of workers,
            free: of those that have nothing to do.
        """
        if self._task is not None and self._task.done():
            with suppress(Exception):  # its worker has died: without figures all else works
                measured, self._whole = self._task.result(ANSWER_SECONDS)
                self.speed = measured or self.speed
                self.starved = self.speed is None
            self._task, self.place, self._tried = None, "", True
            self._again_at = monotonic() + AGAIN_SECONDS
        elif self._task is not None and self.place not in there:
            self._task, self.place, self._tried = None, "", True
        elif self._task is None and self.wanted and free and monotonic() >= self._again_at:
            self.place, patience = free[0], 0.0 if self._tried else FIRST_TRY_SECONDS
            how = (self.key, patience, self.speed is not None)  # a second time only with more cores
            self._task = submit(self._client, worker.measure_speed, *how, workers=[self.place])
