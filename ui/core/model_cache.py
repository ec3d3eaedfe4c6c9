"""Trained models that somebody looks at: opened once for all visitors, a few at a time."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np

from autoenc import checkpoints, datasets, denoising, inspection, out_of_distribution
from autoenc.captions.images import Reader
from autoenc.denoising import Denoise, Denoised
from autoenc.inspection import Network, Reconstructions, Trained
from autoenc.out_of_distribution import TestErrors
from autoenc.schema import METHODS, MIN_LEVEL, Run
from ui.core.caching import shared

MAX_OPENED = 3  # a model with the whole test set drawn by it takes 10 to 100 MB
_FITTING = Lock()  # a filter takes a second and some 100 MB to fit: one at a time, however many look


def opened(run: Run) -> Trained:
    """The model of a run's file, with its data.

    Raises:
        AutoencError: the file or the data cannot be used.
    """
    return _opened(run.run_id, checkpoints.content_hash(run.run_id))


def reconstructions(run: Run) -> Reconstructions:
    """The test images as the model draws them; raises as `opened` does."""
    return _reconstructions(run.run_id, checkpoints.content_hash(run.run_id))


def test_errors(run: Run) -> TestErrors:
    """What the model loses of its test images; raises as `opened` does."""
    return _test_errors(run.run_id, checkpoints.content_hash(run.run_id))


def network(run: Run) -> Network:
    """The model as a browser takes it; raises as `opened` does."""
    return _network(run.run_id, checkpoints.content_hash(run.run_id))


@dataclass(frozen=True)
class Setting:
    """What a method takes away, and from which images."""

    dataset: str
    kind: str  # of noise
    level: float  # 0: none


def denoised(setting: Setting, method: str, x: np.ndarray, unit: np.ndarray) -> Denoised:
    """These images with this noise through this method; made once for all who look.

    Args:
        method: one of METHODS, or a run_id.
    Raises:
        AutoencError: the method or its run cannot be used.
    """
    content_hash = "" if method in METHODS else checkpoints.content_hash(method)
    return _denoised(setting, datasets.load(setting.dataset).fingerprint, method, content_hash, x, unit)


@shared(max_entries=2)
def reader(dataset: str) -> Reader:
    """What reads the digits of this data set."""
    data = datasets.load(dataset)
    return Reader(data.train, data.train_labels, data.test_labels)


# The hash of a run's file is part of the keys: a file of the same name may be another one.
@shared(max_entries=MAX_OPENED, spinner="Loading the model")
def _opened(run_id: str, content_hash: str) -> Trained:
    return inspection.open_run(run_id)


@shared(max_entries=MAX_OPENED, spinner="Drawing the test images")
def _reconstructions(run_id: str, content_hash: str) -> Reconstructions:
    return inspection.reconstructions(_opened(run_id, content_hash))


@shared(max_entries=64)
def _test_errors(run_id: str, content_hash: str) -> TestErrors:
    """They are small, and are kept when the images are not any more."""
    return out_of_distribution.test_errors(
        _reconstructions(run_id, content_hash).mse, _opened(run_id, content_hash).data
    )


@shared(max_entries=MAX_OPENED + 1)  # as many as the pad shows: without it each drawing would open them again
def _network(run_id: str, content_hash: str) -> Network:
    return inspection.browser_network(_opened(run_id, content_hash))


@shared(max_entries=512)
def _denoised(
    setting: Setting, fingerprint: str, method: str, content_hash: str, x: np.ndarray, unit: np.ndarray
) -> Denoised:
    denoise = (
        _model(setting.dataset, method, content_hash)
        if content_hash
        else _filter(setting, fingerprint, method)
    )
    return denoising.denoised(x, unit, setting.kind, setting.level, denoise)


@shared(max_entries=8)
def _model(dataset: str, run_id: str, content_hash: str) -> Denoise:
    return denoising.model_denoiser(denoising.opened(run_id, datasets.load(dataset)))


@shared(max_entries=16)
def _filter(setting: Setting, fingerprint: str, method: str) -> Denoise:
    with _FITTING, inspection.one_thread():
        level = max(setting.level, MIN_LEVEL)
        return denoising.denoiser(method, datasets.load(setting.dataset), setting.kind, level)
