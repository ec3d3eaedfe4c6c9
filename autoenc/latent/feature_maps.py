"""A code that is a stack of maps: how its channels are spread, and what one of its places can draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import nn

from autoenc.inspection import Trained
from autoenc.latent.codes import Codes
from autoenc.latent.handles import USUAL

Floats = NDArray[np.float32]
Sides = tuple[int, int]  # of rows, of columns
MIN_WIDTH = 0.1  # of the widest range: a channel that is always zero can still be moved
MAX_VALUES = 2_000_000  # of a channel: enough for its range


@dataclass(frozen=True)
class Reach:
    """The pixels that a place of the maps can change.

    Place p those from first + p * stride to last + p * stride, at the edges of the picture fewer.
    """

    stride: Sides
    first: Sides
    last: Sides

    @property
    def size(self) -> Sides:
        """Rows and columns, away from the edges."""
        return self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1


@dataclass(frozen=True, eq=False)
class Channels:
    """The channels of a code of maps."""

    order: NDArray[np.intp]  # (C,) those first that vary most over training images
    usual: Floats = field(repr=False)  # (C, 2) between which nearly all of their values are


def channels(trained: Trained, codes: Codes) -> Channels:
    """How they are spread over these codes."""
    n_channels, *sides = trained.run.model.code_shape
    n_places = int(np.prod(sides))
    z = codes.z[: max(1, MAX_VALUES // n_places)].reshape(-1, n_channels, n_places)
    low, high = np.percentile(z, USUAL, axis=(0, 2))
    widest = float((high - low).max()) or 1.0  # of a code that is always zero, as that of a model that failed
    high = np.maximum(high, low + MIN_WIDTH * widest)
    order = np.argsort(-z.var((0, 2)), kind="stable")
    return Channels(order, np.stack([low, high], 1).astype(np.float32))


def reach(decoder: Iterable[nn.Module]) -> Reach:
    """What one place of a decoder's input can change in its output; linear layers have no places."""
    stride, first, last = [1, 1], [0, 0], [0, 0]
    for layer in decoder:
        if isinstance(layer, nn.ConvTranspose2d):
            for side in (0, 1):
                step, padding = layer.stride[side], int(layer.padding[side])
                stride[side] *= step
                first[side] = first[side] * step - padding
                last[side] = last[side] * step - padding + layer.kernel_size[side] - 1
    return Reach((stride[0], stride[1]), (first[0], first[1]), (last[0], last[1]))
