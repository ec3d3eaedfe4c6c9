"""Images as files: how a code becomes whole numbers, what they weigh, and what comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from autoenc.errors import ConfigError
from autoenc.numerals import short
from autoenc.schema.run import psnr_of_mse

EXPONENTS = (-60, 60)  # of units, inclusive
MAX_MULTIPLE = 2**21  # units of a step
USUAL_BITS = 4.0  # of the number of a code that is spread most widely, to begin with
NEAR_DB = 0.5  # of PSNR: what rounding may take away of a code


@dataclass(frozen=True)
class Step:
    """The distance between neighbouring code values in a file: a whole number of units, a power of two.

    Raises:
        ConfigError: one of the two is out of range.
    """

    multiple: int
    exponent: int  # the unit is 2**exponent

    def __post_init__(self) -> None:
        low, high = EXPONENTS
        if not low <= self.exponent <= high or not 1 <= self.multiple <= MAX_MULTIPLE:
            raise ConfigError(f"a step of {self.multiple:,} x 2^{self.exponent} cannot be stored in a file")

    @property
    def value(self) -> float:
        return math.ldexp(self.multiple, self.exponent)

    @classmethod
    def nearest(cls, value: float, exponent: int | None = None) -> Step:
        """The step that is nearest to a value.

        Args:
            exponent: of the unit; None: one that represents the value to about a thousandth.
        Raises:
            ConfigError: the value is not a positive number, or out of all proportion.
        """
        if not 0 < value < math.inf:
            raise ConfigError(f"step is {value!r}; it must be a number above 0")
        if exponent is None:
            exponent = math.frexp(value)[1] - 11
        low, high = math.ldexp(0.5, exponent), math.ldexp(MAX_MULTIPLE, exponent)
        if not low <= value <= high:
            raise ConfigError(f"step is {short(value, 3)}; allowed: {short(low, 3)} to {short(high, 3)}")
        return cls(max(1, round(math.ldexp(value, -exponent))), exponent)


@dataclass(frozen=True)
class RatePoint:
    """What a way to compress images makes of the test images at one setting of its knob."""

    knob: float  # the step of a code, the quality of an image codec
    n_images: int
    n_bytes: int  # of all of them, everything counted
    mse: float  # mean over the images; 0: all came back exactly
    n_bytes_head: int = 0  # of these bytes: what is not the images, such as tables

    @property
    def bytes_per_image(self) -> float:
        return self.n_bytes / self.n_images

    @property
    def psnr_db(self) -> float:
        """Of the set: -10 log10 of its mean MSE."""
        return psnr_of_mse(self.mse)

    def bits_per_pixel(self, n_pixels: int) -> float:
        """Args: n_pixels: height times width, whatever the channels."""
        return 8 * self.n_bytes / self.n_images / n_pixels


@dataclass(frozen=True)
class RateCurve:
    """How many bytes a way to compress takes, and how near to the original what comes back is."""

    dataset: str
    source: str  # a run_id, or the name of a row of `compression.CODECS`
    points: tuple[RatePoint, ...] = ()  # in the order of the knob
    done: float = 0.0  # fraction of the measuring, 0 to 1

    @property
    def doing(self) -> str:
        return "Measuring"

    def at(self, knob: float) -> RatePoint | None:
        """None: not measured there, or not yet."""
        return next((point for point in self.points if point.knob == knob), None)

    def near(self, mse: float) -> RatePoint | None:
        """The fewest bytes that come within NEAR_DB of this MSE; None: none do."""
        near = (point for point in self.points if point.psnr_db >= psnr_of_mse(mse) - NEAR_DB)
        return min(near, key=lambda point: point.bytes_per_image, default=None)


@dataclass(frozen=True)
class RateComparison:
    """One way to compress beside another, over the PSNR that both reach."""

    bd_rate: float | None  # -0.3: 30 % fewer bytes at equal PSNR, on average; None: no PSNR in common
    # Where the curves cross: the PSNR above which it is the better one, or the other one is.
    wins_above_db: float | None = None
    loses_above_db: float | None = None
