"""Files that a power cut leaves whole: under their name lies the old one or the new one, never zeros."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident
from typing import BinaryIO


@contextmanager
def new_file(path: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A new file, never what a link points at; when the block ends, its bytes are on the disk."""
    path.unlink(missing_ok=True)
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def move(source: Path, target: Path) -> None:
    """Rename a file or folder whose bytes are on the disk; when this returns, its new name is there too."""
    source.replace(target)
    sync_folder(target.parent)


def replace_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file beside its place and move it there.

    Raises:
        OSError: the system refuses; what was there is as it was.
    """
    part = path.with_suffix(f".{os.getpid()}-{get_ident()}.part")
    try:
        with new_file(part, mode) as file:
            file.write(content)
        move(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Have the bytes of a file that is already written on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Have the names in a folder on the disk; Windows opens no folders, and keeps names by itself."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
