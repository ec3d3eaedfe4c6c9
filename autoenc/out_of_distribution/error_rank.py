"""How much of a picture a model loses, and how that stands among what it loses of its test images.

A small error by itself says little: a picture of low contrast is nearly right in its mean tone. So each
error is divided by the one that a plain square in the image's own mean tone would have: 0 is an exact copy,
1 is no better than the plain square.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoenc.datasets import Dataset
from autoenc.errors import ShapeError

# Of the pixels of an image, in [0, 1]: a spread of two steps of 255 is one tone to the eye.
MIN_VARIANCE = (2 / 255) ** 2
MAX_USEFUL_ERROR = 0.9  # of the mean image's error: a model above it has hardly learnt anything
_CHUNK_IMAGES = 1000  # images at once


@dataclass(frozen=True, eq=False)
class TestErrors:
    """What a model makes of its test images: the measure for pictures from elsewhere."""

    __test__ = False  # pytest takes the name for its own

    contrast_lost: NDArray[np.float64] = field(repr=False)  # (n,), as shares of the plain squares' errors
    is_useful: bool  # the model is clearly better than the mean training image


@dataclass(frozen=True)
class ErrorRank:
    """A loss among n others."""

    contrast_lost: float  # 0: an exact copy, 1: no better than a plain square
    n: int  # test images
    n_worse: int  # those of a larger loss
    n_better: int  # those of a smaller one
    least: float  # of the test images
    greatest: float

    @property
    def beyond_all(self) -> bool:
        """Whether it is worse than every test image."""
        return self.n_better == self.n


def plain_mse(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N,): the error of a plain square in each image's own mean tone, which is the variance of its pixels.

    Args:
        images: (N, C, H, W); each channel has a mean of its own.
    """
    chunks = [
        (images[start : start + _CHUNK_IMAGES] / np.float32(255)).var(axis=(2, 3), dtype=np.float64).mean(1)
        for start in range(0, len(images), _CHUNK_IMAGES)
    ]
    return np.concatenate(chunks) if chunks else np.empty(0)


def loss_shares(mse: NDArray[Any], images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N,): each error as a share of the plain square's; an image of one tone counts as MIN_VARIANCE."""
    return np.asarray(mse, np.float64) / np.maximum(plain_mse(images), MIN_VARIANCE)


def test_errors(mse: NDArray[Any], data: Dataset) -> TestErrors:
    """What a model loses of the first test images, given their errors (n,)."""
    images = data.test[: len(mse)]
    mean = data.train.mean(axis=0, dtype=np.float64)
    off = sum(
        float(np.square((images[start : start + _CHUNK_IMAGES] - mean) / 255).sum())
        for start in range(0, len(images), _CHUNK_IMAGES)
    )
    mean_image_mse = off / max(1, images.size)
    is_useful = bool(np.mean(mse, dtype=np.float64) <= MAX_USEFUL_ERROR * mean_image_mse)
    return TestErrors(loss_shares(mse, images), is_useful)


def rank_error(contrast_lost: float, tests: NDArray[Any]) -> ErrorRank:
    """Where it stands; a loss that is no number counts as the greatest there can be.

    Args:
        tests: (n,) of the test images, n at least 1.
    Raises:
        ShapeError: there is nothing to compare with.
    """
    if not len(tests):
        raise ShapeError("there are no errors of test images to compare with")
    every = np.nan_to_num(np.asarray(tests, np.float64), nan=np.inf)
    here = float(np.nan_to_num(contrast_lost, nan=np.inf))
    return ErrorRank(
        contrast_lost=here,
        n=len(every),
        n_worse=int((every > here).sum()),
        n_better=int((every < here).sum()),
        least=float(every.min()),
        greatest=float(every.max()),
    )
