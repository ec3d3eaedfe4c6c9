"""Arrays from a source -> files of our own, numbered, never longer than their heads say."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from autoenc.datasets.arrays.heads import MAX_HEAD_BYTES, Head, read_head
from autoenc.datasets.folders import printable
from autoenc.datasets.unpacking import CHUNK_BYTES, MAX_BYTES
from autoenc.errors import DatasetError
from autoenc.kinds import GZIP_MAGIC

MAX_ARRAYS = 1000
Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class ArrayFile:
    """An array on the disk, whose length has been compared with its head."""

    name: str  # in the source, for people
    path: Path
    head: Head

    @property
    def shape(self) -> tuple[int, ...]:
        return self.head.shape

    @property
    def kind(self) -> str:
        """Of its numbers, as NumPy calls it: b, i, u, f; U and S are text."""
        return np.dtype(self.head.dtype).kind

    def opened(self) -> Array:
        """A map of the file: only what is looked at is read."""
        if not np.prod(self.shape):
            return np.empty(self.shape, self.head.dtype)
        order = "F" if self.head.in_columns else "C"
        return np.asarray(
            np.memmap(self.path, self.head.dtype, "r", self.head.offset, self.shape, order)  # type: ignore[call-overload]
        )


class Received:
    """The arrays of a source, as they come in."""

    def __init__(self, folder: Path) -> None:
        """Into a folder that is made when it is needed."""
        self._folder = folder
        self.files: list[ArrayFile] = []

    @property
    def n_images(self) -> int:
        """Of all arrays that may hold images."""
        return sum(file.shape[0] for file in self.files if len(file.shape) > 2)

    @property
    def n_bytes(self) -> int:
        return sum(file.head.n_bytes for file in self.files)

    def take(self, name: str, content: Iterable[bytes]) -> Iterator[float]:
        """Writes an array, unpacked if it is in gzip; the fraction that is written.

        Raises:
            DatasetError: its head is refused, or wrong about its length, or there are too many.
        """
        called = printable(name)[-60:]
        if len(self.files) >= MAX_ARRAYS:
            raise DatasetError(f"there are more than {MAX_ARRAYS:,} arrays; import fewer")
        chunks = _unpacked(iter(content), called)
        begun = bytearray()
        for chunk in chunks:
            begun += chunk
            if len(begun) >= MAX_HEAD_BYTES:
                break
        head = read_head(bytes(begun[:MAX_HEAD_BYTES]), called, MAX_BYTES - self.n_bytes)
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{len(self.files)}.array"
        with path.open("wb") as file:
            n_bytes = file.write(begun)
            for chunk in chunks:
                n_bytes += file.write(chunk)
                if n_bytes > head.n_bytes:
                    break
                yield n_bytes / head.n_bytes
        if n_bytes != head.n_bytes:
            length = "more bytes than" if n_bytes > head.n_bytes else f"{n_bytes:,} bytes where"
            raise DatasetError(
                f"{called} has {length} its head says ({head.n_bytes:,}); download or save it again"
            )
        self.files.append(ArrayFile(called, path, head))


def _unpacked(chunks: Iterator[bytes], called: str) -> Iterator[bytes]:
    """What is in a gzip file, in pieces; anything else as it is."""
    first = next(chunks, b"")
    if not first.startswith(GZIP_MAGIC):
        yield first
        yield from chunks
        return
    try:
        yield from _of_gzip(first, chunks)
    except (zlib.error, EOFError) as error:
        raise DatasetError(f"{called} is a damaged .gz file; download it again") from error


def _of_gzip(packed: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    while packed:
        if content := unpacker.decompress(packed, CHUNK_BYTES):
            yield content
        packed = unpacker.unconsumed_tail or next(chunks, b"")
        if unpacker.eof:
            return
    if not unpacker.eof:
        raise EOFError
