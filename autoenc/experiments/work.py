"""What each experiment has to be done, as steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from autoenc.experiments import settings, steps
from autoenc.experiments.sizes import Lab
from autoenc.experiments.steps import Step
from autoenc.recognition.measuring import ORIGINALS
from autoenc.schema import DatasetInfo, TrainConfig

CODECS = ("pca", "jpeg", "jpeg-tiled", "webp", "webp-tiled", "png")  # beside which bytes are seen


def runs(choose: Callable[[Lab], tuple[TrainConfig, ...]]) -> Callable[[Lab], Iterator[Step]]:
    """Models, and nothing more."""
    return lambda lab: map(steps.training, choose(lab))


def mlp_sizes(lab: Lab) -> Iterator[Step]:
    """MLPs of every size, beside the baselines."""
    return _beside_baselines(settings.mlp_sizes(lab), lab.grey)


def conv_sizes(lab: Lab) -> Iterator[Step]:
    """Convolutions of every size, beside the baselines."""
    return _beside_baselines(settings.conv_sizes(lab), lab.grey)


def colour_sizes(lab: Lab) -> Iterator[Step]:
    """In colour, every size of both, beside the baselines."""
    return _beside_baselines(settings.colour_sizes(lab), lab.colour)


def _beside_baselines(configs: Sequence[TrainConfig], data: DatasetInfo) -> Iterator[Step]:
    yield from map(steps.training, configs)
    for name in settings.BASELINES:
        yield steps.baseline(name, data, configs[0].train_images)


def noise(lab: Lab) -> Iterator[Step]:
    """A model that has seen no noise, one that has, and how well both take it away."""
    for config in (settings.plain(lab), settings.denoiser(lab)):
        yield steps.training(config)
        yield steps.curve(config, lab.grey, settings.NOISE, settings.levels())
    yield steps.curve("noisy", lab.grey, settings.NOISE, settings.levels())


def second(lab: Lab) -> Iterator[Step]:
    """The time of both data sets, and their error at equal compression."""
    return map(steps.training, (*settings.mlp_sizes(lab), *settings.colour_sizes(lab)))


def read(lab: Lab) -> Iterator[Step]:
    """A recogniser, and what it reads in the reconstructions."""
    config = settings.reader(lab)
    yield steps.recogniser(config)
    for source in (ORIGINALS, "pca"):
        yield steps.reading(source, config)
    for model in settings.mlp_sizes(lab):
        yield steps.training(model)
        yield steps.reading(model, config)


def weigh(lab: Lab) -> Iterator[Step]:
    """Codes as files, beside image codecs."""
    for config in settings.weighed(lab):
        yield steps.training(config)
        yield steps.rates(config, lab.grey)
    for name in CODECS:
        yield steps.rates(name, lab.grey)
