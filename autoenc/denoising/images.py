"""A few images with noise, and what the methods make of them: for people who look."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from autoenc import metrics, noise, training
from autoenc.denoising.classical import Denoise
from autoenc.inspection.opening import one_thread
from autoenc.schema import psnr_of_mse


@dataclass(frozen=True, eq=False)
class Denoised:
    """What a method makes of some noisy images, against the clean ones."""

    x_hat: NDArray[np.uint8] = field(repr=False)  # (B, C, H, W)
    psnr_db: tuple[float, ...]  # of each image
    ssim: tuple[float, ...]
    mean_psnr_db: float  # of the mean error
    mean_ssim: float


def unit_noise(shape: tuple[int, ...], seed: int) -> NDArray[np.float32]:
    """Standard normal numbers of this shape, such as (B, C, H, W); the same for the same seed."""
    unit: NDArray[np.float32] = torch.randn(shape, generator=training.seeded("cpu", seed, 0, "look")).numpy()
    return unit


def denoised(
    images: NDArray[np.uint8], unit: NDArray[np.float32], kind: str, level: float, denoise: Denoise
) -> Denoised:
    """The images with this noise through this method, on one thread.

    Args:
        images, unit: (B, C, H, W).
        level: 0 leaves the images as they are.
    """
    with one_thread(), torch.inference_mode():
        x = training.as_float(torch.from_numpy(np.array(images)))
        x_noisy = noise.apply(kind, x, level, torch.from_numpy(np.array(unit))) if level else x
        x_hat = denoise(x_noisy)
        mse, psnr, ssim = (measure(x, x_hat) for measure in (metrics.mse, metrics.psnr_db, metrics.ssim))
        pixels = training.as_images(x_hat)
    return Denoised(
        np.frombuffer(pixels.data, np.uint8).reshape(pixels.shape),
        tuple(psnr.tolist()),
        tuple(ssim.tolist()),
        psnr_of_mse(float(mse.double().mean())),
        float(ssim.mean()),
    )
