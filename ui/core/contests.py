"""The smallest files that a recogniser still reads: found once for all visitors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from autoenc import checkpoints, datasets, inspection, recognition
from autoenc.compression import contest
from autoenc.compression.contest import Entries
from autoenc.schema import RecogniserSummary, RunSummary, Step
from ui.core import codecs, recognisers, sessions
from ui.core.caching import shared

N_IMAGES = 16  # the first test images


@dataclass(frozen=True, eq=False)
class Batch:
    """Images that files are made of, and what must be read in them: what is searched at once."""

    images: np.ndarray = field(repr=False)  # uint8 (N, C, H, W)
    classes: np.ndarray  # (N,) class indices


def test_images(dataset: str) -> Batch:
    """The test images of the contest."""
    data = datasets.load(dataset)
    return Batch(np.array(data.test[:N_IMAGES]), data.test_labels[:N_IMAGES].astype(np.intp))


def of_run(run: RunSummary, recogniser: RecogniserSummary, batches: Iterable[Batch]) -> Entries:
    """What a run makes of all images, batch after batch; a second or two for 16 images the first time.

    Raises:
        AutoencError: the file of the run or of the recogniser cannot be used.
    """
    hashes = checkpoints.content_hash(run.run_id), recognition.content_hash(recogniser.recogniser_id)
    key = (run.run_id, recogniser.recogniser_id, *hashes)
    return tuple(
        entry for batch in batches for entry in _of_run(*key, batch.images, batch.classes, recogniser)
    )


def of_image_codec(name: str, recogniser: RecogniserSummary, batches: Iterable[Batch]) -> Entries:
    """What one of `contest.ENTRANTS` makes of them; raises as `of_run`."""
    key = (name, recogniser.recogniser_id, recognition.content_hash(recogniser.recogniser_id))
    return tuple(
        entry for batch in batches for entry in _of_image_codec(*key, batch.images, batch.classes, recogniser)
    )


# The hashes of both files are part of the keys: a file of the same name may be another one.
@shared(max_entries=512, spinner="Making files, smaller and smaller")
def _of_run(
    run_id: str,
    recogniser_id: str,
    run_hash: str,
    recogniser_hash: str,
    images: np.ndarray,
    classes: np.ndarray,
    _recogniser: RecogniserSummary,
) -> Entries:
    codec = codecs.codec_for_files(sessions.read_run(run_id))
    steps = _steps(run_id, run_hash)
    with inspection.one_thread():
        return contest.of_model(codec, steps, images, classes, recognisers.reader(_recogniser).read)


@shared(max_entries=64)
def _steps(run_id: str, run_hash: str) -> tuple[Step, ...]:
    run = sessions.read_run(run_id)
    train = datasets.load(run.config.dataset).train
    return contest.steps_of(codecs.codec(run), train, rated=run.config.rate_weight is not None)


@shared(max_entries=512, spinner="Making JPEG, WebP, AVIF and PNG files")
def _of_image_codec(
    name: str,
    recogniser_id: str,
    recogniser_hash: str,
    images: np.ndarray,
    classes: np.ndarray,
    _recogniser: RecogniserSummary,
) -> Entries:
    codec = contest.ENTRANTS[name]
    with inspection.one_thread():
        return contest.of_image_codec(codec, images, classes, recognisers.reader(_recogniser).read)
