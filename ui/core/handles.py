"""What of a run's code can be changed by hand, and what is drawn then: computed once for all visitors."""

from __future__ import annotations

import numpy as np

from autoenc import checkpoints, latent
from autoenc.latent import Channels, Handles
from autoenc.schema import Run
from ui.core import codes, model_cache
from ui.core.caching import shared


def handles(run: Run) -> Handles:
    """Of a code that is a row of numbers.

    Raises:
        CodeError: the codes are not all finite.
        AutoencError: the file or the data cannot be used.
    """
    return _handles(run.run_id, checkpoints.content_hash(run.run_id), run)


def channels(run: Run) -> Channels:
    """Of a code of maps; raises as `handles`."""
    return _channels(run.run_id, checkpoints.content_hash(run.run_id), run)


def distances(run: Run) -> np.ndarray:
    """Of the codes of training images from their mean (N,); raises as `handles`."""
    return _distances(run.run_id, checkpoints.content_hash(run.run_id), run)


def reach(run: Run) -> latent.Reach:
    """What a place of a code of maps can draw; raises as `handles`."""
    return latent.reach(model_cache.opened(run).model.drawing)


# The hash of a run's file is part of the keys: a file of the same name may be another one.
@shared(max_entries=64, spinner="Finding out which numbers matter")
def _handles(run_id: str, content_hash: str, _run: Run) -> Handles:
    return latent.handles_of(model_cache.opened(_run), codes.training_codes(_run))


@shared(max_entries=64)
def _channels(run_id: str, content_hash: str, _run: Run) -> Channels:
    return latent.channels(model_cache.opened(_run), codes.training_codes(_run))


@shared(max_entries=64)
def _distances(run_id: str, content_hash: str, _run: Run) -> np.ndarray:
    return codes.gaussian(_run).distance(codes.training_codes(_run).z)
