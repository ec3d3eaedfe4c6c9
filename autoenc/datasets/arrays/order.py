"""Which images of an array are for the test, and in which order they are used."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from autoenc.datasets.interleaving import interleaved
from autoenc.datasets.raw import Bytes
from autoenc.datasets.splitting import TEST_EVERY

Order = npt.NDArray[np.int64]


def put_aside(labels: Bytes) -> tuple[Order, Order]:
    """Indices of the images to train and for the test: of each class every sixth, of fewer the last."""
    counts = np.bincount(labels)
    ranks = _ranks(labels)
    last = (counts[labels] < TEST_EVERY) & (ranks > 0) & (ranks == counts[labels] - 1)
    for_test = (ranks % TEST_EVERY == TEST_EVERY - 1) | last
    return np.flatnonzero(~for_test), np.flatnonzero(for_test)


def mixed(labels: Bytes) -> Order | None:
    """An order in which the first images are a fair sample; None: they are mixed already.

    Images that lie class by class would show a viewer of the first sixteen only one of them.
    """
    counts = np.bincount(labels)
    classes = np.flatnonzero(counts)
    if len(classes) < 2 or np.count_nonzero(np.diff(labels.astype(np.int64))) != len(classes) - 1:
        return None
    lying = np.argsort(labels, kind="stable")
    starts = np.cumsum(counts) - counts
    fair = [starts[classes[index]] + rank for index, rank in interleaved(counts[classes].tolist())]
    order = lying[np.array(fair, np.int64)]
    return None if (order == np.arange(len(order))).all() else order


def _ranks(labels: Bytes) -> Order:
    """Of each image among those of its class, in the order of the array."""
    counts = np.bincount(labels)
    lying = np.argsort(labels, kind="stable")
    starts = np.cumsum(counts) - counts
    ranks = np.empty(len(labels), np.int64)
    ranks[lying] = np.arange(len(labels)) - starts[labels[lying]]
    return ranks
