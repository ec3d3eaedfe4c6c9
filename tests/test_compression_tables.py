"""Whole numbers as bytes: tables, range coding and the file format, on paper where that is possible."""

from __future__ import annotations

import binascii
import math
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoenc.compression import tables
from autoenc.compression.coding import Decoder, Encoder, shortened
from autoenc.compression.files import CompressedFile, content_hash_in, parsed
from autoenc.compression.tables import TOTAL, Table, from_numbers, from_quantiles, pack, unpack
from autoenc.compression.varints import Reader, signed, varint
from autoenc.errors import CompressionError, ConfigError, StepTooFine
from autoenc.schema import N_QUANTILES, CodeQuantiles, Step

HASH = "00112233445566aa"
QUARTER_HALF_QUARTER = Table(-1, np.array([16384, 32768, 16384]))


def column(*numbers: int) -> tables.Numbers:
    """One image, one table, these numbers at its positions."""
    return np.array(numbers, np.int16)[None, None]


def quantiles(*rows: list[int], exponent: int = 0) -> CodeQuantiles:
    return CodeQuantiles(len(rows), exponent, np.array(rows, "<i2").tobytes())


# ---------------------------------------------------------------- whole numbers


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "00"), (127, "7f"), (128, "8001"), (300, "ac02"), (65535, "ffff03")]
)
def test_a_small_number_is_one_byte_and_a_larger_one_seven_bits_a_byte(value: int, expected: str) -> None:
    assert varint(value).hex() == expected
    assert Reader(varint(value)).varint(70_000) == value


def test_signed_numbers_alternate() -> None:
    assert [signed(n).hex() for n in (0, -1, 1, -2, 2, -64, 64)] == [
        "00",
        "01",
        "02",
        "03",
        "04",
        "7f",
        "8001",
    ]
    assert [Reader(signed(n)).signed(100) for n in (0, -1, 1, -64, 64, -100, 100)] == [
        0,
        -1,
        1,
        -64,
        64,
        -100,
        100,
    ]


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff\xff\xff\xff", b"\x80" * 20])
def test_a_number_that_does_not_end_or_is_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(CompressionError):
        Reader(data).varint(1000)


# ---------------------------------------------------------------- tables


def test_a_table_as_bytes_worked_out_on_paper() -> None:
    # The lowest, -1, is 1 in zigzag; 3 numbers; 16383 and 32767 in sevens of bits; the last is what is left.
    assert pack((QUARTER_HALF_QUARTER,)).hex() == "01" + "03" + "ff7f" + "ffff01"
    (back,) = unpack(Reader(pack((QUARTER_HALF_QUARTER,))), 1)
    assert back.lowest == -1
    assert back.frequencies.tolist() == [16384, 32768, 16384]


def test_bits_are_the_logarithm_of_the_frequency() -> None:
    assert QUARTER_HALF_QUARTER.bits.tolist() == [2.0, 1.0, 2.0]


def test_a_table_of_numbers_counts_them() -> None:
    numbers = np.array([[[3], [0]], [[5], [0]], [[3], [0]], [[3], [0]]], np.int16)  # 4 images, 2 tables
    first, second = from_numbers(numbers)
    # 3 numbers share 65,533 in proportion 3 : 0 : 1, each has 1 more; the first takes what rounding leaves
    assert (first.lowest, first.frequencies.tolist()) == (3, [49151, 1, 16384])
    assert (second.lowest, second.frequencies.tolist()) == (0, [TOTAL])


def test_a_table_of_evenly_spread_values_is_even() -> None:
    row = [64 * i for i in range(N_QUANTILES)]  # 0 to 8,192 units
    (table,) = from_quantiles(quantiles(row), Step(1024, 0))
    # A step of 1,024 covers 1/8 of the range, the first and the last half as much; the margin is one more.
    assert table.lowest == -1
    assert len(table.frequencies) == 11
    assert table.frequencies[2:9] == pytest.approx([TOTAL / 8] * 7, rel=0.001)
    assert table.frequencies[[1, 9]] == pytest.approx([TOTAL / 16] * 2, rel=0.002)
    assert table.frequencies[[0, 10]].tolist() == [1, 1]


def test_what_half_of_the_images_share_has_half_of_the_table() -> None:
    row = [0] * 65 + list(range(1, 65))  # a ReLU gives 0 to half of them
    (table,) = from_quantiles(quantiles(row), Step(1, 0))
    assert table.frequencies[-table.lowest] == pytest.approx(TOTAL / 2, rel=0.01)


@given(
    st.lists(st.integers(-32767, 32767), min_size=2, max_size=129), st.integers(1, 40_000), st.integers(0, 3)
)
def test_any_quantiles_give_tables_that_a_coder_can_use(values: list[int], multiple: int, shift: int) -> None:
    row = sorted(np.resize(values, N_QUANTILES).tolist())
    if 1.25 * (row[-1] - row[0]) / (multiple << shift) > tables.MAX_SYMBOLS - 2:
        with suppress(CompressionError):  # at the very limit
            from_quantiles(quantiles(row), Step(multiple, shift))
        return
    (table,) = from_quantiles(quantiles(row), Step(multiple, shift))
    assert table.frequencies.sum() == TOTAL
    assert table.frequencies.min() >= 1
    wide = multiple << shift
    assert table.lowest * wide <= row[0] + wide / 2
    assert table.highest * wide >= row[-1] - wide / 2


def test_a_step_finer_than_the_unit_of_a_run_is_refused() -> None:
    with pytest.raises(CompressionError, match="finer than"):
        from_quantiles(quantiles([0] * N_QUANTILES), Step(1, -1))


def test_a_constant_number_costs_nothing() -> None:
    (table,) = from_quantiles(quantiles([5] * N_QUANTILES), Step(10, 0))
    assert len(table.frequencies) == 1
    encoder = Encoder((table,))
    encoder.add(column(table.lowest))
    assert encoder.finished() == b""
    assert Decoder(b"", (table,)).take(1, 1).tolist() == [[[table.lowest]]]


# ---------------------------------------------------------------- range coding


def test_256_equally_frequent_numbers_are_coded_as_themselves() -> None:
    table = Table(0, np.full(256, TOTAL // 256))
    encoder = Encoder((table,))
    encoder.add(column(17, 200, 3, 255, 0, 99, 1, 2))
    # The coder keeps a little for numbers of frequency 0, so that later bytes drift apart.
    assert encoder.finished()[:3] == bytes([17, 200, 3])


@given(st.lists(st.integers(0, 2), min_size=1, max_size=400), st.integers(1, 3))
def test_numbers_come_back(symbols: list[int], n_images: int) -> None:
    numbers = np.resize(np.array(symbols, np.int16) - 1, (n_images, 1, len(symbols)))
    encoder = Encoder((QUARTER_HALF_QUARTER,))
    encoder.add(numbers)
    data = encoder.finished()
    short = shortened(data, (QUARTER_HALF_QUARTER,), numbers)
    for candidate in (data, short):
        back = Decoder(candidate, (QUARTER_HALF_QUARTER,)).take(n_images, len(symbols))
        assert np.array_equal(back, numbers)
    entropy = float(QUARTER_HALF_QUARTER.bits[numbers + 1].sum())
    assert len(short) <= math.ceil(entropy / 8) + 1


# ---------------------------------------------------------------- the file


def small_file() -> CompressedFile:
    return CompressedFile(HASH, 1, Step(3, -2), (QUARTER_HALF_QUARTER,), b"\x12\x34")


def test_a_file_byte_by_byte() -> None:
    before = bytes.fromhex("41454301" + HASH + "01fe03010103ff7fffff011234")
    check = binascii.crc_hqx(before, 0xFFFF).to_bytes(2, "big")
    file = small_file()
    assert file.to_bytes() == before + check
    assert (file.n_bytes, file.n_bytes_head, file.n_bytes_tables) == (27, 18, 7)
    assert file.n_bytes == len(file.to_bytes())
    back = parsed(before + check, 1)
    assert (back.content_hash, back.n_images, back.step, back.code) == (HASH, 1, Step(3, -2), b"\x12\x34")
    assert content_hash_in(before + check) == HASH


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "this is no .aec file but something else"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "this is no .aec file but something else"),
        (b"<!doctype html><title>Login</title>", "a web page, perhaps one that asks for a login"),
        (b"AEC", "it ends too early"),
        (b"AEC\x02" + bytes(40), "a newer version of this program made this file"),
        (b"AEC\x01" + bytes(40), "its bytes do not fit together"),
    ],
)
def test_what_is_no_such_file_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(CompressionError, match=sentence) as caught:
        parsed(data, 1)
    assert "\n" not in str(caught.value)


@given(st.data())
def test_a_file_with_a_wrong_byte_is_refused(draw: st.DataObject) -> None:
    data = bytearray(small_file().to_bytes())
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] ^= draw.draw(st.integers(1, 255))
    with pytest.raises(CompressionError):
        parsed(bytes(data), 1)


@given(st.integers(0, 26))
def test_a_file_that_ends_too_early_is_refused(length: int) -> None:
    with pytest.raises(CompressionError):
        parsed(small_file().to_bytes()[:length], 1)


@given(st.lists(st.integers(-32767, 32767), min_size=2, max_size=129), st.integers(1, 40_000))
def test_numbers_at_the_ends_of_any_table_come_back(values: list[int], multiple: int) -> None:
    row = sorted(np.resize(values, N_QUANTILES).tolist())
    with suppress(StepTooFine):
        of_run = from_quantiles(quantiles(row), Step(multiple, 0))
        numbers = column(of_run[0].lowest, of_run[0].highest)
        encoder = Encoder(of_run)
        encoder.add(numbers)
        assert np.array_equal(Decoder(encoder.finished(), of_run).take(1, 2), numbers)


@settings(max_examples=300)
@given(
    st.integers(-(2**25), 2**25),
    st.lists(st.integers(0, 70_000), max_size=20),
    st.integers(0, 2**26),
    st.integers(0, 2**33),
    st.binary(max_size=20),
)
def test_nonsense_in_every_field_is_refused_or_decoded(
    lowest: int, frequencies: list[int], n_images: int, multiple: int, code: bytes
) -> None:
    table = signed(lowest) + varint(len(frequencies) + 1) + b"".join(map(varint, frequencies))
    before = b"AEC\x01" + bytes.fromhex(HASH) + varint(n_images) + b"\xfe" + varint(multiple) + b"\x01"
    before += table + code
    with suppress(CompressionError):
        file = parsed(before + binascii.crc_hqx(before, 0xFFFF).to_bytes(2, "big"), 1)
        assert file.tables is not None
        assert Decoder(file.code, file.tables).take(3, 2).shape == (3, 1, 2)


@settings(max_examples=300)
@given(st.binary(max_size=80), st.integers(1, 5))
def test_a_hostile_file_is_refused_or_decoded_and_never_more(content: bytes, n_tables: int) -> None:
    """Its check fits: only what stands in it is nonsense."""
    before = b"AEC\x01" + bytes.fromhex(HASH) + content
    data = before + binascii.crc_hqx(before, 0xFFFF).to_bytes(2, "big")
    with suppress(CompressionError):
        file = parsed(data, n_tables)
        if file.tables is not None:
            numbers = Decoder(file.code, file.tables).take(min(file.n_images, 10), 2)
            assert numbers.shape == (min(file.n_images, 10), n_tables, 2)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 1e300, 1e-300])
def test_an_impossible_step_is_refused(value: float) -> None:
    with pytest.raises(ConfigError):
        Step.nearest(value)


def test_a_step_is_as_near_as_a_thousandth() -> None:
    assert Step.nearest(0.1).value == pytest.approx(0.1, rel=0.001)
    assert Step.nearest(1.0).value == 1.0
    assert Step.nearest(0.2, exponent=-2) == Step(1, -2)


@pytest.mark.parametrize("value", [0.1, 1e6, 1e308])
def test_a_step_that_the_unit_of_a_run_does_not_allow_is_refused(value: float) -> None:
    with pytest.raises(ConfigError, match="to 524,288"):
        Step.nearest(value, exponent=-2)


# ---------------------------------------------------------------- as docs/compress.md says


def documented_table(q: list[int], w: int) -> tuple[int, list[int]]:
    """A table as the document describes it, in fractions: the lowest number and the frequencies."""
    m = (q[128] - q[0]) // 8
    lowest, highest = (
        max(-32767, min(32767, math.floor(Fraction(end, w) + Fraction(1, 2))))
        for end in (q[0] - m, q[128] + m)
    )
    n = highest - lowest + 1

    def below(i: int) -> int:
        b = (Fraction(i) + Fraction(1, 2)) * w
        j = sum(one <= b for one in q)
        if j in (0, 129):
            return 65536 * (j == 129)
        divisor = max(Fraction(q[j] - q[j - 1]), Fraction(1, 2))
        return 512 * (j - 1) + math.floor(512 * (b - q[j - 1]) / divisor)

    borders = [0, *(below(i) for i in range(lowest, highest)), 65536]
    counts = [after - before for before, after in pairwise(borders)]
    frequencies = [1 + c * (65536 - n) // 65536 for c in counts]
    frequencies[frequencies.index(max(frequencies))] += 65536 - sum(frequencies)
    return lowest, frequencies


@settings(max_examples=50)
@given(st.lists(st.integers(-300, 300), min_size=2, max_size=129), st.integers(1, 90))
def test_tables_are_those_that_the_document_describes(values: list[int], w: int) -> None:
    q = sorted(np.resize(values, N_QUANTILES).tolist())
    (table,) = from_quantiles(quantiles(q), Step(w, 0))
    assert (table.lowest, table.frequencies.tolist()) == documented_table(q, w)
