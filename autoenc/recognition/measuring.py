"""Sources of pictures, read on the whole test set; the cache keeps what was read for the next time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
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

ORIGINALS = "originals"  # the test images themselves, as a source
DEFINITION_VERSION = 1  # count up where a source or the reading changes: all is read again


@dataclass(frozen=True)
class Pictures:
    """What one source makes of the test images, in their order, at one size or level."""

    at: float
    batches: Callable[[], Iterator[Tensor]]  # (B, C, H, W) in [0, 1]


def of_originals(data: Dataset) -> Iterator[Pictures]:
    """The images as they are, which is what all else is compared with."""
    images = torch.split(torch.from_numpy(data.test), denoising.CHUNK_IMAGES)
    yield Pictures(data.test[0].size, partial(map, training.as_float, images))


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
        if is_read_at(coder.n_latents):
            yield Pictures(coder.n_latents, partial(_reconstructed, coder, images))


def is_read_at(n_latents: int) -> bool:
    """Whether baselines are read at this size of their code."""
    return n_latents & (n_latents - 1) == 0


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
        source: ORIGINALS, a run_id, the name of a baseline, or one of METHODS.
        kind: of noise that is added; "": none, and then there are no levels.
    """
    if source == ORIGINALS:
        return of_originals(data)
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
        for x_hat in pictures.batches():
            labels = data.test_labels[n_read : n_read + len(x_hat)]
            add_to(confusion, labels, reader.probabilities(_as_seen(x_hat)))
            n_read += len(x_hat)
            done = (i + n_read / len(data.test)) / max(n_expected, i + 1)
            yield _further(curve, curve.readings, min(0.99, done))
        reading = Reading(float(pictures.at), tuple(tuple(map(int, row)) for row in confusion))
        curve = _further(curve, (*curve.readings, reading), min(0.99, (i + 1) / max(n_expected, i + 1)))
        yield curve
    yield _further(curve, curve.readings, 1.0)


def _as_seen(x_hat: Tensor) -> Tensor:
    """The pixels that a page shows: uint8."""
    return x_hat.clamp(0, 1).nan_to_num(0).mul(255).round().to(torch.uint8)


def add_to(confusion: NDArray[np.int64], labels: NDArray[np.uint8], probabilities: Tensor) -> None:
    """Count images by their class (B,) and by the class that is read."""
    np.add.at(confusion, (labels.astype(np.intp), probabilities.argmax(1).numpy()), 1)


def _further(curve: ReadingCurve, readings: tuple[Reading, ...], done: float) -> ReadingCurve:
    return ReadingCurve(curve.dataset, curve.recogniser_id, curve.source, readings, done)


# ---------------------------------------------------------------- kept for the next time


def stored_curve(name: str, empty: ReadingCurve, levels: tuple[float, ...]) -> ReadingCurve | None:
    """A whole curve; None: none that can be read.

    Args:
        empty: what is expected, before anything of it is measured.
        levels: of noise; none where none was added.
    """
    values = cache.load_cached(name) or {}
    try:
        readings = tuple(
            Reading(float(one["at"]), tuple(tuple(map(int, row)) for row in one["confusion"]))
            for one in values["readings"]
        )
        dataset, recogniser_id, source = values["dataset"], values["recogniser_id"], values["source"]
    except (ValueError, TypeError, LookupError):
        return None
    places = tuple(reading.at for reading in readings)
    is_whole = places == levels if levels else bool(places)
    is_sound = ReadingCurve(dataset, recogniser_id, source) == empty and all(map(_is_sound, readings))
    return replace(empty, readings=readings, done=1.0) if is_whole and is_sound else None


def _is_sound(reading: Reading) -> bool:
    """Whether it is a table of images by classes."""
    n_classes, rows = len(reading.confusion), reading.confusion
    numbers = [n for row in rows for n in row]
    return all(len(row) == n_classes for row in rows) and min(numbers, default=-1) >= 0 and sum(numbers) > 0


def keep_curve(name: str, curve: ReadingCurve) -> None:
    """Have it found by `stored_curve`.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    readings = [{"at": one.at, "confusion": one.confusion} for one in curve.readings]
    names = {"dataset": curve.dataset, "recogniser_id": curve.recogniser_id, "source": curve.source}
    cache.save(name, {**names, "readings": readings})
