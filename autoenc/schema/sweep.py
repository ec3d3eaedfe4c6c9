"""Many runs as one question: what does a larger code buy, and what does it cost?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from autoenc.errors import ConfigError
from autoenc.schema.config import MODEL_KINDS, TrainConfig
from autoenc.schema.job import State

MAX_RUNS = 100  # of one sweep


@dataclass(frozen=True)
class Sweep:
    """The same training for each model, number of layers and latent size.

    Raises:
        ConfigError: a list is empty or names something twice, there are more than MAX_RUNS runs, or a run's
            setting is not allowed.
    """

    base: TrainConfig  # what the runs share
    models: tuple[str, ...]
    latent_sizes: tuple[int, ...]
    layers: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        _check_list("model", self.models)
        _check_list("latent size", self.latent_sizes)
        _check_list("number of layers", self.layers)
        n_runs = len(self.models) * len(self.latent_sizes) * len(self.layers)
        if n_runs > MAX_RUNS:
            raise ConfigError(
                f"a sweep of {n_runs:,} runs; allowed: {MAX_RUNS}; choose fewer sizes or models"
            )
        first, *_ = self.configs()  # which refuses what a config refuses
        beta = self.base.beta if any(map(_has_prior, self.models)) else first.beta
        object.__setattr__(self, "base", replace(first, beta=beta))  # equal sweeps have equal bases

    def configs(self) -> tuple[TrainConfig, ...]:
        """One for each run: by model, layers and latent size."""
        every = product(self.models, self.layers, sorted(self.latent_sizes))
        return tuple(
            replace(self.base, model=m, layers=n, latent_size=k, beta=self._beta(m)) for m, n, k in every
        )

    def _beta(self, model: str) -> float:
        """The usual one where the model has no prior: else the same run would have two configs."""
        return self.base.beta if _has_prior(model) else TrainConfig.beta

    def sweep_id(self, fingerprint: str) -> str:
        """Readable, and the same for the same runs: `mnist-sweep-e10-<8 hex>`."""
        run_ids = sorted(config.run_id(fingerprint) for config in self.configs())
        digest = hashlib.sha256("\n".join(run_ids).encode()).hexdigest()
        return f"{self.base.dataset}-sweep-e{self.base.epochs}-{digest[:8]}"

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        lists = {"models": self.models, "latent_sizes": self.latent_sizes, "layers": self.layers}
        return {"base": self.base.to_json()} | {name: list(values) for name, values in lists.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Sweep:
        """The inverse of `to_json`.

        Raises:
            ConfigError: a field is missing or unknown, or a value is not allowed.
        """
        names = ("models", "latent_sizes", "layers")
        if not isinstance(values, Mapping) or set(values) != {"base", *names}:
            raise ConfigError(f"a sweep has base, {', '.join(names)}")
        lists = [values[name] for name in names]
        if not all(isinstance(one, list | tuple) for one in lists):
            raise ConfigError(f"{', '.join(names)} of a sweep are lists")
        return cls(TrainConfig.from_json(values["base"]), *map(tuple, lists))


def whole_numbers(texts: Iterable[str], name: str) -> tuple[int, ...]:
    """`("1", " 2")` as (1, 2).

    Raises:
        ConfigError: one is not a whole number.
    """
    numbers = []
    for text in texts:
        try:
            numbers.append(int(text))
        except ValueError:
            raise ConfigError(f"{name} {text.strip()[:40]!r} is not a whole number") from None
    return tuple(numbers)


def _has_prior(model: str) -> bool:
    return model in MODEL_KINDS and MODEL_KINDS[model].has_prior


def _check_list(name: str, values: Sequence[object]) -> None:
    if not values:
        raise ConfigError(f"a sweep needs at least one {name}")
    try:
        twice = [value for value, n in Counter(values).items() if n > 1]
    except TypeError:  # lists in it, from a file
        raise ConfigError(f"a {name} cannot be a list") from None
    if twice:
        raise ConfigError(f"{name} {twice[0]} is given twice")


@dataclass(frozen=True)
class Point:
    """One run of a sweep as far as it has come: what charts and tables show of it."""

    run_id: str
    config: TrainConfig
    n_latents: int  # numbers in the code
    n_pixels: int  # numbers in an image
    n_parameters: int
    state: State | None = None  # None: nobody has asked for it yet
    message: str = ""  # why it failed
    epochs_done: int = 0
    done: float = 0.0  # fraction of its steps
    train_loss: float | None = None  # of the last finished epoch
    test_mse: float | None = None
    seconds: float = 0.0  # of the finished epochs, tests included
    device: str = ""
    threads: int = 0
    concurrent_jobs: int | None = None  # other jobs on the machine meanwhile, at most; None: not known
    earlier_test: bool = False  # its test error is of noisy images that other models were not given

    @property
    def finished(self) -> bool:
        return self.state is State.FINISHED

    @property
    def ratio(self) -> float:
        """How many times smaller the code is than the image."""
        return self.n_pixels / self.n_latents
