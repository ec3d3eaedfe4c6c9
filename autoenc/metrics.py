"""How well images came back: the only place where errors between images are computed."""

from __future__ import annotations

import torch
from torch import Tensor

from autoenc.errors import ShapeError


def mse(x: Tensor, x_hat: Tensor) -> Tensor:
    """Mean squared error per pixel of each image.

    Args:
        x, x_hat: (B, C, H, W), in [0, 1].
    Returns:
        (B,), in [0, 1].
    Raises:
        ShapeError: the shapes differ (broadcasting would give a wrong number).
    """
    _check(x, x_hat)
    return (x - x_hat).square().flatten(1).mean(1)


def mse_by_channel(x: Tensor, x_hat: Tensor) -> Tensor:
    """Mean squared error per pixel of each channel of each image; their mean is `mse`.

    Args:
        x, x_hat: (B, C, H, W), in [0, 1].
    Returns:
        (B, C), in [0, 1].
    Raises:
        ShapeError: the shapes differ.
    """
    _check(x, x_hat)
    return (x - x_hat).square().flatten(2).mean(2)


def brightness_and_colour(x: Tensor) -> Tensor:
    """The same pixels as brightness and what is left of blue and of red without it.

    Y'CbCr of ITU-R BT.601 without its offsets, as JPEG has it.

    Args:
        x: (B, 3, H, W), red, green and blue in [0, 1].
    Returns:
        (B, 3, H, W): brightness in [0, 1], the two others in [-0.5, 0.5].
    Raises:
        ShapeError: there are not three channels.
    """
    if x.dim() != 4 or x.shape[1] != 3:
        raise ShapeError(f"images of shape {tuple(x.shape)} have no colours; allowed: (B, 3, H, W)")
    red, green, blue = x.unbind(1)
    brightness = 0.299 * red + 0.587 * green + 0.114 * blue
    return torch.stack([brightness, (blue - brightness) / 1.772, (red - brightness) / 1.402], 1)


def psnr_db(x: Tensor, x_hat: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each image.

    Args:
        x, x_hat: (B, C, H, W), in [0, 1].
    Returns:
        (B,) decibels; inf where an image came back exactly.
    Raises:
        ShapeError: the shapes differ.
    """
    return -10 * torch.log10(mse(x, x_hat))


def ssim(x: Tensor, x_hat: Tensor) -> Tensor:
    """Structural similarity of each image, the mean over its windows and channels.

    Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment" (2004): a Gaussian window of 11 x 11 pixels
    and standard deviation 1.5 that lies wholly in the image; a smaller odd one where the image is smaller.

    Args:
        x, x_hat: (B, C, H, W), in [0, 1].
    Returns:
        (B,), at most 1.
    Raises:
        ShapeError: the shapes differ.
    """
    _check(x, x_hat)
    rows, columns = (_windows(side, x) for side in x.shape[2:])

    def local_mean(image: Tensor) -> Tensor:
        return rows @ image @ columns.mT

    mean, mean_hat = local_mean(x), local_mean(x_hat)
    variance = local_mean(x * x) - mean**2
    variance_hat = local_mean(x_hat * x_hat) - mean_hat**2
    covariance = local_mean(x * x_hat) - mean * mean_hat
    luminance = (2 * mean * mean_hat + 0.01**2) / (mean**2 + mean_hat**2 + 0.01**2)
    structure = (2 * covariance + 0.03**2) / (variance + variance_hat + 0.03**2)
    return (luminance * structure).flatten(1).mean(1)


def _check(x: Tensor, x_hat: Tensor) -> None:
    if x.shape != x_hat.shape:
        raise ShapeError(f"images of shape {tuple(x.shape)} and {tuple(x_hat.shape)} cannot be compared")


def _windows(side: int, like: Tensor) -> Tensor:
    """(places, side): the weights of each window along one side."""
    size = min(11, side - 1 + side % 2)
    offsets = torch.arange(size, dtype=like.dtype, device=like.device) - size // 2
    weights = torch.exp(-(offsets**2) / (2 * 1.5**2))
    windows = torch.zeros(side - size + 1, side, dtype=like.dtype, device=like.device)
    for place, row in enumerate(windows):
        row[place : place + size] = weights / weights.sum()
    return windows
