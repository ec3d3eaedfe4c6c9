"""How long something will take."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from autoenc.numerals import expected_duration


@dataclass(frozen=True)
class Forecast:
    """Between these two, in all likelihood; equal ones where it is known well."""

    low: float  # seconds
    high: float

    @property
    def middle(self) -> float:
        """As many times the low as the high is times this one."""
        return math.sqrt(self.low * self.high)

    @property
    def text(self) -> str:
        """For people: `about 40 s`, `40 s to 2 min`."""
        return expected_duration(self.low, self.high)

    def times(self, factor: float) -> Forecast:
        """So many times as long."""
        return Forecast(self.low * factor, self.high * factor)

    def out_by(self, low: float, high: float) -> Forecast:
        """Known less well: it may be wrong by these factors too, for a reason of their own.

        Two reasons seldom work together in full: their logarithms add up as the sides of a right angle do.
        """
        if self.low <= 0:
            return Forecast(self.low * low, self.high * high)
        spread = math.exp(math.hypot(math.log(self.high / self.low), math.log(high / low)) / 2)
        middle = self.middle * math.sqrt(low * high)
        return Forecast(middle / spread, middle * spread)

    @classmethod
    def sum(cls, forecasts: Iterable[Forecast]) -> Forecast:
        """One after another."""
        every = tuple(forecasts)
        return cls(sum(one.low for one in every), sum(one.high for one in every))
