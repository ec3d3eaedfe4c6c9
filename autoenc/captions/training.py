"""What the charts of runs show: the loss, the time of each epoch, several runs side by side.

Spoken in place of the charts, for those who cannot see them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from autoenc.captions.ratios import MIN_CHANGE, changes
from autoenc.numerals import counted, duration, listed, short
from autoenc.schema import Run


def loss_caption(run: Run, seeds: Sequence[Run] = ()) -> str:
    """How far the losses came, and where the test loss was best; empty before the end of the first epoch.

    Args:
        seeds: runs of the same settings from other seeds.
    """
    losses = [epoch.test_loss for epoch in run.epochs]
    if not losses:
        return ""
    last = run.epochs[-1]
    training = f"the training loss is {short(last.train_loss)}"
    if len(losses) == 1:
        return f"After epoch 1 the test loss is {short(losses[0])}; {training}."
    sentences = [f"From epoch 1 to {len(losses):,} the test loss {_course(losses)}; {training} at the end."]
    lowest = min(filter(math.isfinite, losses), default=math.nan)
    if lowest < (1 - MIN_CHANGE) * losses[-1]:
        sentences.append(f"It was lowest after epoch {losses.index(lowest) + 1:,}: {short(lowest)}.")
    if seeds:
        ends = [one.epochs[-1].test_loss for one in (run, *seeds) if one.epochs]
        spread = f"between {short(min(ends))} and {short(max(ends))}"
        sentences.append(f"Over {len(ends)} seeds the last test loss lies {spread}.")
    return " ".join(sentences)


def _course(losses: Sequence[float]) -> str:
    """`falls by a fifth (0.16 to 0.13)`, `goes from 0.16 to no number`."""
    first, last = losses[0], losses[-1]
    ratio = last / first if first else math.nan
    if not 1e-6 < ratio < 1e6:  # a loss of no number too
        return f"goes from {short(first)} to {short(last)}"
    return f"{changes(ratio)} ({short(first)} to {short(last)})"


def rate_caption(run: Run) -> str:
    """What a code takes in bytes, or how far it is from the prior in nats, at the first epoch and the last.

    Empty before the end of the first, and of a model for which neither counts.
    """
    verb, unit = "the code takes", "bytes per image"
    values = [round(epoch.test_bits / 8, 1) for epoch in run.epochs if epoch.test_bits is not None]
    if run.config.kind.has_prior:
        verb, unit = "the KL is", "nats per image"
        values = [epoch.test_kl for epoch in run.epochs if epoch.test_kl is not None]
    if not values:
        return ""
    last = f"{short(values[-1], 3)} {unit}"
    if len(values) == 1:
        return f"After epoch 1 {verb} {last}."
    return f"After epoch {len(values):,} {verb} {last} ({short(values[0], 3)} after epoch 1)."


def timing_caption(run: Run) -> str:
    """What an epoch takes, and how even the epochs are; empty before the end of the first."""
    if not run.epochs:
        return ""
    train = [epoch.seconds for epoch in run.timed]
    test = median(epoch.test_seconds for epoch in run.timed)
    takes = duration(median(train))
    if duration(min(train)) != duration(max(train)):
        takes += f" ({duration(min(train))} to {duration(max(train))})"
    speed = f"{run.images_per_second:,.0f} training images per second"
    epochs = counted(len(run.epochs), "epoch")
    return f"{epochs}: each takes {takes} to train and {duration(test)} to test, {speed}."


def comparison_caption(runs: Mapping[str, Run]) -> str:
    """`Test loss after the last epoch, from best to worst: A 0.013, B 0.05.`; empty without any epoch.

    Args:
        runs: by the names that tell them apart.
    """
    last = {name: run.epochs[-1].test_loss for name, run in runs.items() if run.epochs}
    order = sorted(last, key=lambda name: (math.isnan(last[name]), last[name]))
    ends = [f"{name} {short(last[name])}" for name in order]
    if len(ends) < 2:
        return f"Test loss after the last epoch: {ends[0]}." if ends else ""
    return f"Test loss after the last epoch, from best to worst: {listed(ends)}."
