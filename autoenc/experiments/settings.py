"""The settings of the models that the experiments train, by what they show."""

from __future__ import annotations

from autoenc import recipes
from autoenc.experiments.sizes import Lab
from autoenc.schema import Noise, RecogniserConfig, TrainConfig, usual_levels

NOISE = recipes.NOISE
BASELINES = ("pca", "mean_image")  # beside the sizes of a model
MODERATE, HIGH = 0.3, 0.8  # levels of the noise: what can be taken away, and what cannot


def grey(lab: Lab, model: str, *sizes: int, **settings: int) -> tuple[TrainConfig, ...]:
    """Models of the grey images."""
    return tuple(lab.config(lab.grey, model, latent_size=size, **settings) for size in sizes)


def colour(lab: Lab, model: str, *sizes: int) -> tuple[TrainConfig, ...]:
    """Models of the images in colour."""
    return tuple(lab.config(lab.colour, model, latent_size=size) for size in sizes)


def mlp_sizes(lab: Lab) -> tuple[TrainConfig, ...]:
    """MLPs of the grey images, every size."""
    return grey(lab, "mlp", *lab.size.mlp_sizes)


def conv_sizes(lab: Lab) -> tuple[TrainConfig, ...]:
    """Convolutions of the grey images, every size."""
    return grey(lab, "conv", *lab.size.conv_sizes)


def all_sizes(lab: Lab) -> tuple[TrainConfig, ...]:
    """Both models of the report."""
    return (*mlp_sizes(lab), *conv_sizes(lab))


def conv_curves(lab: Lab) -> tuple[TrainConfig, ...]:
    """The report prints no stride: one channel at stride 1 as well."""
    return (*grey(lab, "conv", 1, 128), *grey(lab, "conv", 1, stride=1))


def one_and_two_layers(lab: Lab) -> tuple[TrainConfig, ...]:
    """The four models of the report's table."""
    return (*grey(lab, "conv", 64, 128), *grey(lab, "conv", 64, 128, layers=2))


def deeper(lab: Lab) -> tuple[TrainConfig, ...]:
    """Convolutions of one size with one layer and more."""
    return tuple(
        lab.config(lab.grey, "conv", latent_size=lab.size.deep_channels, layers=n) for n in (1, 2, 3, 4)
    )


def plain(lab: Lab) -> TrainConfig:
    """The model of two layers that noisy images go through: trained on clean ones, as in the report."""
    return lab.config(lab.grey, "conv", latent_size=lab.size.deep_channels, layers=2)


def denoiser(lab: Lab) -> TrainConfig:
    """The same, trained on noisy images."""
    noise = Noise(NOISE, 1.0, up_to=True)
    return lab.config(lab.grey, "conv", latent_size=lab.size.deep_channels, layers=2, noise=noise)


def longer(lab: Lab) -> tuple[TrainConfig, ...]:
    """MLP 128 and Conv 16, as long as the others and longer."""
    epochs = lab.epochs(lab.grey), lab.more_epochs(lab.grey)
    return tuple(
        lab.config(lab.grey, model, latent_size=size, epochs=n)
        for model, size in (("mlp", 128), ("conv", 16))
        for n in epochs
    )


def hundred(lab: Lab) -> tuple[TrainConfig, ...]:
    """Models of CIFAR-100."""
    return tuple(lab.config(lab.hundred, "mlp", latent_size=size) for size in (1, 128))


def weighed(lab: Lab) -> tuple[TrainConfig, ...]:
    """Models whose codes are made files."""
    return grey(lab, "mlp", 16, 32, 64)


def reader(lab: Lab) -> RecogniserConfig:
    """Who reads the grey images."""
    return recipes.recogniser_config(lab.grey)


def levels() -> tuple[float, ...]:
    """Of the noise, weak to strong."""
    return usual_levels(NOISE)


def colour_sizes(lab: Lab) -> tuple[TrainConfig, ...]:
    """All models of the images in colour."""
    mlps = colour(lab, "mlp", *lab.size.colour_mlp_sizes)
    return (*mlps, *colour(lab, "conv", *lab.size.colour_conv_sizes))
