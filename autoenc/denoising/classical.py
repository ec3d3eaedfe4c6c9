"""What took noise away before there were autoencoders: filters, each as good as its settings can make it.

All settings are chosen on training images with the very noise that is to be taken away, as a model's are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import numpy as np
import scipy
import torch
from numpy.typing import NDArray
from skimage import restoration  # like SciPy it loads its parts when they are used, and not with us
from torch import Tensor

from autoenc import metrics, noise
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError
from autoenc.schema import CLASSICAL_METHODS
from autoenc.training import as_float, seeded

N_TUNING_IMAGES = 50  # training images that choose a filter's strength
N_FITTING_IMAGES = 20_000  # training images that the affine filter is fitted on
MAX_AFFINE_PIXELS = 1500  # numbers in an image: with 3,072 a fit takes 10 s on one thread, and somebody waits
_CHUNK_IMAGES = 1000  # images at once
_RIDGE = 1e-4  # of the affine filter: pixels that never vary have no inverse

Denoise = Callable[[Tensor], Tensor]  # (B, C, H, W) in [0, 1] -> the same
Array = NDArray[np.float32]


def fitted(method: str, data: Dataset, kind: str, level: float) -> Denoise:
    """The method, set as suits the training images with this noise best.

    Raises:
        ConfigError: the method is unknown.
    """
    if method == "affine":
        return affine(data, kind, level)
    if method not in FILTERS:
        raise ConfigError(f"unknown method {method!r:.40}; known: noisy, {', '.join(CLASSICAL_METHODS)}")
    apply, strengths = FILTERS[method]
    x, x_noisy = noisy_pairs(data, kind, level, N_TUNING_IMAGES)
    parameters = {strength: _each(apply, x_noisy, strength) for strength in strengths}
    best = min(parameters, key=lambda strength: float(metrics.mse(x, parameters[strength]).mean()))
    return partial(_each, apply, strength=best)


def prompt(image_shape: tuple[int, int, int]) -> tuple[str, ...]:
    """The methods that are set for such images while somebody waits."""
    return tuple(m for m in CLASSICAL_METHODS if m != "affine" or math.prod(image_shape) <= MAX_AFFINE_PIXELS)


def noisy_pairs(data: Dataset, kind: str, level: float, n: int) -> tuple[Tensor, Tensor]:
    """The first n training images, and the same with noise: (n, C, H, W) each."""
    x = as_float(torch.from_numpy(data.train[:n]))
    unit = torch.randn(x.shape, generator=seeded("cpu", 0, 0, "noise of the classical methods"))
    return x, noise.apply(kind, x, level, unit)


# ---------------------------------------------------------------- filters of one strength


def _median(image: Array, size: float) -> Array:
    """The middle value of size x size pixels, channel by channel."""
    filtered: Array = scipy.ndimage.median_filter(image, (1, int(size), int(size)))
    return filtered


def _total_variation(image: Array, weight: float) -> Array:
    """Chambolle, "An algorithm for total variation minimization" (2004)."""
    smooth: Array = restoration.denoise_tv_chambolle(image, weight=weight, channel_axis=0)
    return smooth


def _non_local_means(image: Array, h: float) -> Array:
    """Buades, Coll and Morel, "A non-local algorithm for image denoising" (2005)."""
    rows = image.transpose(1, 2, 0)  # with the channels first, scikit-image 0.26 mixes up the axes
    mean: Array = restoration.denoise_nl_means(rows, patch_size=5, patch_distance=6, h=h, channel_axis=-1)
    return mean.reshape(rows.shape).transpose(2, 0, 1)


# Method -> what it does to one image (C, H, W), and the strengths that are tried.
FILTERS: Mapping[str, tuple[Callable[[Array, float], Array], tuple[float, ...]]] = {
    "median": (_median, (3, 5, 7)),
    "tv": (_total_variation, (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8)),
    "nlm": (_non_local_means, (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8)),
}


def _each(apply: Callable[[Array, float], Array], x: Tensor, strength: float) -> Tensor:
    images: Iterable[Array] = x.numpy()
    filtered = np.stack([apply(image, strength) for image in images]).astype(np.float32)
    return torch.from_numpy(filtered).clamp_(0, 1)


# ---------------------------------------------------------------- the best affine filter


def affine(data: Dataset, kind: str, level: float) -> Denoise:
    """Every pixel becomes the mix of all noisy pixels, plus a constant, that errs least: Wiener's filter.

    What a network of one layer without nonlinearity can learn at best. Fitted on the first
    N_FITTING_IMAGES training images.
    """
    n_pixels = data.train[0].size
    n = min(N_FITTING_IMAGES, len(data.train))
    sums = torch.zeros(2, n_pixels, dtype=torch.float64)
    squares = torch.zeros(2, n_pixels, n_pixels, dtype=torch.float64)
    x, x_noisy = noisy_pairs(data, kind, level, n)
    chunks = (torch.split(images.flatten(1), _CHUNK_IMAGES) for images in (x, x_noisy))
    for clean, noisy in zip(*chunks, strict=True):
        sums += torch.stack([clean.sum(0), noisy.sum(0)])
        squares += torch.stack([noisy.T @ clean, noisy.T @ noisy])
    mean, mean_noisy = sums / n
    covariance, covariance_noisy = squares / n - torch.stack(
        [torch.outer(mean_noisy, mean), torch.outer(mean_noisy, mean_noisy)]
    )
    covariance_noisy.diagonal().add_(_RIDGE)
    weights = torch.linalg.solve(covariance_noisy, covariance).float()  # (n_pixels noisy, n_pixels clean)
    return partial(_mix, weights=weights, constant=(mean - mean_noisy @ weights.double()).float())


def _mix(x: Tensor, weights: Tensor, constant: Tensor) -> Tensor:
    return (x.flatten(1) @ weights + constant).clamp_(0, 1).view_as(x)
