"""An epoch on a GPU, step by step and with the step as one CUDA graph: `python -m benchmarks.gpu`.

A small model's step is dozens of kernels of a few microseconds each, and launching them takes longer than
they do. A graph launches all of them at once: the step is recorded with buffers that stay where they are, and
played again for each batch; the last batch, which is smaller, goes step by step. Both sides begin with the
same weights, see the same batches and take turns. Minutes on one card.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from statistics import median
from time import perf_counter

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from autoenc import datasets, devices, models, recipes, training
from autoenc.errors import AutoencError
from autoenc.schema import TrainConfig
from benchmarks import training_speed

EPOCHS = 5  # of each side, after one to warm up
WARM_UP_STEPS = 3  # before a step is recorded: kernels are chosen and buffers allocated


def run() -> None:
    """Print a line a model.

    Raises:
        ConfigError: there is no GPU.
        DatasetMissing: MNIST is not on this machine.
    """
    device = devices.pick("cuda")
    print(f"{torch.cuda.get_device_name(device)}, PyTorch {torch.__version__}; seconds of training an epoch")
    for config in _rows():
        eager, graph = (Side(config, device, recorded) for recorded in (False, True))
        turns = [(eager.epoch(i), graph.epoch(i)) for i in range(1 + EPOCHS)]
        one, other = (median(turn[side][0] for turn in turns[1:]) for side in (0, 1))
        off = max(abs(a - b) / a for (_, a), (_, b) in turns)
        print(
            f"{config.model:>15} {config.latent_size:<5} step by step {one:7.3f} s   graph {other:7.3f} s   "
            f"{one / other:5.2f} x   losses differ by {off:.0e} at most",
            flush=True,
        )


def _rows() -> Iterator[TrainConfig]:
    yield from training_speed.ROWS
    colour = recipes.colour_dataset(datasets.catalogue())
    yield TrainConfig(dataset=colour, model="conv-bottleneck", latent_size=128, layers=2)


class Side:
    """One way of training one model."""

    def __init__(self, config: TrainConfig, device: torch.device, recorded: bool) -> None:
        self.config, self.device = config, device
        data = datasets.load(config.dataset)
        self.images = torch.from_numpy(data.train).to(device)
        self.model = models.build(config, data.image_shape).to(device)
        # Adam that counts its steps on the device: a graph knows no other numbers.
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=config.learning_rate, fused=True, capturable=True
        )
        self.total = torch.zeros((), device=device)  # of the losses of all images of an epoch
        self.batch = self.images[: config.batch_size].clone()  # where a recorded step looks for its images
        self.play = self._recorded() if recorded else None

    def epoch(self, epoch: int) -> tuple[float, float]:
        """Seconds, and the mean loss."""
        draws = training.seeded("cpu", self.config.seed, epoch, "shuffle")
        order = torch.randperm(len(self.images), generator=draws).to(self.device)
        self.total.zero_()
        torch.cuda.synchronize(self.device)
        began = perf_counter()
        for batch in torch.split(self.images[order], self.config.batch_size):
            if self.play is not None and len(batch) == len(self.batch):
                self.batch.copy_(batch)
                self.play()
            else:
                self._step(batch)
        loss = float(self.total) / len(self.images)
        return perf_counter() - began, loss

    def _step(self, batch: Tensor) -> None:
        x = training.as_float(batch)
        loss = mse_loss(self.model(x), x)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.total += loss.detach() * len(batch)

    def _recorded(self) -> Callable[[], None]:
        """Plays the step on the images that lie in `batch`; the weights are as they were."""
        before = deepcopy(self.model.state_dict())
        aside = torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP_STEPS):
                self._step(self.batch)
        torch.cuda.current_stream(self.device).wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad()
        with torch.cuda.graph(graph):
            self._step(self.batch)
        self.model.load_state_dict(before)  # into the same memory, as with the optimiser's numbers
        for numbers in self.optimizer.state.values():
            for number in numbers.values():
                number.zero_()
        return graph.replay


if __name__ == "__main__":
    try:
        run()
    except AutoencError as error:
        sys.exit(f"python -m benchmarks.gpu: {error}")
