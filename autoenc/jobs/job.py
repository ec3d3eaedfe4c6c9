"""What a job is."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

from autoenc.schema import Record, Snapshot, Work


class Job(Work, Protocol):
    """Frozen, so that equal work is equal, and small: it is all that crosses to the process at work."""

    def run(self) -> Generator[Record, None, None]:
        """Do the work; to stop it, close the generator. The first record is what the others are added to.

        Raises:
            AutoencError: it cannot be done; the text is for the person who asked.
        """

    def stored(self) -> Snapshot | None:
        """What an earlier time left on disk; None: nothing."""

    def threads(self, share: int) -> int:
        """How many of its share of the cores the job makes good use of; 0: it hardly computes."""

    def needed_bytes(self) -> int:
        """Memory that it will take at its peak."""

    def needed_dataset(self) -> str | None:
        """The data set that must be the same wherever the job is done; None: it needs none."""
