"""The smallest files that a recogniser still reads: found once for all visitors."""

from __future__ import annotations

import numpy as np

from autoenc import checkpoints, compression, datasets, inspection, recognition
from autoenc.compression import contest
from autoenc.compression.contest import Entries
from autoenc.schema import RecogniserSummary, RunSummary
from ui.core import recognisers
from ui.core.caching import shared

N_IMAGES = 16  # the first test images


def images_of(dataset: str) -> tuple[np.ndarray, np.ndarray]:
    """The test images of the contest, uint8 (N, C, H, W), and their class indices."""
    data = datasets.load(dataset)
    return data.test[:N_IMAGES], data.test_labels[:N_IMAGES].astype(np.intp)


def of_run(run: RunSummary, recogniser: RecogniserSummary) -> Entries:
    """What a run makes of them; a second or two the first time.

    Raises:
        AutoencError: the file of the run or of the recogniser cannot be used.
    """
    hashes = checkpoints.content_hash(run.run_id), recognition.content_hash(recogniser.recogniser_id)
    return _of_run(run.run_id, recogniser.recogniser_id, *hashes, run, recogniser)


def of_image_codec(name: str, recogniser: RecogniserSummary) -> Entries:
    """What one of `contest.ENTRANTS` makes of them; raises as `of_run`."""
    content_hash = recognition.content_hash(recogniser.recogniser_id)
    return _of_image_codec(name, recogniser.recogniser_id, content_hash, recogniser)


# The hashes of both files are part of the keys: a file of the same name may be another one.
@shared(max_entries=64, spinner="Making files, smaller and smaller")
def _of_run(
    run_id: str,
    recogniser_id: str,
    run_hash: str,
    recogniser_hash: str,
    _run: RunSummary,
    _recogniser: RecogniserSummary,
) -> Entries:
    data = datasets.load(_run.config.dataset)
    codec = compression.codec_of(run_id)
    steps = contest.steps_of(codec, data.train, rated=_run.config.rate_weight is not None)
    images, classes = images_of(data.name)
    with inspection.one_thread():
        return contest.of_model(codec, steps, images, classes, recognisers.reader(_recogniser).read)


@shared(max_entries=32, spinner="Making JPEG, WebP, AVIF and PNG files")
def _of_image_codec(
    name: str, recogniser_id: str, recogniser_hash: str, _recogniser: RecogniserSummary
) -> Entries:
    images, classes = images_of(_recogniser.config.dataset)
    codec = contest.ENTRANTS[name]
    with inspection.one_thread():
        return contest.of_image_codec(codec, images, classes, recognisers.reader(_recogniser).read)
