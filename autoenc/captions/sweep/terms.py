"""The runs that count, and their names and sizes in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from autoenc.groups import lines, means, telling, variant_of
from autoenc.numerals import counted, decibels, out_of
from autoenc.pareto import usable
from autoenc.schema import CODE_UNITS, MODELS, Point, State, psnr_of_mse
from autoenc.setting_words import depth_name


def usable_points(points: Sequence[Point], name: str) -> list[Point]:
    """Those that can be compared; runs that differ only by their seed are one, at their mean."""
    return [p for p in means(points) if usable(getattr(p, name))]


def usable_runs(points: Sequence[Point], name: str) -> list[Point]:
    """The runs themselves, each seed for itself."""
    return [p for p in points if p.finished and usable(getattr(p, name))]


def so_far(points: Sequence[Point], caption: str) -> str:
    """What is said of all runs, marked as long as some are missing; a run that failed is not waited for."""
    return f"{_mark(points)}{caption}" if caption else ""


def one_text(points: Sequence[Point], *captions: str) -> str:
    """Several captions of a sweep, one after the other: how many runs there are so far is said once."""
    mark = _mark(points)
    return so_far(points, " ".join(caption.removeprefix(mark) for caption in captions if caption))


def _mark(points: Sequence[Point]) -> str:
    n_finished = sum(point.finished for point in points)
    n_expected = sum(point.state is not State.FAILED for point in points)
    return "" if n_finished == n_expected else f"So far ({out_of(n_finished, n_expected, 'run')}): "


def simplest(points: Sequence[Point], name: str) -> Iterator[list[Point]]:
    """Of each model the runs of the fewest layers that have a value, by size.

    Where a setting has several values: with those that reach the least test loss.
    """
    comparable = usable_points(points, name)
    for model in MODELS:
        mine = [p for p in comparable if p.config.model == model]
        layers = min((p.config.layers for p in mine), default=0)
        alike = lines([p for p in mine if p.config.layers == layers])
        if alike:
            best = min(alike, key=lambda line: _least_loss(line.points))
            line = {p.config.latent_size: p for p in best.points}
            yield [line[size] for size in sorted(line)]


def _least_loss(points: Sequence[Point]) -> float:
    return min((loss_of(p) for p in points if usable(p.test_mse)), default=math.inf)


def loss_of(point: Point) -> float:
    assert point.test_mse is not None
    return point.test_mse


def quality_of(point: Point) -> str:
    return decibels(psnr_of_mse(loss_of(point)))


def name_of(point: Point, among: Sequence[Point] = ()) -> str:
    """`MLP`, `Conv, 2 layers, learning rate 0.01`.

    Args:
        among: the runs among which the name has to tell this one; empty: those of other sizes and layers.
    """
    variant = variant_of(point.config, telling(among, point.config.model))
    return ", ".join(filter(None, (depth_name(point.config), variant)))


def size_of(point: Point) -> str:
    """`1 number`, `64 channels`."""
    k, unit = point.config.latent_size, CODE_UNITS[point.config.model]
    return counted(k, unit)


def sizes_of(a: Point, b: Point) -> str:
    return f"{a.config.latent_size:,} to {size_of(b)}"


def run_name(point: Point, among: Sequence[Point] = ()) -> str:
    """`Conv, 2 layers with 16 channels`; takes what `name_of` takes."""
    return f"{name_of(point, among)} with {size_of(point)}"
