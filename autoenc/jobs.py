"""What can run in the background: a frozen description of the work, and a generator of records to do it."""

from __future__ import annotations

import math
import platform
import zlib
from collections.abc import Generator, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Protocol

import torch

from autoenc import checkpoints, cores, datasets, forecasting, memory, models, training
from autoenc.baselines import Baseline
from autoenc.captions import configs
from autoenc.datasets import Dataset
from autoenc.denoising import measuring
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.numerals import out_of
from autoenc.schema import (
    METHODS,
    NOISES,
    Download,
    EpochRecord,
    Preview,
    Record,
    Run,
    Snapshot,
    State,
    TrainConfig,
    Work,
    check_levels,
)
from autoenc.sources import VERSION
from autoenc.stopwatch import Stopwatch

SAVE_SECONDS = 1.0  # at least so long between two saves of epochs that are shorter


class Job(Work, Protocol):
    """Frozen, so that equal work is equal, and small: it is all that crosses to the process at work."""

    def run(self) -> Generator[Record, None, None]:
        """Do the work; to stop it, close the generator. The first record is what the others are added to.

        Raises:
            AutoencError: it cannot be done; the text is for the person who asked.
        """

    def stored(self) -> Snapshot | None:
        """What an earlier time left on disk; None: nothing."""

    def threads(self, share: int) -> int:
        """How many of its share of the cores the job makes good use of; 0: it hardly computes."""

    def needed_bytes(self) -> int:
        """Memory that it will take at its peak."""

    def needed_dataset(self) -> str | None:
        """The data set that must be the same wherever the job is done; None: it needs none."""


@dataclass(frozen=True)
class TrainJob:
    """Train a model and keep it as a checkpoint, from the furthest epoch that is already on disk."""

    config: TrainConfig
    device: str = "auto"

    @property
    def job_id(self) -> str:
        return self.config.run_id(datasets.load(self.config.dataset).fingerprint)

    @property
    def title(self) -> str:
        return configs.title(self.config)

    def stored(self) -> Snapshot | None:
        with suppress(CheckpointError):  # a damaged file is as good as none: it is trained again and replaced
            # Somebody who asks for an example's settings wants to see it learn.
            return None if checkpoints.is_example(self.job_id) else stored_run(self.job_id)
        return None

    def threads(self, share: int) -> int:
        model = models.describe(self.config, datasets.load(self.config.dataset).image_shape)
        return training.useful_threads(self.config, model, share)

    def needed_bytes(self) -> int:
        data = datasets.load(self.config.dataset)
        model = models.describe(self.config, data.image_shape)
        return memory.needed_bytes(self.config, model, len(data.train), len(data.test))

    def needed_dataset(self) -> str:
        return self.config.dataset

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        data = datasets.load(self.config.dataset)
        run_id = self.config.run_id(data.fingerprint)
        stored = self.stored()
        if stored is not None and stored.run is not None and stored.state is State.FINISHED:
            yield stored.run
            return
        with memory.readable_shortage():
            state = training.begin(self.config, data, self.device)  # refuses before anything is written
            with checkpoints.write_lock(run_id) as attempt:
                run = _first_record(self.config, data, state, attempt)
                if run.finished:
                    _save(run, state)  # what a longer run had reached when it was interrupted
                yield run
                yield from _trained(run, state, data)


def _trained(run: Run, state: training.TrainState, data: Dataset) -> Iterator[Record]:
    """Train to the end; finished epochs that are not on disk yet are saved when the iterator closes."""
    saved, unsaved = monotonic(), None
    jobs_now = cores.concurrent_jobs()
    try:
        for record in training.train(state, data, run.config):
            if isinstance(record, EpochRecord):
                before, jobs_now = jobs_now, cores.concurrent_jobs()
                record = replace(record, concurrent_jobs=max(before, jobs_now))
            run = run.after(record)
            if isinstance(record, EpochRecord):
                if run.finished or monotonic() - saved >= SAVE_SECONDS:
                    _save(run, state)
                    saved, unsaved = monotonic(), None
                else:
                    unsaved = run, deepcopy(state)  # the next epoch changes the weights
            yield record
    finally:
        if unsaved is not None:  # stopped, or diverged
            _save(*unsaved)


def _save(run: Run, state: training.TrainState) -> None:
    with memory.unlimited():  # safetensors ends the process where it has no memory
        checkpoints.save(run, state)


def _first_record(config: TrainConfig, data: Dataset, state: training.TrainState, attempt: int) -> Run:
    """The run that this one continues, or an empty one; the state gets its weights."""
    history = None
    for earlier in checkpoints.continuable(config, data.fingerprint):
        with suppress(CheckpointError):  # a damaged file continues nothing, the next one may
            history = checkpoints.restore(state, earlier.run_id, config.epochs)
            break
    x_in = training.preview_input(data, config)
    untrained = Preview(0, 0, training.reconstruct(state, x_in))
    return Run(
        run_id=config.run_id(data.fingerprint),
        config=config,
        fingerprint=data.fingerprint,
        model=models.describe(config, data.image_shape),
        n_train_images=config.train_images or len(data.train),
        device=training.name_of(state.device),
        versions={"autoenc": VERSION, "torch": torch.__version__, "python": platform.python_version()},
        x=training.as_images(training.as_float(torch.from_numpy(data.test[: training.N_PREVIEW]))),
        x_noisy=training.as_images(x_in) if config.noise else None,
        attempt=attempt,
        resumed_from_epoch=state.epoch,
        earlier_tests=history.earlier_tests if history else 0,
        epochs=history.epochs if history else (),
        step_losses=history.step_losses if history else (),
        previews=history.previews if history else (untrained,),
    )


def stored_run(run_id: str) -> Snapshot | None:
    """A run as its file tells it: finished, running in some process, or interrupted; None: no such file.

    An example counts where the user has no run of this name.


    Raises:
        CheckpointError: the file is damaged, or no run can be called so.
    """
    checkpoints.path_of(run_id)
    try:
        run = checkpoints.read(run_id)
    except RunUnknown:
        return None
    if run.finished:
        return Snapshot(run_id, State.FINISHED, value=run)
    done = f"{out_of(len(run.epochs), run.config.epochs, 'epoch')} done"
    if checkpoints.is_being_written(run_id):
        return Snapshot(run_id, State.RUNNING, f"another process is training it; {done}", run)
    return Snapshot(run_id, State.INTERRUPTED, f"{done}; train again to continue", run)


@dataclass(frozen=True)
class DownloadJob:
    """Bring a public data set to this machine."""

    dataset: str

    @property
    def job_id(self) -> str:
        return f"download-{self.dataset}"

    @property
    def title(self) -> str:
        return f"Download of {datasets.title(self.dataset)}"

    def threads(self, share: int) -> int:
        return 0

    def needed_bytes(self) -> int:
        return 100_000_000  # the archive is unpacked piece by piece

    def needed_dataset(self) -> None:
        return None

    def stored(self) -> Snapshot | None:
        present = any(info.name == self.dataset and info.present for info in datasets.catalogue())
        return Snapshot(self.job_id, State.FINISHED, value=Download(self.dataset, 1, 1)) if present else None

    def run(self) -> Generator[Record, None, None]:
        yield from datasets.download(self.dataset)


@dataclass(frozen=True)
class BaselineJob:
    """Measure a baseline on a data set; the cache folder keeps the curve."""

    baseline: Baseline
    dataset: str
    train_images: int | None = None  # it learns from the first N; None: from all

    @property
    def job_id(self) -> str:
        images = self.train_images or "all"
        return f"{self.baseline.name}-{datasets.load(self.dataset).fingerprint}-{images}"

    @property
    def title(self) -> str:
        name = self.baseline.title
        return f"{name[0].upper()}{name[1:]} of {datasets.title(self.dataset)}"

    def threads(self, share: int) -> int:
        return share

    def needed_bytes(self) -> int:
        return self.baseline.needed_bytes(math.prod(datasets.load(self.dataset).image_shape))

    def needed_dataset(self) -> str:
        return self.dataset

    def stored(self) -> Snapshot | None:
        curve = self.baseline.stored(datasets.load(self.dataset), self.train_images)
        return None if curve is None else Snapshot(self.job_id, State.FINISHED, value=curve)

    def run(self) -> Generator[Record, None, None]:
        data = datasets.load(self.dataset)
        curve = self.baseline.empty(self.dataset)
        for curve in self.baseline.curves(data, self.train_images):
            yield curve
        self.baseline.save(data, curve)


@dataclass(frozen=True)
class CurveJob:
    """Measure how well a method takes a noise away; the cache folder keeps the curve.

    Raises:
        ConfigError: the noise is unknown or a level is not allowed.
        CheckpointError: there is no such run, or its file is damaged.
    """

    dataset: str
    noise: str  # a kind
    method: str  # one of METHODS, or the run_id of a finished run
    levels: tuple[float, ...]
    content_hash: str = field(default="", init=False)  # of the run's file; trained again, it is another one

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", check_levels(self.noise, self.levels))
        if self.method not in METHODS:
            object.__setattr__(self, "content_hash", checkpoints.content_hash(self.method))

    @property
    def job_id(self) -> str:
        levels = f"{zlib.crc32(repr(self.levels).encode()):08x}"
        what = (datasets.load(self.dataset).fingerprint, self.noise, self.method, self.content_hash, levels)
        return "-".join((f"curve{measuring.DEFINITION_VERSION}", *filter(None, what)))

    @property
    def title(self) -> str:
        return f"Noise curve, {NOISES[self.noise].title}: {METHODS.get(self.method, self.method)}"

    def threads(self, share: int) -> int:
        return share

    def needed_bytes(self) -> int:
        """Some chunks of images; the model, or the affine filter's matrices and what they are fitted on."""
        n_pixels = math.prod(datasets.load(self.dataset).image_shape)
        chunks = 20 * 4 * measuring.CHUNK_IMAGES * n_pixels + 200_000_000
        if self.method == "affine":
            return chunks + 8 * 8 * n_pixels**2 + 3 * 4 * 20_000 * n_pixels
        return chunks + (8 * checkpoints.read(self.method).model.n_parameters if self.content_hash else 0)

    def needed_dataset(self) -> str:
        return self.dataset

    def stored(self) -> Snapshot | None:
        curve = measuring.stored_curve(self.job_id, self.levels)
        return None if curve is None else Snapshot(self.job_id, State.FINISHED, value=curve)

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        data, curve = datasets.load(self.dataset), None
        if self.content_hash and checkpoints.content_hash(self.method) != self.content_hash:
            raise CheckpointError(f"another run has replaced {self.method}; measure it again")
        watch, had_company = Stopwatch(), cores.concurrent_jobs() > 0
        with memory.readable_shortage():
            for curve in measuring.measure(self.method, data, self.noise, self.levels):
                watch.lap()
                yield curve
        if curve is not None:
            measuring.keep_curve(self.job_id, curve)
            had_company |= cores.concurrent_jobs() > 0
            seconds = watch.seconds / (curve.n_images * len(self.levels))
            run = checkpoints.read(self.method) if self.content_hash else None
            kind = forecasting.kind_of(self.method, data.image_shape, run)
            forecasting.keep_speed(kind, seconds, alone=not had_company)
