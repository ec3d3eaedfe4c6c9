"""How often each whole number occurs in a code: the tables that a range coder needs, in whole numbers too.

A table comes from the quantiles in a run's file, or from the numbers that are coded, and then it is part of
the file that is made. Both are computed with integers: whoever reads a file gets the same tables as whoever
wrote it, on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from autoenc.compression.varints import Reader, signed, varint
from autoenc.errors import CompressionError, StepTooFine
from autoenc.numerals import short
from autoenc.schema import N_QUANTILES, CodeQuantiles, Step

TOTAL_BITS = 16
TOTAL = 1 << TOTAL_BITS  # the sum of all frequencies in a table
MAX_SYMBOLS = 1 << 14  # in one table
MAX_NUMBER = 2**15 - 1  # of a code in steps, below and above zero
_PART_BITS = TOTAL_BITS - 7  # of the frequency between two quantiles: there are 2**7 such parts

Ints = NDArray[np.int64]
Numbers = NDArray[np.int16]  # (N, T, P): images, tables, positions; in steps


@dataclass(frozen=True, eq=False)
class Table:
    """The frequencies of the whole numbers from `lowest` on."""

    lowest: int
    frequencies: Ints = field(repr=False)  # (n,), none below 1, their sum is TOTAL

    @property
    def highest(self) -> int:
        return self.lowest + len(self.frequencies) - 1

    @property
    def bits(self) -> NDArray[np.float64]:
        """What each number costs: (n,)."""
        return TOTAL_BITS - np.log2(self.frequencies)


def from_quantiles(quantiles: CodeQuantiles, step: Step) -> tuple[Table, ...]:
    """The tables of a run's code at this step; between two quantiles all values are equally frequent.

    Each reaches an eighth of its range beyond the smallest and the largest training value.

    Raises:
        StepTooFine: it is finer than the unit of the run, or a table would be too long.
    """
    if step.exponent < quantiles.exponent:
        raise CompressionError(
            f"a step of {short(step.value, 3)} is finer than the code of this run is known"
        )
    wide = step.multiple << min(step.exponent - quantiles.exponent, 40)  # in units of the run
    rows = np.frombuffer(quantiles.data, "<i2").reshape(-1, N_QUANTILES).astype(np.int64)
    return tuple(_between(2 * row, wide) for row in rows)


def _between(row: Ints, wide: int) -> Table:
    """A table of steps of `wide` units.

    Args:
        row: the quantiles in half units, so that the middle between two steps is a whole number.
    """
    margin = 2 * ((int(row[-1]) - int(row[0])) // 16)  # an eighth of the range, in whole units
    lowest, highest = (_nearest(int(end), wide) for end in (row[0] - margin, row[-1] + margin))
    n = highest - lowest + 1
    if n > MAX_SYMBOLS:
        raise StepTooFine(f"this step makes {n:,} different numbers; choose a larger one")
    edges = (2 * np.arange(lowest, highest) + 1) * wide  # between one number and the next, in half units
    below = np.searchsorted(row, edges, "right")  # how many quantiles
    inner = np.clip(below, 1, N_QUANTILES - 1)
    left, right = row[inner - 1], row[inner]
    part = ((edges - left) << _PART_BITS) // np.maximum(right - left, 1)
    cumulative = np.where(below == N_QUANTILES, TOTAL, ((inner - 1) << _PART_BITS) + part)
    cumulative[below == 0] = 0
    return Table(lowest, _without_zeros(np.diff(cumulative, prepend=0, append=TOTAL)))


def _nearest(half_units: int, wide: int) -> int:
    """The number whose step is nearest, the upper one of two; at most MAX_NUMBER to either side."""
    return min(MAX_NUMBER, max(-MAX_NUMBER, (half_units + wide) // (2 * wide)))


def from_numbers(numbers: Numbers) -> tuple[Table, ...]:
    """The tables of these very numbers: (N, T, P), T tables.

    Raises:
        StepTooFine: a table would be too long.
    """
    tables = []
    for column in numbers.transpose(1, 0, 2):
        lowest = int(column.min())
        n = int(column.max()) - lowest + 1
        if n > MAX_SYMBOLS:
            raise StepTooFine(f"this step makes {n:,} different numbers; choose a larger one")
        counts = np.bincount(column.ravel().astype(np.int64) - lowest, minlength=n)
        tables.append(Table(lowest, _without_zeros(counts)))
    return tuple(tables)


def _without_zeros(counts: Ints) -> Ints:
    """Frequencies in proportion to these counts, at least 1 each; the most frequent takes what is left."""
    shared = TOTAL - len(counts)
    frequencies: Ints = 1 + counts * shared // counts.sum()
    frequencies[np.argmax(frequencies)] += TOTAL - frequencies.sum()
    return frequencies


def pack(tables: tuple[Table, ...]) -> bytes:
    """Tables as part of a file: of each the lowest number, how many there are, and their frequencies."""
    parts = []
    for table in tables:
        parts += [signed(table.lowest), varint(len(table.frequencies))]
        # The last is what the others leave.
        parts += [varint(int(frequency) - 1) for frequency in table.frequencies[:-1]]
    return b"".join(parts)


def unpack(reader: Reader, n_tables: int) -> tuple[Table, ...]:
    """The inverse of `pack`.

    Raises:
        CompressionError: these are no such tables.
    """
    return tuple(_unpacked(reader) for _ in range(n_tables))


def _unpacked(reader: Reader) -> Table:
    lowest = reader.signed(MAX_NUMBER)
    n = reader.varint(MAX_SYMBOLS)
    frequencies = np.array([reader.varint(TOTAL) + 1 for _ in range(n - 1)], np.int64)
    last = TOTAL - int(frequencies.sum())
    if n < 1 or last < 1 or lowest + n - 1 > MAX_NUMBER:
        raise CompressionError("a table of frequencies in it is damaged")
    return Table(lowest, np.append(frequencies, last))


def clipped(numbers: Numbers, tables: tuple[Table, ...]) -> Numbers:
    """Numbers (N, T, P), those outside of their table moved to its edge."""
    lowest = np.array([table.lowest for table in tables])
    highest = np.array([table.highest for table in tables])
    inside: Numbers = np.clip(numbers, lowest[:, None], highest[:, None]).astype(np.int16)
    return inside
