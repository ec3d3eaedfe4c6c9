"""Where a method helps, and which is best where."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from autoenc.captions.denoising.terms import (
    MIN_DB_DIFFERENCE,
    MIN_DB_OTHER_IMAGES,
    are_complete,
    by_level,
    common_levels,
    db,
    sentence,
    the,
    unit_of,
)
from autoenc.numerals import listed, setting, short
from autoenc.schema import Curve

Gain = tuple[float, float]  # a level, and by how many decibels one method is ahead there


def similarity_caption(curves: Sequence[tuple[str, Curve]]) -> str:
    """How alike each method's pictures are to the clean ones, best first, at the middle of the common levels.

    Args:
        curves: by the methods' names.
    """
    levels = common_levels([curve for _, curve in curves])
    if not levels or not are_complete(curve for _, curve in curves):
        return ""
    level = levels[len(levels) // 2]
    at_level = {the(name): point.ssim for name, curve in curves if (point := curve.at(level)) is not None}
    order = sorted(at_level, key=at_level.__getitem__, reverse=True)
    similarities = listed([f"{name} {at_level[name]:.2f}" for name in order])
    return f"SSIM at {setting(level)}{unit_of(curves[0][1])}, best first: {similarities}."


# ---------------------------------------------------------------- two methods


def crossing_caption(name: str, noisy: Curve, method: Curve) -> str:
    """From which level on a method helps, or up to which; crossings are interpolated between levels."""
    gains = _gains(noisy, method)
    if len(gains) < 2 or not are_complete((noisy, method)):
        return ""
    who, unit = the(name), unit_of(noisy)
    level, most = max(gains, key=lambda gain: gain[1])
    harmed, least = min(gains, key=lambda gain: gain[1])
    up_to = f"by up to {db(most)} at {setting(level)}{unit}"
    everywhere = all(abs(gain) >= MIN_DB_DIFFERENCE for _, gain in gains)
    if max(most, -least) < MIN_DB_DIFFERENCE:
        return sentence(f"{who} makes no difference at any measured level")
    if most < MIN_DB_DIFFERENCE:
        how = (
            "makes the picture worse at every measured level"
            if everywhere
            else "never helps and makes the picture worse"
        )
        return sentence(f"{who} {how}, most at {setting(harmed)}{unit}: by {db(-least)}")
    if least > -MIN_DB_DIFFERENCE:
        how = "helps at every measured level" if everywhere else "helps and never makes the picture worse"
        return sentence(f"{who} {how}, most at {setting(level)}{unit}: by {db(most)}")
    turns = _turns(gains)
    if len(turns) > 1:
        where = _helped(gains, turns, unit)
        return sentence(f"{who} helps {where}, {up_to}; elsewhere it makes the picture worse")
    turn = f"{short(turns[0])}{unit}"
    if _helps_first(gains):
        return f"Below {turn} {who} helps, {up_to}; beyond it makes the picture worse."
    return f"Below {turn} {who} makes the picture worse; beyond it helps, {up_to}."


def gain_caption(reference_name: str, reference: Curve, name: str, curve: Curve) -> str:
    """Where a method is most ahead of another, and where it is ahead at all."""
    gains = _gains(reference, curve)
    if len(gains) < 2 or not are_complete((reference, curve)):
        return ""
    who, other, unit = the(name), the(reference_name), unit_of(curve)
    level, most = max(gains, key=lambda gain: gain[1])
    if most < MIN_DB_DIFFERENCE:
        if most > -MIN_DB_DIFFERENCE:
            return sentence(f"{who} is never better than {other}, but equal at {setting(level)}{unit}")
        return sentence(
            f"{who} is never better than {other}; "
            f"it comes closest at {setting(level)}{unit}, {db(-most)} behind"
        )
    where = _where([gain >= MIN_DB_DIFFERENCE for _, gain in gains], [level for level, _ in gains], unit)
    return f"At {setting(level)}{unit} {who} is {db(most)} better than {other}; it is better {where}."


def _gains(reference: Curve, method: Curve) -> list[Gain]:
    """Over the common levels."""
    base, ahead = by_level(reference), by_level(method)
    return [(level, ahead[level] - base[level]) for level in sorted(base.keys() & ahead.keys())]


def _turns(gains: Sequence[Gain]) -> list[float]:
    """Where help turns into harm or back, by straight lines between the levels."""
    turns = []
    clear = [i for i, (_, gain) in enumerate(gains) if abs(gain) >= MIN_DB_DIFFERENCE]
    for first, last in pairwise(clear):
        if gains[first][1] * gains[last][1] > 0:
            continue
        between = pairwise(gains[first : last + 1])
        (a, one), (b, other) = next(pair for pair in between if pair[0][1] * pair[1][1] <= 0 != pair[0][1])
        turns.append(a + (b - a) * one / (one - other))
    return turns


def _helps_first(gains: Sequence[Gain]) -> bool:
    return next(gain for _, gain in gains if abs(gain) >= MIN_DB_DIFFERENCE) > 0


def _helped(gains: Sequence[Gain], turns: Sequence[float], unit: str) -> str:
    """`below 0.1 and from 0.3 to 0.52`; at two turns or more."""
    ends = [None, *(f"{short(turn)}{unit}" for turn in turns), None]
    stretches = list(pairwise(ends))[0 if _helps_first(gains) else 1 :: 2]
    ranges = [
        f"below {end}" if start is None else f"beyond {start}" if end is None else f"from {start} to {end}"
        for start, end in stretches
    ]
    return listed(ranges)


def _where(better: Sequence[bool], levels: Sequence[float], unit: str) -> str:
    """`at every level from 0.2 on`; somewhere it is."""
    first, last = better.index(True), len(better) - 1 - better[::-1].index(True)
    if all(better):
        return "at every measured level"
    if sum(better) == 1:
        return "at that level only"
    if not all(better[first : last + 1]):
        return f"at {sum(better)} of {len(better)} levels"
    if last == len(better) - 1:
        return f"at every level from {setting(levels[first])}{unit} on"
    if first == 0:
        return f"at every level up to {setting(levels[last])}{unit}"
    return f"from {setting(levels[first])} to {setting(levels[last])}{unit}"


# ---------------------------------------------------------------- several methods


def best_caption(lines: Sequence[tuple[str, Curve]]) -> str:
    """Which method is best at which levels; those that are equal are named together."""
    curves = [curve for _, curve in lines]
    levels = common_levels(curves)
    if len(lines) < 2 or len(levels) < 2 or not are_complete(curves):
        return ""
    unit = unit_of(lines[0][1])
    stretches = _stretches([(level, _winners([curve for _, curve in lines], level)) for level in levels])
    clauses = []
    for first, last, winners in stretches:
        where = _stretch(levels, first, last, unit)
        names = listed([the(lines[winner][0]) for winner in sorted(winners)])
        clauses.append(f"{where}: {names}{' (equal)' * (len(winners) > 1)}")
    return f"Best {'; '.join(clauses)}."


def _stretch(levels: Sequence[float], first: float, last: float, unit: str) -> str:
    """`up to 0.15`, `from 0.2 on`."""
    if (first, last) == (levels[0], levels[-1]):
        return "at every measured level"
    if first == last:
        return f"at {setting(first)}{unit}"
    if first == levels[0]:
        return f"up to {setting(last)}{unit}"
    return (
        f"from {setting(first)}{unit} on"
        if last == levels[-1]
        else f"from {setting(first)} to {setting(last)}{unit}"
    )


def _winners(curves: Sequence[Curve], level: float) -> frozenset[int]:
    """Which of them are best there; where they were measured on other images, less is certain."""
    best = max(curves, key=lambda curve: by_level(curve)[level])

    def is_best(curve: Curve) -> bool:
        equal = MIN_DB_DIFFERENCE if curve.n_images == best.n_images else MIN_DB_OTHER_IMAGES
        return by_level(best)[level] - by_level(curve)[level] < equal

    return frozenset(i for i, curve in enumerate(curves) if is_best(curve))


def _stretches(won: Sequence[tuple[float, frozenset[int]]]) -> list[tuple[float, float, frozenset[int]]]:
    """First level, last level, and who is best at all between; as long as there is somebody."""
    stretches: list[tuple[float, float, frozenset[int]]] = []
    for level, winners in won:
        if stretches and stretches[-1][2] & winners:
            first, _, before = stretches.pop()
            stretches.append((first, level, before & winners))
        else:
            stretches.append((level, level, winners))
    return stretches
