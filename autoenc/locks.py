"""Locks between processes: files that the system frees when their holder dies, however it dies."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock

# What file systems say that know no locks: some network drives, some of phones.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, getattr(errno, "ENOTSUP", errno.EOPNOTSUPP)}


def lock_of(path: Path, patience: float = 0.0) -> BaseFileLock:
    """A lock that is not held yet; acquiring it raises Timeout after this many seconds, or OSError.

    Where the file system knows no locks nothing stands in for them: a file that only lies there would be held
    for ever by somebody who has died long ago.
    """
    return FileLock(path, timeout=patience, poll_interval=0.01, thread_local=False, fallback_to_soft=False)


@contextmanager
def held(path: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock for as long as the block takes; nothing is left of it.

    Raises:
        Timeout: another process holds it for longer than this many seconds.
        OSError: it cannot be made, or the file system knows no locks.
    """
    with lock_of(path, patience):
        try:
            yield
        finally:
            with suppress(OSError):  # on Windows it goes when it is freed
                path.unlink()  # whoever waits for it sees that it has no name any more, and makes another


def cure(error: OSError, folder: Path, variable: str) -> str:
    """What is wrong with a folder that was to be written, and what to do.

    Args:
        variable: of the environment, which names another folder.
    """
    reason = error.strerror or str(error)
    if error.errno in _NO_LOCKS:
        return (
            f"{folder} is on a file system without locks ({reason}); set {variable} to a folder on a disk of "
            "this machine"
        )
    return f"{reason}; make room in {folder}, or set {variable} to a folder that can be written"
