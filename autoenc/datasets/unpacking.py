"""A folder, a .zip or a .tar as a row of files, one after the other: nothing is written, nothing believed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

from autoenc.errors import AutoencError, DatasetError

MAX_FILES = 1_000_000
MAX_FILE_BYTES = 50_000_000  # of one picture
MAX_BYTES = 8_000_000_000  # of all of them
MAX_XZ_MEMORY = 200_000_000
CHUNK_BYTES = 1 << 16
MAX_HEAD_BYTES = 1_000_000  # a tar may have names of any length, which are kept in memory

# What the readers of archives raise besides their own errors; the last for a method or a password.
_BROKEN = (EOFError, ValueError, LookupError, struct.error, NotImplementedError, RuntimeError)

Source = Path | BinaryIO


@dataclass(frozen=True)
class Packed:
    """A file of the source."""

    name: str
    open: Callable[[], Any]  # gives a file that is open for reading bytes
    n_bytes_read: int  # of the source, so far
    n_bytes_total: int


@contextmanager
def opened(source: Source) -> Iterator[Iterator[Packed]]:
    """The regular files of the source, in its own order; each must be read before the next one is asked for.

    Raises:
        DatasetError: it cannot be read; while iterating too.
    """
    called = repr(source.name[:80]) if isinstance(source, Path) else "the file"
    try:
        if not isinstance(source, Path):
            yield _files(source)
        elif source.is_dir():
            yield _of_folder(source)
        else:
            with _open(source, called) as file:
                yield _files(file)
    except AutoencError:
        raise
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, *_BROKEN) as error:
        problem = " ".join(str(error).split()) or type(error).__name__
        raise DatasetError(
            f"{called} is no .zip or .tar, or is damaged ({problem:.80}); pack it anew, without a password"
        ) from error


def _open(path: Path, called: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise DatasetError(f"{called} cannot be read: {error.strerror}; choose another file") from error


def _files(file: BinaryIO) -> Iterator[Packed]:
    file.seek(0)
    head = file.read(8)
    n_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    if head.startswith(b"PK"):
        return _of_zip(file, n_bytes)
    return _of_tar(file, n_bytes, head)


# ---------------------------------------------------------------- folders


def _of_folder(folder: Path) -> Iterator[Packed]:
    paths = [Path(where) / name for where, _, names in os.walk(folder) for name in sorted(names)]
    facts = [path.lstat() for path in paths]  # of a link itself
    n_read, n_total = 0, sum(one.st_size for one in facts)
    for path, one in zip(paths, facts, strict=True):
        n_read += one.st_size
        if stat.S_ISREG(one.st_mode):
            name = path.relative_to(folder).as_posix()
            yield Packed(name, partial(open, path, "rb"), n_read, n_total)


# ---------------------------------------------------------------- .zip


def _of_zip(file: BinaryIO, n_total: int) -> Iterator[Packed]:
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) > MAX_FILES:
            raise DatasetError(f"the archive has {len(members):,} files; allowed: at most {MAX_FILES:,}")
        n_read = 0
        for member in members:
            n_read += member.compress_size
            kind = stat.S_IFMT(member.external_attr >> 16)
            if not member.is_dir() and kind in (0, stat.S_IFREG):  # 0: written by a system that has no kinds
                yield Packed(member.filename, partial(archive.open, member), n_read, n_total)


# ---------------------------------------------------------------- .tar


class _Xz:
    """An .xz as it unpacks; Python's own reader takes as much memory as the file asks for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._unpacker = file, lzma.LZMADecompressor(memlimit=MAX_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._unpacker.eof:
            packed = self._file.read(CHUNK_BYTES) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not packed:
                raise EOFError("it ends in the middle")
            if chunk := self._unpacker.decompress(packed, size):
                return chunk
        return b""


class _Bounded:
    """What a tar is read from: it may unpack to so many bytes and no more."""

    def __init__(self, file: Any) -> None:
        self._file, self._room = file, MAX_BYTES

    def read(self, size: int) -> bytes:
        try:
            chunk: bytes = self._file.read(size)
        except OSError as error:  # of bz2 and gzip too, where a file is damaged
            raise tarfile.ReadError(str(error)) from error
        self._room -= len(chunk)
        if self._room < 0:
            raise DatasetError(
                f"the archive unpacks to more than {MAX_BYTES / 1e9:.0f} GB; bring in fewer pictures"
            )
        return chunk


def _unpacked(file: BinaryIO, head: bytes) -> Any:
    """By the first bytes."""
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return _Xz(file) if head.startswith(b"\xfd7zXZ") else file


class _Member(tarfile.TarInfo):
    """A member whose name and other remarks are not longer than they have to be."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        remarks = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME)
        if self.type in (*remarks, tarfile.GNUTYPE_LONGLINK) and self.size > MAX_HEAD_BYTES:
            raise tarfile.ReadError(f"a file's head has {self.size:,} bytes")
        return super()._proc_member(archive)  # type: ignore[misc, no-any-return]


def _of_tar(file: BinaryIO, n_total: int, head: bytes) -> Iterator[Packed]:
    source: Any = _Bounded(_unpacked(file, head))
    with tarfile.open(fileobj=source, mode="r|", tarinfo=_Member) as archive:
        n_files = 0
        while (member := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # it would keep all of them
            n_files += 1
            if n_files > 2 * MAX_FILES:  # folders and what is no picture count too
                raise DatasetError(f"the archive has more than {2 * MAX_FILES:,} files; bring in fewer")
            if member.isreg() and not member.issparse():
                yield Packed(member.name, partial(_extracted, archive, member), file.tell(), n_total)


def _extracted(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member)
    if file is None:
        raise tarfile.ReadError(f"{member.name!r:.80} cannot be read")
    return file
