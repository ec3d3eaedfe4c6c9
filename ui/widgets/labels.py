"""A run in words, as it comes on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import mean, stdev

from autoenc.captions import configs
from autoenc.numerals import counted, decibels, out_of, smaller
from autoenc.schema import Recogniser, Run, Snapshot, State
from ui.core import forecasts
from ui.core.text import duration, plain


def progress(snapshot: Snapshot) -> str:
    """Where the job is, and how long it will take."""
    run = snapshot.value if isinstance(snapshot.value, Run | Recogniser) else None
    n_epochs = out_of(len(run.epochs), run.config.epochs, "epoch") if run else "nothing yet"
    match snapshot.state:
        case State.QUEUED if snapshot.message:
            return f"Waiting: {plain(snapshot.message)}"
        case State.QUEUED:
            return f"Waiting: {snapshot.ahead:,} ahead" if snapshot.ahead else "Waiting: next in line"
        case State.RUNNING:
            return _running(snapshot)
        case State.FINISHED:
            return f"Finished: {n_epochs} in {duration(run.seconds if run else 0)}"
        case State.STOPPED:
            return f"Stopped: {n_epochs}; finished epochs are kept"
        case State.INTERRUPTED:
            return f"Interrupted: {n_epochs}; press Train to resume"
        case State.FAILED:
            return f"Failed: {n_epochs}"


def _running(snapshot: Snapshot) -> str:
    doing = "Training: nothing yet" if snapshot.value is None else snapshot.value.doing
    left = forecasts.seconds_left(snapshot)
    return doing if left is None else f"{doing}, {duration(left)} left"


def announcement(snapshot: Snapshot) -> str:
    """What is news when a job has come to this state: for those who hear the page, plain text."""
    run = snapshot.run
    what = configs.title(run.config) if run else snapshot.job.title if snapshot.job else snapshot.job_id
    match snapshot.state:
        case State.QUEUED:
            return f"Waiting to train: {what}."
        case State.RUNNING:
            return f"Training started: {what}."
        case State.FAILED:
            return f"Training failed: {what}. {snapshot.message}"
        case state:
            n_epochs = f" after {counted(len(run.epochs), 'epoch')}" if run else ""
            psnr = run.test_psnr_db if run else None
            result = f" Test PSNR {decibels(psnr)}." if psnr is not None else ""
            return f"Training {state}{n_epochs}: {what}.{result}"


def over_seeds(values: Sequence[float | None], decimals: int) -> str:
    """`0.0094`, or with several seeds `0.0094 ± 0.0002`: mean and standard deviation; empty: nothing yet."""
    measured = [value for value in values if value is not None]
    if len(measured) < 2:
        return f"{measured[0]:.{decimals}f}" if measured else ""
    spread = stdev(measured)
    if spread:  # the first decimal that differs is shown
        decimals = max(decimals, -math.floor(math.log10(spread)))
    return f"{mean(measured):.{decimals}f} ± {spread:.{decimals}f}"


def code_size(n_latents: int, n_pixels: int) -> str:
    """`Code: **32** numbers for 784 pixels, **24.5 times smaller**`; one that is not smaller stands out."""
    compared = f"**{smaller(n_pixels / n_latents)}**"
    if n_latents >= n_pixels:
        compared = f":orange-background[:material/warning: {compared}]"
    return f"Code: **{n_latents:,}** number{'s'[: n_latents != 1]} for {n_pixels:,} pixels, {compared}"
