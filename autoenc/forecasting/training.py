"""How long a run will take: as runs of the same model took that had the machine to themselves."""

from __future__ import annotations

from collections.abc import Container, Sequence
from statistics import median

from autoenc import models, runs, speed, training
from autoenc.datasets import DatasetInfo
from autoenc.forecasting.machine import Machine
from autoenc.forecasting.several import Part
from autoenc.schema import Forecast, RunSummary, TrainConfig

START = Forecast(0.5, 2.0)  # until the first step, and from the last one until the run is on the disk
MAX_TIMED = 5  # runs of the same model, the newest, of which the median counts
# How far a forecast may be out, as factors: what was measured is in docs/decisions/0005.
BY_SIZE = (0.6, 1.7)  # with no run of this model
SHARED = 0.6  # of what a run took that shared the machine, even with all the threads that it could use
ELSEWHERE = (0.5, 2.0)  # by a run of another device, or with more threads than this machine has


def part(
    config: TrainConfig, data: DatasetInfo, machine: Machine, epochs_done: float = 0, but: Container[str] = ()
) -> Part | None:
    """What is left of a run after so many epochs; None: nothing has been measured yet."""
    of_one = epoch(config, data, machine, but)
    if of_one is None:
        return None
    model = models.describe(config, data.image_shape)
    threads = training.useful_threads(config, model, machine.n_cores)
    if epochs_done >= config.epochs:
        return Part(Forecast(0.0, 0.0), threads)
    return Part(Forecast.sum([START, of_one.times(config.epochs - epochs_done)]), threads)


def epoch(
    config: TrainConfig, data: DatasetInfo, machine: Machine, but: Container[str] = ()
) -> Forecast | None:
    """Seconds of one epoch with its test, on a machine that does nothing else; None: nothing measured yet.

    A run of the same model that was alone on this device counts for more than one that had company, and that
    for more than the estimate from the model's size.

    Args:
        but: run_ids that do not count.
    """
    model = models.describe(config, data.image_shape)
    workload = runs.workload_of(config, model, config.train_images or data.n_train)
    threads = training.useful_threads(config, model, machine.n_cores)
    alike = [run for run in machine.timings.get(workload, ()) if run.run_id not in but]
    here = [run for run in alike if run.device == machine.device and run.threads <= threads]
    if alone := [run for run in here if run.concurrent_jobs == 0 and run.threads == threads]:
        seconds = _typical(alone)
        return Forecast(seconds, seconds)
    by_size = speed.epoch_seconds(config, model, data.n_train, data.n_test, machine.speed)
    estimate = None if by_size is None else Forecast(by_size * BY_SIZE[0], by_size * BY_SIZE[1])
    if here:
        seconds, share = _typical(here), median(run.threads for run in here[:MAX_TIMED]) / threads
        return _within(Forecast(seconds * min(SHARED, share), seconds), estimate)
    if alike:
        seconds = _typical(alike)
        return _within(Forecast(seconds, seconds).out_by(*ELSEWHERE), estimate)
    return estimate


def _typical(alike: Sequence[RunSummary]) -> float:
    return median(run.seconds_per_epoch for run in alike[:MAX_TIMED])


def _within(measured: Forecast, estimate: Forecast | None) -> Forecast:
    """What both say; where they contradict one another, what was measured."""
    if estimate is None or estimate.high < measured.low or measured.high < estimate.low:
        return measured
    return Forecast(max(measured.low, estimate.low), min(measured.high, estimate.high))
