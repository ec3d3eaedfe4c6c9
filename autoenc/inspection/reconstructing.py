"""The test images as the model gives them back, and the order to look at them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from autoenc import metrics, training
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError
from autoenc.inspection.opening import Trained, affordable, one_thread
from autoenc.training import NORMALS_AT_ONCE

_MIN_CANDIDATES = 256  # images, however large the model

ImageOrder = Literal["in order", "shuffled", "worst first", "best first", "no longer recognised"]
IMAGE_ORDERS: tuple[ImageOrder, ...] = get_args(ImageOrder)


@dataclass(frozen=True, eq=False)
class Reconstructions:
    """The first n test images through the model: all of them, or as many as a second allows."""

    x_noisy: NDArray[np.uint8] | None = field(repr=False)  # (n, C, H, W) the model's input, if noisy
    x_hat: NDArray[np.uint8] = field(repr=False)  # (n, C, H, W)
    mse: NDArray[np.float32] = field(repr=False)  # (n,) against the clean images, before rounding
    mse_by_channel: NDArray[np.float32] = field(repr=False)  # (n, C); its mean over C is mse

    def __len__(self) -> int:
        return len(self.x_hat)


def reconstructions(trained: Trained) -> Reconstructions:
    """What the model makes of the test images: on one thread, in about a second at most.

    With noise in the config the images are as noisy as those of the test loss, draw for draw. All test images
    where the model is small, at least 256 where it is so large that they take longer.
    """
    config, images = trained.run.config, torch.from_numpy(trained.data.test)
    wanted = max(_MIN_CANDIDATES, affordable(trained.run.model))
    n = min(len(images), -(-wanted // NORMALS_AT_ONCE) * NORMALS_AT_ONCE)  # the same draws as in the test
    given = np.empty((n, *images.shape[1:]), np.uint8)
    x_hats = np.empty_like(given)
    by_channel = np.empty((n, images.shape[1]), np.float32)
    mse = np.empty(n, np.float32)
    with one_thread(), torch.inference_mode():
        start = 0
        for x, x_in in training.test_batches(images[:n], config):
            at = slice(start, start := start + len(x))
            x_hat = trained.model(x_in)
            mse[at] = metrics.mse(x, x_hat).numpy()
            by_channel[at] = metrics.mse_by_channel(x, x_hat).numpy()
            x_hats[at] = _pixels(x_hat)
            if config.noise:
                given[at] = _pixels(x_in)
    return Reconstructions(given if config.noise else None, x_hats, mse, by_channel)


def order(
    reconstructions: Reconstructions,
    data: Dataset,
    how: ImageOrder,
    class_index: int | None,
    seed: int,
    lost: NDArray[np.intp] | None = None,
) -> NDArray[np.intp]:
    """Indices of the test images in the order to show them, (n,).

    Args:
        class_index: only of this class; None: of all classes.
        seed: of the shuffle; the classes do not change its order.
        lost: (m,) the images that are no longer recognised, in their order; None: nobody has read them.
    Raises:
        ConfigError: the order or the class is unknown, or nobody has read what is to be ordered by it.
    """
    n = len(reconstructions)
    bad = np.nan_to_num(reconstructions.mse, nan=np.inf)
    match how:
        case "in order":
            indices = np.arange(n)
        case "shuffled":
            indices = np.random.default_rng(seed).permutation(n)
        case "worst first":
            indices = np.argsort(-bad, kind="stable")
        case "best first":
            indices = np.argsort(bad, kind="stable")
        case "no longer recognised":
            if lost is None:
                raise ConfigError("images are ordered by what is recognised; no recogniser has read them")
            indices = lost
        case _:
            raise ConfigError(f"unknown order {how!r}; known: {', '.join(IMAGE_ORDERS)}")
    if class_index is None:
        return indices
    if not 0 <= class_index < len(data.class_names):
        raise ConfigError(f"class is {class_index}; {data.name} has 0 to {len(data.class_names) - 1}")
    of_class: NDArray[np.bool_] = data.test_labels[indices] == class_index
    return np.compress(of_class, indices)


def _pixels(x: Tensor) -> NDArray[np.uint8]:
    images = training.as_images(x)
    return np.frombuffer(images.data, np.uint8).reshape(images.shape)
