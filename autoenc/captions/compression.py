"""What a code weighs in bytes, in words; empty where there is not enough yet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autoenc.captions import configs
from autoenc.captions.sweep.quality import READABLE_MSE
from autoenc.groups import telling, variant_of
from autoenc.numerals import counted, decibels, listed, percent, short, smaller
from autoenc.schema import Point, RateComparison, RateCurve, RatePoint

MIN_DIFFERENCE = 0.015  # of the bytes: less is no difference to speak of


@dataclass(frozen=True)
class Rival:
    """What a curve is compared with."""

    name: str  # in a sentence: `WebP tiled`
    curve: RateCurve
    comparison: RateComparison


def rates_caption(curve: RateCurve, rivals: Sequence[Rival]) -> str:
    """How many bytes a model saves against each of these at equal PSNR, and above which PSNR they win.

    Args:
        curve: of the model.
        rivals: those with which it is compared, in the order in which they are named.
    """
    measured = [rival for rival in rivals if rival.curve.points]
    if not curve.points or not measured:
        return ""
    compared = [rival for rival in measured if rival.comparison.bd_rate is not None]
    sentences = [_equal_psnr(compared), _apart(curve, measured)]
    caption = " ".join(filter(None, sentences))
    is_whole = curve.done >= 1 and all(rival.curve.done >= 1 for rival in rivals)
    return caption if is_whole or not caption else f"So far: {caption}"


def _equal_psnr(compared: Sequence[Rival]) -> str:
    """`At equal PSNR this model takes 44 % fewer bytes than PCA; AVIF tiled is better above 25.0 dB.`"""
    if not compared:
        return ""
    (how, than), *others = [_amount(rival) for rival in sorted(compared, key=_kind)]
    takes = [f"{how} bytes {than}", *(f"{how} {than}" for how, than in others)]
    crossings = [text for rival in compared if (text := _crossing(rival))]
    return "; ".join([f"At equal PSNR this model takes {listed(takes)}", *crossings]) + "."


def _kind(rival: Rival) -> int:
    """Those first that need more bytes, then equal ones, then the better ones."""
    bd_rate = rival.comparison.bd_rate or 0.0
    return 0 if abs(bd_rate) < MIN_DIFFERENCE else (1 if bd_rate > 0 else -1)


def _amount(rival: Rival) -> tuple[str, str]:
    """`44 % fewer` and `than PCA`, or `25 times as many` and `as PCA`."""
    bd_rate = round(rival.comparison.bd_rate or 0.0, 4)
    if abs(bd_rate) < MIN_DIFFERENCE:
        return "as many", f"as {rival.name}"
    if bd_rate >= 1:
        return f"{short(1 + bd_rate)} times as many", f"as {rival.name}"
    return f"{percent(abs(bd_rate))} {'fewer' if bd_rate < 0 else 'more'}", f"than {rival.name}"


def _crossing(rival: Rival) -> str:
    """Where they cross: `AVIF tiled is better above 25.0 dB`; "": nowhere."""
    loses, wins = rival.comparison.loses_above_db, rival.comparison.wins_above_db
    if loses is not None:
        return f"{rival.name} is better above {decibels(loses)}"
    return "" if wins is None else f"{rival.name} is better only below {decibels(wins)}"


def _apart(curve: RateCurve, measured: Sequence[Rival]) -> str:
    """Those with which it has no PSNR in common, and why."""
    ours, unequal = _lossy(curve.points), []
    for rival in measured:
        theirs = _lossy(rival.curve.points)
        if rival.comparison.bd_rate is not None or min(len(theirs), len(ours)) < 2:
            continue
        if min(point.psnr_db for point in theirs) >= max(point.psnr_db for point in ours):
            why = f"at least {short(min(point.bytes_per_image for point in theirs), 3)} bytes an image"
        else:
            why = f"at most {decibels(max(point.psnr_db for point in theirs))}"
        unequal.append(f"{rival.name} ({why})")
    return f"No common quality with {listed(unequal)}." if unequal else ""


def _lossy(points: Sequence[RatePoint]) -> list[RatePoint]:
    return [point for point in points if math.isfinite(point.psnr_db)]


def exact_caption(lossless: Sequence[tuple[str, RateCurve]]) -> str:
    """What an image takes that comes back without any error, at least."""
    sizes = [(name, curve.points[0].bytes_per_image) for name, curve in lossless if curve.points]
    if not sizes:
        return ""
    name, least = min(sizes, key=lambda one: one[1])
    return f"An exact copy takes at least {short(least, 3)} bytes an image ({name})."


def large_code_caption(name: str, n_latents: int, n_pixels: int, curve: RateCurve) -> str:
    """Of a code with more numbers than the image: what it weighs nevertheless.

    Args:
        n_pixels: numbers of an image, a byte each.
    """
    points = _lossy(curve.points)
    if n_latents <= n_pixels or not points:
        return ""
    best = max(points, key=lambda point: point.psnr_db)
    near = [point for point in points if point.psnr_db >= best.psnr_db - 1]  # a decibel is hardly seen
    chosen = min(near, key=lambda point: point.n_bytes)
    ratio = n_pixels / chosen.bytes_per_image
    than = "" if math.isclose(ratio, 1) else " than the pixels"
    return (
        f"The code of {name} has {counted(n_latents, 'number')} for {counted(n_pixels, 'byte')} of pixels; "
        f"coded, it takes {counted(round(chosen.bytes_per_image), 'byte')} at {decibels(chosen.psnr_db)}: "
        f"{smaller(ratio)}{than}."
    )


def real_rate_caption(
    name: str, n_latents: int, n_pixels: int, own: RatePoint | None, others: Sequence[tuple[str, RatePoint]]
) -> str:
    """What an image takes in bytes at about one quality, beside what counting numbers says of it.

    Args:
        n_pixels: numbers of an image, a byte each.
        own: of this model; None: it is not weighed.
        others: those that are about as good, by their names in a sentence.
    """
    if own is None:
        return ""
    sentences = [
        f"The code of {name} has {counted(n_latents, 'number')} for {counted(n_pixels, 'byte')} of pixels, "
        f"{smaller(n_pixels / n_latents)}; in a file it takes {short(own.bytes_per_image, 3)} bytes at "
        f"{decibels(own.psnr_db)}, {smaller(n_pixels / own.bytes_per_image)}."
    ]
    if others:
        ordered = sorted(others, key=lambda one: one[1].bytes_per_image)
        each = [f"{way} {short(point.bytes_per_image, 3)} ({_quality(point)})" for way, point in ordered]
        sentences.append(f"The fewest bytes of others that are about as good or better: {listed(each)}.")
    return " ".join(sentences)


def _quality(point: RatePoint) -> str:
    return decibels(point.psnr_db) if math.isfinite(point.psnr_db) else "exact"


def sweep_caption(points: Sequence[Point], in_bytes: Mapping[str, RatePoint]) -> str:
    """What counting numbers says of a run, and what its real bytes say: of the smallest that is good enough.

    Args:
        in_bytes: of the runs whose bytes are known, by run_id.
    """
    chosen = smallest_file(points, in_bytes)
    if chosen is None:
        return ""
    file, model = in_bytes[chosen.run_id], chosen.config.model
    variant = variant_of(chosen.config, telling(points, model))
    name = ", ".join(filter(None, (configs.short(chosen.config), variant)))
    return (
        f"In real bytes (crosses): {name} has "
        f"{counted(chosen.n_latents, 'number')} for {counted(chosen.n_pixels, 'byte')} of pixels, "
        f"{smaller(chosen.ratio)}; in its file an image takes {short(file.bytes_per_image, 3)} bytes at "
        f"{decibels(file.psnr_db)}, "
        f"{smaller(chosen.n_pixels / file.bytes_per_image)}."
    )


def smallest_file(points: Sequence[Point], in_bytes: Mapping[str, RatePoint]) -> Point | None:
    """Of the runs whose bytes are known, that of the smallest file that is good enough, if one is."""
    weighed = [point for point in points if point.run_id in in_bytes]
    good = [point for point in weighed if in_bytes[point.run_id].mse <= READABLE_MSE]
    return min(good or weighed, key=lambda point: in_bytes[point.run_id].bytes_per_image, default=None)
