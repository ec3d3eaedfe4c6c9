"""Two data sets at equal compression: what their runs show, and which runs are compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from autoenc import equal
from autoenc.captions.ratios import amount, times_text
from autoenc.equal import By
from autoenc.numerals import counted, short
from autoenc.schema import MODEL_NAMES, Point, Subject

USUAL_RATIO = 24  # times smaller: a digit is a digit still


def equal_caption(one: Subject, other: Subject, *, growing: bool = False) -> str:
    """How the first compares with the second at equal ratio and at equally many numbers; may be empty.

    Args:
        growing: runs that belong to the comparison are still being trained.
    """
    one, other = (replace(s, baselines=tuple(b for b in s.baselines if b.done >= 1)) for s in (one, other))
    ratio, numbers = (_comparison(one, other, by) for by in ("ratio", "numbers"))
    sentences = [_at_ratio(one, other, ratio), _with_numbers(one, other, numbers)]
    if ratio and numbers and (ratio[2] > ratio[3]) != (numbers[2] > numbers[3]):
        sentences.append(
            "Which is harder depends on what is held equal: a larger image has more numbers that are "
            "much alike, and its code, at equal ratio, has more numbers too."
        )
    caption = " ".join(filter(None, sentences))
    return f"So far: {caption}" if growing and caption else caption


Comparison = tuple[str, float, float, float]  # name of the model, x, MSE of the one, of the other


def _comparison(one: Subject, other: Subject, by: By) -> Comparison | None:
    """Of the first model that both have, or else of a baseline, where most can be told: near the middle."""
    ours, theirs = equal.curves(one, by), equal.curves(other, by)
    for name in equal.in_order(ours, theirs):
        pairs = list(equal.both(ours.get(name, ()), theirs.get(name, ())))
        if pairs:
            middle = USUAL_RATIO if by == "ratio" else math.sqrt(pairs[0][0] * pairs[-1][0])
            return (name, *min(pairs, key=lambda pair: abs(math.log(pair[0] / middle))))
    return None


def _at_ratio(one: Subject, other: Subject, comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    name, ratio, *losses = comparison
    return f"At {short(ratio, 3)} to 1 ({name}) {_compared_losses(one, other, losses)}."


def _with_numbers(one: Subject, other: Subject, comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    name, n, *losses = comparison
    return f"With {n:,.0f} numbers in the code ({name}) {_compared_losses(one, other, losses)}."


def _compared_losses(one: Subject, other: Subject, losses: Sequence[float]) -> str:
    ours, theirs = losses
    much = times_text(ours / theirs)
    conjunction = "as" if much == "the same" else "than" if much.endswith(("more", "less")) else "of"
    both_losses = f"{short(ours)} against {short(theirs)}"
    error = amount(ours / theirs, "error")
    return f"an image of {one.name} has {error} {conjunction} one of {other.name} ({both_losses})"


def no_code_caption(subjects: Sequence[Subject]) -> str:
    """What an error is worth: that of a baseline without a code; empty where it is not known."""
    baselines = {s.no_code.title for s in subjects if s.no_code}
    if len(baselines) != 1 or any(s.no_code is None for s in subjects):
        return ""
    listed_losses = " and ".join(f"{short(s.no_code_mse or 0)} for {s.name}" for s in subjects)
    return f"An empty code (the {baselines.pop()} in place of every image) has an error of {listed_losses}."


def nothing_measured_caption(subjects: Sequence[Subject]) -> str:
    """Of which data sets the chart shows nothing yet, and what brings it; empty: it shows some of each."""
    empty = [s for s in subjects if not s.lines and not any(curve.points for curve in s.baselines)]
    if not empty:
        return ""
    titles = dict.fromkeys(curve.title for s in empty for curve in s.baselines)
    names, baselines = " or ".join(subject.name for subject in empty), " and ".join(titles)
    return (
        f"There is no finished model of {names} on all images and without noise yet. {baselines} are "
        "measured when there is one."
    )


def compared_runs_caption(subjects: Sequence[Subject]) -> str:
    """Which runs are compared."""
    return " ".join(f"{s.name}: {'; '.join(map(_of_line, s.lines))}." for s in subjects if s.lines)


def _of_line(line: Sequence[Point]) -> str:
    config, n = line[0].config, len(line)
    layers = "" if config.layers == 1 else f", {config.layers} layers"
    return f"{MODEL_NAMES[config.model]}{layers}, {counted(n, 'size')}, {counted(config.epochs, 'epoch')}"
