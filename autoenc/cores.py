"""The machine's cores, shared by all jobs of all processes: never more threads than cores.

A lock file stands for each core, and one for each job that wants some. The system frees a lock when its
holder dies, however it dies: there is nothing to clean up, and nobody who keeps the books could be killed.
A file beside each lock names the process that took it last, so that whoever waits can say for whom.
"""

from __future__ import annotations

import getpass
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import filelock
import psutil

from autoenc import locks
from autoenc.errors import AutoencError

MAX_JOBS = 256  # that share a machine
POLL_SECONDS = 0.02
GLANCE_SECONDS = 0.002
SHARE_SECONDS = 1.0  # between two times that a job at work takes its share
TELL_SECONDS = 1.0  # between two looks at whom a job waits for

_own: set[int] = set()  # the places of this process's jobs


class Cores:
    """What one job holds of the machine's cores; see `joined`."""

    def __init__(self, n_cores: int) -> None:
        self.n_cores = n_cores
        self._held: list[filelock.BaseFileLock] = []
        self._job, self._place = _first_free("job", MAX_JOBS)
        _sign(f"job-{self._place}")
        _own.add(self._place)

    def take(self, useful: Callable[[int], int]) -> int:
        """Give back what is over the job's share, take what is missing and free.

        Args:
            useful: how many of its share the job makes use of, at least 1.
        Returns:
            the number of cores now held; 0: none is free yet.
        """
        wanted = useful(self._share())
        while len(self._held) > wanted:
            self._held.pop().release()
        for i in range(self.n_cores):
            if len(self._held) >= wanted:
                break
            if (lock := _acquired(f"core-{i}")) is not None:
                self._held.append(lock)
                _sign(f"core-{i}")
        return len(self._held)

    def wait(
        self,
        useful: Callable[[int], int],
        given_up: Callable[[], bool] = lambda: False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> int:
        """As `take`, but at least 1, however long that takes; 0: given up.

        Args:
            tell: is called with who holds the cores, a sentence, about once a second.
        """
        tell_at = monotonic() + TELL_SECONDS
        while not given_up():
            if n := self.take(useful):
                return n
            if monotonic() >= tell_at:
                tell(_who_holds(self.n_cores))
                tell_at = monotonic() + TELL_SECONDS
            sleep(POLL_SECONDS)
        return 0

    def release(self) -> None:
        for lock in (*self._held, self._job):
            lock.release()
        self._held.clear()
        _own.discard(self._place)

    def _share(self) -> int:
        """Equal parts; where they do not come out even, the first jobs have one more."""
        others = _taken({self._place})
        n_jobs, rank = len(others) + 1, sum(p < self._place for p in others)
        return max(1, self.n_cores // n_jobs + (rank < self.n_cores % n_jobs))


def concurrent_jobs() -> int:
    """How many jobs of other processes share the machine at this moment.

    Raises:
        AutoencError: the folder of the locks cannot be written to.
    """
    return len(_taken(_own))


def _taken(but: Collection[int]) -> list[int]:
    """The places of jobs that are there, but for these."""
    places = [int(path.stem.partition("-")[2]) for path in _folder().glob("job-*.lock")]
    held = [place for place in places if place not in but and not _is_free(f"job-{place}")]
    if held:
        sleep(GLANCE_SECONDS)  # whoever asks whether a place is free holds it for a moment
    return [place for place in held if not _is_free(f"job-{place}")]


def job_pids() -> set[int]:
    """The processes of all jobs that share the machine.

    Raises:
        AutoencError: the folder of the locks cannot be written to.
    """
    pids = (_signed(f"job-{place}") for place in _taken(()))
    return {pid for pid in pids if pid is not None}


def _who_holds(n_cores: int) -> str:
    """For whom a job waits, a sentence; a process that is stopped keeps its cores until somebody cares."""
    names = [f"core-{i}" for i in range(n_cores)]
    held = Counter(pid for name in names if not _is_free(name) and (pid := _signed(name)) is not None)
    for pid, n in held.items():
        with suppress(psutil.Error):
            if psutil.Process(pid).status() == psutil.STATUS_STOPPED:
                return (
                    f"process {pid} holds {n} of {n_cores} cores and is stopped; "
                    f"`kill -CONT {pid}` resumes it, `kill -KILL {pid}` ends it"
                )
    pids = f" (process {', '.join(map(str, sorted(held)))})" if held else ""
    return f"other runs use {'the only core' if n_cores == 1 else f'all {n_cores} cores'}{pids}"


@contextmanager
def joined(n_cores: int) -> Iterator[Cores]:
    """Count as one of the jobs that share the machine's cores, for as long as the block takes.

    Raises:
        AutoencError: the folder of the locks cannot be written to, or too many jobs are there already.
    """
    cores = Cores(n_cores)
    try:
        yield cores
    finally:
        cores.release()


def _folder() -> Path:
    """Only on this machine: a home folder may be shared by many."""
    return Path(tempfile.gettempdir()) / f"autoenc-cores-{getpass.getuser()}"


def _sign(name: str) -> None:
    """Whoever holds the lock of this name leaves their number, for a sentence; nothing depends on it."""
    with suppress(OSError):
        (_folder() / f"{name}.pid").write_text(str(os.getpid()))


def _signed(name: str) -> int | None:
    with suppress(OSError, ValueError):
        return int((_folder() / f"{name}.pid").read_text()[:20])
    return None


def _first_free(kind: str, n: int) -> tuple[filelock.BaseFileLock, int]:
    for place in range(n):
        if (lock := _acquired(f"{kind}-{place}")) is not None:
            return lock, place
    raise AutoencError(f"{n} jobs already share this machine; wait for some of them")


def _acquired(name: str) -> filelock.BaseFileLock | None:
    lock = locks.lock_of(_folder() / f"{name}.lock")
    try:
        _make_folder()
        lock.acquire()
    except filelock.Timeout:
        return None
    except OSError as error:
        problem = locks.cure(error, _folder(), "TMPDIR")
        raise AutoencError(f"cannot write to {_folder()}, where jobs share the cores: {problem}") from None
    return lock


def _make_folder() -> None:
    """Our own folder; in a place where everyone may write it could be somebody else's, or a link.

    Raises:
        OSError: it is not ours, or cannot be made.
    """
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and (folder.is_symlink() or folder.lstat().st_uid != os.getuid()):
        raise PermissionError(None, "it belongs to another user")


def _is_free(name: str) -> bool:
    lock = _acquired(name)
    if lock is not None:
        lock.release()
    return lock is not None
