"""The smallest file of an image in which a recogniser still reads what the image shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from autoenc.compression import codec as codecs
from autoenc.compression import measuring
from autoenc.compression.codec import Codec, Pixels
from autoenc.compression.codecs.images import ImageCodec, opened, picture_of
from autoenc.compression.codecs.png import PNG_CODEC
from autoenc.compression.matching import IMAGE_CODECS
from autoenc.compression.weighing import psnr_of_each
from autoenc.errors import StepTooFine
from autoenc.recognition import Readings
from autoenc.schema import Step

ENTRANTS: Mapping[str, ImageCodec] = {**IMAGE_CODECS, "png": PNG_CODEC}
CONTEST_BITS = (
    0.5,
    1.0,
    1.5,
    2.0,
    2.5,
    3.0,
    3.5,
    4.0,
    4.5,
    5.0,
    5.5,
    6.0,
)  # of the most widely spread number
CONTEST_STEPS = (8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0)  # of a model that is trained for its bytes
MAX_QUALITY = 90
SURE = 0.9  # of a recogniser that reads its class: it takes a blank picture for something too
QUALITY_STEP = 5

Read = Callable[[Pixels], Readings]
Classes = NDArray[np.intp]  # (N,) class indices


@dataclass(frozen=True, eq=False)
class Entry:
    """A file of one image in which a recogniser still reads its class, and is sure of it."""

    knob: float  # the step of a code, the quality of an image codec
    n_bytes: int  # the whole file
    n_bytes_head: int  # of them, what is neither tables nor image; 0: not known, of an image codec
    psnr_db: float
    confidence: float  # of the recogniser, 0 to 1
    picture: Pixels = field(repr=False)  # that comes back: (C, H, W)


Entries = tuple[Entry | None, ...]  # the smallest of each image; None: its class is read in none


@dataclass(frozen=True, eq=False)
class _Trial:
    """All images at one setting."""

    knob: float
    pictures: Pixels  # (N, C, H, W)
    sizes: tuple[tuple[int, int], ...]  # of each file: its bytes, and those of its head


def of_model(codec: Codec, steps: Sequence[Step], images: Pixels, classes: Classes, read: Read) -> Entries:
    """The smallest file of each image that a model makes at one of these steps.

    Args:
        images: uint8 (N, C, H, W).
        classes: what must be read in each of them.
    """
    return _smallest(_models_trials(codec, steps, images), images, classes, read)


def of_image_codec(codec: ImageCodec, images: Pixels, classes: Classes, read: Read) -> Entries:
    """As `of_model`, by one of Pillow's codecs at rising quality."""
    return _smallest(_codecs_trials(codec, images), images, classes, read)


def steps_of(codec: Codec, images: Pixels, *, rated: bool) -> tuple[Step, ...]:
    """The steps at which a model competes, the largest first.

    Args:
        images: of the training set; they tell how widely the code of an earlier run is spread.
        rated: the model is trained for its bytes.
    """
    if rated:
        return tuple(map(codec.step, CONTEST_STEPS))
    known = codec if codec.quantiles is not None else codecs.with_quantiles(codec, images)
    return measuring.steps(known, CONTEST_BITS)


def winners(entries: Mapping[str, Entries]) -> tuple[tuple[str, ...], ...]:
    """Whose file of each image is the smallest: names, several where files are equally small."""
    by_image = zip(*entries.values(), strict=True)
    return tuple(_winners(dict(zip(entries, files, strict=True))) for files in by_image)


def _winners(files: Mapping[str, Entry | None]) -> tuple[str, ...]:
    sizes = {name: file.n_bytes for name, file in files.items() if file is not None}
    return tuple(name for name, size in sizes.items() if size == min(sizes.values()))


def _smallest(trials: Iterator[_Trial], images: Pixels, classes: Classes, read: Read) -> Entries:
    best: list[Entry | None] = [None] * len(images)
    for trial in trials:
        readings = read(trial.pictures)
        is_read = (readings.classes == classes) & (readings.confidences >= SURE)
        for i in np.flatnonzero(is_read).tolist():
            n_bytes, n_bytes_head = trial.sizes[i]
            before = best[i]
            if before is None or n_bytes < before.n_bytes:
                picture = trial.pictures[i]
                (psnr_db,) = psnr_of_each(images[i : i + 1], picture[None])
                confidence = float(readings.confidences[i])
                best[i] = Entry(trial.knob, n_bytes, n_bytes_head, psnr_db, confidence, picture)
    return tuple(best)


def _models_trials(codec: Codec, steps: Sequence[Step], images: Pixels) -> Iterator[_Trial]:
    for step in steps:
        try:
            yield _models_trial(codec, step, images)
        except StepTooFine:  # as all after it are
            return


def _models_trial(codec: Codec, step: Step, images: Pixels) -> _Trial:
    numbers = codecs.numbers_of(codec, images, step)
    files = [codecs.compressed(codec, numbers[i : i + 1], step) for i in range(len(images))]
    pictures = np.concatenate([part for file in files for part in codecs.decompress(file, codec)])
    sizes = tuple((file.n_bytes, file.n_bytes_head) for file in files)
    return _Trial(step.value, pictures, sizes)


def _codecs_trials(codec: ImageCodec, images: Pixels) -> Iterator[_Trial]:
    qualities = (100,) if codec.lossless else range(codec.qualities[0], MAX_QUALITY + 1, QUALITY_STEP)
    for quality in qualities:
        files = [codec.write(picture_of(image), quality) for image in images]
        mode = picture_of(images[0]).mode
        pictures = np.stack([opened(data, mode) for data in files])
        yield _Trial(float(quality), pictures, tuple((len(data), 0) for data in files))
