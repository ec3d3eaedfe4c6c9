"""How long a curve over the test set takes: as the same method took before, else by its kind."""

from __future__ import annotations

import math
from collections.abc import Mapping

from autoenc import cache, models, speed
from autoenc.datasets import DatasetInfo
from autoenc.denoising.measuring import MAX_SLOW_IMAGES
from autoenc.forecasting.machine import Machine
from autoenc.forecasting.several import Part
from autoenc.schema import SLOW_METHODS, Forecast, Run, RunSummary

# Seconds of a core of an AMD EPYC for one number of an image at one level, with the choice of a filter's
# strength; another machine may be faster or slower by these factors.
PIXEL_SECONDS: Mapping[str, float] = {
    "noisy": 4.5e-8,
    "affine": 2e-7,
    "median": 9e-7,
    "tv": 1.9e-6,
    "nlm": 3e-6,
}
UNKNOWN = (0.5, 2.0)
SHARED = 0.5  # of what a curve took that had company


def curve(
    method: str, data: DatasetInfo, n_levels: int, machine: Machine, run: RunSummary | None = None
) -> Part:
    """A whole curve of one method, and the threads that it makes use of.

    Args:
        run: the finished run that is the method; None: it is none.
    """
    slow = method in SLOW_METHODS
    n_images = min(MAX_SLOW_IMAGES, data.n_test) if slow else data.n_test
    of_one = measured_speed(kind_of(method, data.image_shape, run)) or _by_size(method, data, machine, run)
    return Part(of_one.times(n_images * n_levels), 1 if slow else machine.n_cores)


def kind_of(method: str, image_shape: tuple[int, int, int], run: RunSummary | Run | None = None) -> str:
    """What takes as long for an image: a filter, or models of the same size."""
    name = method
    if run is not None:
        model = models.describe(run.config, image_shape)
        name = f"{run.config.model}-{model.n_parameters}-{model.n_latents}"
    return "-".join((name, *map(str, image_shape)))


def _by_size(method: str, data: DatasetInfo, machine: Machine, run: RunSummary | None) -> Forecast:
    """Seconds for one image at one level."""
    seconds = PIXEL_SECONDS["noisy" if run else method] * math.prod(data.image_shape)
    if run is not None and machine.speed is not None:
        coefficients = machine.speed.coefficients.get(run.config.model, (0.0, 0.0, 0.0))
        model = models.describe(run.config, data.image_shape)
        seconds += speed.forward_seconds(model, 1000, coefficients) / 1000
    return Forecast(seconds, seconds).out_by(*UNKNOWN)


def keep_speed(kind: str, seconds: float, *, alone: bool) -> None:
    """Have it known that this kind took so long for an image at a level; what was alone is not replaced.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    before = cache.load_cached(_name(kind))
    if alone or before is None or not before.get("alone"):
        cache.save(_name(kind), {"seconds": seconds, "alone": alone})


def measured_speed(kind: str) -> Forecast | None:
    """Seconds for an image of this kind at one level; None: nobody has measured it."""
    values = cache.load_cached(_name(kind)) or {}
    seconds, alone = values.get("seconds"), values.get("alone")
    if not isinstance(seconds, float) or not 0 < seconds < math.inf:
        return None
    return Forecast(seconds if alone else seconds * SHARED, seconds)


def _name(kind: str) -> str:
    return f"speed-{kind}"
