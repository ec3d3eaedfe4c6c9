"""A run's name -> its model beside its data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from autoenc import checkpoints, datasets
from autoenc.datasets import Dataset
from autoenc.errors import DatasetError, DatasetMissing, DatasetUnknown, ShapeError
from autoenc.models import Autoencoder
from autoenc.schema import ModelInfo, Run
from autoenc.training import as_float

# Of one call, in multiply-adds: about three quarters of a second on one core of 2020.
_MULTIPLICATION_BUDGET = 30e9
# Writing one number takes the time of this many multiply-adds: one-layer convolutions do little else.
_COST_PER_NUMBER = 150


@dataclass(frozen=True, eq=False)
class Trained:
    """A model that has learnt something, and the images that it learnt from."""

    run: Run
    data: Dataset = field(repr=False)
    model: Autoencoder = field(repr=False)  # on the CPU, without gradients


def open_run(run_id: str) -> Trained:
    """A run as its file holds it, finished or not.

    Raises:
        CheckpointError: as `checkpoints.load_trained` does; its children too.
        DatasetMissing, DatasetError: its data set is not here, or another one is here under the same name.
    """
    run, model = checkpoints.load_trained(run_id)
    try:
        data = datasets.load(run.config.dataset)
    except DatasetUnknown:
        raise DatasetMissing(
            f"the data set {run.config.dataset}, which {run_id} was trained on, is not on this machine; "
            "import it again under this name"
        ) from None
    if (data.fingerprint, data.image_shape) != (run.fingerprint, run.model.image_shape):
        raise DatasetError(
            f"the images of {data.name} on this machine are not those that {run_id} was trained on; "
            "restore those images, or train again"
        )
    return Trained(run, data, model)


def affordable(info: ModelInfo) -> int:
    """How many images may go through the model while somebody waits; 0 where one is too many."""
    numbers = sum(math.prod(layer.output_shape) for layer in info.layers)
    return int(_MULTIPLICATION_BUDGET / (info.n_multiplications + _COST_PER_NUMBER * numbers))


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch with one thread for the block's own thread; others that compute keep theirs.

    PyTorch holds the number for each thread, and one of the process for threads that have not computed yet.
    Two blocks that overlap may leave that one at 1: harmless where nobody trains, as in the dashboard.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def as_input(trained: Trained, x: NDArray[Any]) -> Tensor:
    """One image as the model is given it: (1, C, H, W) float32.

    Args:
        x: (C, H, W), uint8, or float in [0, 1].
    Raises:
        ShapeError: the model takes images of another shape.
    """
    if x.shape != trained.run.model.image_shape:
        raise ShapeError(
            f"an image of shape {x.shape} was given; this model takes {trained.run.model.image_shape}"
        )
    image = torch.from_numpy(np.array(x))[None]  # a copy: PyTorch warns of arrays that cannot be written to
    return as_float(image) if image.dtype == torch.uint8 else image.float()
