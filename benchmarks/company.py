"""Threads of a step beside another program: `python -m benchmarks.company`, five minutes.

Milliseconds of a training step, by how many threads compute, by what those do that wait for the others, and
by how much of a core another program keeps busy, in bursts as a browser does: the table of
docs/decisions/0003.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from time import perf_counter, sleep

SPIN = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")  # what PyTorch's threads do is read once, when it is loaded
WAYS = {
    "one thread": (1, {}),
    "two, asleep at once": (2, {"OMP_WAIT_POLICY": "passive"}),
    "two, after a moment": (2, {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "1000"}),
    "two that spin": (2, {}),
}
MODELS = (("mlp", 32), ("mlp", 64), ("mlp", 128), ("mlp", 1024), ("conv", 16), ("conv", 128))
BUSY = (0.0, 0.15, 0.3, 0.6, 1.0)  # of a core
BURST_SECONDS = 0.02
COUNTED_SECONDS = 2.0


def _compute(share: float) -> None:
    """For ever, for this share of the time."""
    while True:
        began = perf_counter()
        while perf_counter() - began < BURST_SECONDS * share:
            pass
        if share < 1:
            sleep(BURST_SECONDS * (1 - share))


@contextmanager
def _beside(share: float) -> Iterator[None]:
    program = get_context("spawn").Process(target=_compute, args=(share,), daemon=True)
    if share:
        program.start()
    try:
        yield
    finally:
        if share:
            program.kill()
            program.join()


def step_milliseconds(threads: int) -> list[float]:
    """Of each model, on MNIST."""
    import torch  # here: in a process that has its environment

    from autoenc import datasets, memory, objective, training
    from autoenc.schema import TrainConfig

    memory.keep_freed()
    torch.set_num_threads(threads)
    data = datasets.load("mnist")
    x, draws = training.as_float(torch.from_numpy(data.train[:128])), torch.Generator()

    def steps(name: str, latent_size: int) -> Iterator[None]:
        state = training.begin(TrainConfig(model=name, latent_size=latent_size), data, "cpu")
        while True:
            state.optimizer.zero_grad()
            objective.loss_and_rate(state.model, x, x, draws)[0].backward()  # type: ignore[no-untyped-call]
            state.optimizer.step()
            yield

    return [_mean_milliseconds(steps(*model)) for model in MODELS]


def _mean_milliseconds(steps: Iterator[None]) -> float:
    for _ in range(5):
        next(steps)
    began, n = perf_counter(), 0
    while (took := perf_counter() - began) < COUNTED_SECONDS:
        next(steps)
        n += 1
    return 1000 * took / n


def main() -> None:
    print("| busy | threads | " + " | ".join(f"{model} {k}" for model, k in MODELS) + " |")
    print("|---|---|" + "---|" * len(MODELS), flush=True)
    for share in BUSY:
        with _beside(share):
            for way, (threads, environment) in WAYS.items():
                for name in SPIN:
                    os.environ.pop(name, None)
                os.environ |= environment
                with get_context("spawn").Pool(1) as pool:
                    took = pool.apply(step_milliseconds, (threads,))
                print(f"| {share} | {way} | " + " | ".join(f"{ms:.2f}" for ms in took) + " |", flush=True)


if __name__ == "__main__":
    main()
