"""What is done to an image before a model is given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autoenc.errors import ConfigError
from autoenc.numerals import setting

MIN_LEVEL = 1e-3  # a lower level changes nothing that eight bits could hold, and its square might vanish


@dataclass(frozen=True)
class NoiseKind:
    """What a corruption is called, and what its level means."""

    title: str
    level: str  # what its level means, written beside the slider
    axis: str  # the same in as many letters as an axis has room for
    most: float = 1.0  # the largest level
    unit: str = ""  # of the level, where it has one
    least: float = 0.05  # the lowest level that is usually measured
    called_noise: bool = True  # in a sentence: `speckle noise`, but `blur`
    draws: bool = True  # False: its level alone decides what becomes of an image

    @property
    def suffix(self) -> str:
        """What stands behind a level: ` px`, or nothing."""
        return f" {self.unit}" if self.unit else ""


NOISES: Mapping[str, NoiseKind] = {
    "gaussian": NoiseKind(
        "Gaussian",
        "standard deviation of the value added to each pixel (0 = black, 1 = white)",
        "standard deviation",
    ),
    "salt-pepper": NoiseKind(
        "Salt and pepper",
        "share of the pixels that turn black or white, in equal parts",
        "share of the pixels",
    ),
    "speckle": NoiseKind(
        "Speckle",
        "standard deviation of the random factor that multiplies each pixel; its mean is 1",
        "standard deviation of the factor",
    ),
    "shot": NoiseKind(
        "Shot (Poisson)",
        "standard deviation of a white pixel: at 0.1 a pixel counts 100 photons on average, at 1 only one",
        "standard deviation of white",
    ),
    "blur": NoiseKind(
        "Blur",
        "standard deviation of the Gaussian blur, in pixels",
        "standard deviation (px)",
        4.0,
        "px",
        0.4,
        called_noise=False,
        draws=False,
    ),
    "block": NoiseKind(
        "Missing block",
        "share of the picture's area that a grey block covers",
        "share of the area",
        called_noise=False,
    ),
}


@dataclass(frozen=True)
class Noise:
    """A corruption of the input; the target stays clean.

    Raises:
        ConfigError: the kind is unknown, or the level out of its range.
    """

    kind: str  # one of NOISES
    level: float  # in the unit of its kind, more than 0
    up_to: bool = False  # each image has a level of its own, even odds from 0 up to this one

    def __post_init__(self) -> None:
        if self.kind not in NOISES:
            raise ConfigError(f"unknown noise {self.kind!r}; known: {', '.join(NOISES)}")
        most = NOISES[self.kind].most
        is_number = isinstance(self.level, int | float) and not isinstance(self.level, bool)
        if not is_number or not 0 < self.level <= most:
            raise ConfigError(
                f"noise level is {self.level!r}; "
                f"allowed for {self.kind}: more than 0, at most {setting(most)}"
            )
        if not isinstance(self.up_to, bool):
            raise ConfigError(f"up to is {self.up_to!r}; allowed: True or False")

    @classmethod
    def parse(cls, text: str) -> Noise:
        """`gaussian:0.3` or `gaussian:0-0.3` as a value.

        Raises:
            ConfigError: it is not KIND:LEVEL or KIND:0-LEVEL, or a part of it is not allowed.
        """
        kind, _, level = text.partition(":")
        up_to = level.startswith("0-")
        try:
            return cls(kind, float(level[2:] if up_to else level), up_to)
        except ConfigError:
            raise
        except ValueError:
            raise ConfigError(
                f"noise is {text!r:.80}; it is written KIND:LEVEL or KIND:0-LEVEL, such as gaussian:0.3"
            ) from None

    def __str__(self) -> str:
        return f"{self.kind}:{'0-' if self.up_to else ''}{float(self.level)}"


def training_noise(noise: Noise | None) -> str:
    """What a model was trained with, beside others of the same kind of noise: `clean`, `0.3`, `0 to 1`."""
    return "clean" if noise is None else f"{'0 to ' * noise.up_to}{setting(noise.level)}"
