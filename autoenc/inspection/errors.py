"""Where a model errs: class by class, channel by channel, in brightness and in colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from autoenc import metrics
from autoenc.datasets import Dataset
from autoenc.inspection.opening import one_thread
from autoenc.inspection.reconstructing import Reconstructions
from autoenc.training import as_float

_CHUNK_IMAGES = 1000  # images at once
CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True)
class ClassError:
    """How well the test images of one class come back."""

    index: int  # of the class
    name: str
    n_images: int
    mse: float  # their mean


@dataclass(frozen=True)
class ColourError:
    """How well the test images come back, by what the eye tells apart."""

    mse: tuple[float, float, float]  # of red, green and blue
    brightness_lost: float  # share of its variance around the mean image; more than 1: worse than that image
    colour_lost: float  # of the two differences of colour together


def class_errors(made: Reconstructions, data: Dataset) -> tuple[ClassError, ...]:
    """The classes that have test images, the best first; a class whose error is no number stands last."""
    labels = data.test_labels[: len(made)]
    errors = []
    for index, name in enumerate(data.class_names):
        mine = made.mse[labels == index]
        if len(mine):
            errors.append(ClassError(index, name, len(mine), float(mine.mean(dtype=np.float64))))
    return tuple(sorted(errors, key=lambda one: np.nan_to_num(one.mse, nan=np.inf)))


def colour_error(made: Reconstructions, data: Dataset) -> ColourError | None:
    """Over the test images as they are shown; None: they have no colours."""
    if data.image_shape[0] != 3:
        return None
    n = len(made)
    x, x_hat = torch.from_numpy(data.test[:n]), torch.from_numpy(made.x_hat)
    with one_thread():
        mean = as_float(x).mean(0, keepdim=True)
        lost, there = torch.zeros(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
        for a, b in zip(torch.split(x, _CHUNK_IMAGES), torch.split(x_hat, _CHUNK_IMAGES), strict=True):
            clean = as_float(a)
            lost += _squares(clean - as_float(b))
            there += _squares(clean - mean)
    red, green, blue = (float(v) for v in made.mse_by_channel.mean(0, dtype=np.float64))
    brightness, colour = (
        float(lost[part].sum() / there[part].sum().clamp(min=1e-12)) for part in (slice(1), slice(1, 3))
    )
    return ColourError((red, green, blue), brightness, colour)


def _squares(difference: torch.Tensor) -> torch.Tensor:
    """(3,): of brightness and the two differences of colour, over all images and pixels."""
    return metrics.brightness_and_colour(difference).double().square().sum((0, 2, 3))
