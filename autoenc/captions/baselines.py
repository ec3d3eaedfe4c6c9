"""A model beside the baselines, in words; empty where there is not enough yet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from autoenc.captions.ratios import amount
from autoenc.numerals import counted
from autoenc.schema import BaselineCurve, Point

ALIKE_RATIOS = 0.95, 1.05  # times a baseline's loss: between them both are as good


def baseline_caption(line: Sequence[Point], curve: BaselineCurve) -> str:
    """Where a model is better than a baseline of as many numbers, and where worse."""
    compared = _compared(line, curve)
    if not compared:
        return ""
    if not curve.has_code:
        return _no_code_caption(compared, curve)
    low, high = ALIKE_RATIOS
    kinds = [
        "as good as" if low <= r <= high else "better than" if r < 1 else "worse than" for _, r in compared
    ]
    codes = [p.n_latents for p, _ in compared]
    at_all = f"at {counted(codes[0], 'number')}" if len(codes) == 1 else "at every size"
    if len(set(kinds)) == 1:
        return f"{kinds[0]} {curve.title} {at_all}"
    turns = [i for i, (one, other) in enumerate(pairwise(kinds), 1) if one != other]
    if len(turns) == 1:
        before, after = codes[turns[0] - 1], codes[turns[0]]
        until = "at" if turns[0] == 1 else "up to"
        return (
            f"{kinds[0]} {curve.title} {until} {counted(before, 'number')}, {kinds[-1]} it from {after:,} on"
        )
    worst, ratio = max(compared, key=lambda one: one[1])
    if ratio <= high:
        return f"never worse than {curve.title}"
    return f"furthest behind {curve.title} at {counted(worst.n_latents, 'number')} ({amount(ratio, 'loss')})"


def _no_code_caption(compared: Sequence[tuple[Point, float]], curve: BaselineCurve) -> str:
    """A model that learned anything is better: only where it is not, there is something to say."""
    useless = [point for point, ratio in compared if ratio >= ALIKE_RATIOS[0]]
    if not useless:
        return ""
    largest = counted(useless[-1].n_latents, "number")
    where = "at any size" if len(useless) == len(compared) > 1 else f"at {largest}"
    return f"no better than the {curve.title} {where}"


def beaten_caption(line: Sequence[Point], curve: BaselineCurve) -> str:
    """From which size on a linear model of one layer beats it, and why, where the baseline has a reason."""
    config = line[0].config
    compared = _compared(line, curve)
    is_linear = not config.kind.has_convolutions and config.layers == 1  # but for the sigmoid at its end
    if not (curve.why_beaten and is_linear and compared) or compared[-1][1] >= ALIKE_RATIOS[0]:
        return ""
    behind = [i for i, (_, ratio) in enumerate(compared) if ratio >= ALIKE_RATIOS[0]]
    first = compared[behind[-1] + 1 if behind else 0][0]
    return f"From {counted(first.n_latents, 'number')} on it beats {curve.title} {curve.why_beaten}."


def _compared(line: Sequence[Point], curve: BaselineCurve) -> list[tuple[Point, float]]:
    """The runs of whose size there is a measured point, and their loss as a multiple of its loss.

    None while the baseline is being measured: "at every size" would mean those that it has come to.
    """
    if curve.done < 1:
        return []
    errors = ((point, curve.mse_at(point.n_latents)) for point in line)
    return [(point, (point.test_mse or 0) / mse) for point, mse in errors if mse is not None]
