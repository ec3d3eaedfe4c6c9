"""Test images of a data set, and what a model makes of them, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autoenc.captions.images.differences import is_drawn
from autoenc.captions.images.reader import Reader
from autoenc.captions.images.sentences import Reading, Verdict, describe
from autoenc.datasets import Dataset

Read = tuple[NDArray[np.intp], NDArray[np.float32]]  # class indices and confidences, (B,) each


def verdicts(
    data: Dataset, readings: Sequence[Reading | None], images: NDArray[np.intp], x_hat: NDArray[np.uint8]
) -> list[Verdict]:
    """What can be said of the reconstructions of these test images.

    Args:
        readings: one for each image; None where nobody can tell.
        images: their numbers, (B,).
        x_hat: (B, C, H, W).
    """
    drawn = is_drawn(data.train[:256])
    pairs = zip(data.test[images], x_hat, readings, strict=True)
    return [describe(*three, drawn) for three in pairs]


def compared(
    data: Dataset, reader: Reader, images: NDArray[np.intp], x_hat: NDArray[np.uint8]
) -> list[Reading | None]:
    """By a nearest-neighbour comparison, for `verdicts`; one for each image.

    Args:
        reader: of this data set.
        images: (n,) their indices among the test images.
        x_hat: (n, C, H, W) their reconstructions.
    """
    if not reader.reliable:
        return [None] * len(images)
    labels = data.test_labels[images]
    names = (data.class_names[label] for label in labels)
    margins = (reader.margins(pictures, labels) for pictures in (data.test[images], x_hat))
    return [Reading(*one) for one in zip(names, *margins, strict=True)]


def recognised(data: Dataset, images: NDArray[np.intp], before: Read, after: Read) -> list[Reading | None]:
    """By a recogniser, for `verdicts`; one for each image.

    Args:
        images: (n,) their indices among the test images.
        before, after: in the test images and in their reconstructions.
    """
    labels = data.test_labels[images]
    x, x_hat = (np.where(classes == labels, sure, -sure).tolist() for classes, sure in (before, after))
    names, seen = ([data.class_names[index] for index in indices] for indices in (labels, after[0]))
    return [Reading(*one) for one in zip(names, x, x_hat, seen, strict=True)]
