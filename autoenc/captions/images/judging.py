"""Test images of a data set, and what a model makes of them, in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autoenc.captions.images.differences import is_drawn
from autoenc.captions.images.reader import Reader
from autoenc.captions.images.sentences import Reading, Verdict, describe
from autoenc.datasets import Dataset


def verdicts(
    data: Dataset, reader: Reader, images: NDArray[np.intp], x_hat: NDArray[np.uint8]
) -> list[Verdict]:
    """What can be said of the reconstructions of these test images.

    Args:
        reader: of this data set.
        images: their numbers, (B,).
        x_hat: (B, C, H, W).
    """
    x, labels = data.test[images], data.test_labels[images]
    readings: list[Reading | None] = [None] * len(images)
    if reader.reliable:
        names = (data.class_names[label] for label in labels)
        margins = (reader.margins(pictures, labels) for pictures in (x, x_hat))
        readings = [Reading(*one) for one in zip(names, *margins, strict=True)]
    drawn = is_drawn(data.train[:256])
    return [describe(*three, drawn) for three in zip(x, x_hat, readings, strict=True)]
