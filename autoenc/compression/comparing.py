"""How many bytes one way to compress saves against another at equal quality."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from scipy.interpolate import PchipInterpolator

from autoenc.schema import RateComparison, RatePoint

Curve = tuple[list[float], list[float]]  # PSNR in dB, rising, and the logarithm of the rate
N_LOOKS = 500  # between the ends of the PSNR that two curves have in common


def bd_rate(points: Iterable[RatePoint], reference: Iterable[RatePoint]) -> float | None:
    """The Bjontegaard rate difference: -0.3 where 30 % fewer bytes make the same PSNR.

    The mean difference of the logarithms of the rate over the PSNR that both curves have, each curve a
    monotone cubic (Bjontegaard 2001, VCEG-M33; PCHIP as in the reference software of JVET).

    Returns:
        None where the curves have no PSNR in common, or fewer than two points.
    """
    return compared(points, reference).bd_rate


def compared(points: Iterable[RatePoint], reference: Iterable[RatePoint]) -> RateComparison:
    """The same rate difference, and where the curves cross; nothing as `bd_rate` has it."""
    ours, theirs = _curve(points), _curve(reference)
    if min(len(ours[0]), len(theirs[0])) < 2:
        return RateComparison(None)
    low, high = max(ours[0][0], theirs[0][0]), min(ours[0][-1], theirs[0][-1])
    if low >= high:
        return RateComparison(None)
    own, other = PchipInterpolator(*ours), PchipInterpolator(*theirs)
    bd_rate = math.exp(float(own.integrate(low, high) - other.integrate(low, high)) / (high - low)) - 1
    psnr = np.linspace(low, high, N_LOOKS)
    excess = own(psnr) - other(psnr)  # of the logarithms of the rates
    others = np.flatnonzero(np.sign(excess) != np.sign(excess[-1]))
    if not len(others):
        return RateComparison(bd_rate)
    crossing = float(psnr[others[-1]])  # the last one: what is above it is sure
    if excess[-1] < 0:
        return RateComparison(bd_rate, wins_above_db=crossing)
    return RateComparison(bd_rate, loses_above_db=crossing)


def _curve(points: Iterable[RatePoint]) -> Curve:
    """The points that no other beats, by rising PSNR: a codec's knob need not be monotone."""
    psnr, log_rate = list[float](), list[float]()
    for point in sorted(points, key=lambda point: (point.bytes_per_image, -point.psnr_db)):
        if math.isfinite(point.psnr_db) and (not psnr or point.psnr_db > psnr[-1]):
            psnr.append(point.psnr_db)
            log_rate.append(float(np.log(point.bytes_per_image)))
    return psnr, log_rate
