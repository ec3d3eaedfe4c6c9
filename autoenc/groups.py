"""Runs that differ only by their seed: their mean, how far they lie apart, and the best of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from autoenc.pareto import usable
from autoenc.schema import Point, TrainConfig


@dataclass(frozen=True)
class Spread:
    """Of n values their mean and their standard deviation, as of a sample: divided by n - 1."""

    n: int
    mean: float
    std: float | None  # None: of a single value nothing is known


@dataclass(frozen=True)
class Group:
    """The runs of a sweep with the same settings but for the seed."""

    points: tuple[Point, ...]  # at least one, in whatever state

    @property
    def config(self) -> TrainConfig:
        """Of the first."""
        return self.points[0].config

    @property
    def finished(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.finished)

    def of(self, value: Callable[[Point], float | None]) -> Spread | None:
        """Of the finished runs that have a usable value; None: there is none yet."""
        values = [
            number for point in self.finished if (number := value(point)) is not None and usable(number)
        ]
        if not values:
            return None
        return Spread(len(values), fmean(values), stdev(values) if len(values) > 1 else None)


def groups(points: Sequence[Point]) -> tuple[Group, ...]:
    """In the order of their first runs."""
    found: dict[TrainConfig, list[Point]] = {}
    for point in points:
        found.setdefault(replace(point.config, seed=0), []).append(point)
    return tuple(Group(tuple(alike)) for alike in found.values())


def best(points: Sequence[Point]) -> Point | None:
    """The finished run with the least test loss; None: none has finished."""
    done = [(p.test_mse, p) for p in points if p.finished and p.test_mse is not None and usable(p.test_mse)]
    return min(done, key=lambda one: one[0])[1] if done else None
