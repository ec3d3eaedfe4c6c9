"""How the values of a trained code are spread: in the run's file, so that a single image needs no tables."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from autoenc import training
from autoenc.schema import N_QUANTILES, CodeQuantiles

N_IMAGES = 10_000  # training images that are looked at, at most
MAX_NUMBERS = 4_000_000  # of their codes: a quarter of a second, and 64 MB
MIN_EXPONENT = -20  # a code that is always the same can be stored at step 1, too
_INT16 = 2**15


@torch.inference_mode()
def quantiles_of(encoder: Callable[[Tensor], Tensor], images: Tensor) -> CodeQuantiles:
    """The quantiles of each code value over training images.

    Args:
        encoder: x (B, C, H, W) in [0, 1] -> z (B, T, ...).
        images: uint8 (N, C, H, W), of which the first are looked at.
    """
    n_latents = _codes(encoder, images[:1]).numel()
    images = images[: max(1, min(N_IMAGES, MAX_NUMBERS // n_latents))]
    batches = torch.split(images, training.at_once(max(images[0].numel(), n_latents)))
    z = torch.cat([_codes(encoder, batch) for batch in batches])  # (N, T, P)
    values = z.transpose(0, 1).flatten(1).nan_to_num(0).sort(1).values  # (T, N * P)
    places = torch.linspace(0, values.shape[1] - 1, N_QUANTILES, dtype=torch.float64).round().long()
    quantiles = values[:, places].double().numpy()
    exponent = max(MIN_EXPONENT, math.frexp(float(np.abs(quantiles).max()) or 1.0)[1] - 15)
    units = np.clip(np.rint(np.ldexp(quantiles, -exponent)), 1 - _INT16, _INT16 - 1)
    return CodeQuantiles(len(units), exponent, units.astype("<i2").tobytes())


def _codes(encoder: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """(B, T, P)."""
    z = encoder(training.as_float(images))
    return z.reshape(len(z), z.shape[1], -1)
