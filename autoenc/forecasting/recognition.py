"""How long a recogniser takes: to learn, and to read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from autoenc import models, speed
from autoenc.baselines import BASELINES
from autoenc.datasets import DatasetInfo
from autoenc.denoising.measuring import MAX_SLOW_IMAGES
from autoenc.forecasting.curves import PIXEL_SECONDS, kind_of, measured_speed
from autoenc.forecasting.machine import Machine
from autoenc.forecasting.several import Part
from autoenc.forecasting.training import BY_SIZE, MAX_TIMED, START
from autoenc.recognition import network
from autoenc.schema import (
    BATCH_IMAGES,
    SLOW_METHODS,
    Forecast,
    ModelInfo,
    Recogniser,
    RecogniserConfig,
    RecogniserSummary,
    Run,
    RunSummary,
)

MIN_DONE = 0.02  # of the whole training, before which its own progress says little
# Times the forward pass of a convolution of an autoencoder: what a recogniser takes for an image.
READING = (0.5, 2.0)
N_SIZES = 11  # about as many sizes of a baseline are read
PROBE_SECONDS = (0.5, 12.0)  # the fit of a linear classifier, by the size of the code


def recogniser(
    config: RecogniserConfig,
    data: DatasetInfo,
    n_classes: int,
    machine: Machine,
    earlier: Sequence[RecogniserSummary] = (),
    epochs_done: float = 0,
) -> Part | None:
    """What is left of its training; None: nothing has been measured yet.

    Args:
        earlier: those that were trained here: of the same images they tell how long an epoch takes.
    """
    left = max(0.0, config.epochs - epochs_done)
    alike = [
        one.seconds_per_epoch
        for one in earlier
        if one.config.dataset == config.dataset and not one.example and one.threads == machine.n_cores
    ]
    if alike:
        seconds = median(alike[:MAX_TIMED])
        epoch = Forecast(seconds * 0.7, seconds * 1.2)
    elif (
        by_size := _epoch_seconds(network.describe(data.image_shape, n_classes), data, machine)
    ) is not None:
        epoch = Forecast(by_size * BY_SIZE[0], by_size * BY_SIZE[1])
    else:
        return None
    return Part(Forecast.sum([START, epoch.times(left)]), machine.n_cores)


def recogniser_left(recogniser: Recogniser, elapsed_seconds: float) -> float | None:
    """Until it is trained, by its own progress; None: nobody can know yet.

    Args:
        elapsed_seconds: since it began or was resumed.
    """
    resumed = recogniser.resumed_from_epoch / recogniser.config.epochs
    done = recogniser.done - resumed
    known = done > MIN_DONE and elapsed_seconds > 0  # of another process nobody knows since when
    return elapsed_seconds * (1 - recogniser.done) / done if known else None


def _epoch_seconds(info: ModelInfo, data: DatasetInfo, machine: Machine) -> float | None:
    if machine.speed is None:
        return None
    step = speed.step_seconds(info, BATCH_IMAGES, machine.speed.coefficients["conv"])
    return step * data.n_train / BATCH_IMAGES


def reading(
    source: str,
    data: DatasetInfo,
    n_classes: int,
    machine: Machine,
    n_levels: int,
    run: RunSummary | None = None,
) -> Part:
    """One source of pictures, read on the whole test set: as such pictures took before, else by their size.

    Args:
        n_levels: of noise; 0: none.
        run: whose pictures are read; None: those of a baseline or a filter.
    """
    n_times = n_levels or (N_SIZES if source in BASELINES else 1)
    is_slow = source in SLOW_METHODS
    n_images, threads = (min(MAX_SLOW_IMAGES, data.n_test), 1) if is_slow else (data.n_test, machine.n_cores)
    of_one = measured_speed(reading_kind(source, data.image_shape, run, noisy=n_levels > 0))
    if of_one is not None:
        return Part(of_one.times(n_images * n_times), threads)
    seconds = PIXEL_SECONDS.get(source, 0.0) * math.prod(data.image_shape) * n_images + 1e-3
    if machine.speed is not None:
        coefficients = machine.speed.coefficients
        info = network.describe(data.image_shape, n_classes)
        seconds += speed.forward_seconds(info, n_images, coefficients["conv"])
        if run is not None:
            model, of_kind = models.describe(run.config, data.image_shape), coefficients.get(run.config.model)
            seconds += speed.forward_seconds(model, n_images, of_kind or (0.0, 0.0, 0.0))
    forecast = Forecast(seconds, seconds).out_by(*READING).times(n_times)
    return Part(Forecast.sum([Forecast(0.1, 0.5), forecast]), threads)


def reading_kind(
    source: str, image_shape: tuple[int, int, int], run: RunSummary | Run | None, *, noisy: bool
) -> str:
    """What takes as long to be made and read, an image at one size or level."""
    return f"reading{'-noisy' * noisy}-{kind_of(source, image_shape, run)}"


def probe(data: DatasetInfo, machine: Machine, run: RunSummary, *, by_epoch: bool = False) -> Part:
    """A linear classifier on the codes of a run, at its end or before and after each of its epochs."""
    share = min(1.0, run.n_latents / 2000)
    low, high = PROBE_SECONDS
    one = Forecast(low + share * low, low * 4 + share * high)
    if not by_epoch:
        return Part(one, machine.n_cores)
    epochs = run.config.epochs
    training = Forecast(run.seconds_per_epoch, run.seconds_per_epoch).times(epochs)
    return Part(Forecast.sum([START, training, one.times(epochs + 1)]), machine.n_cores)
