"""Whole numbers of one byte where they are small: LEB128, and zigzag for signed ones."""

from __future__ import annotations

from autoenc.errors import CompressionError

_ENDS = "it ends too early"


def varint(value: int) -> bytes:
    """A number of 0 or more, seven bits a byte, the lowest first; the high bit says that more follow."""
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def signed(value: int) -> bytes:
    """0, -1, 1, -2 ... as 0, 1, 2, 3 ..."""
    return varint(2 * value if value >= 0 else -2 * value - 1)


class Reader:
    """Takes a file apart from its beginning; trouble is a CompressionError, a part of a sentence."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, n: int) -> bytes:
        part = self._data[self._at : self._at + n]
        if len(part) < n:
            raise CompressionError(_ENDS)
        self._at += n
        return part

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)

    def varint(self, most: int) -> int:
        """A number from 0 to `most`."""
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if value > most or shift > 63:
                raise CompressionError(f"a number in it is larger than {most:,}")
            if byte < 128:
                return value

    def signed(self, most: int) -> int:
        """A number from -`most` to `most`."""
        value = self.varint(2 * most)
        return -(value + 1) // 2 if value % 2 else value // 2
