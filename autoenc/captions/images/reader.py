"""Pictures -> the classes that a nearest neighbour takes them for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ShapeError

Bytes = NDArray[np.uint8]
Rows = NDArray[np.float32]  # (B, numbers), of mean 0 and length 1

_N_REFERENCES, _N_HELD_OUT = 5000, 500  # training images: to compare with, to be tested with
_MIN_RELIABLE_SHARE = 0.9
_SIDE = 14  # pixels; a coarser look forgives a stroke that lies a little aside


class Reader:
    """Takes a picture for what the training image most like it is, whatever its contrast."""

    def __init__(self, images: Bytes, labels: Bytes, labels_to_read: Bytes | None = None) -> None:
        """Look at some of the training images, evenly from the first to the last.

        Args:
            images: (N, C, H, W).
            labels: (N,) class indices.
            labels_to_read: class indices of the pictures to come; None: the same. It cannot read others.
        """
        classes = set(labels.tolist())
        self._knows_classes = len(classes) > 1 and (
            labels_to_read is None or classes.issuperset(labels_to_read.tolist())
        )
        n = min(len(images), _N_REFERENCES + _N_HELD_OUT)
        at = np.linspace(0, len(images) - 1, n).astype(np.intp)
        is_test = np.arange(n) % (_N_REFERENCES // _N_HELD_OUT + 1) == _N_REFERENCES // _N_HELD_OUT
        self._image_shape = images.shape[1:]
        self._references, self._labels = _rows(images[at[~is_test]]), labels[at[~is_test]]
        held_out = at[is_test]
        right = self.read(images[held_out]) == labels[held_out]
        # On images that it does not know.
        self.accuracy = float(right.mean()) if n > _N_REFERENCES // _N_HELD_OUT else 0.0

    @property
    def reliable(self) -> bool:
        """Whether it is worth asking."""
        return self._knows_classes and self.accuracy >= _MIN_RELIABLE_SHARE

    def read(self, images: Bytes) -> NDArray[np.intp]:
        """The class index of each image, (B,).

        Args:
            images: (B, C, H, W).
        Raises:
            ShapeError: the training images have another shape.
        """
        nearest = self._similarity(images).argmax(1)
        classes: NDArray[np.intp] = self._labels[nearest].astype(np.intp)
        return classes

    def margins(self, images: Bytes, labels: Bytes) -> NDArray[np.float64]:
        """By how much each image is more like its own class than like any other, (B,); below 0: less.

        Args:
            images: (B, C, H, W).
            labels: (B,) class indices.
        Raises:
            ShapeError: the training images have another shape.
        """
        similarity = self._similarity(images)
        own = labels[:, np.newaxis] == self._labels
        nearest = (np.where(of_class, similarity, -1.0).max(1) for of_class in (own, ~own))
        margins: NDArray[np.float64] = np.subtract(*nearest)
        return margins

    def _similarity(self, images: Bytes) -> NDArray[np.float32]:
        """The correlation of each image with each reference, (B, references)."""
        if images.shape[1:] != self._image_shape:
            raise ShapeError(f"images of shape {images.shape[1:]} were given; known are {self._image_shape}")
        similarity: NDArray[np.float32] = _rows(images) @ self._references.T
        return similarity


def _rows(images: Bytes) -> Rows:
    """Each image as a row of numbers of mean 0 and length 1, about 14 pixels wide."""
    *_, height, width = images.shape
    step = max(1, min(height, width) // _SIDE)
    height, width = height // step * step, width // step * step
    coarse = np.zeros((*images.shape[:2], height // step, width // step), np.float32)
    for i in range(step):
        for j in range(step):
            coarse += images[..., i:height:step, j:width:step]
    rows: Rows = coarse.reshape(len(images), math.prod(coarse.shape[1:]))
    rows -= rows.mean(1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + np.float32(1e-6)
    return rows
