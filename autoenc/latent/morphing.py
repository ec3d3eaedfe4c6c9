"""From one image to another: through their codes, and through their pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ConfigError
from autoenc.inspection import Trained
from autoenc.inspection.opening import affordable
from autoenc.latent.codes import codes_of
from autoenc.latent.decoding import decode

N_PAIRS = 200
MIN_PAIRS = 32  # however large the model
N_LOOKED_AT = 1000  # test images among which pairs are chosen
N_COMPARED = 2000  # training images
N_BEST = 20  # of these, the images that the model redraws best: the first pair is of them

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Middles:
    """What lies halfway between the images of N pairs, and how far the two ways are apart there."""

    pairs: Indices = field(repr=False)  # (N, 2) numbers of test images, of different classes if there are any
    through_code: Bytes = field(repr=False)  # (N, C, H, W)
    through_pixels: Bytes = field(repr=False)  # (N, C, H, W)
    apart: float  # their distance (RMS), as a share of that of the two images; mean over the pairs


def between(first: NDArray[np.float32], last: NDArray[np.float32], shares: NDArray[np.floating]) -> Floats:
    """The straight way from `first` (0) to `last` (1), at each share: (T, ...)."""
    t = shares.astype(np.float32).reshape(-1, *(1,) * first.ndim)
    return np.asarray((1 - t) * first + t * last, np.float32)


def pixels_between(first: Bytes, last: Bytes, shares: NDArray[np.floating]) -> Bytes:
    """The same through the pixels of two images (C, H, W)."""
    exact = between(first.astype(np.float32), last.astype(np.float32), shares)
    return np.asarray(np.floor(exact + np.float32(0.5)), np.uint8)  # as browsers round


def middles(trained: Trained, n: int = N_PAIRS, seed: int = 0) -> Middles:
    """Between test images drawn at random; fewer pairs where the model is large.

    Raises:
        CodeError: the codes, or what is drawn of them, are not all finite.
    """
    n = min(n, max(MIN_PAIRS, affordable(trained.run.model) // 3))  # two codes and a drawing each
    pairs = _pairs(_labels(trained), n, np.random.default_rng(seed))
    return _middles_of(trained, pairs)


def first_pairs(trained: Trained) -> Middles:
    """Pairs of the images that the model redraws best, with what lies between them: one is shown first.

    Raises:
        CodeError: the codes, or what is drawn of them, are not all finite.
        ConfigError: there are no two images.
    """
    if len(trained.data.test) < 2:
        raise ConfigError(f"a morph needs two test images; {trained.data.name} has one")
    n = min(len(trained.data.test), N_LOOKED_AT, max(MIN_PAIRS, affordable(trained.run.model)))
    x = np.array(trained.data.test[:n])
    x_hat = decode(trained, codes_of(trained, x))
    errors = np.square(x.astype(np.float32) - x_hat).reshape(n, -1).mean(1)
    # A blank or faint image is redrawn well, and shows nothing.
    best = np.argsort(errors / np.maximum(x.reshape(n, -1).var(1), 1), kind="stable")[:N_BEST]
    labels = _labels(trained)
    of_two = np.array([(a, b) for i, a in enumerate(best) for b in best[i + 1 :]], np.intp).reshape(-1, 2)
    differ = labels[of_two[:, 0]] != labels[of_two[:, 1]]
    return _middles_of(trained, of_two[differ] if differ.any() else of_two)


def distance(one: Bytes, other: Bytes) -> NDArray[np.float64]:
    """Root mean square difference of the pixels of each pair of images, (N, C, H, W) -> (N,)."""
    squares = np.square(one.astype(np.float64) - other).reshape(len(one), -1)
    return np.asarray(np.sqrt(squares.mean(1)))


def unlike_images(trained: Trained, images: Bytes) -> NDArray[np.float64]:
    """Root mean square difference of each image from the most similar of the first training images, (N,)."""
    references = np.array(trained.data.train[:N_COMPARED]).reshape(-1, images[0].size).astype(np.float32)
    rows = images.reshape(len(images), -1).astype(np.float32)
    squares = (rows**2).sum(1)[:, None] + (references**2).sum(1) - 2 * rows @ references.T
    return np.asarray(np.sqrt(np.maximum(squares.min(1), 0) / rows.shape[1]), np.float64)


def _middles_of(trained: Trained, pairs: Indices) -> Middles:
    test = trained.data.test
    first, last = (np.array(test[pairs[:, side]]) for side in (0, 1))
    z = (codes_of(trained, first) + codes_of(trained, last)) / np.float32(2)
    code = decode(trained, z)
    pixels = ((first.astype(np.uint16) + last + 1) // 2).astype(np.uint8)
    apart = distance(code, pixels) / np.maximum(distance(first, last), 1)
    return Middles(pairs, code, pixels, float(apart.mean()))


def _labels(trained: Trained) -> Indices:
    return trained.data.test_labels[:N_LOOKED_AT].astype(np.intp)


def _pairs(labels: Indices, n: int, rng: np.random.Generator) -> Indices:
    """n pairs drawn at random, of different classes; of different images where there is one class only."""
    first = rng.integers(0, len(labels), n)
    pairs = []
    for a in first:
        others = np.flatnonzero(labels != labels[a])
        if not len(others):
            others = np.delete(np.arange(len(labels)), a)
        pairs.append((a, rng.choice(others) if len(others) else a))
    return np.array(pairs, np.intp)
