"""How the values of a trained code are spread: in the run's file, so that a single image needs no tables."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from autoenc import training
from autoenc.schema import EXPONENTS, N_QUANTILES, CodeQuantiles

N_IMAGES = 10_000  # training images that are looked at
MAX_VALUES = 100_000  # of one table
_INT16 = 2**15


@torch.inference_mode()
def quantiles_of(encoder: Callable[[Tensor], Tensor], images: Tensor) -> CodeQuantiles:
    """The quantiles of each code value over training images.

    Args:
        encoder: x (B, C, H, W) in [0, 1] -> z (B, T, ...).
        images: uint8 (N, C, H, W); the first N_IMAGES are looked at.
    """
    images = images[:N_IMAGES]
    first = _codes(encoder, images[:1])
    n_tables, n_positions = first.shape[1:]
    size = training.at_once(max(images[0].numel(), first.numel()))
    stride = max(1, math.ceil(len(images) * n_positions / MAX_VALUES))
    images = images[: stride * (len(images) // stride) or 1 : stride]
    z = torch.cat([_codes(encoder, batch) for batch in torch.split(images, size)])  # (N, T, P)
    values = z.transpose(0, 1).flatten(1).nan_to_num(0).double().numpy()  # (T, N * P)
    quantiles = np.quantile(values, np.linspace(0, 1, N_QUANTILES), axis=1, method="nearest").T
    exponent = max(EXPONENTS[0], math.frexp(float(np.abs(quantiles).max()) or 1.0)[1] - 15)
    units = np.clip(np.rint(np.ldexp(quantiles, -exponent)), 1 - _INT16, _INT16 - 1)
    return CodeQuantiles(n_tables, exponent, units.astype("<i2").tobytes())


def _codes(encoder: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """(B, T, P)."""
    z = encoder(training.as_float(images))
    return z.reshape(len(z), z.shape[1], -1)
