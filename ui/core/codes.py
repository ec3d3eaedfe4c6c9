"""The codes of runs that somebody looks at, and how they lie: computed once for all visitors."""

from __future__ import annotations

import numpy as np

from autoenc import checkpoints, latent
from autoenc.latent import Codes, Gaussian, arithmetic
from autoenc.latent.sampling import Box
from autoenc.latent.sampling import box as box_of
from autoenc.schema import Run
from ui.core import model_cache
from ui.core.caching import shared


def test_codes(run: Run) -> Codes:
    """Of the test images.

    Raises:
        CodeError: they are not all finite.
        AutoencError: the file or the data cannot be used.
    """
    return _test_codes(run.run_id, checkpoints.content_hash(run.run_id), run)


def training_codes(run: Run) -> Codes:
    """Of training images; raises as `test_codes`."""
    return _training_codes(run.run_id, checkpoints.content_hash(run.run_id), run)


def codes_of(run: Run, images: np.ndarray) -> np.ndarray:
    """Of a few images, uint8 (B, C, H, W): (B, n_latents); raises as `test_codes`."""
    return latent.codes_of(model_cache.opened(run), images)


def decode(run: Run, z: np.ndarray) -> np.ndarray:
    """What the decoder draws of a few codes: (B, n_latents) -> uint8 (B, C, H, W).

    Raises:
        CodeError: it is not all finite.
        AutoencError: the file or the data cannot be used.
    """
    return latent.decode(model_cache.opened(run), z)


def gaussian(run: Run) -> Gaussian:
    """Fitted to the codes of training images; raises as `test_codes`."""
    return _gaussian(run.run_id, checkpoints.content_hash(run.run_id), run)


def class_gaussian(run: Run, class_index: int) -> Gaussian | None:
    """Fitted to those of one class; None: there is no such image. Raises as `test_codes`."""
    return _class_gaussian(run.run_id, checkpoints.content_hash(run.run_id), class_index, run)


def box(run: Run) -> Box:
    """Around the codes of training images; raises as `test_codes`."""
    return _box(run.run_id, checkpoints.content_hash(run.run_id), run)


def class_means(run: Run) -> np.ndarray:
    """The mean code of the training images of each class, (classes, n_latents); raises as `test_codes`."""
    return _class_means(run.run_id, checkpoints.content_hash(run.run_id), run)


# The hash of a run's file is part of the keys: a file of the same name may be another one.
@shared(max_entries=model_cache.MAX_OPENED, spinner="Computing the codes")
def _test_codes(run_id: str, content_hash: str, _run: Run) -> Codes:
    return latent.test_codes(model_cache.opened(_run))


@shared(max_entries=model_cache.MAX_OPENED, spinner="Computing the codes")
def _training_codes(run_id: str, content_hash: str, _run: Run) -> Codes:
    return latent.training_codes(model_cache.opened(_run))


@shared(max_entries=model_cache.MAX_OPENED)
def _gaussian(run_id: str, content_hash: str, _run: Run) -> Gaussian:
    return latent.fit(_training_codes(run_id, content_hash, _run).z)


@shared(max_entries=model_cache.MAX_OPENED)
def _box(run_id: str, content_hash: str, _run: Run) -> Box:
    return box_of(_training_codes(run_id, content_hash, _run).z)


@shared(max_entries=64)
def _class_gaussian(run_id: str, content_hash: str, class_index: int, _run: Run) -> Gaussian | None:
    codes = _training_codes(run_id, content_hash, _run)
    of_class = codes.z[codes.labels == class_index]
    return latent.fit(of_class) if len(of_class) else None


@shared(max_entries=16)
def _class_means(run_id: str, content_hash: str, _run: Run) -> np.ndarray:
    codes = _training_codes(run_id, content_hash, _run)
    return arithmetic.class_means(codes, len(model_cache.opened(_run).data.class_names))
