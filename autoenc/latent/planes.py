"""Codes seen from above: each a point of a plane, and the way back from a place of the plane to a code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ShapeError
from autoenc.latent.gaussian import fit

Kind = Literal["values", "pca", "tsne"]
Floats = NDArray[np.float32]

N_DECODED = 5  # nearest neighbours, of whose codes the mean is drawn where there is no other way back
N_NEAREST = 10  # points around one, of which is asked how many are of its class
SCATTER = 0.12  # of the extent: how far points of a single number are strewn above and below their line
TAIL = 0.005  # of the points on each side may lie outside the extent
MIN_EXTENT = 1e-6  # half of it: all codes may be the same
MARGIN = 0.05  # of the extent, on each side


@dataclass(frozen=True, eq=False)
class Plane:
    """Points of codes of K numbers, and which code belongs to a place."""

    kind: Kind
    points: Floats = field(repr=False)  # (N, 2)
    # The code at the place (a, b) is origin + a * axes[0] + b * axes[1]. None: there is no such plane in the
    # space of codes, and the mean of the nearest neighbours' codes stands for it.
    origin: Floats | None = field(default=None, repr=False)  # (K,)
    axes: Floats | None = field(default=None, repr=False)  # (2, K); zeros: nothing depends on this direction
    share: float | None = None  # of the codes' variance, 0 to 1; None: nobody can say

    @property
    def is_line(self) -> bool:
        """Whether a code is a single number: how high a point lies says nothing."""
        return self.axes is not None and self.axes.shape[1] == 1

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of a square around nearly all points."""
        low, high = np.quantile(self.points, (TAIL, 1 - TAIL), axis=0).astype(np.float64)
        middle = (low + high) / 2
        half = max(float((high - low).max()) / 2, MIN_EXTENT) * (1 + 2 * MARGIN)
        (left, bottom), (right, top) = middle - half, middle + half
        return float(left), float(bottom), float(right), float(top)


def plane_of(z: Floats) -> Plane:
    """Codes of one or two numbers as they are, others along their two directions of the largest variance.

    Args:
        z: (N, K), finite.
    """
    return _values(z) if z.shape[1] <= 2 else _principal(z)


def mapped(points: Floats) -> Plane:
    """Points (N, 2) that a method without a way back has placed."""
    return Plane("tsne", points)


def code_at(plane: Plane, z: Floats, places: Floats) -> Floats:
    """The codes at places (P, 2) of the plane of codes z (N, K): (P, K); exact unless it is by t-SNE.

    Raises:
        ShapeError: the plane is not of these codes.
    """
    if len(z) != len(plane.points):
        raise ShapeError(
            f"{len(z):,} codes for a plane of {len(plane.points):,} points; give the codes it was made of"
        )
    if plane.origin is not None and plane.axes is not None:
        return np.asarray(plane.origin + places @ plane.axes, np.float32)
    nearest = _tree(plane.points).query(places, min(N_DECODED, len(z)), return_distance=False)
    return np.asarray(z[nearest].mean(1), np.float32)


def usual_gap(points: Floats) -> float:
    """From 99 in 100 of the points, (N, 2), the next one is no farther."""
    if len(points) < 2:
        return 0.0
    distances, _ = _tree(points).query(points, 2)
    return float(np.quantile(distances[:, 1], 0.99))


def neighbour_shares(points: Floats, labels: NDArray[np.intp], n_classes: int) -> NDArray[np.float64]:
    """Row c: of the nearest points around those of class c, the share of each class; (n_classes, n_classes).

    A class without points has a row of NaN.
    """
    n_nearest = min(N_NEAREST, len(points) - 1)
    counts = np.zeros((n_classes, n_classes))
    if n_nearest > 0:
        nearest = _tree(points).query(points, n_nearest + 1, return_distance=False)[:, 1:]
        np.add.at(counts, (np.repeat(labels, n_nearest), labels[nearest].ravel()), 1)
    with np.errstate(invalid="ignore"):
        return np.asarray(counts / counts.sum(1, keepdims=True), np.float64)


def _tree(points: Floats) -> Any:
    """scikit-learn's KDTree of them."""
    from sklearn.neighbors import KDTree  # here: a second, which every process would pay

    return KDTree(points)


def _values(z: Floats) -> Plane:
    n = len(z)
    if z.shape[1] == 2:
        return Plane("values", z, np.zeros(2, np.float32), np.eye(2, dtype=np.float32), 1.0)
    flat = Plane("values", np.column_stack([z[:, 0], np.zeros(n, np.float32)]))
    left, _, right, _ = flat.extent
    strewn = np.random.default_rng(0).uniform(-SCATTER, SCATTER, n).astype(np.float32) * (right - left)
    points = np.column_stack([z[:, 0], strewn]).astype(np.float32)
    axes = np.array([[1], [0]], np.float32)
    return replace(flat, points=points, origin=np.zeros(1, np.float32), axes=axes, share=1.0)


def _principal(z: Floats) -> Plane:
    gaussian = fit(z)
    axes = np.zeros((2, z.shape[1]), np.float32)
    principal = gaussian.axes[:2]
    axes[: len(principal)] = principal
    points = np.asarray((z - gaussian.mean) @ axes.T, np.float32)
    total = float(np.square(z - gaussian.mean, dtype=np.float64).mean(0).sum())
    held = float(np.var(points, axis=0, dtype=np.float64).sum())
    return Plane("pca", points, gaussian.mean, axes, held / total if total else 1.0)
