"""What suits which model and which data set: the settings from which pages and the command line start.

A setting that somebody has chosen always wins; it arrives here as one of `overrides`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autoenc.schema import (
    GRID,
    MODELS,
    NOISES,
    DatasetInfo,
    Noise,
    RecogniserConfig,
    RecogniserSummary,
    RunSummary,
    Sweep,
    TrainConfig,
)

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
    "conv-bottleneck": Recipe(layers=2, learning_rate=4e-3, decays=True),
    # Its samples look like digits only where the decoder can bend: docs/decisions/0040.
    "vae": Recipe(layers=3, learning_rate=4e-3, decays=True),
}

# Trained for few bytes, all of them: codes spread out over whole numbers first, which takes large steps.
RATED = Recipe(layers=2, learning_rate=4e-3, decays=True)
RATE_WEIGHTS = (0.01, 0.02, 0.04, 0.08, 0.16)  # from better pictures to fewer bytes
BETAS = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 10.0)
RATE_WEIGHT = 0.04  # of MNIST about 14 bytes a digit, at 22 dB


def recipe(models: Iterable[str], *, rated: bool = False) -> Recipe:
    """What suits all of these models; models that do not agree are compared with plain settings.

    Args:
        rated: they are trained for few bytes.
    """
    if rated:
        return RATED
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
    known = [model for model in models if model in RECIPES]  # others are refused by the schema
    suited = recipe(known, rated=overrides.get("rate_weight") is not None)
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
    lists: Mapping[str, Sequence[Any]] | None = None,
    **overrides: Any,
) -> Sweep:
    """Many models, trained alike: one model with what suits it, several with what suits all of them.

    Args:
        layers: each model is trained with each of these numbers; None: with the number that suits.
        lists: of further settings of which there are several values, as Sweep calls them: `seeds`.
        overrides: other fields of TrainConfig that take the place of what suits the models and the data set.
    Raises:
        ConfigError: a value is not allowed, or there are too many runs.
    """
    grid = {name: tuple(values) for name, values in (lists or {}).items()}
    firsts = {one.field: grid[one.plural][0] for one in GRID if grid.get(one.plural)}
    if any(weights := grid.get("rate_weights", ())):  # what suits those that are trained for few bytes
        firsts["rate_weight"] = next(filter(None, weights))
    settings = _settings(data, models, {**firsts, **overrides})
    if "epochs" in grid and overrides.get("decay_epochs") is not None:
        grid.setdefault("decay_epochs", (overrides["decay_epochs"],))  # said, so not as long as each run
    depths = (settings["layers"],) if layers is None else tuple(layers)
    return Sweep(TrainConfig(**settings), tuple(models), tuple(latent_sizes), depths, **grid)


# ---------------------------------------------------------------- a recogniser

# Training images that it sees until it reads well: photographs are harder than strokes.
RECOGNISER_IMAGES: Mapping[int, int] = {1: 240_000, 3: 500_000}  # by channels
MAX_RECOGNISER_EPOCHS = 40  # with few images it learns them by heart


def recogniser_config(data: DatasetInfo, **overrides: Any) -> RecogniserConfig:
    """A recogniser that reads these images well.

    Args:
        overrides: fields of RecogniserConfig that take the place of what suits the data set.
    Raises:
        ConfigError: a value is not allowed.
    """
    epochs = math.ceil(RECOGNISER_IMAGES[data.image_shape[0]] / max(1, data.n_train))
    return RecogniserConfig(
        **{"dataset": data.name, "epochs": min(epochs, MAX_RECOGNISER_EPOCHS), **overrides}
    )


def recogniser_noise() -> Noise:
    """What a recogniser sees that is to read noisy images."""
    return Noise(NOISE, NOISES[NOISE].most, up_to=True)


def recognisers_by_preference(
    recognisers: Iterable[RecogniserSummary], fingerprint: str
) -> list[RecogniserSummary]:
    """Those to read with where nobody has chosen, the best first.

    One that learnt from clean images comes before others, then the user's own, then the most accurate.

    Args:
        fingerprint: of the data set.
    """
    finished = [one for one in recognisers if one.finished and one.fingerprint == fingerprint]
    return sorted(
        finished, key=lambda one: (one.config.noise is not None, one.example, -(one.accuracy or 0.0))
    )


# ---------------------------------------------------------------- where nobody has chosen

# What comes with the program, trained; `python -m autoenc.examples` trains it anew.
EXAMPLE = TrainConfig("digits", latent_size=32, epochs=100)
DENOISER_EXAMPLE = replace(EXAMPLE, noise=Noise("gaussian", 1.0, up_to=True))
# Of one layer, so that it is small; with few images to learn from, larger steps than RATED.
RATED_EXAMPLE = replace(EXAMPLE, rate_weight=RATE_WEIGHT, learning_rate=0.01, decay_epochs=EXAMPLE.epochs)
COLOUR_EXAMPLE = TrainConfig("photos", latent_size=64, epochs=30)
SWEEP_EXAMPLE = Sweep(EXAMPLE, ("mlp",), tuple(2**i for i in range(7)))
EXAMPLES = (
    *SWEEP_EXAMPLE.configs(),  # EXAMPLE among them
    TrainConfig("digits", "conv", 4, layers=2, epochs=100),
    TrainConfig("digits", "conv-bottleneck", 16, layers=2, epochs=100, learning_rate=4e-3, decay_epochs=100),
    DENOISER_EXAMPLE,
    RATED_EXAMPLE,
    COLOUR_EXAMPLE,
)

GOOD_SIZE = 32  # numbers in a code: what comes back is good, and clearly not the image
GOOD_RATIO = 8  # pixels to numbers in the code: from here on it is clear that something is compressed


def by_preference(
    runs: Iterable[RunSummary], epochs: Mapping[str, int], dataset: str | None = None
) -> list[RunSummary]:
    """The runs, first what to show where nobody has chosen.

    The same data set comes before all; then what suits: finished, as long as usual, with a code that is much
    smaller than the image. Of those the user's own come before examples, clean images before noisy ones,
    small errors before few bytes or a prior, codes of about GOOD_SIZE numbers before others, and then the
    smaller test error.

    Args:
        epochs: how many are usual, by data set.
        dataset: that is looked at; None: any.
    """

    def rank(run: RunSummary) -> tuple[Any, ...]:
        error = math.inf if run.test_mse is None else run.test_mse
        suits = (
            run.finished,
            run.epochs_done >= epochs.get(run.config.dataset, TrainConfig.epochs),
            run.config.train_images is None,
            run.n_latents * GOOD_RATIO <= math.prod(run.image_shape),
        )
        return (
            dataset is not None and run.config.dataset != dataset,
            not all(suits),
            run.example,
            tuple(not one for one in suits),
            run.config.noise is not None,
            run.config.rate_weight is not None or run.config.kind.has_prior,
            round(abs(math.log2(run.n_latents / GOOD_SIZE))),
            error,
        )

    return sorted(runs, key=rank)


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
