"""Numbers in sentences, at the borders where formats go wrong."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoenc.captions.errors import class_caption, colour_caption
from autoenc.inspection import ClassError, ColourError
from autoenc.numerals import (
    counted,
    decibels,
    duration,
    expected_duration,
    listed,
    out_of,
    percent,
    setting,
    short,
    smaller,
)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (0, "0"),
        (0.0000123, "0.000012"),
        (0.00994, "0.0099"),
        (0.996, "1"),
        (1.25, "1.2"),
        (9.94, "9.9"),
        (9.96, "10"),
        (99.4, "99"),
        (99.6, "100"),
        (100, "100"),
        (101.4, "101"),
        (999.6, "1,000"),
        (1234.5, "1,234"),
        (1e7, "10,000,000"),
        (-0.025, "-0.025"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (math.nan, "no number"),
    ],
)
def test_two_digits_or_all_before_the_point(value: float, sentence: str) -> None:
    assert short(value) == sentence


def test_three_digits() -> None:
    assert [short(v, 3) for v in (24.5, 999.4, 999.5, 1000, 0.0123456)] == [
        "24.5",
        "999",
        "1,000",
        "1,000",
        "0.0123",
    ]


@given(st.floats(1e-12, 1e12), st.integers(1, 6))
def test_no_number_has_an_exponent_and_each_is_near_its_value(value: float, digits: int) -> None:
    sentence = short(value, digits)
    assert "e" not in sentence
    assert float(sentence.replace(",", "")) == pytest.approx(value, rel=0.51 * 10 ** (1 - digits))


@pytest.mark.parametrize(
    ("share", "sentence"),
    [
        (0, "0 %"),
        (1e-9, "under 0.1 %"),
        (0.0009, "under 0.1 %"),
        (0.001, "0.1 %"),
        (0.0094, "0.9 %"),
        (0.0096, "0.96 %"),
        (0.0123, "1.2 %"),
        (0.0996, "10 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.995, "over 99 %"),
        (0.9999, "over 99 %"),
        (1, "100 %"),
        (1.004, "100 %"),
        (1.2, "120 %"),
        (12.5, "1,250 %"),
    ],
)
def test_a_share_in_percent(share: float, sentence: str) -> None:
    assert percent(share) == sentence


def test_counts_agree_with_their_nouns() -> None:
    assert [counted(n, "number") for n in (0, 1, 2, 1024)] == [
        "0 numbers",
        "1 number",
        "2 numbers",
        "1,024 numbers",
    ]
    assert counted(2, "class", "classes") == "2 classes"
    parts = [out_of(*of, "epoch") for of in ((1, 1), (0, 1000), (1200, 4096))]
    assert parts == ["1 of 1 epoch", "0 of 1,000 epochs", "1,200 of 4,096 epochs"]


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        *((0.0, "0.00 s"), (0.02, "0.02 s"), (0.096, "0.1 s"), (9.4, "9.4 s"), (9.6, "10 s"), (89.4, "89 s")),
        *((91, "2 min"), (360, "6 min"), (5399, "90 min"), (5400, "1.5 h"), (3_600_000, "1,000.0 h")),
    ],
)
def test_durations(seconds: float, sentence: str) -> None:
    assert duration(seconds) == sentence


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        *(
            (0.0, 0.0, "a few seconds"),
            (3, 9.4, "a few seconds"),
            (41, 41, "about 40 s"),
            (0.5, 24, "up to 25 s"),
        ),
        *((7, 20, "7 to 20 s"), (42, 119, "40 s to 2 min"), (50, 88, "50 to 90 s"), (94, 96, "about 90 s")),
        *((540, 720, "about 10 min"), (540, 780, "9 to 15 min"), (1380, 3720, "25 min to 1 h")),
        *((3600, 5300, "1 to 1.5 h"), (36_000, 360_000, "10 to 100 h"), (3450, 3450, "about 1 h")),
    ],
)
def test_an_expected_time_is_as_exact_as_it_is_known(low: float, high: float, sentence: str) -> None:
    assert expected_duration(low, high) == sentence


def test_an_expected_time_never_shrinks_when_more_is_expected() -> None:
    def seconds(text: str) -> float:
        number, unit = text.removeprefix("about ").split()
        return float(number) * {"s": 1, "min": 60, "h": 3600}[unit]

    said = [seconds(expected_duration(n / 10, n / 10)) for n in range(95, 500_000, 7)]
    assert said == sorted(said)
    assert all(0.7 < text / (n / 10) < 1.35 for text, n in zip(said, range(95, 500_000, 7), strict=True))


def test_settings_are_said_as_they_were_written() -> None:
    assert [setting(v) for v in (0.3, 1.0, 0.05, 0.00001, 0.001, 4)] == [
        "0.3",
        "1",
        "0.05",
        "0.00001",
        "0.001",
        "4",
    ]


def test_decibels_and_the_size_of_a_code() -> None:
    assert [decibels(v) for v in (19.06, math.inf, math.nan)] == ["19.1 dB", "∞ dB", "no number"]
    assert [smaller(r) for r in (24.5, 1, 0.25, 1024)] == [
        *("24.5 times smaller", "the same size", "4 times larger", "1,024 times smaller")
    ]


def test_lists() -> None:
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


# ---------------------------------------------------------------- where it went wrong


def test_a_hundred_percent_and_a_hundredfold_error_are_said_without_an_exponent() -> None:
    words = colour_caption(ColourError((0.001, 0.002, 0.3), 0.996, 0.999))
    assert "over 99 % in brightness and over 99 % in colour" in words
    assert "Blue has the largest error: 300 times that of red." in words
    far = (ClassError(0, "sky", 9, 0.0001), ClassError(1, "cat", 9, 0.0123))
    assert class_caption(far).endswith("123 times the error.")
