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
    if x.shape != x_hat.shape:
        raise ShapeError(f"images of shape {tuple(x.shape)} and {tuple(x_hat.shape)} cannot be compared")
    return (x - x_hat).square().flatten(1).mean(1)


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
