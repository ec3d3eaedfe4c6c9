"""How long what is under way will still take, by its own progress."""

from __future__ import annotations

import math
from statistics import median

from autoenc.schema import Forecast, Run

LATEST_EPOCHS = 3  # whose median counts: one that something held up says nothing about the others
TRUSTED_RECORDS = 20  # of steps, two seconds: from then on an epoch that is not finished speaks for itself


def seconds_left(run: Run, expected: Forecast | None = None) -> float | None:
    """Until the run is trained; None: nobody can know yet.

    Args:
        expected: of one of its epochs, before it began.
    """
    epoch = epoch_seconds(run, expected)
    return None if epoch is None else epoch * run.config.epochs * (1 - run.done)


def is_measured(run: Run) -> bool:
    """Whether its own epochs or steps tell how long an epoch takes."""
    return len(run.epochs) > run.resumed_from_epoch or len(run.step_seconds) >= TRUSTED_RECORDS


def epoch_seconds(run: Run, expected: Forecast | None = None) -> float | None:
    """Of one epoch as the run is trained now: the latest ones, or the steps of the first.

    Only epochs since it was resumed count: the others may be of another machine. The first steps are slow,
    and a process may be held up for a moment; the median of many steps knows neither. Before there are many,
    what was expected counts too.
    """
    own = run.epochs[run.resumed_from_epoch :]
    if timed := [epoch for epoch in own if not epoch.stood_still] or own:
        return median(epoch.seconds + epoch.test_seconds for epoch in timed[-LATEST_EPOCHS:])
    n = len(run.step_seconds)
    if not n:
        return None if expected is None else expected.middle
    measured = median(run.step_seconds) * run.steps_per_epoch
    if expected is None:
        return measured
    trust = min(1.0, n / TRUSTED_RECORDS)
    return math.exp(trust * math.log(measured) + (1 - trust) * math.log(expected.middle))
