"""What a learned code is measured against: the mean image, and PCA.

Of all linear codes with a linear way back, PCA has the least error on the images that it was fitted on,
before pixels are clipped to [0, 1]. A one-layer MLP has a linear code too, but a sigmoid at the end of its
way back, and can do better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import torch
from torch import Tensor

from autoenc import cache, metrics
from autoenc.datasets import Dataset
from autoenc.schema import Pca
from autoenc.training import as_float

SIZES = tuple(sorted({2**i for i in range(13)} | {3 * 2**i for i in range(11)}))  # 1, 2, 3, 4, 6, 8, 12 ...
_CHUNK = 1000  # images at once


def pca(data: Dataset, n_train_images: int | None = None) -> Iterator[Pca]:
    """Fit on the first so many training images, and test size by size; the last value has all of them.

    The test error is that of the first k principal components around the mean training image, pixels clipped
    to [0, 1]: what Pearson, "On lines and planes of closest fit" (1901), makes of images.
    """
    train = torch.from_numpy(data.train[:n_train_images])
    found = Pca(data.name, len(train))
    mean, gram = _moments(train)
    test = torch.from_numpy(data.test)
    found = replace(found, mean_image_mse=_test_mse(test, mean, mean.new_zeros(len(mean), 0)))
    yield found
    covariance = gram / len(train) - torch.outer(mean, mean)
    axes = torch.linalg.eigh(covariance).eigenvectors.flip(
        1
    )  # (n_pixels, n_pixels), the most important first
    sizes = [k for k in SIZES if k <= min(len(mean), len(train))]
    for n, k in enumerate(sizes, 1):
        mse = (*found.test_mse, _test_mse(test, mean, axes[:, :k]))
        found = replace(found, sizes=tuple(sizes[:n]), test_mse=mse, done=n / len(sizes))
        yield found


def _moments(images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean image (n_pixels,) and the sum of outer products (n_pixels, n_pixels), in float64."""
    n_pixels = images[0].numel()
    total = torch.zeros(n_pixels, dtype=torch.float64)
    gram = torch.zeros(n_pixels, n_pixels, dtype=torch.float64)
    for chunk in torch.split(images, _CHUNK):
        x = as_float(chunk).flatten(1)
        total += x.sum(0, dtype=torch.float64)
        gram += x.T @ x
    return total / len(images), gram


def _test_mse(images: Tensor, mean: Tensor, axes: Tensor) -> float:
    """Of the images projected onto axes (n_pixels, k) through the mean."""
    mean, axes, total = mean.float(), axes.float(), 0.0
    for chunk in torch.split(images, _CHUNK):
        x = as_float(chunk)
        x_hat = (x.flatten(1) - mean) @ axes @ axes.T + mean
        total += float(metrics.mse(x, x_hat.clamp(0, 1).view_as(x)).double().sum())
    return total / len(images)


# ---------------------------------------------------------------- kept for the next time


def stored_pca(data: Dataset, n_train_images: int | None = None) -> Pca | None:
    """What an earlier fit on the same images has found; None: nothing that can be read."""
    values = cache.kept(_name(data, n_train_images)) or {}
    try:
        sizes, test_mse = tuple(map(int, values["sizes"])), tuple(map(float, values["test_mse"]))
        n, mean_image_mse = int(values["n_train_images"]), float(values["mean_image_mse"])
    except (ValueError, TypeError, LookupError):
        return None
    is_whole = len(sizes) == len(test_mse) > 0 and np.isfinite([mean_image_mse, *test_mse]).all()
    return Pca(data.name, n, mean_image_mse, sizes, test_mse, 1.0) if is_whole else None


def keep_pca(data: Dataset, found: Pca) -> None:
    """Have it found by `stored_pca`.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    cache.keep(_name(data, found.n_train_images), asdict(found))


def _name(data: Dataset, n_train_images: int | None) -> str:
    return f"pca-{data.fingerprint}-{n_train_images or len(data.train)}"
