"""What the frames of a film cost: `python -m benchmarks.film_cost`.

In one training on MNIST every fourth step is filmed, and each step is timed: so steps with a frame and steps
without take turns within milliseconds, and other programs on the machine slow both. From their medians
follows what the few frames of a real run take of its time: eight in its first epoch, of 469 steps.
"""

from __future__ import annotations

import os
from statistics import median
from time import perf_counter

import torch

from autoenc import datasets, memory, models, training
from autoenc.schema import EpochRecord, StepRecord, TrainConfig

CONFIGS = (TrainConfig(latent_size=32, epochs=1), TrainConfig(model="conv", latent_size=16, epochs=1))
EVERY = 4  # steps


def run() -> None:
    """Print a line a model.

    Raises:
        DatasetMissing: MNIST is not on this machine.
    """
    memory.keep_freed()
    training.REPORT_SECONDS = 0.0  # a record a step
    data, n_threads = datasets.load("mnist"), torch.get_num_threads()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for config in CONFIGS:
        model = models.describe(config, data.image_shape)
        torch.set_num_threads(training.useful_threads(config, model, n_threads))
        plain, filmed = map(median, _seconds_of_steps(config))
        n_steps = -(-len(data.train) // config.batch_size)
        n_frames = sum(step < n_steps for step in training.FILM_STEPS)
        share = n_frames * (filmed - plain) / (n_steps * plain)
        print(
            f"{config.model:>4} {config.latent_size}: a step {1000 * plain:.2f} ms, "
            f"a frame {1000 * (filmed - plain):.2f} ms; "
            f"{n_frames} frames in an epoch of {n_steps} steps: {100 * share:.2f} % of its training",
            flush=True,
        )


def _seconds_of_steps(config: TrainConfig) -> tuple[list[float], list[float]]:
    """Of an epoch: of the steps without a frame, and of those with one."""
    data = datasets.load(config.dataset)
    plain, filmed = list[float](), list[float]()
    state, at = training.begin(config, data), perf_counter()
    for record in training.train(state, data, config, range(EVERY, 10_000, EVERY)):
        if isinstance(record, StepRecord):
            (filmed if record.x_hat else plain).append(perf_counter() - at)
        if isinstance(record, EpochRecord):
            break
        at = perf_counter()
    return plain, filmed


if __name__ == "__main__":
    run()
