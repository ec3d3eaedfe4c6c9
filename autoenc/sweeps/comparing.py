"""Two data sets at equal compression: which of their runs can be compared, and in words what they show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from autoenc import equal
from autoenc.captions.ratios import amount, times_in_words
from autoenc.equal import By
from autoenc.numerals import counted, short
from autoenc.pareto import usable
from autoenc.schema import (
    MODEL_NAMES,
    MODELS,
    BaselineCurve,
    Point,
    RunSummary,
    State,
    Subject,
    Sweep,
    TrainConfig,
)

RATIOS = (96, 48, 24, 12)  # image to code
USUAL_RATIO = 24  # times smaller: a digit is a digit still


def subject(
    name: str,
    fingerprint: str,
    n_pixels: int,
    runs: Sequence[RunSummary],
    baselines: Sequence[BaselineCurve] = (),
) -> Subject:
    """What the runs tell of a data set: of each model those that differ in their latent size alone.

    All images, no noise. Where a model was trained at several settings, those with the most sizes; of equally
    many, the newest.

    Args:
        runs: the newest first.
    """
    alike: dict[TrainConfig, dict[int, Point]] = {}
    for run in runs:
        config = run.config
        whole = config.train_images is None and config.noise is None
        if run.finished and whole and run.fingerprint == fingerprint and usable(run.test_mse):
            same = replace(config, latent_size=1, seed=0)
            alike.setdefault(same, {}).setdefault(config.latent_size, _point(run))
    best: dict[str, dict[int, Point]] = {}
    for config, points in alike.items():
        if len(points) > len(best.get(config.model, ())):
            best[config.model] = points
    lines = (best[model] for model in MODELS if model in best)
    ordered = tuple(tuple(line[k] for k in sorted(line)) for line in lines)
    return Subject(name, n_pixels, ordered, tuple(baselines))


def _point(run: RunSummary) -> Point:
    return Point(
        run.run_id,
        run.config,
        run.n_latents,
        math.prod(run.image_shape),
        run.n_parameters,
        State.FINISHED,
        epochs_done=run.epochs_done,
        done=1.0,
        train_loss=run.train_loss,
        test_mse=run.test_mse,
        seconds=run.seconds,
    )


def equal_sizes(n_pixels: int) -> tuple[int, ...]:
    """Latent sizes that compress such an image about RATIOS times: powers of two, as sweeps usually have."""
    return tuple(2 ** max(0, round(math.log2(n_pixels / ratio))) for ratio in RATIOS)


def equal_sweep(base: TrainConfig, n_pixels: int) -> Sweep:
    """The runs of this model that can be compared with those of images of another size."""
    return Sweep(base, (base.model,), tuple(sorted(set(equal_sizes(n_pixels)))), (base.layers,))


# ---------------------------------------------------------------- in words


def equal_words(one: Subject, other: Subject) -> str:
    """How the first compares with the second at equal ratio and at equally many numbers; may be empty."""
    ratio, numbers = (_comparison(one, other, by) for by in ("ratio", "numbers"))
    said = [_at_ratio(one, other, ratio), _with_numbers(one, other, numbers)]
    if ratio and numbers and (ratio[2] > ratio[3]) != (numbers[2] > numbers[3]):
        said.append(
            "Which is harder depends on what is held equal: a larger image has more numbers that are "
            "much alike, and its code, at equal ratio, has more numbers too."
        )
    return " ".join(filter(None, said))


Comparison = tuple[str, float, float, float]  # name of the model, x, MSE of the one, of the other


def _comparison(one: Subject, other: Subject, by: By) -> Comparison | None:
    """Of the first model that both have, or else of a baseline, where most can be told: near the middle."""
    ours, theirs = equal.curves(one, by), equal.curves(other, by)
    for name in equal.in_order(ours, theirs):
        known = list(equal.both(ours.get(name, ()), theirs.get(name, ())))
        if known:
            middle = USUAL_RATIO if by == "ratio" else math.sqrt(known[0][0] * known[-1][0])
            return (name, *min(known, key=lambda found: abs(math.log(found[0] / middle))))
    return None


def _at_ratio(one: Subject, other: Subject, found: Comparison | None) -> str:
    if found is None:
        return ""
    name, ratio, *losses = found
    return f"At {short(ratio, 3)} to 1 ({name}) {_told(one, other, losses)}."


def _with_numbers(one: Subject, other: Subject, found: Comparison | None) -> str:
    if found is None:
        return ""
    name, n, *losses = found
    return f"With {n:,.0f} numbers in the code ({name}) {_told(one, other, losses)}."


def _told(one: Subject, other: Subject, losses: Sequence[float]) -> str:
    ours, theirs = losses
    much = times_in_words(ours / theirs)
    beside = "as" if much == "the same" else "than" if much.endswith(("more", "less")) else "of"
    losses_told = f"{short(ours)} against {short(theirs)}"
    error = amount(ours / theirs, "error")
    return f"an image of {one.name} comes back with {error} {beside} one of {other.name} ({losses_told})"


def lost_words(subjects: Sequence[Subject]) -> str:
    """What an error is worth: that of the mean image, which needs no code; empty where it is not known."""
    known = [(s.name, s.no_code_mse) for s in subjects]
    if any(mse is None for _, mse in known):
        return ""
    said = " and ".join(f"{short(mse or 0)} for {name}" for name, mse in known)
    return f"The mean image in place of every image errs by {said}: what a code of nothing is worth."


def settings_words(subjects: Sequence[Subject]) -> str:
    """Which runs are compared."""
    return " ".join(f"{s.name}: {'; '.join(map(_of_line, s.lines))}." for s in subjects if s.lines)


def _of_line(line: Sequence[Point]) -> str:
    config, n = line[0].config, len(line)
    layers = "" if config.layers == 1 else f", {config.layers} layers"
    return f"{MODEL_NAMES[config.model]}{layers}, {counted(n, 'size')}, {counted(config.epochs, 'epoch')}"
