"""A training step with PyTorch's own layers, and with ours: `python -m benchmarks.convolution_speed`.

Both sides begin with the same weights, see the same images and take turns, ten steps each, in one process:
a machine that gets slower does so for both.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch
from torch.nn.functional import mse_loss

from autoenc import memory, models
from autoenc.convolutions import arranged
from autoenc.models import Autoencoder, ImageShape
from autoenc.schema import TrainConfig
from autoenc.training import as_float
from benchmarks.lab_loop import with_plain_layers

GREY, COLOUR = (1, 28, 28), (3, 32, 32)
ROWS: dict[str, tuple[TrainConfig, ImageShape]] = {
    "conv 1": (TrainConfig(model="conv", latent_size=1), GREY),
    "conv 16": (TrainConfig(model="conv", latent_size=16), GREY),
    "conv 128": (TrainConfig(model="conv", latent_size=128), GREY),
    "conv 16, 2 layers": (TrainConfig(model="conv", latent_size=16, layers=2), GREY),
    "conv 16, stride 1": (TrainConfig(model="conv", latent_size=16, stride=1), GREY),
    "bottleneck 32, 2 layers": (TrainConfig(model="conv-bottleneck", latent_size=32, layers=2), GREY),
    "conv 16, colour": (TrainConfig(model="conv", latent_size=16), COLOUR),
    "bottleneck 128, 2 layers, colour": (
        TrainConfig(model="conv-bottleneck", latent_size=128, layers=2),
        COLOUR,
    ),
}
STEPS, TURNS, WARM_UP = 10, 14, 2
BATCH = 128


def run() -> None:
    """Print a line a model."""
    memory.keep_freed()
    isa = torch.backends.cpu.get_cpu_capability()
    print(f"{os.cpu_count()} cores, {isa}, {torch.get_num_threads()} threads; a step of {BATCH} images")
    for name, (config, shape) in ROWS.items():
        plain, ours = measure(config, shape)
        print(
            f"{name:33} plain {1000 * plain:6.1f} ms   ours {1000 * ours:6.1f} ms   {plain / ours:5.2f} x",
            flush=True,
        )


def measure(config: TrainConfig, shape: ImageShape) -> tuple[float, float]:
    """Seconds of a step, with PyTorch's layers and with ours: medians over the turns."""
    models_of = (
        with_plain_layers(models.build(config, shape)),
        arranged(models.build(config, shape), torch.device("cpu")),
    )
    draws = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (STEPS, BATCH, *shape), dtype=torch.uint8, generator=draws)
    sides = [_steps(model, images) for model in models_of]
    turns = [[side() for side in sides] for _ in range(WARM_UP + TURNS)][WARM_UP:]
    plain, ours = (median(turn[side] for turn in turns) / STEPS for side in (0, 1))
    return plain, ours


def _steps(model: Autoencoder, images: torch.Tensor) -> Callable[[], float]:
    """Trains on all of the batches and says how many seconds that took."""
    optimizer = torch.optim.Adam(model.parameters(), fused=True)

    def steps() -> float:
        began = perf_counter()
        for batch in images:
            x = as_float(batch)
            loss = mse_loss(model(x), x)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return perf_counter() - began

    return steps


if __name__ == "__main__":
    run()
