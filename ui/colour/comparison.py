"""Two data sets, one in colour and one without, as a visitor compares them at equal compression."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from autoenc import datasets, sweeps
from autoenc.datasets import DatasetInfo
from autoenc.equal import By, Measure
from autoenc.jobs import Job, PcaJob, TrainJob
from autoenc.schema import Pca, Snapshot, Subject, Sweep, TrainConfig
from ui.core.catalogue import infos, is_colour
from ui.core.sessions import background, runs_on_disk
from ui.core.values import Value
from ui.core.visitor import DASHBOARD
from ui.sweep.control import plan, start_sweep
from ui.widgets.training_settings import SUITS_BOTTLENECK, settings

BY = Value[By]("equal_by", "ratio")  # what is equal
MEASURE = Value[Measure]("equal_measure", "mse")  # what is drawn
TRAINED = ("mlp", "conv-bottleneck")  # whose codes have as many numbers as one wants

# What a legend and a sentence call the data sets that come with us.
SHORT = {
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "digits": "UCI digits",
    "cifar10": "CIFAR-10",
    "cifar10-images": "CIFAR-10 (JPEG)",
    "cifar100": "CIFAR-100",
    "svhn": "SVHN",
}


def comparable(*, colour: bool) -> tuple[DatasetInfo, ...]:
    """The data sets that are here, in colour or without, those that are chosen at first first."""
    present = [info for info in infos() if info.present and is_colour(info) == colour]
    first = settings()["dataset"] if colour else "mnist"
    return tuple(sorted(present, key=lambda info: info.name != first))


def subject(info: DatasetInfo) -> Subject:
    """What is known of it here: its runs, and PCA as far as it is fitted."""
    name, fingerprint = SHORT.get(info.name, info.name), datasets.load(info.name).fingerprint
    return sweeps.subject(name, fingerprint, math.prod(info.image_shape), runs_on_disk(), _pca(info.name))


def begin_pca(infos: Sequence[DatasetInfo]) -> None:
    """Have it fitted where nobody has yet: there is something to see before any click."""
    for info in infos:
        job = PcaJob(info.name)
        if (background().snapshot(job.job_id) or job.stored()) is None:
            background().start(job, by=DASHBOARD)


def _pca(dataset: str) -> Pca | None:
    job = PcaJob(dataset)
    known = background().snapshot(job.job_id) or job.stored()
    return known.value if known is not None and isinstance(known.value, Pca) else None


def equal_sweeps(infos: Sequence[DatasetInfo], models: Sequence[str]) -> tuple[Sweep, ...]:
    """The runs that fill the comparison: each data set with each model, at sizes of equal ratio."""
    return tuple(
        sweeps.equal_sweep(_suited(info, model), math.prod(info.image_shape))
        for model in models
        for info in infos
    )


def _suited(info: DatasetInfo, model: str) -> TrainConfig:
    """What this model is trained with on these images where nobody says otherwise."""
    usual = TrainConfig(info.name, model, epochs=info.default_epochs)
    suits = SUITS_BOTTLENECK if model == "conv-bottleneck" else {}
    falls = {"decay_epochs": usual.epochs} if suits else {}
    return replace(usual, **suits, **falls)


def start_equal(wanted: Sequence[Sweep]) -> None:
    """Have all of them trained; raises as `start_sweep` does."""
    for sweep in wanted:
        planned = plan(sweep)
        if planned is not None and planned.to_train:
            start_sweep(sweep, planned, alone=False)


def at_work(wanted: Sequence[Sweep]) -> list[Snapshot]:
    """What is queued or running of these sweeps."""
    return _active([TrainJob(config) for sweep in wanted for config in sweep.configs()])


def fitting(infos: Sequence[DatasetInfo]) -> tuple[str, ...]:
    """The data sets to which PCA is being fitted."""
    return tuple(info.name for info in infos if _active([PcaJob(info.name)]))


def _active(jobs: Sequence[Job]) -> list[Snapshot]:
    known = background().snapshots(job.job_id for job in jobs)
    return [job for job in known.values() if job.state.active]
