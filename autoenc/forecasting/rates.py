"""How long a curve of bytes and quality takes: as the same one took before, else by its kind."""

from __future__ import annotations

import math
from collections.abc import Mapping

from autoenc import models, speed
from autoenc.compression import CODECS, curves
from autoenc.datasets import DatasetInfo
from autoenc.forecasting.curves import UNKNOWN, kind_of, measured_speed
from autoenc.forecasting.machine import Machine
from autoenc.forecasting.several import Part
from autoenc.schema import Forecast, Run, RunSummary

# Seconds on two cores of an AMD EPYC for one number of an image at one setting of the knob.
PIXEL_SECONDS: Mapping[str, float] = {
    "pca": 2.6e-7,
    "jpeg": 1.9e-7,
    "jpeg-tiled": 1.4e-8,
    "webp": 3.8e-7,
    "webp-tiled": 1e-7,
    "avif": 2.4e-6,
    "avif-tiled": 6e-7,
    "png": 2.5e-7,
    "png-tiled": 3e-7,
    "webp-lossless": 5e-7,
}
CODE_SECONDS = 1.3e-7  # for one number of a code at one step: coded twice, decoded once
FITTED = 10_000  # training images that tell how wide a code is spread


def rate_curve(source: str, data: DatasetInfo, machine: Machine, run: RunSummary | None = None) -> Part:
    """A whole curve, and the threads that it makes use of.

    Args:
        run: the finished run that is the source; None: it is one of CODECS.
    """
    threads = 1 if source in CODECS and not CODECS[source].threaded else machine.n_cores
    measured = measured_speed(rate_kind(source, data.image_shape, data.n_test, run))
    if measured is not None:
        return Part(measured, threads)
    seconds = _of_codec(source, data) if run is None else _of_run(run, data, machine)
    return Part(Forecast(seconds, seconds).out_by(*UNKNOWN), threads)


def rate_kind(
    source: str, image_shape: tuple[int, int, int], n_test: int, run: RunSummary | Run | None = None
) -> str:
    """What takes as long."""
    return f"rates-{kind_of(source, image_shape, run)}-{n_test}"


def _of_codec(source: str, data: DatasetInfo) -> float:
    codec = CODECS[source]
    n_images = min(data.n_test, codec.max_images or data.n_test)
    of_number = PIXEL_SECONDS.get(source, max(PIXEL_SECONDS.values()))
    return of_number * math.prod(data.image_shape) * n_images * codec.n_points


def _of_run(run: RunSummary, data: DatasetInfo, machine: Machine) -> float:
    n_images, n_points = curves.n_images(data.n_test, run.n_latents), curves.n_points(run.run_id)
    seconds = CODE_SECONDS * run.n_latents * n_images * n_points
    if machine.speed is not None:
        coefficients = machine.speed.coefficients.get(run.config.model, (0.0, 0.0, 0.0))
        model = models.describe(run.config, data.image_shape)
        seconds += speed.forward_seconds(model, n_images * n_points + FITTED, coefficients)
    return seconds + 0.1
