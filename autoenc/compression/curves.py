"""The whole curve of a source, a run or one of CODECS; the cache stores it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, replace

from autoenc import cache, checkpoints
from autoenc.compression import measuring
from autoenc.compression.codec import Codec, Pixels, codec_of, with_quantiles
from autoenc.compression.codecs import CODECS
from autoenc.compression.measuring import Returned
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError
from autoenc.schema import RateCurve, RatePoint, Run, Step

DEFINITION_VERSION = 1  # count up where a source or its settings change: all is measured again
# Of all test images together: convolutions have codes larger than their images, and each of 12 points would
# take minutes. As many as 2,000 images have of 25,000 numbers.
MAX_MEASURED_NUMBERS = 50_000_000


def measure(source: str, data: Dataset) -> Iterator[RateCurve]:
    """Bytes and PSNR of the test images at each setting of its knob.

    Args:
        source: a run_id, or the name of one of CODECS.
    Raises:
        CheckpointError: there is no such run, it is not finished, or its file is damaged.
        ConfigError: the run was trained on other images.
    """
    curve = RateCurve(data.name, source)
    yield curve
    points = CODECS[source].points(data) if source in CODECS else _of_run(source, data)
    for point in points:
        every = (*curve.points, point)
        curve = replace(curve, points=every, done=min(0.99, len(every) / n_points(source)))
        yield curve
    yield replace(curve, done=1.0)


def n_points(source: str) -> int:
    """How many points its curve has at most."""
    return CODECS[source].n_points if source in CODECS else len(measuring.BITS)


def n_images(n_test: int, n_latents: int) -> int:
    """How many test images the codes of a run are measured on: the first, if they are large."""
    return max(1, min(n_test, MAX_MEASURED_NUMBERS // n_latents))


def returned(source: str, data: Dataset, knob: float, n: int) -> Returned:
    """The first test images at one setting; raises as `measure` does."""
    if source in CODECS:
        return CODECS[source].returned(data, knob, n)
    codec, _ = _opened(source, data)
    codec = codec if codec.quantiles is not None else with_quantiles(codec, data.train)
    return measuring.returned(codec, data.test[:n], codec.step(knob))


def _of_run(run_id: str, data: Dataset) -> Iterator[RatePoint]:
    codec, run = _opened(run_id, data)
    images: Pixels = data.test[: n_images(len(data.test), codec.n_latents)]
    return measuring.points(codec, images, _steps(codec, run, data))


def _opened(run_id: str, data: Dataset) -> tuple[Codec, Run]:
    run = checkpoints.read(run_id)
    if run.fingerprint != data.fingerprint:
        raise ConfigError(f"{run_id} was trained on {run.config.dataset}; choose a run of {data.name}")
    return codec_of(run_id), run


def _steps(codec: Codec, run: Run, data: Dataset) -> tuple[Step, ...]:
    """From few bytes to many."""
    if run.config.rate_weight is not None:
        return tuple(codec.step(value) for value in measuring.TRAINED_STEPS)
    # The code of a run of before version 0.4: how wide it is spread is seen now, and its files have tables.
    return measuring.steps(codec if codec.quantiles is not None else with_quantiles(codec, data.train))


# ---------------------------------------------------------------- in the cache


def stored_curve(name: str, empty: RateCurve) -> RateCurve | None:
    """A whole curve; None: none that can be read.

    Args:
        empty: what is expected, before anything of it is measured.
    """
    values = cache.load_cached(name) or {}
    try:
        points = tuple(
            RatePoint(
                float(one["knob"]),
                int(one["n_images"]),
                int(one["n_bytes"]),
                float(one["mse"]),
                int(one["n_bytes_head"]),
            )
            for one in values["points"]
        )
        names = values["dataset"], values["source"]
    except (ValueError, TypeError, LookupError):
        return None
    is_whole = 0 < len(points) <= n_points(empty.source)
    if names != (empty.dataset, empty.source) or not is_whole or not all(map(_is_sound, points)):
        return None
    return replace(empty, points=points, done=1.0)


def _is_sound(point: RatePoint) -> bool:
    """Whether it can have been measured."""
    return (
        math.isfinite(point.knob)
        and point.n_images > 0
        and 0 <= point.n_bytes_head <= point.n_bytes > 0
        and 0 <= point.mse < math.inf
    )


def keep_curve(name: str, curve: RateCurve) -> None:
    """Have it found by `stored_curve`.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    points = [asdict(point) for point in curve.points]
    cache.save(name, {"dataset": curve.dataset, "source": curve.source, "points": points})
