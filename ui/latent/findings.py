"""What lies between images and what sums of codes become, with the code of a run; for all visitors."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from autoenc import checkpoints
from autoenc.captions.latent_morph import MiddlesRead
from autoenc.captions.readings import SURE
from autoenc.latent import arithmetic, morphing
from autoenc.latent.arithmetic import Sum
from autoenc.schema import RecogniserSummary, Run
from ui.core import codes, model_cache, recognisers
from ui.core.caching import shared


@dataclass(frozen=True, eq=False)
class Read:
    """What somebody reads in a few images: a recogniser, or else the most similar training image."""

    classes: np.ndarray = field(repr=False)  # (B,) class indices
    confidences: np.ndarray | None = field(repr=False)  # (B,) 0 to 1; None: it is not known


@dataclass(frozen=True)
class Morphs:
    """Of the ways between images."""

    first: tuple[int, int]  # the pair of test images that is shown first
    apart: float  # halfway, as `Middles` has it
    read: MiddlesRead | None  # None: there is no recogniser


@dataclass(frozen=True)
class Sums:
    """Of sums of codes."""

    riddles: tuple[Sum, ...]
    n_sums: int
    n_read: int | None  # sums in which the class that was added is read; None: nobody reads these images


def read(run: Run, images: np.ndarray) -> Read | None:
    """uint8 (B, C, H, W); None: there is nobody who can read them."""
    recogniser = recognisers.for_run(run)
    if recogniser is not None:
        readings = recognisers.read(recogniser, images)
        return Read(readings.classes, readings.confidences)
    reader = model_cache.reader(run.config.dataset)
    return Read(reader.read(images), None) if reader.reliable else None


def morphs(run: Run) -> Morphs:
    """Raises AutoencError where the run or its codes cannot be used."""
    recogniser = recognisers.for_run(run)
    reader_id = recognisers.identity(recogniser)
    return _morphs(run.run_id, checkpoints.content_hash(run.run_id), reader_id, run, recogniser)


def sums(run: Run) -> Sums:
    """Raises as `morphs`; ConfigError too: the images have no two classes."""
    reader_id = recognisers.identity(recognisers.for_run(run))
    return _sums(run.run_id, checkpoints.content_hash(run.run_id), reader_id, run)


# The hash of a run's file is part of the keys: a file of the same name may be another one.
@shared(max_entries=64, spinner="Looking between the images")
def _morphs(
    run_id: str, content_hash: str, reader_id: str, _run: Run, _recogniser: RecogniserSummary | None
) -> Morphs:
    trained = model_cache.opened(_run)
    middles, pairs = morphing.middles(trained), morphing.first_pairs(trained)
    clear = morphing.unlike_images(trained, pairs.through_pixels) - morphing.unlike_images(
        trained, pairs.through_code
    )
    clear /= max(1e-9, float(np.abs(clear).max()))
    if _recogniser is None:
        return Morphs(_numbers(pairs, clear), middles.apart, None)
    reader = recognisers.reader(_recogniser)
    sure_code, sure_pixels = (
        int((reader.read(images).confidences >= SURE).sum())
        for images in (middles.through_code, middles.through_pixels)
    )
    code, pixels = (reader.read(images).confidences for images in (pairs.through_code, pairs.through_pixels))
    first = _numbers(pairs, 2 * (code >= SURE) + clear + code - pixels)
    return Morphs(first, middles.apart, MiddlesRead(len(middles.pairs), sure_code, sure_pixels))


def _numbers(pairs: morphing.Middles, worth: np.ndarray) -> tuple[int, int]:
    """Of the pair that is worth most to be seen."""
    first, last = pairs.pairs[int(worth.argmax())]
    return int(first), int(last)


@shared(max_entries=64, spinner="Adding codes")
def _sums(run_id: str, content_hash: str, reader_id: str, _run: Run) -> Sums:
    z, means = codes.test_codes(_run), codes.class_means(_run)
    drawn = arithmetic.random_sums(z.labels, means, _run.model)
    results = np.stack([arithmetic.code_of(total, z.z[total.image], means) for total in drawn])
    of_results = read(_run, codes.decode(_run, results))
    if of_results is None:
        return Sums(arithmetic.riddles(drawn, None), len(drawn), None)
    n_read = sum(one == total.plus for one, total in zip(of_results.classes, drawn, strict=True))
    return Sums(arithmetic.riddles(drawn, of_results.classes.tolist()), len(drawn), n_read)
