"""What to train."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from autoenc.errors import ConfigError
from autoenc.schema.noise import Noise


@dataclass(frozen=True)
class ModelKind:
    """What a model is called, and what its settings mean."""

    title: str  # in charts and sentences
    code_unit: str  # what its latent size counts: `number` or `channel`
    has_convolutions: bool = True  # False: linear layers only
    has_stride: bool = False  # that can be chosen; what others are given changes nothing
    has_prior: bool = False  # N(0, I) of its codes, by beta; what others are given changes nothing

    @property
    def can_count_bytes(self) -> bool:
        """Whether it can be trained for few bytes."""
        return self.code_unit == "number" and not self.has_prior


MODEL_KINDS: Mapping[str, ModelKind] = {
    "mlp": ModelKind("MLP", "number", has_convolutions=False),
    "conv": ModelKind("Conv", "channel", has_stride=True),
    "conv-bottleneck": ModelKind("Conv bottleneck", "number"),
    "vae": ModelKind("VAE", "number", has_convolutions=False, has_prior=True),
}
MODELS = tuple(MODEL_KINDS)
MODEL_NAMES: Mapping[str, str] = {name: kind.title for name, kind in MODEL_KINDS.items()}
CODE_UNITS: Mapping[str, str] = {name: kind.code_unit for name, kind in MODEL_KINDS.items()}
DEVICES = ("auto", "cpu", "cuda")

DATASET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # it becomes part of file names

# Inclusive bounds of the whole-number settings.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "latent_size": (1, 4096),
    "layers": (1, 4),
    "stride": (1, 2),
    "epochs": (1, 1000),
    "decay_epochs": (1, 1000),
    "batch_size": (1, 10_000),
    "train_images": (1, 10_000_000),
    "seed": (0, 2**31 - 1),
}
OPTIONAL = ("train_images", "decay_epochs", "rate_weight")  # may be None
MAX_RATE_WEIGHT = 1000.0
MAX_BETA = 1000.0


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides the result of a training run, except the data itself.

    Raises:
        ConfigError: a value is unknown or out of range.
    """

    dataset: str = "mnist"
    model: str = "mlp"
    latent_size: int = 32  # conv: channels of the code; the others: numbers in the code
    layers: int = 1  # in the encoder, and as many in the decoder
    stride: int = 2  # of each convolution, where the model has one to choose
    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 1e-3
    decay_epochs: int | None = None  # the learning rate decays to zero over this many; None: constant
    noise: Noise | None = None
    train_images: int | None = None  # the first N; None: all
    rate_weight: float | None = None  # of bits per pixel beside the MSE in the loss; None: bits do not count
    beta: float = 1.0  # of the KL beside the squared error of an image, where the model has a prior
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.dataset, str) or not DATASET_NAME.fullmatch(self.dataset):
            raise ConfigError(f"dataset is {self.dataset!r:.80}; use only letters, digits and hyphens")
        if self.model not in MODELS:
            raise ConfigError(f"unknown model {self.model!r}; known: {', '.join(MODELS)}")
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if name in OPTIONAL and value is None:
                continue
            if type(value) is not int or not low <= value <= high:
                raise ConfigError(f"{name.replace('_', ' ')} is {value!r}; allowed: {low:,} to {high:,}")
        if not _is_number(self.learning_rate) or not 0 < self.learning_rate <= 100:
            raise ConfigError(f"learning rate is {self.learning_rate!r}; allowed: more than 0, at most 100")
        if self.noise is not None and not isinstance(self.noise, Noise):
            raise ConfigError(f"noise is {self.noise!r}; it must be a Noise or None")
        if self.rate_weight is not None:
            self._check_rate_weight()
        if not _is_number(self.beta) or not 0 < self.beta <= MAX_BETA:
            raise ConfigError(f"beta is {self.beta!r}; allowed: more than 0, at most {MAX_BETA:,.0f}")

    def _check_rate_weight(self) -> None:
        weight: Any = self.rate_weight
        if not _is_number(weight) or not 0 < weight <= MAX_RATE_WEIGHT:
            raise ConfigError(
                f"rate weight is {self.rate_weight!r}; allowed: more than 0, at most {MAX_RATE_WEIGHT:,.0f}"
            )
        if not self.kind.can_count_bytes:
            able = [kind.title for kind in MODEL_KINDS.values() if kind.can_count_bytes]
            raise ConfigError(
                f"{self.kind.title} cannot be trained for its bytes; choose {' or '.join(able)}"
            )

    @property
    def kind(self) -> ModelKind:
        """What kind of model it is."""
        return MODEL_KINDS[self.model]

    def to_json(self) -> dict[str, Any]:
        """Plain values, noise as `kind:level`; equal configs give equal JSON."""
        noise = None if self.noise is None else str(self.noise)
        values = {**asdict(self), "learning_rate": float(self.learning_rate), "noise": noise}
        if self.rate_weight is None:  # so that earlier versions read the file, and runs keep their names
            del values["rate_weight"]
        else:
            values["rate_weight"] = float(self.rate_weight)
        if self.kind.has_prior or self.beta != TrainConfig.beta:  # a sweep's base may be another model
            values["beta"] = float(self.beta)
        else:
            del values["beta"]
        return values

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
        """Eight hex digits shared by the runs that differ only in their number of epochs."""
        decisive = {**self.to_json(), "fingerprint": fingerprint}
        del decisive["epochs"]
        if not self.kind.has_stride:
            del decisive["stride"]
        if not self.kind.has_prior:
            decisive.pop("beta", None)
        if self.decay_epochs is None:  # so that the runs of the time before it keep their names
            del decisive["decay_epochs"]
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:8]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
