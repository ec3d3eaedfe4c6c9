"""How good the runs of a sweep are, by the size of their codes, and beside the baselines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from autoenc.captions.baselines import baseline_caption, beaten_caption
from autoenc.captions.ratios import MIN_CHANGE, changes, times_text
from autoenc.captions.remarks import EARLIER_TEST_CLAUSE
from autoenc.captions.sweep.seeds import best_settings, equal_within_spread, spread_over_seeds
from autoenc.captions.sweep.terms import (
    loss_of,
    name_of,
    quality_of,
    run_name,
    simplest,
    size_of,
    sizes_of,
    so_far,
    usable_points,
    usable_runs,
)
from autoenc.numerals import counted, listed, short
from autoenc.schema import MODEL_NAMES as NAMES
from autoenc.schema import MODELS, BaselineCurve, Point, psnr_of_mse

REFERENCE = "mlp"  # the model beside which the others are seen at equal code size
READABLE_MSE = 0.01  # 20 dB


def loss_caption(points: Sequence[Point], baselines: Sequence[BaselineCurve] = ()) -> str:
    """What a doubling of the code buys where it buys most and least; how it compares with the baselines.

    Before that which of several settings is best; after it how far seeds lie apart.
    """
    sentences = [best_settings(points)]
    for line in simplest(points, "test_mse"):
        compared = (baseline_caption(line, curve) for curve in baselines)
        clauses = [clause for clause in (_doublings(line), *compared) if clause]
        if clauses:
            sentences.append(f"{name_of(line[0], points)}: {'; '.join(clauses)}.")
        sentences += [beaten_caption(line, curve) for curve in baselines]
    return so_far(points, " ".join(filter(None, (*sentences, spread_over_seeds(points)))))


def large_caption(points: Sequence[Point]) -> str:
    """How good the largest code of each model is."""
    ends = [line[-1] for line in simplest(points, "test_mse")]
    losses = [f"{run_name(end, points)} {short(loss_of(end))} ({quality_of(end)})" for end in ends]
    return so_far(points, f"Test loss at the largest size: {listed(losses)}." if losses else "")


def tests_caption(points: Sequence[Point]) -> str:
    """Which runs were tested on noisy images of their own."""
    tested = usable_runs(points, "test_mse")
    n = sum(p.earlier_test for p in tested)
    if not n:
        return ""
    which = "All runs were" if n == len(tested) > 1 else f"{n} of {len(tested)} {'was' if n == 1 else 'were'}"
    return so_far(points, f"{which} {EARLIER_TEST_CLAUSE}")


def _doublings(line: Sequence[Point]) -> str:
    """`from 64 to 128 numbers the test loss halves (0.0079 to 0.0035), from 1 to 2 it falls by a tenth`."""
    if len(line) < 2:
        return ""
    steps = sorted(pairwise(line), key=_gain)
    (a, b), (c, d) = steps[-1], steps[0]
    losses = f"{short(loss_of(a))} to {short(loss_of(b))}"
    best = f"from {sizes_of(a, b)} the test loss {changes(loss_of(b) / loss_of(a))} ({losses})"
    if len(steps) == 1:
        return best
    if (end := _end_of_gains(line)) is not None:
        return f"{best}, beyond {end.config.latent_size:,} it hardly changes"
    ratio = loss_of(d) / loss_of(c)
    least = "it hardly changes" if abs(1 - ratio) <= MIN_CHANGE else f"it {changes(ratio)}"
    return f"{best}, from {c.config.latent_size:,} to {d.config.latent_size:,} {least}"


def _end_of_gains(line: Sequence[Point]) -> Point | None:
    """The run after which no larger code helps; None: the largest still does, or none ever did."""
    paying = [b for a, b in pairwise(line) if loss_of(b) < (1 - MIN_CHANGE) * loss_of(a)]
    return paying[-1] if paying and paying[-1] is not line[-1] else None


def _gain(step: tuple[Point, Point]) -> float:
    """By which factor the loss falls a doubling, as a logarithm."""
    a, b = step
    return math.log(loss_of(a) / loss_of(b)) / math.log(b.config.latent_size / a.config.latent_size)


def code_caption(points: Sequence[Point], baselines: Sequence[BaselineCurve] = ()) -> str:
    """Which model is better at about equal code size; which codes are as large as the image."""
    lines = {line[0].config.model: line for line in simplest(points, "test_mse")}
    equal = [
        _at_equal_code(points, lines, model, baselines)
        for model in MODELS
        if model in lines and model != REFERENCE
    ]
    return so_far(points, " ".join(filter(None, (*equal, _larger_than_image(points)))))


def _at_equal_code(
    points: Sequence[Point],
    lines: Mapping[str, Sequence[Point]],
    model: str,
    baselines: Sequence[BaselineCurve],
) -> str:
    """This model beside the one of reference, or beside the baselines."""
    both = [(m, c) for m in lines.get(REFERENCE, []) for c in lines[model]]
    near = [(m, c) for m, c in both if max(m.n_latents / c.n_latents, c.n_latents / m.n_latents) <= 1.6]
    if not near:
        return _against_baselines(lines[model], baselines)
    closest = min(
        near, key=lambda one: (abs(math.log(one[0].n_latents / one[1].n_latents)), -one[0].n_latents)
    )
    better, worse = sorted(closest, key=loss_of)
    reference, other = (point.n_latents for point in closest)
    size = (
        counted(reference, "number")
        if reference == other
        else f"about equal code size ({reference:,} and {other:,} numbers)"
    )
    if undecided_pair := equal_within_spread(points, size, better, worse):
        return undecided_pair
    losses = f"{short(loss_of(better))} against {short(loss_of(worse))}"
    if loss_of(worse) / loss_of(better) <= 1 + MIN_CHANGE:
        return f"At {size} {NAMES[REFERENCE]} and {NAMES[model]} are equally good ({losses})."
    how = times_text(loss_of(worse) / loss_of(better))
    much = f"has {how.removesuffix(' more')} more loss" if how.endswith(" more") else f"has {how} the loss"
    return f"At {size} {name_of(better)} is better: {name_of(worse)} {much} ({losses})."


def _against_baselines(line: Sequence[Point], baselines: Sequence[BaselineCurve]) -> str:
    """Where the reference has no code of that size the baselines stand for it."""
    for point in line:
        losses_at_size = [(c.title, c.mse_at(point.n_latents)) for c in baselines if c.has_code]
        losses = [f"{short(mse)} for {title}" for title, mse in losses_at_size if mse is not None]
        if losses:
            losses.append(f"{short(loss_of(point))} for {name_of(point)}")
            return f"At {counted(point.n_latents, 'number')}: {', '.join(losses)}."
    return ""


def _larger_than_image(points: Sequence[Point]) -> str:
    large = [p for p in usable_points(points, "test_mse") if p.n_latents >= p.n_pixels]
    if not large:
        return ""
    least = min(large, key=lambda p: p.n_latents)
    keeps = f"keeps {counted(least.n_latents, 'number')} for {least.n_pixels:,} pixels: it does not compress"
    return f"{name_of(least)} with {size_of(least)} already {keeps}."


def ratio_caption(points: Sequence[Point]) -> str:
    """The strongest compression that still reaches 20 dB."""
    return so_far(points, _strongest(points))


def _strongest(points: Sequence[Point]) -> str:
    having = usable_points(points, "test_mse")
    level = f"{short(psnr_of_mse(READABLE_MSE))} dB (MSE {short(READABLE_MSE)})"
    if not having:
        return ""
    reaching = [p for p in having if loss_of(p) <= READABLE_MSE]
    if not reaching:
        best = min(having, key=loss_of)
        return f"No run reaches {level}; the closest is {run_name(best, points)}: {quality_of(best)}."
    best = max(reaching, key=lambda p: (p.ratio, -loss_of(p)))
    reached = quality_of(best)
    if best.ratio <= 1:
        return f"{level} is reached only without compression: by {run_name(best, points)}, {reached}."
    times = f"{short(best.ratio)} times"
    run = run_name(best, points)
    return f"The strongest compression that still reaches {level} is {times}: {run}, {reached}."
