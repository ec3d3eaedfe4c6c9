"""What a recogniser can still read, and what a code knows of the class."""

from __future__ import annotations

import math
import zlib
from collections.abc import Generator
from dataclasses import dataclass, field, replace

from autoenc import checkpoints, cores, datasets, forecasting, memory, training
from autoenc.baselines import BASELINES
from autoenc.datasets import Dataset
from autoenc.denoising import measuring as denoising
from autoenc.errors import CheckpointError, ConfigError
from autoenc.recognition import loading, measuring, network, probe
from autoenc.recognition import training as recogniser_training
from autoenc.recognition.reading import open_reader
from autoenc.schema import (
    METHODS,
    NOISES,
    EpochRecord,
    Probe,
    ReadingCurve,
    Record,
    Snapshot,
    State,
    TrainConfig,
    check_levels,
)
from autoenc.stopwatch import Stopwatch


@dataclass(frozen=True)
class ReadingJob:
    """Let a recogniser read what a source makes of the test images; the cache folder keeps what it read.

    Raises:
        ConfigError: the noise is unknown, a level is not allowed, or the source cannot be given it.
        CheckpointError: there is no such recogniser or run, or its file is damaged.
    """

    dataset: str
    recogniser_id: str
    source: str  # ORIGINALS, a run_id, the name of a baseline, or one of METHODS
    noise: str = ""  # a kind, which the source is given; "": none
    levels: tuple[float, ...] = ()  # of that noise
    # Of the files of the recogniser and of the run; trained again, they are others.
    recogniser_hash: str = field(default="", init=False)
    source_hash: str = field(default="", init=False)

    def __post_init__(self) -> None:
        if self.noise:
            object.__setattr__(self, "levels", check_levels(self.noise, self.levels))
        is_clean = self.source == measuring.ORIGINALS or self.source in BASELINES
        if is_clean and self.noise:
            raise ConfigError(f"{self._name} cannot be given noise; choose a run or a method of denoising")
        if self.source in METHODS and not self.noise:
            raise ConfigError(f"{self._name} needs noise to take away; choose a noise and its levels")
        object.__setattr__(self, "recogniser_hash", loading.content_hash(self.recogniser_id))
        if self.source not in METHODS and not is_clean:
            object.__setattr__(self, "source_hash", checkpoints.content_hash(self.source))

    @property
    def job_id(self) -> str:
        levels = f"{zlib.crc32(repr(self.levels).encode()):08x}" if self.noise else ""
        data = datasets.load(self.dataset).fingerprint
        what = (data, self.recogniser_hash, self.source_hash or self.source, self.noise, levels)
        return "-".join((f"reading{measuring.DEFINITION_VERSION}", *filter(None, what)))

    @property
    def title(self) -> str:
        noise = f", {NOISES[self.noise].title}" if self.noise else ""
        return f"Reading{noise}: {self._name}"

    @property
    def _name(self) -> str:
        """Of the source, for people."""
        if self.source == measuring.ORIGINALS:
            return "original images"
        name = BASELINES[self.source].title if self.source in BASELINES else self.source
        return METHODS.get(self.source, name)

    def threads(self, share: int) -> int:
        return share

    def needed_bytes(self) -> int:
        """Some chunks of images through both networks; PCA's matrices; the affine filter's."""
        data = datasets.load(self.dataset)
        info = network.describe(data.image_shape, len(data.class_names))
        widest = sum(math.prod(layer.output_shape) for layer in info.layers)
        chunks = 300_000_000 + 3 * 4 * recogniser_training.CHUNK_IMAGES * widest + 80_000 * info.n_pixels
        if self.source in BASELINES:
            return chunks + BASELINES[self.source].needed_bytes(info.n_pixels)
        if self.source == "affine":
            return chunks + 8 * 8 * info.n_pixels**2 + 3 * 4 * 20_000 * info.n_pixels
        return chunks + (8 * checkpoints.read(self.source).model.n_parameters if self.source_hash else 0)

    def needed_dataset(self) -> str:
        return self.dataset

    def stored(self) -> Snapshot | None:
        asked_for = ReadingCurve(self.dataset, self.recogniser_id, self.source)
        curve = measuring.stored_curve(self.job_id, asked_for, self.levels if self.noise else ())
        return None if curve is None else Snapshot(self.job_id, State.FINISHED, value=curve)

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        data, curve = datasets.load(self.dataset), None
        if loading.content_hash(self.recogniser_id) != self.recogniser_hash:
            raise CheckpointError(f"another recogniser has replaced {self.recogniser_id}; measure it again")
        if self.source_hash and checkpoints.content_hash(self.source) != self.source_hash:
            raise CheckpointError(f"another run has replaced {self.source}; measure it again")
        watch, had_company = Stopwatch(), cores.concurrent_jobs() > 0
        with memory.readable_shortage():
            reader = open_reader(self.recogniser_id, data)
            for curve in measuring.measure(reader, data, self.source, self.noise, self.levels):
                watch.lap()
                yield curve
        if isinstance(curve, ReadingCurve):
            measuring.keep_curve(self.job_id, curve)
            had_company |= cores.concurrent_jobs() > 0
            run = checkpoints.read(self.source) if self.source_hash else None
            kind = forecasting.reading_kind(self.source, data.image_shape, run, noisy=bool(self.noise))
            seconds = watch.seconds / sum(reading.n_images for reading in curve.readings)
            forecasting.keep_speed(kind, seconds, alone=not had_company)


@dataclass(frozen=True)
class ProbeJob:
    """Fit a linear classifier on the codes of a run, at its end or after each of its epochs.

    A file holds only the last weights, so that for the epochs the run is trained once more: the same settings
    give the same weights.

    Raises:
        CheckpointError: there is no such run, or its file is damaged.
    """

    dataset: str
    run_id: str
    by_epoch: bool = False
    content_hash: str = field(default="", init=False)  # of the run's file

    def __post_init__(self) -> None:
        object.__setattr__(self, "content_hash", checkpoints.content_hash(self.run_id))

    @property
    def job_id(self) -> str:
        epochs = "epochs" if self.by_epoch else ""
        what = (f"probe{probe.DEFINITION_VERSION}", self.content_hash, epochs)
        return "-".join(filter(None, what))

    @property
    def title(self) -> str:
        return f"Linear classifier on codes: {self.run_id}"

    def threads(self, share: int) -> int:
        return share

    def needed_bytes(self) -> int:
        data, run = datasets.load(self.dataset), checkpoints.read(self.run_id)
        needed = memory.needed_bytes(run.config, run.model, len(data.train), len(data.test))
        return (
            needed
            + 300_000_000
            + 4 * 8 * min(probe.MAX_FITTED_NUMBERS, probe.MAX_FITTED_IMAGES * run.model.n_latents)
        )

    def needed_dataset(self) -> str:
        return self.dataset

    def stored(self) -> Snapshot | None:
        known = probe.stored_probe(self.job_id)
        return None if known is None else Snapshot(self.job_id, State.FINISHED, value=known)

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        data = datasets.load(self.dataset)
        trained = denoising.opened(self.run_id, data)
        recogniser_training.check_readable(data)
        if checkpoints.content_hash(self.run_id) != self.content_hash:
            raise CheckpointError(f"another run has replaced {self.run_id}; measure it again")
        config = trained.run.config
        known = Probe(self.dataset, self.run_id, trained.run.model.n_latents)
        yield known
        with memory.readable_shortage():
            if not self.by_epoch:
                share = probe.accuracy(trained.model, data, config)
                known = replace(known, accuracies=((config.epochs, share),), done=1.0)
                yield known
            else:
                for latest in self._by_epoch(known, data, config):
                    yield (known := latest)
        probe.keep_probe(self.job_id, known)

    def _by_epoch(self, known: Probe, data: Dataset, config: TrainConfig) -> Generator[Probe, None, None]:
        """Before the training and after each epoch."""
        state = training.begin(config, data, "cpu")
        share = probe.accuracy(state.model, data, config)
        known = replace(known, accuracies=((0, share),))
        for record in training.train(state, data, config, film_steps=()):
            if isinstance(record, EpochRecord):
                share = probe.accuracy(state.model, data, config)
                accuracies = (*known.accuracies, (record.epoch, share))
                known = replace(known, accuracies=accuracies, done=record.epoch / config.epochs)
            yield known
