"""Whole numbers -> bytes and back, by range coding with fixed tables.

The coder is constriction's `RangeEncoder`, words of 32 bits, probabilities of 24 (Bamler 2022,
arXiv:2201.01741).
Each table goes to it as frequencies / 65,536, which floats hold exactly: no step of either direction depends
on the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import constriction
import numpy as np
from numpy.typing import NDArray

from autoenc.compression.tables import TOTAL, Numbers, Table
from autoenc.errors import CompressionError

_WORD = 4  # bytes
_Encoder = constriction.stream.queue.RangeEncoder
_Decoder = constriction.stream.queue.RangeDecoder


class Encoder:
    """Takes numbers table by table; `finished` has the bytes of all of them."""

    def __init__(self, tables: tuple[Table, ...]) -> None:
        self._tables = tables
        self._models = [_model_of(table) for table in tables]
        self._encoder = _Encoder()

    def add(self, numbers: Numbers) -> None:
        """Numbers (N, T, P), all of them within the tables: for each table in turn those of all images."""
        columns = numbers.transpose(1, 0, 2)
        for column, table, model in zip(columns, self._tables, self._models, strict=True):
            if model is not None:
                self._encoder.encode(column.ravel().astype(np.int32) - table.lowest, model)

    def finished(self) -> bytes:
        """All bytes, without zeros at their end: the decoder adds those."""
        words: NDArray[np.uint32] = self._encoder.get_compressed()
        return words.astype(">u4").tobytes().rstrip(b"\0")


class Decoder:
    """Gives the numbers back in the order in which an Encoder took them."""

    def __init__(self, data: bytes, tables: tuple[Table, ...], models: Sequence[object] = ()) -> None:
        """Args: models, of these tables, where they have been made already."""
        padded = data + bytes(-len(data) % _WORD)
        self._tables = tables
        self._models = models or [_model_of(table) for table in tables]
        self._decoder = _Decoder(np.frombuffer(padded, ">u4").astype(np.uint32))

    def take(self, n_images: int, n_positions: int) -> Numbers:
        """Numbers (N, T, P).

        Raises:
            CompressionError: no encoder makes such bytes.
        """
        numbers = np.empty((n_images, len(self._tables), n_positions), np.int16)
        for t, (table, model) in enumerate(zip(self._tables, self._models, strict=True)):
            numbers[:, t] = table.lowest
            if model is not None:
                numbers[:, t] += self._symbols(model, n_images * n_positions).reshape(n_images, n_positions)
        return numbers

    def _symbols(self, model: object, n: int) -> NDArray[np.int32]:
        try:
            symbols: NDArray[np.int32] = self._decoder.decode(model, n)
        except (AssertionError, ValueError, RuntimeError) as error:
            raise CompressionError("its numbers cannot be decoded") from error
        return symbols


def shortened(data: bytes, tables: tuple[Table, ...], numbers: Numbers) -> bytes:
    """The shortest bytes that still decode to the same numbers (N, T, P).

    An encoder ends with whole words, of which a single image needs a part: up to three bytes of some twenty.
    """
    models = [_model_of(table) for table in tables]
    for length in range(max(0, len(data) - 2 * _WORD), len(data)):
        whole = int.from_bytes(data[:length], "big")
        for candidate in (whole, whole + 1):  # the numbers are an interval: from below or from within
            if candidate < 256**length:
                short = candidate.to_bytes(length, "big").rstrip(b"\0")
                with suppress(CompressionError):
                    back = Decoder(short, tables, models).take(len(numbers), numbers.shape[2])
                    if np.array_equal(back, numbers):
                        return short
    return data


def _model_of(table: Table) -> object:
    """None: there is only one number, and nothing to say."""
    if len(table.frequencies) == 1:
        return None
    return constriction.stream.model.Categorical(table.frequencies / TOTAL, perfect=False)
