"""The values that cross from one layer to the next: frozen, comparable, made of the standard library alone.

Losses are means over images of the squared error per pixel, pixels in [0, 1].
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from autoenc.errors import ConfigError

MODELS = ("mlp", "conv")
NOISES = ("gaussian",)
DEVICES = ("auto", "cpu", "cuda")

DATASET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # it becomes part of file names

# Inclusive bounds of the whole-number settings.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "latent_size": (1, 4096),
    "layers": (1, 4),
    "stride": (1, 2),
    "epochs": (1, 1000),
    "batch_size": (1, 10_000),
    "train_images": (1, 10_000_000),
    "seed": (0, 2**31 - 1),
}


# ---------------------------------------------------------------- what to train


@dataclass(frozen=True)
class Noise:
    """A corruption of the input; the target stays clean."""

    kind: str  # one of NOISES
    level: float  # gaussian: standard deviation in pixel units, before clipping to [0, 1]

    def __post_init__(self) -> None:
        if self.kind not in NOISES:
            raise ConfigError(f"unknown noise {self.kind!r}; known: {', '.join(NOISES)}")
        if not _is_number(self.level) or not 0 < self.level <= 1:
            raise ConfigError(f"noise level is {self.level!r}; allowed: more than 0, at most 1")

    @classmethod
    def parse(cls, text: str) -> Noise:
        """`gaussian:0.3` as a value.

        Raises:
            ConfigError: it is not KIND:LEVEL, or either part is not allowed.
        """
        kind, _, level = text.partition(":")
        try:
            return cls(kind, float(level))
        except ValueError as error:
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(f"noise is {text!r}; it is written KIND:LEVEL, such as gaussian:0.3") from None

    def __str__(self) -> str:
        return f"{self.kind}:{float(self.level)}"


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides the result of a training run, except the data itself.

    Raises:
        ConfigError: a value is unknown or out of range.
    """

    dataset: str = "mnist"
    model: str = "mlp"
    latent_size: int = 32  # MLP: numbers in the code; conv: channels of the code
    layers: int = 1  # in the encoder, and as many in the decoder
    stride: int = 2  # of each convolution; the MLP has none
    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 1e-3
    noise: Noise | None = None
    train_images: int | None = None  # the first so many; None: all
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.dataset, str) or not DATASET_NAME.fullmatch(self.dataset):
            raise ConfigError(
                f"dataset is {self.dataset!r:.80}; a name has letters, digits and hyphens alone"
            )
        if self.model not in MODELS:
            raise ConfigError(f"unknown model {self.model!r}; known: {', '.join(MODELS)}")
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if name == "train_images" and value is None:
                continue
            if type(value) is not int or not low <= value <= high:
                raise ConfigError(f"{name.replace('_', ' ')} is {value!r}; allowed: {low} to {high}")
        if not _is_number(self.learning_rate) or not 0 < self.learning_rate <= 100:
            raise ConfigError(f"learning rate is {self.learning_rate!r}; allowed: more than 0, at most 100")
        if self.noise is not None and not isinstance(self.noise, Noise):
            raise ConfigError(f"noise is {self.noise!r}; it must be a Noise or None")

    def to_json(self) -> dict[str, Any]:
        """Plain values, noise as `kind:level`; equal configs give equal JSON."""
        noise = None if self.noise is None else str(self.noise)
        return {**asdict(self), "learning_rate": float(self.learning_rate), "noise": noise}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TrainConfig:
        """The inverse of `to_json`.

        Raises:
            ConfigError: a field is unknown or a value is not allowed.
        """
        if not isinstance(values, Mapping):
            raise ConfigError(f"settings are {values!r:.40}; they must have names and values")
        unknown = set(values) - {f.name for f in fields(cls)}
        if unknown:
            raise ConfigError(f"unknown setting {sorted(unknown)[0]!r}")
        noise = values.get("noise")
        return cls(**{**values, "noise": None if noise is None else Noise.parse(str(noise))})

    def run_id(self, fingerprint: str) -> str:
        """Readable and unique: `mnist-mlp-k32-e10-<8 hex>`.

        The hash covers what changes the result, the data's fingerprint included, but not the epochs: a longer
        run continues a shorter one of the same hash.
        """
        return f"{self.dataset}-{self.model}-k{self.latent_size}-e{self.epochs}-{self.family(fingerprint)}"

    def family(self, fingerprint: str) -> str:
        """Eight hex digits shared by the runs that differ in their number of epochs alone."""
        decisive = {**self.to_json(), "fingerprint": fingerprint}
        del decisive["epochs"]
        if self.model == "mlp":
            del decisive["stride"]
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:8]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# ---------------------------------------------------------------- what a model is


@dataclass(frozen=True)
class LayerInfo:
    """One line of the model as the lab printed it."""

    part: str  # "encoder" or "decoder"
    name: str  # "Conv2d 3x3, stride 2"
    output_shape: tuple[int, ...]  # without the batch
    n_parameters: int
    n_multiplications: int  # for one image, forward


@dataclass(frozen=True)
class ModelInfo:
    """A model on paper: known before anything is allocated."""

    image_shape: tuple[int, int, int]  # C, H, W
    code_shape: tuple[int, ...]
    layers: tuple[LayerInfo, ...]

    @property
    def n_parameters(self) -> int:
        return sum(layer.n_parameters for layer in self.layers)

    @property
    def n_latents(self) -> int:
        """Numbers in the code of one image, whatever the model."""
        return math.prod(self.code_shape)

    @property
    def n_pixels(self) -> int:
        """Numbers in one image, all channels."""
        return math.prod(self.image_shape)

    @property
    def n_multiplications(self) -> int:
        """Multiply-adds of one image, forward."""
        return sum(layer.n_multiplications for layer in self.layers)

    def __str__(self) -> str:
        rows = [("layer", "output shape", "parameters")]
        rows += [
            (f"{i.part}: {i.name}", " x ".join(map(str, i.output_shape)), f"{i.n_parameters:,}")
            for i in self.layers
        ]
        rows += [("total", "", f"{self.n_parameters:,}")]
        wide = [max(len(row[column]) for row in rows) for column in range(3)]
        return "\n".join(f"{a:<{wide[0]}}  {b:<{wide[1]}}  {c:>{wide[2]}}" for a, b, c in rows)


# ---------------------------------------------------------------- what training reports


@dataclass(frozen=True)
class Images:
    """A few pictures as plain bytes, for the screen and for files."""

    shape: tuple[int, int, int, int]  # B, C, H, W
    data: bytes = field(repr=False)  # uint8, row by row


@dataclass(frozen=True)
class StepRecord:
    """Some consecutive steps of one epoch."""

    epoch: int  # from 1
    losses: tuple[float, ...] = field(repr=False)  # one training loss a step


@dataclass(frozen=True)
class Heartbeat:
    """A sign of life while the test set is gone through."""

    epoch: int
    done: float  # fraction, 0 to 1


@dataclass(frozen=True)
class EpochRecord:
    """One finished epoch."""

    epoch: int  # from 1
    train_loss: float  # mean over the epoch, while the weights were changing
    test_loss: float  # over the whole test set, after the epoch
    seconds: float  # training alone, without the test
    test_seconds: float
    threads: int
    x_hat: Images = field(repr=False)  # the preview images after this epoch


@dataclass(frozen=True)
class Epoch:
    """What stays of an epoch when its pictures are put aside."""

    train_loss: float
    test_loss: float
    seconds: float
    test_seconds: float
    threads: int


@dataclass(frozen=True)
class Preview:
    """The preview images as the model gave them back after an epoch; epoch 0 is before any training."""

    epoch: int
    x_hat: Images = field(repr=False)


MAX_PREVIEWS = 64


@dataclass(frozen=True)
class Run:
    """A training run as far as it has come: all that its file holds besides weights and optimiser state."""

    run_id: str
    config: TrainConfig
    fingerprint: str  # of the data set
    model: ModelInfo
    n_train_images: int
    device: str  # "cpu", or the GPU's name
    versions: Mapping[str, str]
    x: Images = field(repr=False)  # the preview images
    x_noisy: Images | None = field(default=None, repr=False)  # what the model is given, if there is noise
    attempt: int = 1
    resumed_from_epoch: int = 0
    epochs: tuple[Epoch, ...] = ()
    step_losses: tuple[float, ...] = field(default=(), repr=False)  # the unfinished epoch's included
    previews: tuple[Preview, ...] = field(default=(), repr=False)

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.n_train_images / self.config.batch_size)

    @property
    def finished(self) -> bool:
        return len(self.epochs) >= self.config.epochs

    @property
    def done(self) -> float:
        """Fraction of the training steps, 0 to 1."""
        return min(1.0, len(self.step_losses) / (self.steps_per_epoch * self.config.epochs))

    @property
    def seconds(self) -> float:
        """Training and testing of the finished epochs."""
        return sum(e.seconds + e.test_seconds for e in self.epochs)

    @property
    def images_per_second(self) -> float:
        """Training images a second, over all finished epochs; 0 before the first."""
        seconds = sum(e.seconds for e in self.epochs)
        return self.n_train_images * len(self.epochs) / seconds if seconds else 0.0

    @property
    def test_mse(self) -> float | None:
        """After the last finished epoch; None before the first."""
        return self.epochs[-1].test_loss if self.epochs else None

    @property
    def test_psnr_db(self) -> float | None:
        """Of the whole test set: -10 log10 of its mean MSE."""
        return None if not self.epochs else psnr_of_mse(self.epochs[-1].test_loss)

    def after(self, record: Record) -> Run:
        """This run with one more record."""
        match record:
            case StepRecord():
                return replace(self, step_losses=self.step_losses + record.losses)
            case EpochRecord():
                epoch = Epoch(
                    record.train_loss, record.test_loss, record.seconds, record.test_seconds, record.threads
                )
                previews = thinned((*self.previews, Preview(record.epoch, record.x_hat)))
                return replace(self, epochs=(*self.epochs, epoch), previews=previews)
        return self


def psnr_of_mse(mse: float) -> float:
    """Peak signal-to-noise ratio in decibels of pixels in [0, 1]; inf for no error."""
    return math.inf if mse <= 0 else -10 * math.log10(mse)


def thinned(previews: tuple[Preview, ...]) -> tuple[Preview, ...]:
    """At most MAX_PREVIEWS of them, in even strides of epochs; the first and the last always stay."""
    stride, kept = 1, previews
    while len(kept) > MAX_PREVIEWS:
        stride *= 2
        kept = (*(p for p in previews[:-1] if p.epoch % stride == 0), previews[-1])
    return kept


@dataclass(frozen=True)
class Download:
    """A download as far as it has come."""

    dataset: str
    n_bytes: int = 0
    n_bytes_total: int = 0  # 0: not known yet

    @property
    def done(self) -> float:
        """Fraction, 0 to 1."""
        return min(1.0, self.n_bytes / self.n_bytes_total) if self.n_bytes_total else 0.0


@dataclass(frozen=True)
class RunSummary:
    """What a list of runs shows of one: read from the head of its file alone."""

    run_id: str
    config: TrainConfig
    fingerprint: str
    image_shape: tuple[int, int, int]
    n_parameters: int
    n_latents: int
    n_train_images: int
    epochs_done: int
    test_mse: float | None
    seconds: float
    seconds_per_epoch: float  # median, training and test
    images_per_second: float
    device: str
    threads: int
    attempt: int
    modified: float  # seconds since 1970

    @property
    def finished(self) -> bool:
        return self.epochs_done >= self.config.epochs


# A Run or a Download as a record stands for itself: it is where the job starts from.
Record = Run | StepRecord | Heartbeat | EpochRecord | Download


# ---------------------------------------------------------------- what is known of a job


class State(StrEnum):
    """Of a job. Interrupted: begun, not finished, and nobody is at it; the same config continues it."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def active(self) -> bool:
        return self in (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment."""

    job_id: str  # a training job's is its run_id
    state: State
    message: str = ""  # one sentence; why it failed, or what it waits for
    value: Run | Download | None = None  # None: nothing has come yet
    ahead: int = 0  # queued: how many start before it
    elapsed_seconds: float = 0.0  # since it began to run, this time

    @property
    def run(self) -> Run | None:
        return self.value if isinstance(self.value, Run) else None
