"""Corruptions of images: one definition for training, page, command line and tests."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Generator, Tensor

from autoenc.schema import Noise


def gaussian(images: Tensor, level: float, generator: Generator) -> Tensor:
    """White noise of standard deviation `level`, the sum clipped to [0, 1].

    Args:
        images: (B, C, H, W), in [0, 1]; left as they are.
    """
    noise = torch.randn(images.shape, generator=generator, device=images.device)
    return noise.mul_(level).add_(images).clamp_(0, 1)


CORRUPTIONS: dict[str, Callable[[Tensor, float, Generator], Tensor]] = {"gaussian": gaussian}


def corrupt(images: Tensor, noise: Noise | None, generator: Generator) -> Tensor:
    """The images as a model is given them: (B, C, H, W) in [0, 1]; the very same tensor without noise."""
    return images if noise is None else CORRUPTIONS[noise.kind](images, noise.level, generator)
