"""Seconds an epoch on MNIST, the lab's loop against ours, in one run: `python -m autoenc bench`.

Each side lives in a process of its own, set up as its users have it (ours keeps freed memory, the lab's is
plain PyTorch), and they take turns: a machine that gets slower does so for both.
The first epoch of each side warms it up and is not counted. Losses are compared after equally many epochs.
Beside each row stands the machine's floor: what its arithmetic or its memory, measured in the same run, would
need at their best.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass, fields
from multiprocessing.connection import Connection
from statistics import median

import torch

from autoenc import datasets, devices, memory, models, training
from autoenc.cli.printing import STDOUT, Result, check_csv, give
from autoenc.csv_text import csv_text
from autoenc.schema import EpochRecord, TrainConfig
from benchmarks.machine import Machine, floor_seconds, measured

ROWS = tuple(
    TrainConfig(model=model, latent_size=k, epochs=1000)
    for model, sizes in (("mlp", (1, 32, 128, 1024)), ("conv", (1, 16, 128)))
    for k in sizes
)
COUNTED = 3  # epochs of each side, after one to warm up


@dataclass(frozen=True)
class Row:
    """One model; times are medians over the counted epochs, the test included."""

    model: str
    latent_size: int
    lab_seconds: float
    seconds: float
    ratio: float
    images_per_second: float
    floor_seconds: float  # `machine.floor_seconds`
    lab_test_loss: float  # after COUNTED + 1 epochs
    test_loss: float


def our_epochs(config: TrainConfig) -> Iterator[tuple[float, float, float]]:
    """As `lab_loop.epochs`, with the project's loop."""
    memory.keep_freed()
    data = datasets.load(config.dataset)
    model = models.describe(config, data.image_shape)
    torch.set_num_threads(training.useful_threads(config, model, torch.get_num_threads()))
    for record in training.train(training.begin(config, data), data, config):
        if isinstance(record, EpochRecord):
            yield record.seconds + record.test_seconds, record.train_loss, record.test_loss


def _serve(side: str, config: TrainConfig, pipe: Connection) -> None:
    from benchmarks import lab_loop

    epochs = lab_loop.epochs(config) if side == "lab" else our_epochs(config)
    while pipe.recv():
        pipe.send(next(epochs))


class Side:
    """One side in a process of its own, which does an epoch when it is asked to."""

    def __init__(self, side: str, config: TrainConfig) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(side, config, theirs), daemon=True)
        self.process.start()

    def epoch(self) -> tuple[float, float, float]:
        self.pipe.send(True)
        seconds, train_loss, test_loss = self.pipe.recv()
        return seconds, train_loss, test_loss

    def close(self) -> None:
        self.pipe.send(False)
        self.process.join()


def measure(config: TrainConfig, at_best: Machine) -> Row:
    """Both sides of one row, taking turns."""
    lab, ours = Side("lab", config), Side("ours", config)
    turns = [(lab.epoch(), ours.epoch()) for _ in range(COUNTED + 1)]
    lab.close()
    ours.close()
    lab_seconds, seconds = (median(turn[side][0] for turn in turns[1:]) for side in (0, 1))
    data = datasets.load(config.dataset)
    model = models.describe(config, data.image_shape)
    return Row(
        *(config.model, config.latent_size, lab_seconds, seconds, lab_seconds / seconds),
        images_per_second=len(data.train) / seconds,
        floor_seconds=floor_seconds(at_best, config, model, len(data.train), len(data.test)),
        lab_test_loss=turns[-1][0][2],
        test_loss=turns[-1][1][2],
    )


def run(args: argparse.Namespace) -> None:
    """Print a line a row as it is measured, then the geometric mean of the ratios.

    Raises:
        ConfigError: the file of `--csv` cannot be written.
        DatasetMissing: MNIST is not on this machine.
    """
    check_csv(args)
    datasets.load("mnist")
    rows, at_best = [], measured()
    print(
        f"{os.cpu_count()} cores, {devices.pick('auto')}; at best {at_best.flops / 1e9:.0f} GFLOP/s and "
        f"{at_best.bytes / 1e9:.0f} GB/s; seconds an epoch, test included",
        file=sys.stderr,
    )
    for_people = not args.json and args.csv != STDOUT
    for config in ROWS:
        row = measure(config, at_best)
        rows.append(row)
        print(_line(row), file=sys.stdout if for_people else sys.stderr, flush=True)
    mean = math.exp(sum(math.log(row.ratio) for row in rows) / len(rows))
    result = Result(
        text=lambda: f"geometric mean of the ratios: {mean:.1f}",
        document=lambda: {
            "rows": [asdict(row) for row in rows],
            "geometric_mean": mean,
            "at_best": asdict(at_best),
        },
        csv=lambda: csv_text([field.name for field in fields(Row)], map(astuple, rows)),
    )
    give(args, result)


def _line(row: Row) -> str:
    return (
        f"{row.model:>4} {row.latent_size:<5} lab {row.lab_seconds:7.2f} s   ours {row.seconds:6.2f} s   "
        f"{row.ratio:5.1f} x   {row.images_per_second:9,.0f} images/s   "
        f"floor {row.floor_seconds:5.2f} s, {100 * row.floor_seconds / row.seconds:2.0f} % of ours   "
        f"test loss {row.lab_test_loss:.5f} / {row.test_loss:.5f}"
    )
