"""How well noise is taken away: by a model, by a classical method, by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autoenc.errors import ConfigError
from autoenc.numerals import setting
from autoenc.schema.noise import MIN_LEVEL, NOISES
from autoenc.schema.run import psnr_of_mse

# What is no trained model. "noisy" leaves the picture as it is.
METHODS: Mapping[str, str] = {
    "noisy": "Noisy",
    "affine": "Best affine filter",
    "median": "Median filter",
    "tv": "Total variation",
    "nlm": "Non-local means",
}
CLASSICAL_METHODS = tuple(method for method in METHODS if method != "noisy")
SLOW_METHODS = ("median", "tv", "nlm")  # they take milliseconds for each image


@dataclass(frozen=True)
class Quality:
    """How near a method comes to the clean images at one level of noise."""

    level: float
    mse: float  # per pixel, mean over the images; at least 1e-10, which is 100 dB
    psnr_low: float  # decibels: the 10th percentile over the images,
    psnr_high: float  # and the 90th
    ssim: float  # structural similarity, mean over the images
    ssim_low: float
    ssim_high: float

    @property
    def psnr_db(self) -> float:
        """Of the set: of its mean error."""
        return psnr_of_mse(self.mse)


@dataclass(frozen=True)
class Curve:
    """A method at rising levels of one noise, on the first test images; as far as it is measured."""

    dataset: str
    noise: str  # a kind
    method: str  # one of METHODS, or a run_id
    n_images: int = 0
    points: tuple[Quality, ...] = ()
    done: float = 0.0  # fraction, 0 to 1

    @property
    def doing(self) -> str:
        return "Measuring"

    def at(self, level: float) -> Quality | None:
        """None: not measured there, or not yet."""
        return next((point for point in self.points if point.level == level), None)


def check_levels(noise: str, levels: tuple[float, ...]) -> tuple[float, ...]:
    """The levels in rising order, once each, of six digits: more would not be visible.

    Raises:
        ConfigError: the noise is unknown, there is no level or more than 100, or one is no number or out of
            its range.
    """
    if noise not in NOISES:
        raise ConfigError(f"unknown noise {noise!r:.40}; known: {', '.join(NOISES)}")
    most = NOISES[noise].most
    if not 0 < len(levels) <= 100:
        raise ConfigError(f"{len(levels)} noise levels were given; allowed: 1 to 100")
    for level in levels:
        is_number = isinstance(level, int | float) and not isinstance(level, bool)
        if not is_number or not MIN_LEVEL <= float(f"{level:g}") <= most:
            raise ConfigError(
                f"noise level is {level!r:.40}; "
                f"allowed for {noise}: from {setting(MIN_LEVEL)} to {setting(most)}"
            )
    return tuple(sorted({float(f"{level:g}") for level in levels}))


def usual_levels(noise: str) -> tuple[float, ...]:
    """About a dozen, from the lowest that can be seen to the largest."""
    kind = NOISES[noise]
    levels = (round(share * kind.most, 4) for share in (0.05, 0.1, 0.15, *(n / 10 for n in range(2, 11))))
    return tuple(level for level in levels if level >= kind.least)
