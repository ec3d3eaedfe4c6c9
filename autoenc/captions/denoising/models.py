"""Which code size denoises best; what a model is worth at noise that it was not trained on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

from autoenc.captions.denoising.terms import (
    MIN_DB_DIFFERENCE,
    are_complete,
    by_level,
    common_levels,
    db,
    levels_text,
    sentence,
    unit_of,
)
from autoenc.numerals import counted, setting
from autoenc.schema import NOISES, Curve, Noise, training_noise

MAX_DB_BEHIND = 2.0  # decibels that one may be behind and still be near
NEAR_SHARE = 0.1  # of the largest level: what was tested as near to the training as this
LITTLE_NOISE_SHARE = 0.25  # of the largest level: up to here it is little noise


class Sized(Protocol):
    """A trained model and the size of its code, such as plots.SizeCurve."""

    @property
    def n_latents(self) -> int: ...
    @property
    def curve(self) -> Curve: ...


class Trained(Protocol):
    """A model and the noise that it was trained with, such as plots.MatrixRow."""

    @property
    def noise(self) -> Noise | None: ...
    @property
    def curve(self) -> Curve: ...


# ---------------------------------------------------------------- sizes of the code


def size_caption(runs: Sequence[Sized]) -> str:
    """Which size of the code is best with the least noise, in the middle and with the most."""
    curves = [run.curve for run in runs]
    levels = common_levels(curves)
    if len({run.n_latents for run in runs}) < 2 or len(levels) < 2 or not are_complete(curves):
        return ""
    unit, most = unit_of(runs[0].curve), levels[-1]
    best = {level: _best_size(runs, level) for level in levels}
    if len(set(best.values())) == 1:
        always = counted(best[most], "number")
        return f"The best size does not depend on the noise: {always} at every measured level."
    shown = sorted({levels[0], min(levels, key=lambda level: abs(level - most / 2)), most})
    if len({best[level] for level in shown}) == 1:  # it is another one in between
        shown = levels
    (least, first), *rest = [(size, list(group)) for size, group in groupby(shown, key=lambda at: best[at])]
    little = first == shown[:1] and shown[0] <= LITTLE_NOISE_SHARE * NOISES[runs[0].curve.noise].most
    where = f"With little noise ({setting(shown[0])}{unit})" if little else f"At {levels_text(first, unit)}"
    others = [f"at {levels_text(group, unit)} a code of {size:,}" for size, group in rest]
    return f"{where} a code of {counted(least, 'number')} is best; {', '.join(others)}."


def _best_size(runs: Sequence[Sized], level: float) -> int:
    """Of those that are equal to a tenth of a decibel the smallest, as in the chart."""
    return max(runs, key=lambda run: (round(by_level(run.curve)[level], 1), -run.n_latents)).n_latents


# ---------------------------------------------------------------- training noise against test noise


def matrix_caption(rows: Sequence[Trained], columns: Sequence[float]) -> str:
    """Whether models are best near their own noise, and what training over a whole range costs.

    Args:
        columns: the levels of the test; there are no words before all rows are measured at all of them.
    """
    curves = [row.curve for row in rows]
    levels = sorted(set(columns))
    if len(rows) < 2 or len(levels) < 2 or not set(levels) <= set(common_levels(curves)):
        return ""
    clauses = [_at_home(rows, levels), _whole_range(rows, levels)]
    caption = "; ".join(clause for clause in clauses if clause)
    return sentence(caption) if caption else ""


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
        return f"{models} is best near the noise it was trained with"
    if n_best_of_single == len(homes) == len(single):
        return "among the models trained at one level, each is best near its own level"
    if n_best_of_single == 0 and len(homes) == len(single):
        return "no model is best near the noise it was trained with"
    n = n_best_of_single or "none"
    whose, are = ("its", "is") if n_best_of_single < 2 else ("their", "are")
    return (
        f"near {whose} own noise, {n} of the {len(homes)} models trained at one level {are} the best of these"
    )


def _is_best(row: Trained, among: Sequence[Trained], level: float) -> bool:
    own = by_level(row.curve)[level]
    return all(by_level(other.curve)[level] - own < MIN_DB_DIFFERENCE for other in among)


def _home(row: Trained, levels: Sequence[float]) -> float | None:
    """The tested level that is nearest to that of the training; None: none is near."""
    trained = _trained_at(row)
    assert trained is not None
    nearest = min(levels, key=lambda level: abs(level - trained))
    return nearest if abs(nearest - trained) <= NEAR_SHARE * NOISES[row.curve.noise].most else None


def _whole_range(rows: Sequence[Trained], levels: Sequence[float]) -> str:
    """How far the best of those that were trained over a range falls behind."""
    every = [by_level(row.curve) for row in rows]
    best = {level: max(curve[level] for curve in every) for level in levels}
    differences = []
    for row, reached in zip(rows, every, strict=True):
        if row.noise is not None and row.noise.up_to:
            behind, level = max((best[level] - reached[level], -level) for level in levels)
            differences.append((behind, -level, training_noise(row.noise)))
    if not differences:
        return ""
    behind, level, name = min(differences)
    if behind < MIN_DB_DIFFERENCE:
        return f"the model trained at {name} is best at every tested level"
    if behind <= MAX_DB_BEHIND:
        return (
            f"the model trained at {name} is never more than {db(math.ceil(behind * 10 - 1e-9) / 10)} behind"
        )
    where = f"{setting(level)}{unit_of(rows[0].curve)}"
    return f"the model trained at {name} is up to {db(behind)} behind, at {where}"


def _trained_at(row: Trained) -> float | None:
    """The level; 0 without noise, None over a range."""
    if row.noise is None:
        return 0.0
    return None if row.noise.up_to else row.noise.level
