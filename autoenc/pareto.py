"""Which runs are best for their time."""

from __future__ import annotations

from collections.abc import Sequence

from autoenc.schema import Point


def usable(value: float | None) -> bool:
    """Whether it can be drawn and divided by: a positive number of a sensible size."""
    return value is not None and 0 < value < 1e30


def pareto(points: Sequence[Point]) -> tuple[Point, ...]:
    """The finished runs than which no other is both as fast and as good, by time."""
    best: list[Point] = []
    measured = [(p.seconds, p.test_mse, p) for p in points if p.finished and p.test_mse is not None]
    timed = [one for one in measured if usable(one[0]) and usable(one[1])]
    least = float("inf")
    for _, loss, point in sorted(timed, key=lambda one: one[:2]):
        if loss < least:
            best.append(point)
            least = loss
    return tuple(best)
