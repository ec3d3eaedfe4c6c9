"""A small lab for the tests: real files of MNIST's layout and an image folder, with few and small images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image

from autoenc import datasets
from autoenc.experiments import SIZES, Lab, LabNow, LabSize, lab_here, look
from autoenc.experiments.running import runs_here
from autoenc.jobs import Job
from autoenc.schema import Snapshot, State
from autoenc.sessions.protocol import Sessions
from autoenc.sessions.registry import JobRegistry
from autoenc.speed import Speed
from tests.raw_files import put, small_files

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
        for name in ("data", "cache", "checkpoint"):
            patch.setenv(f"AUTOENC_{name.upper()}_DIR", str(place / name))
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
