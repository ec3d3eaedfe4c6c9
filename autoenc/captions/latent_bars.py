"""What a code is when it is changed by hand: which value matters most, and whether anything lives there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autoenc.numerals import counted, percent, short

SHARES = (0.5, 0.9, 0.99)  # of the training images: words change where a code is farther out than these
MIN_RATIO = 1.5  # from which on one value matters more than another


def noun(class_names: Sequence[str]) -> str:
    """What one picture of a data set shows: a digit, where all of its classes are digits."""
    return "digit" if class_names and all(name.isdigit() for name in class_names) else "image"


def distance_words(distances: Sequence[float], what: str) -> tuple[tuple[float, str], ...]:
    """What is said of a code up to each distance from the mean; of one that is farther, the last.

    Args:
        distances: of training codes, at least one.
        what: `noun`.
    """
    limits = np.quantile(np.asarray(distances, np.float64), [*SHARES, 1]).tolist()
    n = len(distances)
    words = (
        f"Many {what}s live here: half of all training {what}s are farther from the middle of the codes.",
        f"Ordinary: among the 9 of 10 training {what}s that are nearest to the middle of the codes.",
        f"Rare: farther out than 9 of 10 training {what}s.",
        f"Very rare: farther out than 99 of 100 training {what}s.",
        f"No {what} lives here: {_than_any(n, what)}",
    )
    return tuple(zip([*limits, float("inf")], words, strict=True))


def _than_any(n: int, what: str) -> str:
    return f"farther from the middle of the codes than any of {counted(n, f'training {what}')}."


def bars_caption(values: Sequence[int], importance: Sequence[float], n_values: int) -> str:
    """What a class learns from the bars.

    Args:
        values: names of those that have bars of their own, the most important first.
        importance: of each, the squared change of the picture.
        n_values: of the code.
    """
    if n_values == 1:
        return "The decoder is given one value: move it, and see everything that this model can draw."
    begin = f"These {n_values:,} values are all that the decoder is given."
    usual = float(np.median(importance))
    ratio = importance[0] / usual if usual > 0 else float("inf")
    if ratio < MIN_RATIO:
        return f"{begin} All of them matter about equally: none stands for one part of the picture."
    most = f"Value {values[0]:,} matters most"
    if np.isfinite(ratio):
        most += (
            f": one standard deviation of it changes the picture {short(ratio)} times as much (MSE) as the "
            "median value does"
        )
    return f"{begin} {most}."


def groups_caption(n_groups: int, n_rest: int, share: float) -> str:
    """What the bars of groups are; empty: there are none."""
    if not n_groups:
        return ""
    return (
        f"The last {counted(n_groups, 'bar')} move the other {counted(n_rest, 'value')} together, along "
        f"their principal directions: {percent(share)} of their variance."
    )


def maps_caption(n_channels: int, sides: tuple[int, int], reach: tuple[int, int]) -> str:
    """What a class learns from a code of maps.

    Args:
        sides: rows and columns of a map.
        reach: rows and columns of the picture that one place can change.
    """
    return (
        f"This code keeps place: it is {counted(n_channels, 'small map')} of {sides[0]} x {sides[1]} "
        f"numbers, and each number draws only within {reach[0]} x {reach[1]} pixels around its own place."
    )
