"""Who reads the images: the recognisers of this machine, opened once for all visitors."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from autoenc import checkpoints, datasets, recipes, recognition
from autoenc.datasets import Dataset
from autoenc.errors import AutoencError
from autoenc.inspection import Network
from autoenc.recognition import ImageReader, Readings, loading
from autoenc.schema import RecogniserSummary, Reliability, Run
from ui.core import catalogue, model_cache, visitor
from ui.core.caching import shared


def listed() -> tuple[RecogniserSummary, ...]:
    """All of them, the newest first, examples last."""
    folder = checkpoints.folder() / loading.FOLDER
    return _listed_at(str(folder), folder.stat().st_mtime_ns if folder.is_dir() else 0)


def of_dataset(dataset: str, *, noisy: bool = False) -> RecogniserSummary | None:
    """The one that reads the images of this data set where nobody has chosen; None: there is none yet.

    Args:
        noisy: it has learnt from noisy images.
    """
    fingerprint = catalogue.fingerprint_of(dataset)
    fitting = [one for one in listed() if (one.config.noise is not None) == noisy]
    if fingerprint is not None:
        for best in recipes.recognisers_by_preference(fitting, fingerprint):
            with suppress(AutoencError):  # a damaged file reads nothing, the next one may
                reader(best)
                return best
    return None


def delete(recogniser: RecogniserSummary) -> None:
    """Delete its file.

    Raises:
        AutoencError: this is not the teacher, or it is being trained.
    """
    if not visitor.is_teacher():
        raise AutoencError("only the teacher can delete recognisers")
    recognition.delete(recogniser.recogniser_id)


def for_run(run: Run) -> RecogniserSummary | None:
    """The one that reads what a run draws; None: there is none, or its images are not here."""
    return of_dataset(run.config.dataset) if is_here(run) else None


def is_here(run: Run) -> bool:
    """Whether the images that it was trained on are on this machine."""
    return catalogue.fingerprint_of(run.config.dataset) == run.fingerprint


def identity(recogniser: RecogniserSummary | None) -> str:
    """For keys of caches: of these very weights; empty: nobody reads."""
    return "" if recogniser is None else f"{recogniser.recogniser_id} {_hash(recogniser)}"


def reader(recogniser: RecogniserSummary) -> ImageReader:
    """It at work; raises AutoencError where its file cannot be used."""
    return _reader(recogniser.config.dataset, recogniser.recogniser_id, _hash(recogniser))


def network(recogniser: RecogniserSummary) -> tuple[str, Network]:
    """It as a browser takes it, and the id of these very weights; raises as `reader`."""
    content_hash = _hash(recogniser)
    return f"{recogniser.recogniser_id} {content_hash}", _network(
        recogniser.config.dataset, recogniser.recogniser_id, content_hash
    )


def reliability(recogniser: RecogniserSummary) -> Reliability:
    """How sure it is of the test images, beside how often it is right; raises as `reader`."""
    return _reliability(recogniser.config.dataset, recogniser.recogniser_id, _hash(recogniser))


@dataclass(frozen=True, eq=False)
class RunRead:
    """Test images, and what a run made of them, as a recogniser reads both."""

    originals: Readings
    reconstructions: Readings
    labels: np.ndarray  # (B,) true class indices
    class_names: tuple[str, ...]


def run_read(run: Run, recogniser: RecogniserSummary) -> RunRead:
    """What is read in all reconstructions of a run; seconds the first time. Raises as `reader`."""
    content_hash = checkpoints.content_hash(run.run_id)
    made = model_cache.reconstructions(run)
    data = model_cache.opened(run).data
    key = (data.name, recogniser.recogniser_id, _hash(recogniser))
    originals = _originals(*key)
    n = len(made)
    return RunRead(
        Readings(originals.classes[:n], originals.confidences[:n]),
        _reconstructions(*key, run.run_id, content_hash, made.x_hat),
        data.test_labels[:n],
        data.class_names,
    )


def read(recogniser: RecogniserSummary, images: np.ndarray) -> Readings:
    """What is in a few images, uint8 (B, C, H, W); raises as `reader`."""
    return _few(recogniser.config.dataset, recogniser.recogniser_id, _hash(recogniser), images)


def _hash(recogniser: RecogniserSummary) -> str:
    return recognition.content_hash(recogniser.recogniser_id)


@shared(max_entries=1)
def _listed_at(folder: str, changed: int) -> tuple[RecogniserSummary, ...]:
    return recognition.summaries()


# The hash of a recogniser's file is part of the keys: a file of the same name may be another one.
@shared(max_entries=4)
def _reader(dataset: str, recogniser_id: str, content_hash: str) -> ImageReader:
    return recognition.open_reader(recogniser_id, datasets.load(dataset))


@shared(max_entries=4)
def _network(dataset: str, recogniser_id: str, content_hash: str) -> Network:
    return recognition.browser_network(_reader(dataset, recogniser_id, content_hash))


@shared(max_entries=4, spinner="Reading the test images")
def _originals(dataset: str, recogniser_id: str, content_hash: str) -> Readings:
    data: Dataset = datasets.load(dataset)
    return _reader(dataset, recogniser_id, content_hash).read(data.test)


@shared(max_entries=4)
def _reliability(dataset: str, recogniser_id: str, content_hash: str) -> Reliability:
    reader, data = _reader(dataset, recogniser_id, content_hash), datasets.load(dataset)
    readings = _originals(dataset, recogniser_id, content_hash)
    return recognition.reliability_of(readings, data, reader.temperature)


@shared(max_entries=model_cache.MAX_OPENED, spinner="Reading the reconstructions")
def _reconstructions(
    dataset: str, recogniser_id: str, content_hash: str, run_id: str, run_hash: str, _x_hat: np.ndarray
) -> Readings:
    return _reader(dataset, recogniser_id, content_hash).read(_x_hat)


@shared(max_entries=256)
def _few(dataset: str, recogniser_id: str, content_hash: str, images: np.ndarray) -> Readings:
    return _reader(dataset, recogniser_id, content_hash).read(images)
