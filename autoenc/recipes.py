"""What suits which model and which data set: the settings from which pages and the command line start.

A setting that somebody has chosen always wins; it arrives here as one of `overrides`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autoenc.datasets import DatasetInfo
from autoenc.schema import MODELS, NOISES, Noise, Sweep, TrainConfig

# ---------------------------------------------------------------- a model


@dataclass(frozen=True)
class Recipe:
    """How a model is trained well in few epochs."""

    layers: int = TrainConfig.layers
    learning_rate: float = TrainConfig.learning_rate
    decays: bool = False  # the learning rate falls to zero over all epochs


PLAIN = Recipe()
# A code behind convolutions is better than PCA after ten epochs only with a deeper encoder and a fast start.
RECIPES: Mapping[str, Recipe] = dict.fromkeys(MODELS, PLAIN) | {
    "conv-bottleneck": Recipe(layers=2, learning_rate=4e-3, decays=True)
}


def recipe(models: Iterable[str]) -> Recipe:
    """What suits all of these models; models that do not agree are compared with plain settings."""
    recipes = {RECIPES[model] for model in models}
    return recipes.pop() if len(recipes) == 1 else PLAIN


def train_config(data: DatasetInfo, model: str = TrainConfig.model, **overrides: Any) -> TrainConfig:
    """The settings of one run.

    Args:
        overrides: fields of TrainConfig that take the place of what suits the model and the data set.
    Raises:
        ConfigError: a value is not allowed.
    """
    return TrainConfig(**_settings(data, [model], overrides) | {"model": model})


def _settings(data: DatasetInfo, models: Sequence[str], overrides: Mapping[str, Any]) -> dict[str, Any]:
    suited = recipe(model for model in models if model in RECIPES)  # others are refused by the schema
    settings = {
        "dataset": data.name,
        "epochs": data.default_epochs,
        "layers": suited.layers,
        "learning_rate": suited.learning_rate,
        **overrides,
    }
    return {"decay_epochs": settings["epochs"] if suited.decays else None} | settings


# ---------------------------------------------------------------- a sweep

SWEPT_MODELS = ("mlp", "conv")
SWEPT_SIZES = tuple(2**i for i in range(8))  # minutes; 1,024 channels would take hours
COMPARED_MODELS = ("mlp", "conv-bottleneck")  # between data sets: their codes can have any size


def sweep(
    data: DatasetInfo,
    models: Sequence[str] = SWEPT_MODELS,
    latent_sizes: Sequence[int] = SWEPT_SIZES,
    layers: Sequence[int] | None = None,
    **overrides: Any,
) -> Sweep:
    """Many models, trained alike: one model with what suits it, several with what suits all of them.

    Args:
        layers: each model is trained with each of these numbers; None: with the number that suits.
        overrides: other fields of TrainConfig that take the place of what suits the models and the data set.
    Raises:
        ConfigError: a value is not allowed, or there are too many runs.
    """
    settings = _settings(data, models, overrides)
    depths = (settings["layers"],) if layers is None else tuple(layers)
    return Sweep(TrainConfig(**settings), tuple(models), tuple(latent_sizes), depths)


# ---------------------------------------------------------------- where nobody has chosen

# What the dashboard trains by itself where there is no run to look at yet.
EXAMPLE = TrainConfig("digits", latent_size=16, epochs=100)
COLOUR_EXAMPLE = TrainConfig("photos", latent_size=64, epochs=20)
SWEEP_EXAMPLE = Sweep(TrainConfig("digits", epochs=100), ("mlp",), tuple(2**i for i in range(7)))
COLOUR_SWEEP_EXAMPLE = Sweep(TrainConfig("photos", epochs=20), ("mlp",), (8, 32, 128))


def colour_dataset(infos: Iterable[DatasetInfo]) -> str:
    """CIFAR-10 where it is on this machine, else the largest data set in colour that is."""
    present = [info for info in infos if info.present and info.image_shape[0] == 3]
    return max(present, key=lambda info: (info.name == "cifar10", info.n_train)).name


# ---------------------------------------------------------------- noise

NOISE = "gaussian"
USUAL_METHODS = ("affine", "median")  # classical ones, compared with the models
LEVELS = (0.1, 0.3, 0.5, 1.0)  # of the highest: where code sizes are compared, and denoisers trained
FEW_IMAGES = 10_000  # with fewer, convolutions need too many epochs for somebody who waits


def noise_level(kind: str) -> float:
    """A level of this noise at which a picture is spoilt, but not lost; see NOISES for its unit."""
    return 0.3 * NOISES[kind].most


def noise_levels(kind: str) -> list[float]:
    """Weak to strong."""
    return [round(share * NOISES[kind].most, 4) for share in LEVELS]


def any_level(kind: str) -> Noise:
    """The noise that makes one denoiser for all levels of this kind."""
    return Noise(kind, NOISES[kind].most, up_to=True)


def denoising_config(data: DatasetInfo, noise: Noise | None) -> TrainConfig:
    """A model to denoise with that is good after a minute or two; without noise, the plain one beside it."""
    if noise is None or data.n_train < FEW_IMAGES:
        return train_config(data, "mlp", noise=noise)
    return train_config(data, "conv", layers=3, learning_rate=2e-3, noise=noise)
