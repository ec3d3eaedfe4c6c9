"""An image, plus the mean code of a class, minus that of another: what does the decoder draw?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ConfigError
from autoenc.inspection.opening import affordable
from autoenc.latent.codes import Codes
from autoenc.schema import ModelInfo

N_SUMS = 200
MIN_SUMS = 32  # however large the model
SUCCESSES = 2  # riddles in a row in which the class that was added is read, then one in which it is not

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Sum:
    """A test image, the class whose mean code is added, and the one whose mean code is taken away."""

    image: int  # its number
    plus: int  # class indices
    minus: int


def class_means(codes: Codes, n_classes: int) -> Floats:
    """The mean code of each class, (n_classes, n_latents); of a class without images NaN."""
    means = np.full((n_classes, codes.z.shape[1]), np.nan, np.float32)
    for index in np.unique(codes.labels):
        means[index] = codes.z[codes.labels == index].mean(0)
    return means


def code_of(total: Sum, z: Floats, means: Floats, strength: float = 1) -> Floats:
    """The code of a sum, (n_latents,).

    Args:
        z: the code of its image.
        strength: how many times the difference of the classes is added.
    """
    return np.asarray(z + np.float32(strength) * (means[total.plus] - means[total.minus]), np.float32)


def random_sums(
    labels: NDArray[np.integer], means: Floats, info: ModelInfo, seed: int = 0
) -> tuple[Sum, ...]:
    """Of images drawn at random: the mean of their own class is taken away, that of another is added.

    Args:
        labels: class indices of the test images.
    Raises:
        ConfigError: there are no two classes.
    """
    present = np.flatnonzero(np.isfinite(means).all(1))
    images = np.flatnonzero(np.isin(labels, present))
    if len(present) < 2 or not len(images):
        raise ConfigError(f"arithmetic needs images of two classes; this data set has {len(present)}")
    n = min(N_SUMS, max(MIN_SUMS, affordable(info)))
    rng = np.random.default_rng(seed)
    sums = []
    for image in rng.choice(images, n):
        minus = int(labels[image])
        sums.append(Sum(int(image), int(rng.choice(present[present != minus])), minus))
    return tuple(sums)


def riddles(sums: Sequence[Sum], read_as: Sequence[int] | None) -> tuple[Sum, ...]:
    """The same sums, those that come out otherwise spread among the others.

    Args:
        read_as: the class that is read in the result of each; None: nobody reads.
    """
    if read_as is None:
        return tuple(sums)
    pairs = list(zip(sums, read_as, strict=True))
    as_added = [one for one, read in pairs if read == one.plus]
    others = [one for one, read in pairs if read != one.plus]
    order = list[Sum]()
    while as_added and others:
        order += [*as_added[:SUCCESSES], others[0]]
        del as_added[:SUCCESSES], others[:1]
    return (*order, *as_added, *others)
