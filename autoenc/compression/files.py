"""The file format `.aec`; docs/compress.md describes every byte."""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field

from autoenc.compression.tables import Table, pack, unpack
from autoenc.compression.varints import Reader, varint
from autoenc.errors import CompressionError, ConfigError
from autoenc.kinds import what_else
from autoenc.schema import Step

MAGIC = b"AEC"
VERSION = 1
ENDING = ".aec"
HASH_BYTES = 8  # of the content hash of the run's file
MAX_IMAGES = 10_000_000
MAX_BYTES = 1_000_000_000
_CHECK_BYTES = 2
_TABLES_OF_RUN, _OWN_TABLES = 0, 1


@dataclass(frozen=True, eq=False)
class CompressedFile:
    """A compressed file taken apart."""

    content_hash: str  # of the run's file whose decoder makes images of it: 16 hexadecimal digits
    n_images: int
    step: Step
    tables: tuple[Table, ...] | None = field(repr=False)  # None: those of the run
    code: bytes = field(repr=False)  # of the images

    def to_bytes(self) -> bytes:
        content = self.head + self.packed_tables + self.code
        return content + _check(content)

    @property
    def head(self) -> bytes:
        """All that is neither tables nor images, but for the two bytes of the check at the end."""
        return b"".join(
            (
                MAGIC,
                bytes([VERSION]),
                bytes.fromhex(self.content_hash),
                varint(self.n_images),
                self.step.exponent.to_bytes(1, signed=True),
                varint(self.step.multiple),
                bytes([_TABLES_OF_RUN if self.tables is None else _OWN_TABLES]),
            )
        )

    @property
    def packed_tables(self) -> bytes:
        return b"" if self.tables is None else pack(self.tables)

    @property
    def n_bytes_head(self) -> int:
        """Of the file, what is neither tables nor images."""
        return len(self.head) + _CHECK_BYTES

    @property
    def n_bytes_tables(self) -> int:
        return len(self.packed_tables)

    @property
    def n_bytes(self) -> int:
        """The whole file."""
        return self.n_bytes_head + self.n_bytes_tables + len(self.code)


def _check(data: bytes) -> bytes:
    return binascii.crc_hqx(data, 0xFFFF).to_bytes(_CHECK_BYTES)


def content_hash_in(data: bytes) -> str:
    """Whose decoder this file needs.

    Raises:
        CompressionError: it is no file of this format, or of a newer one, or damaged.
    """
    return _begun(data)[0]


def _begun(data: bytes) -> tuple[str, Reader]:
    """What stands before the numbers, and the rest."""
    if len(data) > MAX_BYTES:
        raise CompressionError(f"the file has {len(data):,} bytes; allowed: {MAX_BYTES:,}")
    if not data.startswith(MAGIC):
        what = what_else(data[:64]) or "something else"
        raise CompressionError(f"this is no {ENDING} file but {what}; choose one that autoenc has made")
    if len(data) <= len(MAGIC) + 1 + HASH_BYTES + _CHECK_BYTES:
        raise CompressionError(_damaged("it ends too early"))
    if (version := data[len(MAGIC)]) > VERSION:
        raise CompressionError(
            f"a newer version of this program made this file (format {version}; this program reads "
            f"{VERSION}); update it"
        )
    if _check(data[:-_CHECK_BYTES]) != data[-_CHECK_BYTES:]:
        raise CompressionError(_damaged("its bytes do not fit together"))
    reader = Reader(data[len(MAGIC) + 1 : -_CHECK_BYTES])
    return reader.take(HASH_BYTES).hex(), reader


def parsed(data: bytes, n_tables: int) -> CompressedFile:
    """The inverse of `CompressedFile.to_bytes`.

    Args:
        n_tables: of the run's code.
    Raises:
        CompressionError: it is no such file, of a newer format, or damaged.
    """
    content_hash, reader = _begun(data)
    try:
        if not (n_images := reader.varint(MAX_IMAGES)):
            raise CompressionError("it holds no images")
        exponent = int.from_bytes(reader.take(1), signed=True)
        step = Step(reader.varint(2**32), exponent)
        kind = reader.varint(127)
        if kind not in (_TABLES_OF_RUN, _OWN_TABLES):
            raise CompressionError(f"its tables are of an unknown kind, {kind}")
        tables = unpack(reader, n_tables) if kind == _OWN_TABLES else None
        return CompressedFile(content_hash, n_images, step, tables, reader.rest())
    except (CompressionError, ConfigError) as error:
        raise CompressionError(_damaged(str(error))) from None


def _damaged(why: str) -> str:
    return f"this file is damaged ({why}); take another copy of it"
