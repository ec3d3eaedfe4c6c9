"""What curves of denoising show, in plain sentences that follow from them; empty where there is not enough.

Only levels count at which all that is compared has been measured. What differs by less than EQUAL is equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Protocol

from autoenc.schema import NOISES, Curve

EQUAL = 0.05  # decibels: less is rounding
BEHIND = 2.0  # decibels that one may be behind and still be near
NEAR = 0.1  # of the largest level: what was tested as near to the training as this
LITTLE = 0.25  # of the largest level: up to here it is little noise

Gain = tuple[float, float]  # a level, and by how many decibels one method is ahead there


class Sized(Protocol):
    """A trained model and the size of its code, such as plots.SizeCurve."""

    @property
    def n_latents(self) -> int: ...
    @property
    def curve(self) -> Curve: ...


class Trained(Protocol):
    """A model and what noise it was trained with: "clean", "0.3", "0 to 1"; such as plots.MatrixRow."""

    @property
    def name(self) -> str: ...
    @property
    def curve(self) -> Curve: ...


# ---------------------------------------------------------------- two methods


def crossing_words(name: str, noisy: Curve, method: Curve) -> str:
    """From which level on a method helps, or up to which; crossings are interpolated between levels."""
    gains = _gains(noisy, method)
    if len(gains) < 2:
        return ""
    who, unit = _the(name), _unit(noisy)
    level, most = max(gains, key=lambda gain: gain[1])
    harmed, least = min(gains, key=lambda gain: gain[1])
    up_to = f"by up to {_db(most)} at {level:g}{unit}"
    everywhere = all(abs(gain) >= EQUAL for _, gain in gains)
    if max(most, -least) < EQUAL:
        return _sentence(f"{who} makes no difference at any measured level")
    if most < EQUAL:
        how = "makes the picture worse at every measured level" if everywhere else "helps nowhere and harms"
        return _sentence(f"{who} {how}, most at {harmed:g}{unit}: by {_db(-least)}")
    if least > -EQUAL:
        how = "helps at every measured level" if everywhere else "helps and never harms"
        return _sentence(f"{who} {how}, most at {level:g}{unit}: by {_db(most)}")
    turns = _turns(gains)
    if len(turns) > 1:
        where = _helped(gains, turns, unit)
        return _sentence(f"{who} helps {where}, {up_to}; elsewhere it makes the picture worse")
    turn = f"{turns[0]:.2g}{unit}"
    if _helps_first(gains):
        return f"Below {turn} {who} helps, {up_to}; beyond it makes the picture worse."
    return f"Below {turn} {who} makes the picture worse; beyond it helps, {up_to}."


def gain_words(reference_name: str, reference: Curve, name: str, curve: Curve) -> str:
    """Where a method is most ahead of another, and where it is ahead at all."""
    gains = _gains(reference, curve)
    if len(gains) < 2:
        return ""
    who, other, unit = _the(name), _the(reference_name), _unit(curve)
    level, most = max(gains, key=lambda gain: gain[1])
    if most < EQUAL:
        if most > -EQUAL:
            return _sentence(f"{who} is nowhere better than {other}, and as good at {level:g}{unit}")
        return _sentence(
            f"{who} is nowhere better than {other}; it comes nearest at {level:g}{unit}, {_db(-most)} behind"
        )
    where = _where([gain >= EQUAL for _, gain in gains], [level for level, _ in gains], unit)
    return f"At {level:g}{unit} {who} is {_db(most)} better than {other}; it is better {where}."


def _gains(reference: Curve, method: Curve) -> list[Gain]:
    """Over the common levels."""
    base, ahead = _by_level(reference), _by_level(method)
    return [(level, ahead[level] - base[level]) for level in sorted(base.keys() & ahead.keys())]


def _turns(gains: Sequence[Gain]) -> list[float]:
    """Where help turns into harm or back, by straight lines between the levels."""
    turns = []
    clear = [i for i, (_, gain) in enumerate(gains) if abs(gain) >= EQUAL]
    for first, last in pairwise(clear):
        if gains[first][1] * gains[last][1] > 0:
            continue
        between = pairwise(gains[first : last + 1])
        (a, one), (b, other) = next(pair for pair in between if pair[0][1] * pair[1][1] <= 0 != pair[0][1])
        turns.append(a + (b - a) * one / (one - other))
    return turns


def _helps_first(gains: Sequence[Gain]) -> bool:
    return next(gain for _, gain in gains if abs(gain) >= EQUAL) > 0


def _helped(gains: Sequence[Gain], turns: Sequence[float], unit: str) -> str:
    """`below 0.1 and from 0.3 to 0.52`; at two turns or more."""
    ends = [None, *(f"{turn:.2g}{unit}" for turn in turns), None]
    stretches = list(pairwise(ends))[0 if _helps_first(gains) else 1 :: 2]
    ranges = [
        f"below {end}" if start is None else f"beyond {start}" if end is None else f"from {start} to {end}"
        for start, end in stretches
    ]
    return _listed(ranges)


def _where(better: Sequence[bool], levels: Sequence[float], unit: str) -> str:
    """`at every level from 0.2 on`; somewhere it is."""
    first, last = better.index(True), len(better) - 1 - better[::-1].index(True)
    if all(better):
        return "at every measured level"
    if sum(better) == 1:
        return "there alone"
    if not all(better[first : last + 1]):
        return f"at {sum(better)} of {len(better)} levels"
    if last == len(better) - 1:
        return f"at every level from {levels[first]:g}{unit} on"
    if first == 0:
        return f"at every level up to {levels[last]:g}{unit}"
    return f"from {levels[first]:g} to {levels[last]:g}{unit}"


# ---------------------------------------------------------------- several methods


def best_words(lines: Sequence[tuple[str, Curve]]) -> str:
    """Which method is best at which levels; those that are equal are named together."""
    levels = _common([curve for _, curve in lines])
    if len(lines) < 2 or len(levels) < 2:
        return ""
    unit = _unit(lines[0][1])
    stretches = _stretches([(level, _winners([curve for _, curve in lines], level)) for level in levels])
    clauses = []
    for first, last, winners in stretches:
        where = _stretch(levels, first, last, unit)
        names = _listed([_the(lines[winner][0]) for winner in sorted(winners)])
        clauses.append(f"{where}: {names}{' alike' * (len(winners) > 1)}")
    return f"Best {'; '.join(clauses)}."


def _stretch(levels: Sequence[float], first: float, last: float, unit: str) -> str:
    """`up to 0.15`, `from 0.2 on`."""
    if (first, last) == (levels[0], levels[-1]):
        return "at every measured level"
    if first == last:
        return f"at {first:g}{unit}"
    if first == levels[0]:
        return f"up to {last:g}{unit}"
    return f"from {first:g}{unit} on" if last == levels[-1] else f"from {first:g} to {last:g}{unit}"


def _winners(curves: Sequence[Curve], level: float) -> frozenset[int]:
    """Which of them are best there."""
    reached = [_by_level(curve)[level] for curve in curves]
    return frozenset(i for i, psnr in enumerate(reached) if max(reached) - psnr < EQUAL)


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


# ---------------------------------------------------------------- sizes of the code


def size_words(runs: Sequence[Sized]) -> str:
    """Which size of the code is best with the least noise, in the middle and with the most."""
    levels = _common([run.curve for run in runs])
    if len({run.n_latents for run in runs}) < 2 or len(levels) < 2:
        return ""
    unit, most = _unit(runs[0].curve), levels[-1]
    best = {level: _best_size(runs, level) for level in levels}
    if len(set(best.values())) == 1:
        always = _of_numbers(best[most])
        return f"The best size does not depend on the noise: {always} at every measured level."
    shown = sorted({levels[0], min(levels, key=lambda level: abs(level - most / 2)), most})
    if len({best[level] for level in shown}) == 1:  # it is another one in between
        shown = levels
    (least, first), *rest = [(size, list(group)) for size, group in groupby(shown, key=lambda at: best[at])]
    little = first == shown[:1] and shown[0] <= LITTLE * NOISES[runs[0].curve.noise].most
    where = f"With little noise ({shown[0]:g}{unit})" if little else f"At {_levels(first, unit)}"
    others = [f"at {_levels(group, unit)} one of {size:,}" for size, group in rest]
    return f"{where} a code of {_of_numbers(least)} is best; {', '.join(others)}."


def _best_size(runs: Sequence[Sized], level: float) -> int:
    """Of equals the smallest."""
    return max(runs, key=lambda run: (_by_level(run.curve)[level], -run.n_latents)).n_latents


# ---------------------------------------------------------------- trained at, tested at


def matrix_words(rows: Sequence[Trained], columns: Sequence[float]) -> str:
    """Whether models are best near their own noise, and what training over a whole range costs.

    Args:
        columns: the levels of the test; there are no words before all rows are measured at all of them.
    """
    curves = [row.curve for row in rows]
    levels = sorted(set(columns))
    if len(rows) < 2 or len(levels) < 2 or not set(levels) <= set(_common(curves)):
        return ""
    clauses = [_at_home(rows, levels), _whole_range(rows, levels)]
    said = "; ".join(clause for clause in clauses if clause)
    return _sentence(said) if said else ""


def _at_home(rows: Sequence[Trained], levels: Sequence[float]) -> str:
    """Are those that were trained at one level the best at the level next to it?"""
    single = [row for row in rows if _trained_at(row) is not None]
    homes = [(row, home) for row in single if (home := _home(row, levels)) is not None]
    if len(homes) < 2:
        return ""
    n_best = sum(_is_best(row, rows, home) for row, home in homes)
    n_best_of_single = sum(_is_best(row, single, home) for row, home in homes)
    if n_best == len(homes):
        models = "each model" if len(homes) == len(single) else "each model that was tested there"
        return f"{models} is best near the noise that it was trained with"
    if n_best_of_single == len(homes) == len(single):
        return "of the models trained at one level each is best near its own"
    if n_best_of_single == 0 and len(homes) == len(single):
        return "no model is best near the noise that it was trained with"
    n = n_best_of_single
    best = (
        f"{n or 'none'} {'is' if n < 2 else 'are'} best of these near {'its' if n < 2 else 'their'} own noise"
    )
    return f"of {len(homes)} models trained at one level {best}"


def _is_best(row: Trained, among: Sequence[Trained], level: float) -> bool:
    own = _by_level(row.curve)[level]
    return all(_by_level(other.curve)[level] - own < EQUAL for other in among)


def _home(row: Trained, levels: Sequence[float]) -> float | None:
    """The tested level that is nearest to that of the training; None: none is near."""
    trained = _trained_at(row)
    assert trained is not None
    nearest = min(levels, key=lambda level: abs(level - trained))
    return nearest if abs(nearest - trained) <= NEAR * NOISES[row.curve.noise].most else None


def _whole_range(rows: Sequence[Trained], levels: Sequence[float]) -> str:
    """How far the best of those that were trained over a range falls behind."""
    every = [_by_level(row.curve) for row in rows]
    best = {level: max(curve[level] for curve in every) for level in levels}
    found = []
    for row, reached in zip(rows, every, strict=True):
        if " to " in row.name:
            behind, level = max((best[level] - reached[level], -level) for level in levels)
            found.append((behind, -level, row.name))
    if not found:
        return ""
    behind, level, name = min(found)
    if behind < EQUAL:
        return f"the one trained at {name} is best at every tested level"
    if behind <= BEHIND:
        return (
            f"the one trained at {name} is never more than {_db(math.ceil(behind * 10 - 1e-9) / 10)} behind"
        )
    return f"the one trained at {name} is up to {_db(behind)} behind, at {level:g}{_unit(rows[0].curve)}"


def _trained_at(row: Trained) -> float | None:
    """The level; 0 without noise, None over a range."""
    if row.name == "clean":
        return 0.0
    found = re.fullmatch(r"(\d*\.?\d+)( px)?", row.name)
    return float(found[1]) if found else None


# ---------------------------------------------------------------- curves and words


def _by_level(curve: Curve) -> Mapping[float, float]:
    """PSNR; not where a picture came back exactly."""
    return {point.level: point.psnr_db for point in curve.points if math.isfinite(point.psnr_db)}


def _common(curves: Sequence[Curve]) -> list[float]:
    """The levels of them all, rising."""
    levels = [set(_by_level(curve)) for curve in curves]
    return sorted(set.intersection(*levels)) if levels else []


def _unit(curve: Curve) -> str:
    return f" {NOISES[curve.noise].unit}" if NOISES[curve.noise].unit else ""


def _levels(levels: Iterable[float], unit: str) -> str:
    return f"{_listed([f'{level:g}' for level in levels])}{unit}"


def _listed(words: Sequence[str]) -> str:
    """`one, two and three`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _db(value: float) -> str:
    """`3.1 dB`, `6 dB`."""
    return f"{round(value, 1):g} dB"


def _of_numbers(n: int) -> str:
    return "1 number" if n == 1 else f"{n:,} numbers"


def _the(name: str) -> str:
    """`the plain autoencoder` of `Plain autoencoder`; `the MLP`; `total variation`."""
    bare = name.removeprefix("the ").removeprefix("The ")
    lower = bare if bare[1:2].isupper() else f"{bare[:1].lower()}{bare[1:]}"
    if lower == "noisy":
        return "the noisy picture as it is"
    return lower if lower.startswith(("no ", "total variation", "non-local means")) else f"the {lower}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
