"""The network that reads images."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import torch
from torch import nn

from autoenc.models import ImageShape, output_shape
from autoenc.schema import LayerInfo, ModelInfo

# Channels of the convolutions, by those of the image. Photographs need more; a small network reads digits as
# well, in a fifth of the time.
WIDTHS: Mapping[int, tuple[int, ...]] = {1: (16, 32, 64), 3: (32, 64, 128)}


def build(image_shape: ImageShape, n_classes: int, seed: int) -> nn.Sequential:
    """Images (B, C, H, W) in [0, 1] -> scores (B, n_classes); on the CPU, weights drawn only from the seed.

    Three convolutions, each followed by a maximum over squares of four pixels and normalised over the batch
    (Ioffe and Szegedy 2015, arXiv:1502.03167), then a linear layer. The maximum comes first because it leaves
    a quarter of the numbers to normalise.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(*_layers(image_shape, n_classes))


def _layers(image_shape: ImageShape, n_classes: int) -> Iterator[nn.Module]:
    channels, height, width = image_shape
    for n in WIDTHS[channels]:
        yield nn.Conv2d(channels, n, 3, padding=1)
        channels = n
        if min(height, width) > 1:
            yield nn.MaxPool2d(2)
            height, width = height // 2, width // 2
        yield nn.BatchNorm2d(channels)
        yield nn.ReLU()
    yield nn.Flatten()
    yield nn.Linear(channels * height * width, n_classes)


def describe(image_shape: ImageShape, n_classes: int) -> ModelInfo:
    """The network on paper; its code are the scores."""
    with torch.device("meta"):
        layers = list(_layers(image_shape, n_classes))
    shape: tuple[int, ...] = image_shape
    rows = []
    for layer in layers:
        shape = output_shape(layer, shape)
        is_weighed = isinstance(layer, nn.Conv2d | nn.Linear)  # each output number meets each of its weights
        n = math.prod(shape) * layer.get_parameter("weight")[0].numel() if is_weighed else 0
        n_parameters = sum(parameter.numel() for parameter in layer.parameters())
        rows.append(LayerInfo("recogniser", type(layer).__name__, shape, n_parameters, n))
    return ModelInfo(image_shape, shape, tuple(rows))
