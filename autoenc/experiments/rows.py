"""The experiments of the lab report, in its order; nothing else lists them.

A new one is a row here, and a section of `autoenc.report` that shows what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from autoenc.experiments import settings, work
from autoenc.experiments.sizes import Lab
from autoenc.experiments.steps import Step
from autoenc.schema import DatasetInfo

# The report's own headings, by number.
SECTIONS: Mapping[str, str] = {
    "1.2": "MNIST",
    "2": "Multilayer perceptron",
    "3": "Convolutions",
    "4": "Noise",
    "5": "Colour",
    "6": "What the report left to do",
}


@dataclass(frozen=True)
class Experiment:
    """One row."""

    key: str  # in an address
    number: str  # of the report's section
    title: str
    shows: str  # one sentence
    page: str  # the address of the page that does it
    data: Callable[[Lab], tuple[DatasetInfo, ...]] = field(repr=False)
    steps: Callable[[Lab], Iterator[Step]] = field(default=lambda lab: iter(()), repr=False)

    @property
    def section(self) -> str:
        """The key of its heading in SECTIONS."""
        return self.number if self.number in SECTIONS else self.number.partition(".")[0]


def _grey(lab: Lab) -> tuple[DatasetInfo, ...]:
    return (lab.grey,)


def _colour(lab: Lab) -> tuple[DatasetInfo, ...]:
    return (lab.colour,)


def _both(lab: Lab) -> tuple[DatasetInfo, ...]:
    return (lab.grey, lab.colour)


def _hundred(lab: Lab) -> tuple[DatasetInfo, ...]:
    return (lab.hundred,)


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        "images", "1.2", "The images", "What the models learn from: one image of each class.", "train", _grey
    ),
    Experiment(
        "mlp-model",
        "2.1",
        "The MLP, printed",
        "One linear layer to the code and one back: how many parameters that takes.",
        "train",
        _grey,
    ),
    Experiment(
        "mlp-curves",
        "2.2",
        "Loss curves of MLP 1 and MLP 128",
        "A larger code learns faster and ends lower.",
        "train",
        _grey,
        work.runs(lambda lab: settings.grey(lab, "mlp", 1, 128)),
    ),
    Experiment(
        "mlp-images",
        "2.3",
        "Reconstructions of MLP 1 and MLP 128",
        "One number draws a blur; 128 numbers draw the digit.",
        "train",
        _grey,
        work.runs(lambda lab: settings.grey(lab, "mlp", 1, 128)),
    ),
    Experiment(
        "mlp-sizes",
        "2.4",
        "Test loss of the MLP by latent size",
        "A larger code loses less; most of it is gained by the first hundred numbers.",
        "sweep",
        _grey,
        work.mlp_sizes,
    ),
    Experiment(
        "foreign",
        "2.5",
        "A photograph through MLP 512",
        "A model of digits cannot draw a face: it can only draw what it has learnt.",
        "picture",
        _grey,
        work.runs(lambda lab: settings.grey(lab, "mlp", 512)),
    ),
    Experiment(
        "conv-model",
        "3.1",
        "The convolutions, printed",
        "Few parameters, and a code of whole pictures, one for each channel.",
        "train",
        _grey,
    ),
    Experiment(
        "conv-curves",
        "3.2",
        "Loss curves of Conv 1 and Conv 128",
        "With 128 channels the loss is far smaller, and the code far larger than the image.",
        "train",
        _grey,
        work.runs(settings.conv_curves),
    ),
    Experiment(
        "conv-images",
        "3.3",
        "Reconstructions of Conv 1 and Conv 128",
        "Even one channel keeps every stroke in its place: it has a number for every four pixels.",
        "train",
        _grey,
        work.runs(lambda lab: settings.grey(lab, "conv", 1, 128)),
    ),
    Experiment(
        "conv-sizes",
        "3.4",
        "Test loss of the convolutions by latent size",
        "More channels, less error; from 4 channels on the code is no smaller than the image.",
        "sweep",
        _grey,
        work.conv_sizes,
    ),
    Experiment(
        "times",
        "3.5",
        "Training times of both",
        "The MLP takes a little longer with a larger code; hundreds of channels take far longer.",
        "sweep",
        _grey,
        work.runs(settings.all_sizes),
    ),
    Experiment(
        "layers",
        "3.6",
        "One layer against two",
        "A second layer takes more time and makes the code four times smaller; the loss may still fall.",
        "sweep",
        _grey,
        work.runs(settings.one_and_two_layers),
    ),
    Experiment(
        "noise",
        "4",
        "Noise through the model of two layers",
        "A model trained on noise removes far more of it than one that has only seen clean images.",
        "denoise",
        _grey,
        work.noise,
    ),
    Experiment(
        "colour-images",
        "5.1",
        "Images in colour",
        "Small photographs: three numbers for each pixel instead of one, and no empty background.",
        "colour",
        _colour,
    ),
    Experiment(
        "colour-reconstructions",
        "5.2",
        "Reconstructions in colour at 1 and 128",
        "128 numbers, enough for a digit, leave a photograph blurred.",
        "colour",
        _colour,
        work.runs(lambda lab: settings.colour(lab, "mlp", 1, 128)),
    ),
    Experiment(
        "colour-curves",
        "5.2",
        "The curves that the report could not get",
        "Test loss and training time in colour: here, too, the error falls as the code grows.",
        "colour",
        _colour,
        work.colour_sizes,
    ),
    Experiment(
        "deeper",
        "6",
        "More layers",
        "Each further layer makes the code smaller and the training harder.",
        "sweep",
        _grey,
        work.runs(settings.deeper),
    ),
    Experiment(
        "longer",
        "6",
        "More epochs",
        "Longer training lowers the loss further, at the same price an epoch.",
        "train",
        _grey,
        work.runs(settings.longer),
    ),
    Experiment(
        "hundred",
        "6",
        "CIFAR-100",
        "A hundred classes instead of ten: the model never sees the class, so its error hardly changes.",
        "colour",
        _hundred,
        work.runs(settings.hundred),
    ),
    Experiment(
        "recogniser",
        "6",
        "Can it still be read?",
        "A second network reads the reconstructions: how large must a code be for nine in ten?",
        "recognise",
        _grey,
        work.read,
    ),
    Experiment(
        "second",
        "6",
        "Both data sets side by side",
        "Training time of digits and photographs, and their error at equal compression.",
        "colour",
        _both,
        work.second,
    ),
    Experiment(
        "bytes",
        "6",
        "The real compression rate",
        "Codes as files of bytes, beside JPEG, WebP and PNG: how small is an image really?",
        "compress",
        _grey,
        work.weigh,
    ),
)


def experiment(key: str) -> Experiment:
    """The experiment of this key, which is one of them."""
    return next(one for one in EXPERIMENTS if one.key == key)
