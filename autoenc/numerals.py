"""Numbers in sentences: counts, ratios, shares, times, errors; never an exponent, thousands with commas.

A seed, as a run_id, is a name and stays as it is; so do CSV and JSON.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

INFINITE = "∞"


def short(value: float, digits: int = 2) -> str:
    """A number with its significant digits, or all before the point: `0.0024`, `9.6`, `100`, `1,235`."""
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else f"{'-' * (value < 0)}{INFINITE}"
    if abs(value) >= 10**digits:
        return f"{value:,.0f}"
    rounded, exponent = f"{value:.{digits - 1}e}".split("e")
    places = max(0, digits - 1 - int(exponent))
    text = f"{float(f'{rounded}e{exponent}'):,.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text


def setting(value: float) -> str:
    """A number that somebody has chosen, as it was written: `0.3`, `0.00001`."""
    return short(value, 6)


def percent(share: float) -> str:
    """`12 %`; nothing less is called all, nothing more none: `under 0.1 %`, `0.4 %`, `over 99 %`, `120 %`."""
    value = 100 * share
    if 0 < value < 0.095:
        return "under 0.1 %"
    if 99.5 <= value < 100:
        return "over 99 %"
    return f"{short(value, 1 if value < 0.95 else 2)} %"


def counted(n: float, noun: str, plural: str = "") -> str:
    """`1 number`, `1,024 numbers`, `2 classes`."""
    return f"{n:,.0f} {noun if n == 1 else plural or f'{noun}s'}"


def with_article(name: str) -> str:
    """`a 7`, `an 8`, `an apple`."""
    vowel = name[:1].lower() in set("aeiou") or name in ("8", "11", "18")
    return f"{'an' if vowel else 'a'} {name}"


def out_of(n: int, of: int, noun: str) -> str:
    """`3 of 10 epochs`, `0 of 1,000 epochs`, `1 of 1 epoch`."""
    return f"{n:,} of {counted(of, noun)}"


def duration(seconds: float) -> str:
    """For people: `0.02 s`, `0.4 s`, `12 s`, `3 min`, `2.5 h`."""
    if seconds < 0.095:
        return f"{seconds:.2f} s"
    if seconds < 9.5:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"


def expected_duration(low: float, high: float) -> str:
    """What will take from `low` to `high` seconds, for people: `about 40 s`, `9 to 12 min`, `40 s to 2 min`.

    As exactly as anybody can know it beforehand: of less than ten seconds nobody wants to know more.
    """
    if high < 9.5:
        return "a few seconds"
    if high < 1.4 * low:
        return f"about {_about(math.sqrt(low * high))}"
    first, last = _about(low), _about(high)
    if first == last:
        return f"about {last}"
    if low < 0.95:
        return f"up to {last}"
    (first_number, first_unit), (_, unit) = first.split(), last.split()
    return f"{first_number if first_unit == unit else first} to {last}"


def _about(seconds: float) -> str:
    """`7 s`, `40 s`, `2 min`, `25 min`, `1.5 h`, `12 h`."""
    if seconds < 95:
        step = next(step for step, below in ((1, 9.5), (2, 19), (5, 57.5), (10, 95)) if seconds < below)
        return f"{step * round(seconds / step)} s"
    minutes = seconds / 60
    if minutes < 57.5:
        step = 1 if minutes < 12.5 else 5
        return f"{step * round(minutes / step)} min"
    hours = minutes / 60
    return f"{short(round(2 * hours) / 2 if hours < 9.75 else round(hours), 6)} h"


def decibels(value: float) -> str:
    """`19.1 dB`; of an exact copy `∞ dB`."""
    if math.isnan(value):
        return short(value)
    return f"{value:,.1f} dB" if math.isfinite(value) else f"{short(value)} dB"


def smaller(ratio: float) -> str:
    """How a code of an image that has `ratio` times its numbers stands to it: `24.5 times smaller`."""
    if math.isclose(ratio, 1):
        return "the same size"
    return f"{short(ratio, 3)} times smaller" if ratio > 1 else f"{short(1 / ratio, 3)} times larger"


def data_size(n_bytes: int) -> str:
    """`12 GB`, `2.5 GB`, `350 MB`; as many digits as help to choose."""
    if n_bytes >= 950_000_000:
        return f"{n_bytes / 1e9:.{0 if n_bytes >= 9_950_000_000 else 1}f} GB"
    return f"{max(0, n_bytes) / 1e6:,.0f} MB"


def listed(words: Sequence[str]) -> str:
    """`one, two and three`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
