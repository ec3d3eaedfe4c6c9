"""What more layers, more epochs and other images change; empty where there is not enough yet."""

from __future__ import annotations

from collections.abc import Iterable

from autoenc.captions import configs
from autoenc.captions.ratios import amount, changes
from autoenc.numerals import counted, decibels, listed, short
from autoenc.pareto import usable
from autoenc.schema import Point, Run, psnr_of_mse


def deeper_caption(points: Iterable[Point], mean_image: float | None) -> str:
    """From the fewest layers to the most: the code, the test loss, the time; and which have learnt nothing.

    Args:
        mean_image: MSE of the mean image in place of every image; None: not measured.
    """
    whole = (p for p in points if p.finished and usable(p.test_mse) and usable(p.seconds))
    known = sorted(whole, key=lambda p: p.config.layers)
    if len(known) < 2:
        return ""
    few, many = known[0], known[-1]
    losses = few.test_mse or 0.0, many.test_mse or 0.0
    more = f"{counted(many.config.layers, 'layer')} instead of {few.config.layers}"
    code = f"a code of {counted(many.n_latents, 'number')} instead of {few.n_latents:,}"
    loss = f"the test loss {changes(losses[1] / losses[0])} ({short(losses[0])} to {short(losses[1])})"
    sentence = f"{more}: {code}, and {loss}, in {amount(many.seconds / few.seconds, 'time')}."
    lost = [str(p.config.layers) for p in known if mean_image is not None and (p.test_mse or 0) >= mean_image]
    if not lost or mean_image is None:
        return sentence
    return (
        f"{sentence} With {listed(lost)} layers the model is no better than the mean image in place of every "
        f"image ({short(mean_image)}): it has learnt nothing in this training."
    )


def longer_caption(short_run: Run | None, long_run: Run | None) -> str:
    """What the further epochs of a model bring, and what they cost."""
    if short_run is None or long_run is None:
        return ""
    before, after = short_run.test_mse, long_run.test_mse
    if not usable(before) or not usable(after) or not before or not after:
        return ""
    epochs = f"{counted(long_run.config.epochs, 'epoch')} instead of {short_run.config.epochs:,}"
    loss = f"the test loss {changes(after / before)} ({short(before)} to {short(after)})"
    time = amount(long_run.seconds / short_run.seconds, "time") if short_run.seconds else ""
    return f"{configs.short(short_run.config)}, {epochs}: {loss}{time and f', in {time}'}."


def continued_caption(runs: Iterable[Run]) -> str:
    """Which of these runs went on from the end of a shorter one."""
    went_on = [
        f"{configs.short(run.config)} from epoch {run.resumed_from_epoch:,}"
        for run in runs
        if run.resumed_from_epoch
    ]
    return f"The longer training continues the shorter one: {listed(went_on)} on." if went_on else ""


def company_caption(points: Iterable[Point]) -> str:
    """How many of these runs shared the machine while they were timed."""
    timed = [point for point in points if point.finished and usable(point.seconds)]
    beside = [point.concurrent_jobs for point in timed if point.concurrent_jobs]
    if not beside:
        return ""
    others = counted(max(beside), "other job")
    runs = f"{len(beside):,} of {counted(len(timed), 'run')}"
    return f"{runs} were timed beside up to {others}: compare with care."


def same_code_caption(points: Iterable[Point], name: str) -> str:
    """The quality of the images of another data set at codes of the same sizes.

    Args:
        points: finished runs of the other data set.
        name: of it, in a sentence.
    """
    known = [point for point in points if usable(point.test_mse)]
    each = [f"{configs.short(point.config)} {_quality(point)}" for point in known]
    return f"{name} through models of the same settings: {listed(each)}." if each else ""


def _quality(point: Point) -> str:
    return decibels(psnr_of_mse(point.test_mse or 0.0))
