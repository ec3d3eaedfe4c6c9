"""Levels, decibels and names as they are said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from autoenc.numerals import listed, setting, short
from autoenc.schema import NOISES, Curve

MIN_DB_DIFFERENCE = 0.05  # decibels: less is rounding
MIN_DB_OTHER_IMAGES = 0.2  # decibels: less may lie in the first 1,000 test images (0.1 for the median at 0.3)


def by_level(curve: Curve) -> Mapping[float, float]:
    """PSNR; not where a picture came back exactly."""
    return {point.level: point.psnr_db for point in curve.points if math.isfinite(point.psnr_db)}


def are_complete(curves: Iterable[Curve]) -> bool:
    """Whether each is measured at all its levels: before that, what is true so far may not stay true."""
    return all(curve.done >= 1 for curve in curves)


def common_levels(curves: Sequence[Curve]) -> list[float]:
    """The levels of them all, rising."""
    levels = [set(by_level(curve)) for curve in curves]
    return sorted(set.intersection(*levels)) if levels else []


def unit_of(curve: Curve) -> str:
    return NOISES[curve.noise].suffix


def levels_text(levels: Iterable[float], unit: str) -> str:
    return f"{listed([setting(level) for level in levels])}{unit}"


def db(value: float) -> str:
    """`3.1 dB`, `6 dB`."""
    return f"{short(round(value, 1), 3)} dB"


def the(name: str) -> str:
    """`the plain autoencoder` of `Plain autoencoder`; `the MLP`; `total variation`."""
    bare = name.removeprefix("the ").removeprefix("The ")
    lower = bare if bare[1:2].isupper() else f"{bare[:1].lower()}{bare[1:]}"
    if lower == "noisy":
        return "the unfiltered noisy picture"
    return lower if lower.startswith(("no ", "total variation", "non-local means")) else f"the {lower}"


def sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
