"""Many runs as one question: what does a larger code buy, and what does it cost?"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from autoenc.errors import ConfigError
from autoenc.schema.config import MODEL_KINDS, ModelKind, TrainConfig
from autoenc.schema.job import State
from autoenc.schema.noise import Noise

MAX_RUNS = 100  # of one sweep


@dataclass(frozen=True)
class Swept:
    """A setting of which a sweep may have several values."""

    field: str  # of TrainConfig
    plural: str  # of Sweep, of its file, and in links
    noun: str  # in sentences

    def concerns(self, kind: ModelKind) -> bool:
        """Whether it changes anything of such a model: no beta where there is no prior."""
        idle = {"stride": not kind.has_stride, "beta": not kind.has_prior}
        return not idle.get(self.field, False)


# The first three each sweep names; the others are those of `base` where they are empty.
QUESTION = (
    Swept("model", "models", "model"),
    Swept("latent_size", "latent_sizes", "latent size"),
    Swept("layers", "layers", "number of layers"),
)
GRID = (
    Swept("stride", "strides", "stride"),
    Swept("epochs", "epochs", "number of epochs"),
    Swept("batch_size", "batch_sizes", "batch size"),
    Swept("learning_rate", "learning_rates", "learning rate"),
    Swept("decay_epochs", "decay_epochs", "number of decay epochs"),
    Swept("noise", "noises", "noise"),
    Swept("train_images", "train_images", "number of training images"),
    Swept("rate_weight", "rate_weights", "rate weight"),
    Swept("beta", "betas", "beta"),
    Swept("seed", "seeds", "seed"),
)


@dataclass(frozen=True)
class Sweep:
    """The same training for each model, number of layers, latent size, and each value of the other lists.

    A list of one value, but for the first three, becomes the base's. What changes nothing makes no runs of
    its own: neither strides of a model that has none to choose, nor betas of one without a prior. A decay
    over all epochs of the base is one over all epochs of each run, unless `decay_epochs` says otherwise.

    Raises:
        ConfigError: a list is empty or names something twice, there are more than MAX_RUNS runs, or a run's
            setting is not allowed.
    """

    base: TrainConfig  # what the runs share
    models: tuple[str, ...]
    latent_sizes: tuple[int, ...]
    layers: tuple[int, ...] = (1,)
    strides: tuple[int, ...] = ()
    epochs: tuple[int, ...] = ()
    batch_sizes: tuple[int, ...] = ()
    learning_rates: tuple[float, ...] = ()
    decay_epochs: tuple[int | None, ...] = ()
    noises: tuple[Noise | None, ...] = ()
    train_images: tuple[int | None, ...] = ()
    rate_weights: tuple[float | None, ...] = ()
    betas: tuple[float, ...] = ()
    seeds: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for one in (*QUESTION, *(one for one in GRID if self._values(one))):
            _check_list(one.noun, self._values(one))
        self._settle_single_values()
        n_runs = sum(math.prod(map(len, self._lists(model).values())) for model in self.models)
        if n_runs > MAX_RUNS:
            *others, last = ["sizes", "models", *(one.plural.replace("_", " ") for one in self.swept)]
            raise ConfigError(
                f"a sweep of {n_runs:,} runs; allowed: {MAX_RUNS}; choose fewer {', '.join(others)} or {last}"
            )
        first, *_ = configs = self.configs()  # which refuses what a config refuses
        beta = next((config.beta for config in configs if config.kind.has_prior), first.beta)
        stride = next((config.stride for config in configs if config.kind.has_stride), first.stride)
        base = replace(first, beta=beta, stride=stride)  # equal sweeps have equal bases
        object.__setattr__(self, "base", base)

    def _settle_single_values(self) -> None:
        """They are the base's. A decay that lasts longer or less long than the base stays what it is."""
        single = {one.field: self._values(one)[0] for one in GRID if len(self._values(one)) == 1}
        if self._decays_over_all and "epochs" in single:
            single["decay_epochs"] = single["epochs"]
        fixed = not self._decays_over_all and len(self.epochs) > 1
        base = replace(self.base, model=self.models[0], **single)
        for one in GRID:
            if one.field in single:
                object.__setattr__(self, one.plural, ())
        if fixed and base.decay_epochs is not None:
            object.__setattr__(self, "decay_epochs", (base.decay_epochs,))
        object.__setattr__(self, "base", base)

    @property
    def _decays_over_all(self) -> bool:
        return not self.decay_epochs and self.base.decay_epochs == self.base.epochs

    def configs(self) -> tuple[TrainConfig, ...]:
        """One for each run: by model, layers, the other lists as they are given, latent size, and seed."""
        return tuple(config for model in self.models for config in self._of_model(model))

    def _of_model(self, model: str) -> Iterator[TrainConfig]:
        lists = self._lists(model)
        for values in product(*lists.values()):
            chosen: dict[str, Any] = dict(zip(lists, values, strict=True))
            if self._decays_over_all and "epochs" in chosen:
                chosen["decay_epochs"] = chosen["epochs"]
            yield replace(self.base, model=model, **{"beta": self._beta(model)} | chosen)

    def _lists(self, model: str) -> dict[str, Sequence[Any]]:
        """What the runs of a model differ in, by field, the fastest last."""
        kind = MODEL_KINDS.get(model)  # an unknown one is refused by its config
        grid = [one for one in GRID if self._values(one) and (kind is None or one.concerns(kind))]
        lists: dict[str, Sequence[Any]] = {"layers": self.layers}
        lists |= {one.field: self._values(one) for one in grid if one.field != "seed"}
        lists["latent_size"] = sorted(self.latent_sizes)
        return lists | {"seed": self.seeds} if self.seeds else lists

    def _beta(self, model: str) -> float:
        """The usual one where the model has no prior: else the same run would have two configs."""
        return self.base.beta if _has_prior(model) else TrainConfig.beta

    def _values(self, one: Swept) -> tuple[Any, ...]:
        values: tuple[Any, ...] = getattr(self, one.plural)
        return values

    @property
    def swept(self) -> tuple[Swept, ...]:
        """What several values of are compared, but for models, layers and latent sizes."""
        return tuple(one for one in GRID if len(self._values(one)) > 1)

    def sweep_id(self, fingerprint: str) -> str:
        """Readable, and the same for the same runs: `mnist-sweep-e10-<8 hex>`, of the longest."""
        configs = self.configs()
        run_ids = sorted(config.run_id(fingerprint) for config in configs)
        digest = hashlib.sha256("\n".join(run_ids).encode()).hexdigest()
        epochs = max(config.epochs for config in configs)
        return f"{self.base.dataset}-sweep-e{epochs}-{digest[:8]}"

    def to_json(self) -> dict[str, Any]:
        """Plain values; lists that are not used are left out."""
        used = (*QUESTION, *(one for one in GRID if self._values(one)))
        return {"base": self.base.to_json()} | {one.plural: _plain(self._values(one)) for one in used}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Sweep:
        """The inverse of `to_json`.

        Raises:
            ConfigError: a field is missing or unknown, or a value is not allowed.
        """
        needed = ("models", "latent_sizes", "layers")
        optional = {one.plural for one in GRID}
        if not isinstance(values, Mapping) or set(values) - optional != {"base", *needed}:
            more = ", ".join(sorted(optional))
            raise ConfigError(f"a sweep has base, {', '.join(needed)}; it may have {more}")
        lists = {name: value for name, value in values.items() if name != "base"}
        if wrong := [name for name, value in lists.items() if not isinstance(value, list | tuple)]:
            raise ConfigError(f"{wrong[0]} of a sweep is no list")
        if "noises" in lists:
            lists["noises"] = [None if one is None else Noise.parse(str(one)) for one in lists["noises"]]
        return cls(TrainConfig.from_json(values["base"]), **{name: tuple(one) for name, one in lists.items()})


def differing(configs: Iterable[TrainConfig]) -> tuple[Swept, ...]:
    """In which settings these runs differ, but for models, layers and latent sizes.

    A setting that changes nothing of a run does not count, and neither does a decay over all epochs where
    only the epochs differ.
    """
    runs = tuple(configs)
    values = {one.field: {getattr(run, one.field) for run in runs if one.concerns(run.kind)} for one in GRID}
    if all(run.decay_epochs == run.epochs for run in runs):
        del values["decay_epochs"]
    return tuple(one for one in GRID if len(values.get(one.field, ())) > 1)


def _plain(values: Sequence[Any]) -> list[Any]:
    return [str(value) if isinstance(value, Noise) else value for value in values]


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
