"""Small labs for the tests: with a queue only, or done for real, in seconds; and what they show."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image

from autoenc import checkpoints, datasets, experiments, report
from autoenc.experiments import SIZES, Lab, LabNow, LabSize, lab_here, look
from autoenc.experiments.running import runs_here
from autoenc.jobs import Job, TrainJob
from autoenc.report import Block, Chart, Printed, Results, Section, Table
from autoenc.schema import Run, Snapshot, State, TrainConfig
from autoenc.sessions.protocol import Sessions
from autoenc.sessions.registry import JobRegistry
from autoenc.speed import Speed
from tests.places import lie_in
from tests.raw_files import put, small_files
from tests.runs import stored, trained

TINY = LabSize(
    "tiny",
    "Tiny",
    "Only for tests.",
    epochs=1,
    train_images=256,
    mlp_sizes=(1, 2),
    conv_sizes=(1, 2),
    colour_mlp_sizes=(1, 2),
    colour_conv_sizes=(1,),
    more_epochs=2,
    deep_channels=2,
)
GREY, COLOUR = "MNIST/raw", "cifar10-images"


@contextmanager
def small_machine(place: Path) -> Iterator[pytest.MonkeyPatch]:
    """A machine with a small MNIST and a small folder of pictures, which knows the size `tiny`."""
    put(place / "data" / GREY, small_files())
    rng = np.random.default_rng(0)
    for split, n in (("train", 20), ("test", 6)):
        for name in ("cat", "dog"):
            folder = place / "data" / COLOUR / split / name
            folder.mkdir(parents=True, exist_ok=True)
            for i in range(n):
                Image.fromarray(rng.integers(0, 256, (32, 32, 3), np.uint8)).save(folder / f"{i}.png")
    with pytest.MonkeyPatch.context() as patch:
        lie_in(place, patch)
        patch.setitem(SIZES, TINY.name, TINY)
        yield patch


def tiny_lab() -> Lab:
    """On what is there now, with the pictures prepared."""
    for name in ("mnist", COLOUR):
        datasets.load(name)
    return lab_here(TINY, datasets.catalogue())


def seen(lab: Lab, sessions: Sessions | None = None) -> LabNow:
    """As it is now."""
    return look(lab, sessions, runs_here())


class Queue:
    """Background sessions that have a real queue and no workers: what is started there waits for ever."""

    def __init__(self) -> None:
        self.n_cores = self.n_workers = 2
        self.memory_share = 10**10
        self.closing = Event()
        self.registry = JobRegistry()

    def start(self, job: Job, owner: str = "", *, alone: bool = False, address: str = "") -> str:
        self.registry.add(job, owner, alone=alone, address=address)
        return job.job_id

    def snapshot(self, job_id: str) -> Snapshot | None:
        return self.snapshots([job_id]).get(job_id)

    def snapshots(self, job_ids: Iterable[str]) -> Mapping[str, Snapshot]:
        return self.registry.snapshots(job_ids)

    def active(self, most: int | None = None) -> tuple[Snapshot, ...]:
        return self.registry.active(most)

    def counts(self) -> tuple[int, int]:
        return self.registry.counts()

    def stop(self, job_id: str) -> None:
        self.registry.stop(job_id)

    def forget(self, job_id: str) -> None:
        self.registry.forget(job_id)

    def fail(self, job_id: str, message: str) -> None:
        """As a worker that could not do it."""
        entry = next(entry for entry in self.registry.queue() if entry.snapshot.job_id == job_id)
        self.registry.end(entry, State.FAILED, message)

    def speed(self) -> Speed | None:
        each = dict.fromkeys(("mlp", "conv", "conv-bottleneck", "vae"), (0.0001, 1e-09, 1e-10))
        return Speed(each, 2)

    def no_speed(self) -> str:
        return ""

    def refusals(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        self.closing.set()


# ---------------------------------------------------------------- done in this process


SQUARES_SIZE = LabSize(
    "tiny",
    "Tiny",
    "For the tests.",
    epochs=1,
    train_images=None,
    mlp_sizes=(1, 16, 64),
    conv_sizes=(1, 2),
    colour_mlp_sizes=(1, 64),
    colour_conv_sizes=(1, 2),
    more_epochs=2,
    deep_channels=4,
)


GREY_SQUARES, COLOUR_SQUARES = "grey", "colour"
SIDE = 16  # pixels
N_TRAIN, N_TEST = 64, 16  # images of each of two classes; a batch is 128


def put_squares(data_folder: Path) -> None:
    """Two data sets of a few images: bright squares and dark ones, with some noise."""
    draws = np.random.default_rng(0)
    for name, shape in ((GREY_SQUARES, (SIDE, SIDE)), (COLOUR_SQUARES, (SIDE, SIDE, 3))):
        for split, n in (("train", N_TRAIN), ("test", N_TEST)):
            for level in (60, 200):
                folder = data_folder / name / split / f"about {level}"
                folder.mkdir(parents=True)
                for i in range(n):
                    image = draws.integers(level - 50, level + 50, shape, np.uint8)
                    Image.fromarray(image).save(folder / f"{i}.png")


def lab_of_squares(size: LabSize = SQUARES_SIZE) -> Lab:
    """These in place of all others, trained for an epoch."""
    grey, colour = (replace(datasets.info(name), default_epochs=1) for name in (GREY_SQUARES, COLOUR_SQUARES))
    return Lab(size, grey, colour, replace(colour, short_title="Hundred"))


def train(*configs: TrainConfig) -> None:
    """Each for real, as one that was never interrupted."""
    for config in dict.fromkeys(configs):
        stored(*trained(config, datasets.load(config.dataset)))


def do(lab: Lab, *keys: str) -> None:
    """All steps of these experiments, in this process, each once."""
    steps = [step for key in keys for step in experiments.experiment(key).steps(lab)]
    for step in dict.fromkeys(steps):
        job = step.make()
        if isinstance(job, TrainJob):
            train(job.config)
        else:
            list(job.run())


def shown(lab: Lab, key: str) -> Section:
    runs, _ = checkpoints.summaries()
    return report.section(experiments.look(lab, None, runs).of(key), Results(lab, runs))


def blocks(lab: Lab, key: str) -> dict[str, Block]:
    """By their keys, each of which is unique."""
    every = shown(lab, key).blocks
    by_key = {block.key: block for block in every}
    assert len(by_key) == len(every)
    return by_key


def numbers(block: Block) -> Table:
    """In a block that has some."""
    table = None
    if isinstance(block, Table):
        table = block
    elif not isinstance(block, Printed):
        table = block.numbers
    assert table is not None, block.key
    return table


def column(table: Table, name: str) -> list[object]:
    at = table.columns.index(name)
    return [row[at] for row in table.rows]


def chart(block: Block) -> Chart:
    assert isinstance(block, Chart)
    return block


def drawn(axis: object) -> list[float]:
    """The values of a trace along `x` or `y`, as plotly writes them: a list, or bytes of an array."""
    if isinstance(axis, dict):
        return np.frombuffer(base64.b64decode(axis["bdata"]), np.dtype(axis["dtype"])).tolist()  # type: ignore[no-any-return]
    assert isinstance(axis, list)
    return [value for value in axis if value is not None]


def run_of(config: TrainConfig) -> Run:
    return checkpoints.read(config.run_id(datasets.load(config.dataset).fingerprint))
