"""The runs that count, and their names and sizes in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autoenc.numerals import counted, decibels, out_of
from autoenc.pareto import usable
from autoenc.schema import CODE_UNITS, MODELS, Point, State, psnr_of_mse
from autoenc.schema import MODEL_NAMES as NAMES


def usable_points(points: Sequence[Point], name: str) -> list[Point]:
    return [p for p in points if p.finished and usable(getattr(p, name))]


def so_far(points: Sequence[Point], caption: str) -> str:
    """What is said of all runs, marked as long as some are missing; a run that failed is not waited for."""
    n_finished = sum(point.finished for point in points)
    n_expected = sum(point.state is not State.FAILED for point in points)
    if not caption or n_finished == n_expected:
        return caption
    return f"So far ({out_of(n_finished, n_expected, 'run')}): {caption}"


def simplest(points: Sequence[Point], name: str) -> Iterator[list[Point]]:
    """Of each model the runs of the fewest layers that have a value, by size."""
    for model in MODELS:
        mine = [p for p in usable_points(points, name) if p.config.model == model]
        layers = min((p.config.layers for p in mine), default=0)
        line = {p.config.latent_size: p for p in mine if p.config.layers == layers}
        if line:
            yield [line[size] for size in sorted(line)]


def loss_of(point: Point) -> float:
    assert point.test_mse is not None
    return point.test_mse


def quality_of(point: Point) -> str:
    return decibels(psnr_of_mse(loss_of(point)))


def name_of(point: Point) -> str:
    layers = point.config.layers
    return NAMES[point.config.model] if layers == 1 else f"{NAMES[point.config.model]}, {layers} layers"


def size_of(point: Point) -> str:
    """`1 number`, `64 channels`."""
    k, unit = point.config.latent_size, CODE_UNITS[point.config.model]
    return counted(k, unit)


def sizes_of(a: Point, b: Point) -> str:
    return f"{a.config.latent_size:,} to {size_of(b)}"


def run_name(point: Point) -> str:
    return f"{name_of(point)} with {size_of(point)}"
