"""Where the numbers of a hand-out come from: this machine, the versions, the runs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from autoenc import datasets
from autoenc.captions import configs
from autoenc.experiments import LabNow
from autoenc.jobs import TrainJob
from autoenc.numerals import counted, data_size, listed
from autoenc.report.results import Results
from autoenc.schema import Run, RunSummary, TrainConfig
from autoenc.sources import VERSION

_NAMES = {"torch": "PyTorch", "python": "Python"}


@dataclass(frozen=True)
class RunRow:
    """A run behind the figures."""

    run_id: str
    title: str  # `MNIST: MLP 128`
    epochs: int
    n_train_images: int
    seconds: float
    device: str
    versions: str


def machine() -> str:
    """`AMD EPYC 7763, 2 cores, 8 GB of memory, Linux 6.1`."""
    n_cores = counted(_n_cores(), "core")
    memory = data_size(psutil.virtual_memory().total)
    return f"{_processor()}, {n_cores}, {memory} of memory, {platform.system()}"


def versions() -> str:
    """Of what has made the hand-out."""
    return f"autoenc {VERSION}, PyTorch {torch.__version__}, Python {platform.python_version()}"


def runs(now: LabNow, results: Results) -> tuple[RunRow, ...]:
    """The finished ones of the lab, each once, in the order of its experiments."""
    jobs = dict.fromkeys(step.job for step in now.steps if step.finished and isinstance(step.job, TrainJob))
    rows = []
    for job in jobs:
        summary, run = results.summary(job.config), results.run(job.config)
        if summary is not None and run is not None:
            rows.append(_row(summary, run))
    return tuple(rows)


def versions_of(rows: Iterable[RunRow]) -> str:
    """Of the programs that have trained them, as their files say."""
    return _each_once(row.versions for row in rows)


def devices_of(rows: Iterable[RunRow]) -> str:
    return _each_once(row.device for row in rows)


def _each_once(words: Iterable[str]) -> str:
    unique = tuple(dict.fromkeys(words))
    return listed(unique) if unique else ""


def _row(summary: RunSummary, run: Run) -> RunRow:
    config = run.config
    stride = (
        f", stride {config.stride}" if config.kind.has_stride and config.stride != TrainConfig.stride else ""
    )
    noise = f", {configs.noise_caption(config.noise)}" if config.noise else ""
    title = f"{datasets.short_title(config.dataset)}: {configs.short(config)}{stride}{noise}"
    versions = ", ".join(f"{_NAMES.get(name, name)} {version}" for name, version in run.versions.items())
    epochs, n_images = summary.epochs_done, summary.n_train_images
    return RunRow(run.run_id, title, epochs, n_images, run.seconds, run.device, versions)


def _n_cores() -> int:
    """That this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    """As its maker calls it, where the system says so."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine() or "unknown processor"
