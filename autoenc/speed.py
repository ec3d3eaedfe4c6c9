"""How fast this machine trains, from a second of measuring."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch

from autoenc import memory, models, objective
from autoenc.convolutions import arranged
from autoenc.schema import ModelInfo, TrainConfig
from autoenc.training import useful_threads

_BATCH = 128
_SHAPE = (1, 28, 28)
_PROBES = {
    "mlp": ((1, 1), (64, 1), (512, 1), (64, 3)),  # latent_size, layers
    "conv": ((1, 1), (16, 1), (96, 1), (8, 2), (32, 2)),
    "conv-bottleneck": ((4, 1), (256, 1), (16, 2), (16, 3)),
    "vae": ((1, 1), (64, 1), (512, 1), (64, 3)),
}


@dataclass(frozen=True)
class Speed:
    """Seconds of one training step, by model: a fixed part, one a number in memory, one a multiplication."""

    coefficients: Mapping[str, tuple[float, float, float]]
    threads: int


def measure(threads: int, stopped: Callable[[], bool] = lambda: False) -> Speed | None:
    """Time a few steps of a few models; takes about a second.

    Args:
        stopped: asked again and again whether nobody wants to know any more.
    Returns:
        None: it was stopped.
    """
    memory.keep_freed()
    coefficients = {}
    for name, probes in _PROBES.items():
        rows, times = [], []
        for latent_size, layers in probes:
            if stopped():
                return None
            config = TrainConfig(model=name, latent_size=latent_size, layers=layers)
            model = models.describe(config, _SHAPE)
            torch.set_num_threads(useful_threads(config, model, threads))
            rows.append(_size(model, _BATCH))
            times.append(_step_seconds(config))
        coefficients[name] = _fit(rows, times)
    return Speed(coefficients, threads)


def _fit(rows: Sequence[tuple[float, ...]], times: Sequence[float]) -> tuple[float, float, float]:
    # The relative error counts: a small model must not drown beside a large one.
    weights = 1 / np.array(times)
    from scipy.optimize import nnls  # here: half a second, which every process would pay at its start

    solution, _ = nnls(np.array(rows) * weights[:, None], np.ones(len(times)))
    return float(solution[0]), float(solution[1]), float(solution[2])


def _size(info: ModelInfo, batch_size: int) -> tuple[float, float, float]:
    """(1, numbers that a step touches, multiplications of a step forward)."""
    numbers = batch_size * sum(math.prod(layer.output_shape) for layer in info.layers) + info.n_parameters
    return 1.0, float(numbers), float(batch_size * info.n_multiplications)


def _step_seconds(config: TrainConfig) -> float:
    model = arranged(models.build(config, _SHAPE), torch.device("cpu"))
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    x = torch.rand(_BATCH, *_SHAPE, generator=torch.Generator().manual_seed(0))
    draws, seconds = torch.Generator(), []
    for _ in range(8):
        began = perf_counter()
        loss, rate = objective.loss_and_rate(model, x, x, draws)
        optimizer.zero_grad()
        (loss + rate if config.kind.has_prior else loss).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        seconds.append(perf_counter() - began)
    return min(seconds)  # another program may have held up the others


def epoch_seconds(
    config: TrainConfig, info: ModelInfo, n_train: int, n_test: int, speed: Speed | None
) -> float | None:
    """For one epoch, its test included, by the size of the model; None: its kind has not been measured."""
    if speed is None or config.model not in speed.coefficients:
        return None
    step = step_seconds(info, config.batch_size, speed.coefficients[config.model])
    n_steps = math.ceil((config.train_images or n_train) / config.batch_size)
    return step * n_steps + forward_seconds(info, n_test, speed.coefficients[config.model])


def step_seconds(info: ModelInfo, batch_size: int, coefficients: tuple[float, float, float]) -> float:
    """For one training step."""
    return float(np.dot(coefficients, _size(info, batch_size)))


def forward_seconds(info: ModelInfo, n_images: int, coefficients: tuple[float, float, float]) -> float:
    """For a test: the backward pass, which it does without, costs about twice the forward one."""
    return float(np.dot(coefficients[1:], _size(info, n_images)[1:])) / 3
