"""Sources of pictures, read on the whole test set; the cache keeps what was read for the next time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from autoenc import cache, noise, training
from autoenc.baselines import BASELINES, Coder
from autoenc.datasets import Dataset
from autoenc.denoising import measuring as denoising
from autoenc.recognition.reading import ImageReader
from autoenc.schema import METHODS, SLOW_METHODS, Reading, ReadingCurve

DEFINITION_VERSION = 1  # count up where a source or the reading changes: all is read again


@dataclass(frozen=True)
class Pictures:
    """What one source makes of the test images, in their order, at one size or level."""

    at: float
    batches: Callable[[], Iterator[Tensor]]  # (B, C, H, W) in [0, 1]


def of_run(run_id: str, data: Dataset) -> Iterator[Pictures]:
    """The reconstructions of a finished run, which is given the images of its test.

    Raises:
        AutoencError: there is no such run, or it is of other images or not finished.
    """
    trained = denoising.opened(run_id, data)

    def batches() -> Iterator[Tensor]:
        for _, x_in in training.test_batches(torch.from_numpy(data.test), trained.run.config):
            yield trained.model(x_in)

    yield Pictures(trained.run.model.n_latents, batches)


def of_baseline(name: str, data: Dataset) -> Iterator[Pictures]:
    """What a baseline makes of the images at each size that is a power of two, as most sweeps have them."""
    images = torch.split(torch.from_numpy(data.test), denoising.CHUNK_IMAGES)
    for coder in BASELINES[name].coders(data):
        if coder.n_latents & (coder.n_latents - 1) == 0:
            yield Pictures(coder.n_latents, partial(_reconstructed, coder, images))


def of_method(method: str, data: Dataset, kind: str, levels: tuple[float, ...]) -> Iterator[Pictures]:
    """The images with noise of each level, after a method of denoising: the pixels of the PSNR curves.

    Raises:
        AutoencError: there is no such method or run, or the run is of other images or not finished.
    """
    n = min(denoising.MAX_SLOW_IMAGES, len(data.test)) if method in SLOW_METHODS else len(data.test)
    for level in levels:
        denoise = denoising.denoiser(method, data, kind, level)
        yield Pictures(level, partial(map, denoise, _noisy(data, kind, level, n)))


def _reconstructed(coder: Coder, images: Sequence[Tensor]) -> Iterator[Tensor]:
    return (coder.reconstruct(training.as_float(x)) for x in images)


def _noisy(data: Dataset, kind: str, level: float, n: int) -> Iterator[Tensor]:
    for start in range(0, n, denoising.CHUNK_IMAGES):
        x = training.as_float(torch.from_numpy(data.test[start : min(n, start + denoising.CHUNK_IMAGES)]))
        yield noise.apply(kind, x, level, denoising.test_unit(x, start))


def pictures_of(source: str, data: Dataset, kind: str, levels: tuple[float, ...]) -> Iterator[Pictures]:
    """What a source makes of the test images; raises as that source does.

    Args:
        source: a run_id, the name of a baseline, or one of METHODS.
        kind: of noise that is added; "": none, and then there are no levels.
    """
    if kind or source in METHODS:
        return of_method(source, data, kind, levels)
    return of_baseline(source, data) if source in BASELINES else of_run(source, data)


def measure(
    reader: ImageReader, data: Dataset, source: str, kind: str = "", levels: tuple[float, ...] = ()
) -> Iterator[ReadingCurve]:
    """What can be read of a source's pictures at each of its sizes or levels.

    Raises:
        AutoencError: as `pictures_of` does.
    """
    curve = ReadingCurve(data.name, reader.recogniser.recogniser_id, source)
    n_expected = len(levels) or (int(np.log2(data.test[0].size)) + 1 if source in BASELINES else 1)
    yield curve
    for i, pictures in enumerate(pictures_of(source, data, kind, levels)):
        confusion = np.zeros((len(data.class_names),) * 2, np.int64)
        n_read = 0
        with torch.inference_mode():
            for x_hat in pictures.batches():
                images = x_hat.clamp(0, 1).nan_to_num(0).mul(255).round().to(torch.uint8)  # as they are seen
                add_to(
                    confusion, data.test_labels[n_read : n_read + len(images)], reader.probabilities(images)
                )
                n_read += len(images)
                done = (i + n_read / len(data.test)) / max(n_expected, i + 1)
                yield _further(curve, curve.readings, min(0.99, done))
        reading = Reading(float(pictures.at), tuple(tuple(map(int, row)) for row in confusion))
        curve = _further(curve, (*curve.readings, reading), min(0.99, (i + 1) / max(n_expected, i + 1)))
        yield curve
    yield _further(curve, curve.readings, 1.0)


def add_to(confusion: NDArray[np.int64], labels: NDArray[np.uint8], probabilities: Tensor) -> None:
    """Count images by their class (B,) and by the class that is read."""
    np.add.at(confusion, (labels.astype(np.intp), probabilities.argmax(1).numpy()), 1)


def _further(curve: ReadingCurve, readings: tuple[Reading, ...], done: float) -> ReadingCurve:
    return ReadingCurve(curve.dataset, curve.recogniser_id, curve.source, readings, done)


# ---------------------------------------------------------------- kept for the next time


def stored_curve(name: str) -> ReadingCurve | None:
    """A whole curve; None: none that can be read."""
    values = cache.load_cached(name) or {}
    try:
        readings = tuple(
            Reading(float(one["at"]), tuple(tuple(map(int, row)) for row in one["confusion"]))
            for one in values["readings"]
        )
        dataset, recogniser_id, source = (
            str(values[name]) for name in ("dataset", "recogniser_id", "source")
        )
    except (ValueError, TypeError, LookupError):
        return None
    is_whole = readings and all(reading.n_images for reading in readings)
    return ReadingCurve(dataset, recogniser_id, source, readings, 1.0) if is_whole else None


def keep_curve(name: str, curve: ReadingCurve) -> None:
    """Have it found by `stored_curve`.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    readings = [{"at": one.at, "confusion": one.confusion} for one in curve.readings]
    names = {"dataset": curve.dataset, "recogniser_id": curve.recogniser_id, "source": curve.source}
    cache.save(name, {**names, "readings": readings})
