"""What a code should look like before any image is seen: independent standard normal numbers, N(0, I)."""

from __future__ import annotations

import torch
from torch import Tensor

from autoenc.schema import MIN_ACTIVE_VARIANCE


def kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """How far normal distributions are from the standard one: the Kullback-Leibler divergence.

    Args:
        mean, log_variance: (B, k).
    Returns:
        (B, k) nats, 0 or more.
    """
    # Rounding would put some that are nearly standard a little below zero.
    return (0.5 * (mean.square() + log_variance.expm1() - log_variance)).clamp(min=0)


def drawn(mean: Tensor, log_variance: Tensor, draws: torch.Generator) -> Tensor:
    """A code of each distribution, (B, k), with a gradient to both: mean + standard deviation x noise.

    The reparameterisation of Kingma and Welling 2013, arXiv:1312.6114.
    """
    noise = torch.randn(mean.shape, generator=draws, dtype=mean.dtype, device=mean.device)
    return mean + (0.5 * log_variance).exp() * noise


def n_active(mean: Tensor, mean_square: Tensor) -> int:
    """How many code values carry something.

    Args:
        mean, mean_square: (k,) float64, of the means of the codes and of their squares over the test set.
    """
    return int((mean_square - mean.square() > MIN_ACTIVE_VARIANCE).sum())
