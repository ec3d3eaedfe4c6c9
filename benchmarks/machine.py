"""What this machine can do at its best, and how long an epoch would take so: a floor."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import torch

from autoenc.schema import ModelInfo, TrainConfig

SIDE = 1024  # of the matrices that are multiplied
COPIED = 50_000_000  # float32 numbers: many times what the caches hold
TRIES = 20


@dataclass(frozen=True)
class Machine:
    """Its best of many tries, with all cores."""

    flops: float  # a second, of a product of two matrices; a multiplication and an addition are two
    bytes: float  # a second, read from memory or written to it


def measured() -> Machine:
    """Takes a second or two."""
    a, b, c = (torch.rand(SIDE, SIDE) for _ in range(3))
    source, target = torch.zeros(2, COPIED)
    return Machine(
        2 * SIDE**3 / _best(lambda: torch.mm(a, b, out=c)), 8 * COPIED / _best(lambda: target.copy_(source))
    )


def _best(what: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TRIES):
        began = perf_counter()
        what()
        seconds.append(perf_counter() - began)
    return min(seconds)


def floor_seconds(machine: Machine, config: TrainConfig, info: ModelInfo, n_train: int, n_test: int) -> float:
    """An epoch with its test, were it nothing but its arithmetic, or nothing but its way to memory and back.

    A gradient costs as much as going forward, once for the weights and once for what the layer is given; the
    first layer's images need none. What a layer with weights gives is written and read once, and so is its
    gradient; Adam reads four numbers a weight and writes three.
    """
    n_forward = info.n_multiplications
    n_step = 3 * n_forward - info.layers[_first(info)].n_multiplications
    arithmetic = 2 * (n_train * n_step + n_test * n_forward) / machine.flops
    n_numbers = sum(math.prod(layer.output_shape) for layer in info.layers if layer.n_parameters)
    n_steps = math.ceil(n_train / config.batch_size)
    moved = 4 * (n_numbers * (4 * n_train + 2 * n_test) + 7 * info.n_parameters * n_steps)
    return max(arithmetic, moved / machine.bytes)


def _first(info: ModelInfo) -> int:
    """The first layer that has weights."""
    return next(i for i, layer in enumerate(info.layers) if layer.n_parameters)
