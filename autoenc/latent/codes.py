"""Images -> their codes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from autoenc import training
from autoenc.errors import CodeError
from autoenc.inspection import Trained, one_thread
from autoenc.inspection.opening import affordable

MAX_IMAGES = 10_000
MAX_NUMBERS = 20_000_000  # of all codes: 80 MB
MIN_IMAGES = 64  # however large the model
LARGEST = 1e15  # of a code's numbers: sums of their squares still fit in 32 bits
ENCODERS = 4  # in the time that a whole model is allowed


@dataclass(frozen=True, eq=False)
class Codes:
    """The codes of the first images of a set."""

    z: NDArray[np.float32] = field(repr=False)  # (N, n_latents)
    labels: NDArray[np.intp] = field(repr=False)  # (N,) class indices

    def __len__(self) -> int:
        return len(self.z)


def test_codes(trained: Trained) -> Codes:
    """Of the test images: all, or as many as a second and 80 MB allow.

    Raises:
        CodeError: they are not all finite.
    """
    return _codes(trained, trained.data.test, trained.data.test_labels)


def training_codes(trained: Trained) -> Codes:
    """Of as many training images as `test_codes` takes of the others; raises as that does."""
    return _codes(trained, trained.data.train, trained.data.train_labels)


def codes_of(trained: Trained, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The code of each image: (N, C, H, W) -> (N, n_latents); for a VAE the mean.

    Raises:
        CodeError: they are not all finite, or too large to reckon with.
    """
    largest = max(images[0].size, trained.run.model.n_latents)
    with one_thread(), torch.inference_mode():
        batches = torch.split(torch.from_numpy(np.array(images)), training.at_once(largest))
        z = torch.cat([trained.model.encoder(training.as_float(batch)).flatten(1) for batch in batches])
    codes: NDArray[np.float32] = z.numpy()
    if not (np.abs(codes) <= LARGEST).all():
        fault = "too large" if np.isfinite(codes).all() else "not finite numbers"
        raise gone_wrong(f"codes of {trained.run.run_id} are {fault}")
    return codes


def gone_wrong(what: str) -> CodeError:
    """To be raised where numbers of a run cannot be used.

    Args:
        what: how the sentence begins, `codes of RUN_ID are too large`.
    """
    return CodeError(
        f"{what}: its training went wrong; choose another run, or train it again with a smaller learning rate"
    )


def _codes(trained: Trained, images: NDArray[np.uint8], labels: NDArray[np.integer]) -> Codes:
    n_latents = trained.run.model.n_latents
    n = min(MAX_IMAGES, MAX_NUMBERS // n_latents, max(MIN_IMAGES, ENCODERS * affordable(trained.run.model)))
    return Codes(codes_of(trained, images[:n]), labels[:n].astype(np.intp))
