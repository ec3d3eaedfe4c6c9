"""Which workers of an existing cluster may be given jobs: those that agree with this process.

Version and folder of the runs are compared when a worker appears, the data set of a job before the worker's
first job with it. A worker that is turned away is checked again after a restart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from time import monotonic

from distributed import Client

from autoenc.errors import AutoencError
from autoenc.jobs import Job
from autoenc.once import once
from autoenc.sessions.dask.environment_check import Check, check_data, check_environment

LOOK_SECONDS = 0.5  # between two looks at who is there
EMPTY_SECONDS = 30.0  # without any worker, before jobs fail for lack of one
MAX_NAMED_WORKERS = 3  # workers in one sentence

# How near a worker is to a job: it may do it, it is being asked, it could be asked.
_FIT, _BEING_ASKED, _UNKNOWN = range(3)


class WorkerChecks:
    """The workers of a cluster and the checks of each. For one thread; any may read which are admitted."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._there: dict[str, str] = {}  # address -> its local directory, a new one at each start
        self._environments: dict[str, Check] = {}  # address -> its version and its folder of runs
        self._data: dict[tuple[str, str], Check] = {}  # address and data set -> the worker's images
        self._look_at = 0.0
        self._empty_since = monotonic()

    def look(self) -> set[str]:
        """Update the checks, and ask each new worker for its version and its folder.

        Returns:
            addresses whose worker has gone; another may have taken its place.
        Raises:
            CheckpointError: the folder of the runs cannot be written to.
        """
        gone = set[str]()
        if monotonic() >= self._look_at:
            self._look_at = monotonic() + LOOK_SECONDS
            gone = self._see_who_is_there()
        for check in (*self._environments.values(), *self._data.values()):
            check.look()
        return gone

    def admitted(self) -> list[str]:
        """The workers that have our version and our folder."""
        return [place for place, check in list(self._environments.items()) if check.refusal == ""]

    def settled(self) -> bool:
        """Whether every worker that is there is in or out."""
        answered = all(check.refusal is not None for check in self._environments.values())
        return answered and (bool(self._there) or self._lonely())

    def refusals(self) -> tuple[str, ...]:
        """Why workers were turned away, a sentence each."""
        checks = (*self._environments.values(), *self._data.values())
        return tuple(check.refusal for check in checks if check.refusal)

    def assign(self, jobs: Iterable[Job], taken: Collection[str]) -> Iterator[tuple[str | None, str]]:
        """For each job the worker that may begin it now, or why none ever will; None and "": it has to wait.

        Args:
            jobs: the next first.
            taken: workers that have a job.
        """
        free = [place for place in self.admitted() if place not in taken]
        why_none = once(maxsize=1000)(self._why_none)  # the queue may be long, the data sets are few
        for job in jobs:
            dataset = job.needed_dataset()
            try:
                refusal = why_none(dataset)
                yield None if refusal else self._place_for(dataset, free), refusal
            except AutoencError as error:
                yield None, str(error)

    def close(self) -> None:
        """Ask nothing more; what was left in the folder of the runs is removed."""
        for check in (*self._environments.values(), *self._data.values()):
            check.close()

    # -------- a place for a job

    def _place_for(self, dataset: str | None, free: list[str]) -> str | None:
        """A free worker that may do a job; None: there is none yet, but one may be in a check for it.

        Args:
            dataset: what the job needs.
            free: workers without a job; the one that is chosen, or checked for it, is taken out.
        Raises:
            AutoencError: the data set cannot be loaded here.
        """
        ranks = {place: rank for place in free if (rank := self._rank(place, dataset)) is not None}
        if not ranks:
            return None
        place = min(ranks, key=ranks.__getitem__)
        free.remove(place)
        if dataset is not None and ranks[place] == _UNKNOWN:
            self._data[place, dataset] = check_data(self._client, place, dataset)
        return place if ranks[place] == _FIT else None

    def _why_none(self, dataset: str | None) -> str:
        """Why no worker may do a job with this data set; "": one may, or it is not known yet."""
        if not self._there:
            return _no_worker(self._client.scheduler.address) if self._lonely() else ""
        refusals = [self._refusal(place, dataset) for place in self._there]
        if not all(refusals):
            return ""
        reasons = "; ".join(str(refusal) for refusal in refusals[:MAX_NAMED_WORKERS])
        more = (
            f"; the same for {len(refusals) - MAX_NAMED_WORKERS} more"
            if len(refusals) > MAX_NAMED_WORKERS
            else ""
        )
        return f"no worker of the cluster can run it: {reasons}{more}"

    def _lonely(self) -> bool:
        return not self._there and monotonic() - self._empty_since >= EMPTY_SECONDS

    # -------- one worker

    def _refusal(self, place: str, dataset: str | None) -> str | None:
        """Why it may not do a job with this data set; "": it may; None: not known yet."""
        environment, data = self._environments.get(place), self._data.get((place, dataset or ""))
        if environment is None or environment.refusal != "" or dataset is None:
            return environment.refusal if environment is not None else None
        return data.refusal if data is not None else None

    def _rank(self, place: str, dataset: str | None) -> int | None:
        """How near an admitted worker without a job is to one; None: not now, or never."""
        datasets_asked = [
            name for (p, name), check in self._data.items() if p == place and check.task is not None
        ]
        if datasets_asked:
            return _BEING_ASKED if datasets_asked == [dataset] else None
        refusal = self._refusal(place, dataset)
        return _UNKNOWN if refusal is None else None if refusal else _FIT

    def _see_who_is_there(self) -> set[str]:
        workers = self._client.scheduler_info()["workers"]
        there = {place: facts["local_directory"] for place, facts in workers.items()}
        gone = {
            place for place, local_directory in self._there.items() if there.get(place) != local_directory
        }
        for place in gone:
            self._forget(place)
        if there or self._there:
            self._empty_since = monotonic()
        self._there = there
        for place in there:
            if place not in self._environments:
                self._environments[place] = check_environment(self._client, place)
        return gone

    def _forget(self, place: str) -> None:
        if place in self._environments:
            self._environments.pop(place).close()
        for key in [key for key in self._data if key[0] == place]:
            self._data.pop(key).close()


def unreachable(address: str, error: Exception) -> str:
    cause = f"{type(error).__name__}: {error}"
    return f"the scheduler at {address} cannot be reached ({cause}); start it, or correct AUTOENC_SCHEDULER"


def lost(address: str | None) -> str:
    return f"the connection to the scheduler at {address} was lost; train again when it is back"


def _no_worker(address: str) -> str:
    start = f"dask worker {address} --nthreads 1"
    return (
        f"no worker has been at the scheduler {address} for {EMPTY_SECONDS:.0f} s; start one with `{start}`"
    )
