"""What each experiment has to be done, as steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autoenc.experiments import settings, steps
from autoenc.experiments.sizes import Lab
from autoenc.experiments.steps import Step
from autoenc.recognition.measuring import ORIGINALS
from autoenc.schema import TrainConfig

CODECS = ("pca", "jpeg", "jpeg-tiled", "webp", "webp-tiled", "png")  # beside which bytes are seen


def runs(choose: Callable[[Lab], tuple[TrainConfig, ...]]) -> Callable[[Lab], Iterator[Step]]:
    """Models, and nothing more."""
    return lambda lab: map(steps.training, choose(lab))


def sizes(model: str) -> Callable[[Lab], Iterator[Step]]:
    """Of the grey images, every size, beside the baselines."""

    def of(lab: Lab) -> Iterator[Step]:
        latent_sizes = lab.size.mlp_sizes if model == "mlp" else lab.size.conv_sizes
        configs = settings.grey(lab, model, *latent_sizes)
        yield from map(steps.training, configs)
        for name in ("pca", "mean_image"):
            yield steps.baseline(name, lab.grey, configs[0].train_images)

    return of


def times(lab: Lab) -> Iterator[Step]:
    """Both models of the report at all sizes."""
    configs = (
        *settings.grey(lab, "mlp", *lab.size.mlp_sizes),
        *settings.grey(lab, "conv", *lab.size.conv_sizes),
    )
    return map(steps.training, configs)


def noise(lab: Lab) -> Iterator[Step]:
    """A model that has seen no noise, one that has, and how well both take it away."""
    for config in (settings.plain(lab), settings.denoiser(lab)):
        yield steps.training(config)
        yield steps.curve(config, lab.grey, settings.NOISE, settings.levels())
    yield steps.curve("noisy", lab.grey, settings.NOISE, settings.levels())


def colour_curves(lab: Lab) -> Iterator[Step]:
    """In colour, every size, beside the baselines."""
    configs = settings.colour_sizes(lab)
    yield from map(steps.training, configs)
    for name in ("pca", "mean_image"):
        yield steps.baseline(name, lab.colour, configs[0].train_images)


def second(lab: Lab) -> Iterator[Step]:
    """The time of both data sets, and their error at equal compression."""
    configs = (*settings.grey(lab, "mlp", *lab.size.mlp_sizes), *settings.colour_sizes(lab))
    return map(steps.training, configs)


def read(lab: Lab) -> Iterator[Step]:
    """A recogniser, and what it reads in the reconstructions."""
    config = settings.reader(lab)
    yield steps.recogniser(config)
    for source in (ORIGINALS, "pca"):
        yield steps.reading(source, config)
    for model in settings.grey(lab, "mlp", *lab.size.mlp_sizes):
        yield steps.training(model)
        yield steps.reading(model, config)


def weigh(lab: Lab) -> Iterator[Step]:
    """Codes as files, beside image codecs."""
    for config in settings.weighed(lab):
        yield steps.training(config)
        yield steps.rates(config, lab.grey)
    for name in CODECS:
        yield steps.rates(name, lab.grey)
