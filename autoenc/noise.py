"""Corruptions of images: one definition for training, page, command line and tests.

Each corruption is a function of the images, a level and `unit`: the randomness, standard normal numbers in
the shape of the images. The same unit noise at another level is the same noise, stronger or weaker: so the
pictures follow a slider without flicker, and methods are compared on the same pixels. The page computes the
same functions in the browser (ui/components/noise.js).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Generator, Tensor
from torch.special import ndtr

from autoenc.schema import MIN_LEVEL, Noise

# Photons up to which a Poisson count is looked up exactly; beyond, its normal expansion is as good.
FEW_PHOTONS = 10
GREY = 0.5  # of a missing block: it shows on black and on white

Level = float | Tensor  # of all images, or (B, 1, 1, 1), one of each


def gaussian(x: Tensor, level: Level, unit: Tensor) -> Tensor:
    """White noise of standard deviation `level` is added."""
    return x + level * unit


def salt_and_pepper(x: Tensor, level: Level, unit: Tensor) -> Tensor:
    """A share `level` of the pixels becomes black or white, with even odds; all channels of one together."""
    u = ndtr(unit[:, :1])
    return torch.where(u < level / 2, 0, torch.where(u > 1 - level / 2, 1, x))


def speckle(x: Tensor, level: Level, unit: Tensor) -> Tensor:
    """Each pixel times a factor of mean 1 and standard deviation `level`."""
    return x * (1 + level * unit)


def shot(x: Tensor, level: Level, unit: Tensor) -> Tensor:
    """Counted photons, 1 / level^2 of them for white: a white pixel's standard deviation is `level`."""
    photons = x / level**2
    counts = torch.zeros_like(photons)
    few, many = (photons > 0) & (photons <= FEW_PHOTONS), photons > FEW_PHOTONS
    counts[few] = _poisson(photons[few], unit[few])
    counts[many] = _many_photons(photons[many], unit[many])
    return counts * level**2


def blur(x: Tensor, level: Level, unit: Tensor) -> Tensor:
    """Each pixel becomes the mean of those around it, weighted by a Gaussian of `level` pixels.

    At the edges the weights of the pixels that there are add up to 1. Nothing is left to chance.
    """
    rows, columns = (_spread(side, level, x) for side in x.shape[2:])
    return rows @ x @ columns.mT


def block(x: Tensor, level: Level, unit: Tensor) -> Tensor:
    """A grey block of a share `level` of the area, of the picture's own proportions, anywhere in it."""
    share = torch.as_tensor(level).sqrt()
    inside = torch.ones_like(x[:, :1], dtype=torch.bool)
    for dim, draw in ((2, unit[:, :1, :1, :1]), (3, unit[:, :1, :1, 1:2])):
        side = x.shape[dim]
        long = (share * side).round()
        first = (ndtr(draw) * (side - long + 1)).floor().clamp(max=side - long)
        at = torch.arange(side, device=x.device).view([-1 if d == dim else 1 for d in range(4)])
        inside = inside & (at >= first) & (at < first + long)
    return torch.where(inside, GREY, x)


CORRUPTIONS: dict[str, Callable[[Tensor, Level, Tensor], Tensor]] = {
    "gaussian": gaussian,
    "salt-pepper": salt_and_pepper,
    "speckle": speckle,
    "shot": shot,
    "blur": blur,
    "block": block,
}


def apply(kind: str, x: Tensor, level: Level, unit: Tensor) -> Tensor:
    """The images with this noise, clipped to [0, 1].

    Args:
        kind: one of NOISES.
        level: 0 or one below MIN_LEVEL is taken for MIN_LEVEL.
        x: (B, C, H, W), in [0, 1]; left as they are.
        unit: (B, C, H, W), standard normal.
    """
    level = level.clamp(min=MIN_LEVEL) if isinstance(level, Tensor) else max(level, MIN_LEVEL)
    return CORRUPTIONS[kind](x, level, unit).clamp_(0, 1)


def corrupt(
    images: Tensor, noise: Noise | None, generator: Generator, levels: Generator | None = None
) -> Tensor:
    """The images as a model is given them: (B, C, H, W) in [0, 1]; the very same tensor without noise.

    Args:
        generator: of the unit noise.
        levels: of the levels, where each image has its own: with a generator of their own the draws do not
            depend on how many images are drawn at once. None: the same generator.
    """
    if noise is None:
        return images
    unit = torch.randn(images.shape, generator=generator, device=generator.device).to(images.device)
    if not noise.up_to:
        return apply(noise.kind, images, noise.level, unit)
    levels = levels or generator
    odds = torch.rand(len(images), 1, 1, 1, generator=levels, device=levels.device).to(images.device)
    return apply(noise.kind, images, noise.level * (1 - odds), unit)  # more than 0


def _poisson(mean: Tensor, unit: Tensor) -> Tensor:
    """The quantile of Poisson's distribution, (N,), for means of at most FEW_PHOTONS."""
    mean, u = mean.double(), ndtr(unit.double())
    chance = torch.exp(-mean)
    below, count = chance.clone(), torch.zeros_like(mean)
    for k in range(1, 5 * FEW_PHOTONS):  # more photons have a chance of 1e-18
        more = u > below
        if not more.any():
            break
        count += more
        chance *= mean / k
        below += chance
    return count.float()


def _many_photons(mean: Tensor, unit: Tensor) -> Tensor:
    """The same by its normal expansion: Giles, ACM Transactions on Mathematical Software 42 (2016), eq. 6."""
    root = mean.sqrt()
    quantile = mean + root * unit + 1 / 3 + unit**2 / 6 - (unit / 36 + unit**3 / 72) / root
    return quantile.floor().clamp_(min=0)


def _spread(side: int, level: Level, like: Tensor) -> Tensor:
    """(side, side), or (B, 1, side, side): what each pixel takes from the others of its row."""
    at = torch.arange(side, device=like.device, dtype=like.dtype)
    weights = torch.exp(-((at[:, None] - at) ** 2) / (2 * level**2))
    return weights / weights.sum(-1, keepdim=True)
