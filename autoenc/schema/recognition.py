"""Whether an image can still be read: a recogniser as it is trained, and what it reads."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from statistics import median
from typing import Any

from autoenc.errors import ConfigError
from autoenc.numerals import out_of
from autoenc.schema.config import DATASET_NAME
from autoenc.schema.noise import Noise
from autoenc.schema.run import Heartbeat

RECOGNISER_BOUNDS: Mapping[str, tuple[int, int]] = {"epochs": (1, 200), "seed": (0, 2**31 - 1)}
BATCH_IMAGES = 128  # of a training step
READABLE = 0.9  # of the images: with less a set of pictures counts as hard to read


# ---------------------------------------------------------------- how it is trained


@dataclass(frozen=True)
class RecogniserConfig:
    """Everything that decides what a recogniser becomes, except the data itself.

    Raises:
        ConfigError: a value is unknown or out of range.
    """

    dataset: str = "mnist"
    epochs: int = 4
    noise: Noise | None = None  # added to the training images; it is always tested on clean ones
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.dataset, str) or not DATASET_NAME.fullmatch(self.dataset):
            raise ConfigError(f"dataset is {self.dataset!r:.80}; use only letters, digits and hyphens")
        for name, (low, high) in RECOGNISER_BOUNDS.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise ConfigError(f"{name} is {value!r}; allowed: {low:,} to {high:,}")
        if self.noise is not None and not isinstance(self.noise, Noise):
            raise ConfigError(f"noise is {self.noise!r}; it must be a Noise or None")

    def to_json(self) -> dict[str, Any]:
        """Plain values, noise as `kind:level`; equal configs give equal JSON."""
        noise = None if self.noise is None else str(self.noise)
        return {"dataset": self.dataset, "epochs": self.epochs, "noise": noise, "seed": self.seed}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> RecogniserConfig:
        """The inverse of `to_json`.

        Raises:
            ConfigError: a field is unknown or a value is not allowed.
        """
        if not isinstance(values, Mapping):
            raise ConfigError(f"settings are {values!r:.40}; they must have names and values")
        if unknown := sorted(set(values) - {f.name for f in fields(cls)}):
            raise ConfigError(f"unknown setting {unknown[0]!r}")
        noise = values.get("noise")
        return cls(**{**values, "noise": None if noise is None else Noise.parse(str(noise))})

    def recogniser_id(self, fingerprint: str) -> str:
        """Readable and unique: `mnist-recogniser-e4-<8 hex>`; the hash covers all but the epochs."""
        return f"{self.dataset}-recogniser-e{self.epochs}-{self.family(fingerprint)}"

    def family(self, fingerprint: str) -> str:
        """Eight hex digits shared by the recognisers that differ only in their number of epochs."""
        decisive = {**self.to_json(), "fingerprint": fingerprint}
        del decisive["epochs"]
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class RecogniserSteps:
    """Some consecutive training steps of one epoch."""

    epoch: int  # from 1
    losses: tuple[float, ...] = field(repr=False)  # cross-entropy, one value a step
    accuracies: tuple[float, ...] = field(repr=False)  # share of the batch that was read right, 0 to 1


@dataclass(frozen=True)
class RecogniserEpoch:
    """One finished epoch; what is tested is the average of the latest weights."""

    train_loss: float  # mean over the epoch, while the weights were changing
    test_loss: float  # cross-entropy over the whole test set, at `temperature`
    test_accuracy: float  # share of the test set, 0 to 1
    temperature: float  # by which scores are divided, so that it is as sure as it is right
    seconds: float  # only training
    test_seconds: float
    threads: int


@dataclass(frozen=True)
class Recogniser:
    """A recogniser as far as it has been trained: all that its file holds besides weights."""

    recogniser_id: str
    config: RecogniserConfig
    fingerprint: str  # of the data set
    image_shape: tuple[int, int, int]  # C, H, W
    class_names: tuple[str, ...]
    n_parameters: int
    n_train_images: int
    n_held_out: int  # further training images, on which only the temperature is fitted
    device: str  # "cpu", or the GPU's name
    versions: Mapping[str, str]
    attempt: int = 1
    resumed_from_epoch: int = 0
    epochs: tuple[RecogniserEpoch, ...] = ()
    step_losses: tuple[float, ...] = field(default=(), repr=False)  # the unfinished epoch's included
    step_accuracies: tuple[float, ...] = field(default=(), repr=False)

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.n_train_images / BATCH_IMAGES)

    @property
    def finished(self) -> bool:
        return len(self.epochs) >= self.config.epochs

    @property
    def done(self) -> float:
        """Fraction of the training steps, 0 to 1."""
        return min(1.0, len(self.step_losses) / (self.steps_per_epoch * self.config.epochs))

    @property
    def doing(self) -> str:
        return f"Training: {out_of(len(self.epochs), self.config.epochs, 'epoch')}"

    @property
    def accuracy(self) -> float | None:
        """On the original test images, 0 to 1; None before the first epoch."""
        return self.epochs[-1].test_accuracy if self.epochs else None

    @property
    def chance(self) -> float:
        """The accuracy of a guess among all classes."""
        return 1 / len(self.class_names)

    @property
    def seconds(self) -> float:
        """Training and testing of the finished epochs."""
        return sum(e.seconds + e.test_seconds for e in self.epochs)

    @property
    def seconds_per_epoch(self) -> float:
        """The median, training and test; 0 before the first."""
        return median(e.seconds + e.test_seconds for e in self.epochs) if self.epochs else 0.0

    def after(self, record: object) -> Recogniser:
        """This recogniser with one more record."""
        match record:
            case RecogniserSteps():
                return replace(
                    self,
                    step_losses=self.step_losses + record.losses,
                    step_accuracies=self.step_accuracies + record.accuracies,
                )
            case RecogniserEpoch():
                return replace(self, epochs=(*self.epochs, record))
        return self


@dataclass(frozen=True)
class RecogniserSummary:
    """What a list of recognisers shows of one: read only from the header of its file."""

    recogniser_id: str
    config: RecogniserConfig
    fingerprint: str
    epochs_done: int
    accuracy: float | None  # None: no epoch yet
    seconds: float
    seconds_per_epoch: float
    threads: int
    modified: float  # seconds since 1970
    n_bytes: int  # of the file
    example: bool = False  # it comes with the program

    @property
    def finished(self) -> bool:
        return self.epochs_done >= self.config.epochs


RecogniserRecord = RecogniserSteps | RecogniserEpoch | Heartbeat


# ---------------------------------------------------------------- what it reads


@dataclass(frozen=True)
class Reading:
    """What a recogniser makes of all test images after something has been done to them."""

    at: float  # numbers in the code, or the level of the noise
    confusion: tuple[tuple[int, ...], ...] = field(repr=False)  # images by true class and class read

    @property
    def n_images(self) -> int:
        return sum(map(sum, self.confusion))

    @property
    def accuracy(self) -> float:
        """Share of the images that are read as what they are, 0 to 1."""
        return sum(row[i] for i, row in enumerate(self.confusion)) / self.n_images

    @property
    def mistakes(self) -> tuple[tuple[int, int, int], ...]:
        """(true class, class read, images), the most frequent first."""
        pairs = (
            (true, read, n)
            for true, row in enumerate(self.confusion)
            for read, n in enumerate(row)
            if n and read != true
        )
        return tuple(sorted(pairs, key=lambda pair: -pair[2]))


@dataclass(frozen=True)
class ReadingCurve:
    """One source of pictures, read at one or several sizes or levels; as far as it is measured."""

    dataset: str
    recogniser_id: str
    source: str  # a run_id, the name of a baseline, or a method of denoising
    readings: tuple[Reading, ...] = ()  # rising in `at`
    done: float = 0.0  # fraction, 0 to 1

    @property
    def doing(self) -> str:
        return "Reading"

    def at(self, place: float) -> Reading | None:
        """None: not measured there, or not yet."""
        return next((reading for reading in self.readings if reading.at == place), None)


@dataclass(frozen=True)
class Probe:
    """What a linear classifier reads from the codes of a model, without looking at a picture."""

    dataset: str
    run_id: str
    n_latents: int
    accuracies: tuple[
        tuple[int, float], ...
    ] = ()  # (epochs of training, share of the test images read right)
    done: float = 0.0  # fraction, 0 to 1

    @property
    def doing(self) -> str:
        return "Fitting a linear classifier"

    @property
    def accuracy(self) -> float | None:
        """At the end of the training; None: not measured yet."""
        return self.accuracies[-1][1] if self.accuracies and self.done >= 1 else None


@dataclass(frozen=True)
class ReliabilityBin:
    """Images of which the recogniser is about equally sure."""

    confidence: float  # mean, 0 to 1
    accuracy: float  # share of them that is read right
    n_images: int


@dataclass(frozen=True)
class Reliability:
    """Whether a recogniser is as sure as it is right, on the test set."""

    bins: tuple[ReliabilityBin, ...]  # rising in confidence; none is empty
    temperature: float  # 1: the scores as they were

    @property
    def error(self) -> float:
        """Expected calibration error: the mean distance of confidence and accuracy, 0 to 1."""
        n = sum(b.n_images for b in self.bins)
        return sum(b.n_images * abs(b.confidence - b.accuracy) for b in self.bins) / n if n else 0.0
