"""What the head of a .npy or idx file claims: checked before memory is taken for it."""

from __future__ import annotations

import math
import struct
import warnings
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt

from autoenc.errors import DatasetError
from autoenc.kinds import NPY_MAGIC

MAX_HEAD_BYTES = 16_384  # of a .npy: NumPy's own limit is 10,000 letters
MAX_DIMENSIONS = 8
MAX_LENGTH = 2_000_000  # of an array: images of a split
# The third byte of an idx file says what its numbers are, big-endian all.
_IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


@dataclass(frozen=True)
class Head:
    """How the numbers of a file are laid out."""

    shape: tuple[int, ...]
    dtype: npt.DTypeLike
    in_columns: bool  # Fortran's order: the first index changes fastest
    offset: int  # bytes before the numbers

    @property
    def n_bytes(self) -> int:
        """Of the whole file, if the head tells the truth."""
        return self.offset + math.prod(self.shape) * np.dtype(self.dtype).itemsize


def read_head(content: bytes, called: str, max_bytes: int) -> Head:
    """What the first bytes of a .npy or idx file claim.

    Args:
        content: MAX_HEAD_BYTES of the file, or all of it.
        called: the file, for people.
    Raises:
        DatasetError: it holds no plain numbers or texts, is damaged, or is too large.
    """
    head = _of_npy(content, called) if content.startswith(NPY_MAGIC) else _of_idx(content, called)
    dtype = np.dtype(head.dtype)
    if dtype.hasobject:
        raise DatasetError(
            f"{called} holds Python objects, which may hide a program; save it again as an array of numbers"
        )
    if dtype.kind not in "biufUS":
        raise DatasetError(f"{called} holds {str(dtype)[:40]!r}; allowed: numbers or text; convert it")
    if len(head.shape) > MAX_DIMENSIONS or (head.shape and head.shape[0] > MAX_LENGTH):
        raise DatasetError(
            f"{called} claims the shape {_by(head.shape)}; allowed: at most {MAX_LENGTH:,} images"
        )
    if head.n_bytes > max_bytes:
        raise DatasetError(
            f"{called} claims {head.n_bytes / 1e9:,.1f} GB; allowed: {max_bytes / 1e9:,.1f} GB; save "
            "fewer images, or smaller ones"
        )
    return head


def _of_npy(content: bytes, called: str) -> Head:
    file = BytesIO(content[:MAX_HEAD_BYTES])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of heads that Python 2 has written
            version = np.lib.format.read_magic(file)
            read = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, in_columns, dtype = read(file)
    except Exception as error:  # nested brackets, unknown types, cut off: to the reader it is one failure
        raise DatasetError(f"{called} is a damaged .npy file; save it again") from error
    if any(isinstance(n, bool) or n < 0 for n in shape):
        raise DatasetError(f"{called} claims the shape {_by(shape)}, which no array has; save it again")
    return Head(tuple(map(int, shape)), dtype, in_columns and len(shape) > 1, file.tell())


def _of_idx(content: bytes, called: str) -> Head:
    n_dimensions = content[3]
    offset = 4 + 4 * n_dimensions
    if len(content) < offset:
        raise DatasetError(f"{called} is cut off; download it again")
    shape = struct.unpack(f">{n_dimensions}I", content[4:offset])
    return Head(shape, np.dtype(_IDX_TYPES[content[2]]), False, offset)


def _by(shape: tuple[int, ...]) -> str:
    """As people write it; a head may claim numbers of a thousand digits."""
    return "x".join(f"{n:,}" if abs(n) < 10**12 else "..." for n in shape[:MAX_DIMENSIONS])
