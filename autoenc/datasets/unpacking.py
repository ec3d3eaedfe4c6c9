"""A folder, a .zip (.npz too), a .tar or one array as a row of files: nothing written, nothing believed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

from autoenc.errors import AutoencError, DatasetError
from autoenc.kinds import FILE_CURE, HEAD_BYTES, holds_array, what_else

MAX_FILES = 1_000_000
MAX_FILE_BYTES = 50_000_000  # of one picture
MAX_BYTES = 8_000_000_000  # of all of them
MAX_XZ_MEMORY = 200_000_000
CHUNK_BYTES = 1 << 16
MAX_DIRECTORY_BYTES = 50_000_000  # of a .zip: in memory it takes ten times as much
MAX_HEAD_BYTES = 4096  # of a file in a .tar: Python takes long to read long ones, and keeps them
MAX_DIGITS = 255  # in a row, in such a head: the time grows with their square
MAX_DEPTH = 20  # folders are not looked for further down

# What the readers of archives raise besides their own errors; the last for a method or a password.
_READER_ERRORS = (EOFError, ValueError, LookupError, struct.error, NotImplementedError, RuntimeError)

Source = Path | BinaryIO


@dataclass(frozen=True)
class Packed:
    """A file of the source."""

    name: str
    open: Callable[[], Any] | None  # gives a file that is open for reading bytes; None: a link, a device
    n_bytes_read: int  # of the source, so far
    n_bytes_total: int

    def chunks(self) -> Iterator[bytes]:
        """What is in it.

        Raises:
            DatasetError: it cannot be read.
        """
        if self.open is None:
            return
        try:
            with self.open() as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except OSError as error:
            raise _unreadable(repr(self.name[-80:]), error, "remove it") from error


@contextmanager
def open_source(source: Source) -> Iterator[Iterator[Packed]]:
    """All but the folders of the source, in its order; each must be read before the next one is asked for.

    Raises:
        DatasetError: it cannot be read; while iterating too.
    """
    called = repr(source.name[:80]) if isinstance(source, Path) else "the file"
    try:
        if not isinstance(source, Path):
            yield _with_readable_errors(_files(source, name_of(source)), called)
        elif os.path.isdir(source):
            yield _with_readable_errors(_of_folder(source), called)
        else:
            with _open(source, called) as file:
                yield _with_readable_errors(_files(file, source.name), called)
    except AutoencError:
        raise
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, *_READER_ERRORS) as error:
        problem = " ".join(str(error).split()) or type(error).__name__
        raise DatasetError(
            f"{called} is not a .zip or .tar, nor arrays (.npz, .npy, idx), or it is damaged "
            f"({problem:.80}); "
            "pack it again, without a password"
        ) from error


def _open(path: Path, called: str) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe has no end
            raise DatasetError(f"{called} is not a file; allowed: a folder, a .zip or a .tar")
        return path.open("rb")
    except OSError as error:
        raise _unreadable(called, error) from error


def _with_readable_errors(files: Iterator[Packed], called: str) -> Iterator[Packed]:
    try:
        yield from files
    except OSError as error:
        raise _unreadable(called, error) from error


def _unreadable(called: str, error: OSError, cure: str = "choose another") -> DatasetError:
    return DatasetError(
        f"{called} cannot be read: {error.strerror or error}; {cure}, or check its permissions"
    )


def name_of(source: Source) -> str:
    """What the file is called, without its folder; "": nobody knows."""
    return os.path.basename(str(getattr(source, "name", "")))


def _files(file: BinaryIO, name: str) -> Iterator[Packed]:
    file.seek(0)
    head = file.read(HEAD_BYTES)
    n_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    if what := what_else(head):
        raise DatasetError(f"what was given is {what}; {FILE_CURE}")
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        yield from _of_zip(file, n_bytes)
    elif holds_array(head):
        yield Packed(name or "the array", partial(nullcontext, file), n_bytes, n_bytes)
    else:
        yield from _of_tar(file, n_bytes, head)


# ---------------------------------------------------------------- folders


def _of_folder(folder: Path) -> Iterator[Packed]:
    paths = list(_below(folder))
    facts = [path.lstat() for path in paths]  # of a link itself
    n_read, n_total = 0, sum(one.st_size for one in facts)
    for path, one in zip(paths, facts, strict=True):
        n_read += one.st_size
        opener = partial(open, path, "rb") if stat.S_ISREG(one.st_mode) else None
        yield Packed(path.relative_to(folder).as_posix(), opener, n_read, n_total)


def _below(folder: Path) -> Iterator[Path]:
    """All files, and links to whatever."""
    for where, folders, names in os.walk(folder):
        if len(Path(where).relative_to(folder).parts) >= MAX_DEPTH:
            folders.clear()
        yield from (Path(where) / name for name in sorted(names))


# ---------------------------------------------------------------- .zip


def _of_zip(file: BinaryIO, n_total: int) -> Iterator[Packed]:
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # before the whole directory is read
    if end and end[zipfile._ECD_SIZE] > MAX_DIRECTORY_BYTES:  # type: ignore[attr-defined]
        raise DatasetError(
            f"the archive has a directory of {end[zipfile._ECD_SIZE] / 1e6:,.0f} MB; "  # type: ignore[attr-defined]
            f"allowed: {MAX_DIRECTORY_BYTES / 1e6:.0f} MB; pack fewer files"
        )
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) > MAX_FILES:
            raise DatasetError(f"the archive has {len(members):,} files; allowed: at most {MAX_FILES:,}")
        n_read = 0
        for member in members:
            n_read += member.compress_size
            kind = stat.S_IFMT(member.external_attr >> 16)
            is_regular = kind in (0, stat.S_IFREG)  # 0: written by a system that has no kinds
            if not member.is_dir():
                opener = partial(archive.open, member) if is_regular else None
                yield Packed(member.filename, opener, n_read, n_total)


# ---------------------------------------------------------------- .tar


class _Xz:
    """An .xz as it unpacks; Python's own reader takes as much memory as the file asks for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._unpacker = file, lzma.LZMADecompressor(memlimit=MAX_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        """At most this many bytes; none at the end."""
        while True:
            packed = b""
            if self._unpacker.eof:
                if not (packed := self._rest()):
                    return b""
                self._unpacker = lzma.LZMADecompressor(memlimit=MAX_XZ_MEMORY)
            elif self._unpacker.needs_input and not (packed := self._file.read(CHUNK_BYTES)):
                raise EOFError("it ends in the middle")
            if chunk := self._unpacker.decompress(packed, size):
                return chunk

    def _rest(self) -> bytes:
        """The beginning of what follows: several may lie behind each other, zeros between them."""
        packed = self._unpacker.unused_data.lstrip(b"\0")
        while not packed and (more := self._file.read(CHUNK_BYTES)):
            packed = more.lstrip(b"\0")
        return packed


class _Bounded:
    """What a tar is read from: it may unpack to this many bytes and no more."""

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
                f"the archive unpacks to more than {MAX_BYTES / 1e9:.0f} GB; import fewer pictures"
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
    """A member whose name and other remarks are not longer than they have to be, and that has no gaps."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        remarks = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME)
        if self.type in (*remarks, tarfile.GNUTYPE_LONGLINK) and self.size > MAX_HEAD_BYTES:
            raise _unusual(f"a file's head of {self.size:,} bytes")
        if self.type == tarfile.GNUTYPE_SPARSE:
            self._refuse_gaps()
        return super()._proc_member(archive)  # type: ignore[misc, no-any-return]

    def _proc_pax(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        stream: Any = archive.fileobj
        head = stream.read(self._block(self.size))  # type: ignore[attr-defined]
        if re.search(rb"\d{%d}" % (MAX_DIGITS + 1), head):
            raise _unusual(f"more than {MAX_DIGITS} digits in a row in a file's head")
        stream.buf, stream.pos = head + stream.buf, stream.pos - len(head)  # to be read again
        return super()._proc_pax(archive)  # type: ignore[misc, no-any-return]

    def _refuse_gaps(self, *_: object) -> None:
        """The list of a file's gaps may have any length."""
        raise _unusual("a sparse file")

    _proc_gnusparse_00 = _proc_gnusparse_01 = _proc_gnusparse_10 = _refuse_gaps


def _unusual(what: str) -> DatasetError:
    return DatasetError(
        f"the archive has {what}, which this program does not read; pack the pictures as a .zip"
    )


def _of_tar(file: BinaryIO, n_total: int, head: bytes) -> Iterator[Packed]:
    source: Any = _Bounded(_unpacked(file, head))
    with tarfile.open(fileobj=source, mode="r|", tarinfo=_Member) as archive:
        n_files = 0
        while (member := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # it would keep all of them
            archive.pax_headers = {}  # and these, which are for all files that follow: no picture needs them
            n_files += 1
            if n_files > 2 * MAX_FILES:  # folders and what is no picture count too
                raise DatasetError(f"the archive has more than {2 * MAX_FILES:,} files; import fewer")
            if not member.isdir():
                opener = partial(_extracted, archive, member) if member.isreg() else None
                yield Packed(member.name, opener, file.tell(), n_total)


def _extracted(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member)
    if file is None:
        raise tarfile.ReadError(f"{member.name!r:.80} cannot be read")
    return file
