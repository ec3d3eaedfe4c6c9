"""Principal component analysis.

Of all linear codes with a linear way back it has the least error on the images that it was fitted on, before
pixels are clipped to [0, 1]. A one-layer MLP has a linear code too, but a sigmoid at the end of its way back,
and can do better.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from autoenc.baselines.baseline import CHUNK_IMAGES, Baseline, Coder, Reconstruct, chunks_bytes
from autoenc.datasets import Dataset
from autoenc.training import as_float

SIZES = tuple(sorted({2**i for i in range(13)} | {3 * 2**i for i in range(11)}))  # 1, 2, 3, 4, 6, 8, 12 ...


def coders(data: Dataset) -> Iterator[Coder]:
    """The first k principal components around the mean training image, for each k of SIZES that there is.

    What Pearson, "On lines and planes of closest fit" (1901), makes of images.
    """
    mean, axes = fitted(torch.from_numpy(data.train))
    for k in SIZES:
        if k <= min(len(mean), len(data.train)):
            yield Coder(k, _projection(mean.float(), axes[:, :k].float()))


def _projection(mean: Tensor, axes: Tensor) -> Reconstruct:
    """Of images onto axes (n_pixels, k) through the mean (n_pixels,)."""

    def reconstruct(x: Tensor) -> Tensor:
        z = (x.flatten(1) - mean) @ axes  # (B, C, H, W) -> (B, k)
        return (z @ axes.T + mean).view_as(x)

    return reconstruct


def fitted(images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean image (n_pixels,) and axes (n_pixels, n_pixels), the most important first, in float64."""
    n_pixels = images[0].numel()
    total = torch.zeros(n_pixels, dtype=torch.float64)
    gram = torch.zeros(n_pixels, n_pixels, dtype=torch.float64)
    for chunk in torch.split(images, CHUNK_IMAGES):
        x = as_float(chunk).flatten(1)
        total += x.sum(0, dtype=torch.float64)
        gram += x.T @ x
    mean = total / len(images)
    covariance = gram / len(images) - torch.outer(mean, mean)
    return mean, torch.linalg.eigh(covariance).eigenvectors.flip(1)


def _needed_bytes(n_pixels: int) -> int:
    return 8 * 6 * n_pixels**2 + chunks_bytes(n_pixels)


PCA = Baseline(
    name="pca",
    title="PCA",
    help="the best linear encoder with a linear decoder",
    coders=coders,
    why_beaten=(
        "although its encoder is as linear as PCA's: the sigmoid at the end of its decoder does that"
    ),
    needed_bytes=_needed_bytes,
)
