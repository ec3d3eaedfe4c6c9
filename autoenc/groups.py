"""The runs of a sweep put together: lines that a chart joins, and on them the runs of several seeds.

Runs of a sweep differ in model, layers and latent size, in other settings of which it has several values, and
in their seed. A line is of one model, depth and other settings; a group, on a line, of one latent size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import Any

from autoenc.pareto import usable
from autoenc.schema import GRID, MODELS, Noise, Point, TrainConfig
from autoenc.setting_words import depth_name, setting_words

Values = tuple[tuple[str, Any], ...]  # settings and their values

# The settings of which several numbers can be a numeric axis, the most telling first.
NUMERIC = ("learning_rate", "epochs", "batch_size", "train_images", "beta", "rate_weight", "decay_epochs")
_OTHERS = tuple(one.field for one in GRID if one.field != "seed")


# ---------------------------------------------------------------- several seeds


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
        return spread(values) if values else None

    @property
    def mean(self) -> Point | None:
        """The finished run nearest to the mean test loss, with the means of all; None: none has finished."""
        loss, seconds = self.of(lambda p: p.test_mse), self.of(lambda p: p.seconds)
        nearest = self.nearest_to_mean
        if nearest is None or len(self.points) == 1:
            return nearest
        train_loss = self.of(lambda p: p.train_loss)
        return replace(
            nearest,
            test_mse=loss.mean if loss else nearest.test_mse,
            train_loss=train_loss.mean if train_loss else nearest.train_loss,
            seconds=seconds.mean if seconds else nearest.seconds,
        )

    @property
    def nearest_to_mean(self) -> Point | None:
        """The finished run that stands for all: that with the test loss nearest to their mean."""
        loss = self.of(lambda p: p.test_mse)
        if loss is None:
            return self.finished[0] if self.finished else None
        losses = [
            (abs(p.test_mse - loss.mean), p) for p in self.finished if p.test_mse and usable(p.test_mse)
        ]
        return min(losses, key=lambda one: one[0])[1]


def spread(values: Sequence[float]) -> Spread:
    """Of at least one value."""
    return Spread(len(values), fmean(values), stdev(values) if len(values) > 1 else None)


def groups(points: Sequence[Point]) -> tuple[Group, ...]:
    """In the order of their first runs."""
    found: dict[TrainConfig, list[Point]] = {}
    for point in points:
        found.setdefault(replace(point.config, seed=0), []).append(point)
    return tuple(Group(tuple(alike)) for alike in found.values())


def means(points: Sequence[Point]) -> tuple[Point, ...]:
    """`Group.mean` of each group that has one: without several seeds the finished runs themselves."""
    found = (group.mean for group in groups(points))
    return tuple(point for point in found if point is not None)


def n_seeds(points: Sequence[Point]) -> int:
    """How many runs the largest group has: 1 where no run differs from another only by its seed."""
    return max((len(group.points) for group in groups(points)), default=1)


def best(points: Sequence[Point]) -> Point | None:
    """The finished run with the least test loss; None: none has finished."""
    done = [(p.test_mse, p) for p in points if p.finished and p.test_mse is not None and usable(p.test_mse)]
    return min(done, key=lambda one: one[0])[1] if done else None


# ---------------------------------------------------------------- several values of other settings


@dataclass(frozen=True)
class Line:
    """The runs that a chart joins: all that differ only in what stands on its x axis, and in their seed."""

    points: tuple[Point, ...]  # at least one, in whatever state
    variant: str = ""  # what tells it apart from lines of its model and depth: `learning rate 0.01`

    @property
    def config(self) -> TrainConfig:
        """Of the first."""
        return self.points[0].config

    @property
    def name(self) -> str:
        """`MLP`, `Conv, 2 layers, learning rate 0.01`."""
        return ", ".join(filter(None, (depth_name(self.config), self.variant)))


def lines(points: Sequence[Point], x_axis: str = "latent_size") -> tuple[Line, ...]:
    """By model, layers and the values of what else tells them apart.

    Args:
        x_axis: the setting that stands there: it tells no lines apart.
    """
    told = {model: tuple(name for name in telling(points, model) if name != x_axis) for model in MODELS}
    found: dict[tuple[str, int, Values], list[Point]] = {}
    for point in points:
        config = point.config
        values = tuple((name, getattr(config, name)) for name in told[config.model])
        found.setdefault((config.model, config.layers, values), []).append(point)
    return tuple(
        Line(tuple(alike), variant_of(alike[0].config, told[alike[0].config.model]))
        for _, alike in sorted(found.items(), key=lambda one: _order(one[0]))
    )


def telling(points: Sequence[Point], model: str | None = None) -> tuple[str, ...]:
    """The settings in which two runs of the same model, layers and size differ; the seed is not among them.

    Args:
        model: runs of this one only; None: of any.
    """
    alike: dict[tuple[str, int, int], list[TrainConfig]] = {}
    for config in (point.config for point in points):
        if model in (None, config.model):
            alike.setdefault((config.model, config.layers, config.latent_size), []).append(config)
    names = [
        name
        for name in _OTHERS
        if any(len({getattr(config, name) for config in configs}) > 1 for configs in alike.values())
    ]
    follows = all(config.decay_epochs == config.epochs for same in alike.values() for config in same)
    return tuple(name for name in names if not (name == "decay_epochs" and follows))


def along(points: Sequence[Point]) -> str:
    """What the x axis of a sweep's first charts is: `latent_size`, or what has several values in its place.

    That is the case where all runs have one latent size and a numeric setting has several values.
    """
    if len({point.config.latent_size for point in points}) == 1:
        several = telling(points)
        for name in NUMERIC:
            if name in several and all(getattr(point.config, name) for point in points):
                return name
    return "latent_size"


def variant_of(config: TrainConfig, names: Sequence[str]) -> str:
    """These settings of a run in words: `learning rate 0.01, 30 epochs`."""
    words = setting_words(config)
    return ", ".join(words[name] for name in words if name in names)


def _order(key: tuple[str, int, Values]) -> tuple[Any, ...]:
    model, layers, values = key
    return MODELS.index(model), layers, tuple(_rank(value) for _, value in values)


def _rank(value: float | Noise | None) -> tuple[int, float, str]:
    if value is None:
        return 0, 0.0, ""
    return (2, value.level, value.kind) if isinstance(value, Noise) else (1, value, "")
