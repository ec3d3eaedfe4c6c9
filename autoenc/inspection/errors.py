"""Where a model errs: class by class, channel by channel, in brightness and in colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from autoenc import metrics
from autoenc.datasets import Dataset
from autoenc.inspection.opening import one_thread
from autoenc.inspection.reconstructing import Reconstructions
from autoenc.numerals import percent, short
from autoenc.training import as_float

_CHUNK_IMAGES = 1000  # images at once
_MIN_CLEAR_RATIO = 1.1  # times the error: less is no difference worth a sentence
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
    found = []
    for index, name in enumerate(data.class_names):
        mine = made.mse[labels == index]
        if len(mine):
            found.append(ClassError(index, name, len(mine), float(mine.mean(dtype=np.float64))))
    return tuple(sorted(found, key=lambda one: np.nan_to_num(one.mse, nan=np.inf)))


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


# ---------------------------------------------------------------- in words


def class_words(errors: Sequence[ClassError]) -> str:
    """`Easiest: sky. Hardest: cat, with 2.1 times the error.`; empty for a single class."""
    if len(errors) < 2 or not errors[0].mse > 0 or not np.isfinite(errors[-1].mse):
        return ""
    best, worst = errors[0], errors[-1]
    ratio = worst.mse / best.mse
    if ratio < _MIN_CLEAR_RATIO:
        return "All classes come back about equally well."
    return f"Easiest: {best.name}. Hardest: {worst.name}, with {short(ratio)} times the error."


def colour_words(error: ColourError) -> str:
    """Which channel is worst, and what the model keeps: brightness or colour."""
    mse = dict(zip(CHANNELS, error.mse, strict=True))
    worst, best = max(mse, key=mse.__getitem__), min(mse, key=mse.__getitem__)
    if not all(np.isfinite(v) and v > 0 for v in mse.values()):
        return ""
    ratio = mse[worst] / mse[best]
    said = (
        "Red, green and blue are drawn about equally well."
        if ratio < _MIN_CLEAR_RATIO
        else f"{worst.capitalize()} is drawn worst: {short(ratio)} times the error of {best}."
    )
    lost = f"{percent(error.brightness_lost)} in brightness and {percent(error.colour_lost)} in colour"
    said += f" Of what sets the images apart it loses {lost}"
    if error.colour_lost >= _MIN_CLEAR_RATIO * error.brightness_lost:
        return f"{said}: it spends its numbers on brightness first."
    if error.brightness_lost >= _MIN_CLEAR_RATIO * error.colour_lost:
        return f"{said}: the fine detail that it cannot keep is brightness more than colour."
    return f"{said}: about as much of both."
