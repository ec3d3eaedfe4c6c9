"""A normal distribution of codes, fitted by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from autoenc.inspection import one_thread

MAX_VALUES = 1024  # of a code; of a larger one only the directions of the largest variance are computed:
N_AXES = 64  # this many at most,
N_FITTED = 2000  # from this many codes
MAX_EXACT = 500  # codes from which these directions are computed exactly: faster than random projections
MIN_SHARE = 1e-9  # of the largest variance: a direction with less does not vary

TINY = float(np.finfo(np.float32).tiny)

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gaussian:
    """Mean and covariance, the latter as principal axes and the variance along each, the largest first."""

    mean: Floats = field(repr=False)  # (K,)
    axes: Floats = field(repr=False)  # (R, K), of length 1 and at right angles; R = 0: all codes are the same
    variances: Floats = field(repr=False)  # (R,), all above zero

    @property
    def covariance(self) -> Floats:
        """(K, K)."""
        return np.asarray((self.axes.T * self.variances) @ self.axes, np.float32)

    def most_varied(self, n: int) -> tuple[NDArray[np.intp], Floats]:
        """The n numbers of the code that vary most, in their order, and their covariance: (n,), (n, n)."""
        spread = self.variances @ np.square(self.axes)
        indices = np.sort(np.argsort(-spread, kind="stable")[:n])
        axes = self.axes[:, indices]
        return indices, np.asarray((axes.T * self.variances) @ axes, np.float32)

    def whitened(self, z: Floats) -> Floats:
        """Along the axes, in standard deviations: (N, K) -> (N, R)."""
        return np.asarray((z - self.mean) @ self.axes.T / np.sqrt(self.variances), np.float32)

    def distance(self, z: Floats) -> Floats:
        """Mahalanobis distance of each code from the mean, along the directions that vary: (N, K) -> (N,)."""
        return np.asarray(np.linalg.norm(self.whitened(z), axis=1), np.float32)

    def draw(self, n: int, seed: int) -> Floats:
        """Codes drawn from it: (n, K); equal for equal seeds."""
        normal = np.random.default_rng(seed).standard_normal((n, len(self.variances)), np.float32)
        return np.asarray(self.mean + normal * np.sqrt(self.variances) @ self.axes, np.float32)


def fit(z: Floats) -> Gaussian:
    """The Gaussian of maximum likelihood of codes (N, K): their mean, and their covariance divided by N.

    Of codes larger than MAX_VALUES it has fewer axes than numbers, of the first codes; of many by random
    projections (Halko et al. 2011, arXiv:0909.4061).
    """
    n_values = z.shape[1]
    if n_values <= MAX_VALUES:
        mean = z.mean(0, dtype=np.float64)
        centred = z - mean
        squares, axes = _eigen(centred.T)
        variances = squares / len(z)
    elif len(z) <= MAX_EXACT:
        mean, axes, variances = _of_few(z)
    else:
        from sklearn.decomposition import PCA  # here: a second, which every process would pay

        z = z[:N_FITTED]
        rank = min(len(z) - 1, N_AXES)
        pca = PCA(rank, svd_solver="randomized", iterated_power=2, random_state=0).fit(z)
        mean, axes = pca.mean_, pca.components_
        variances = pca.explained_variance_ * (len(z) - 1) / len(z)
    least = max(MIN_SHARE * float(variances.max(initial=0)), TINY)
    varies: NDArray[np.bool_] = variances > least
    turned = _with_signs(axes[varies]).astype(np.float32)
    return Gaussian(mean.astype(np.float32), turned, variances[varies].astype(np.float32))


def _with_signs(axes: Doubles) -> Doubles:
    """With the largest number of each above zero, whichever way a library returns them: for seeds."""
    largest = np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1)
    return np.asarray(np.where(largest < 0, -axes, axes), np.float64)


def _of_few(z: Floats) -> tuple[Doubles, Doubles, Doubles]:
    """Mean, axes and variances of fewer codes than numbers, from their products with each other."""
    mean = z.mean(0, dtype=np.float64).astype(np.float32)
    centred = z - mean
    squares, weights = _eigen(centred)  # the N by N products of codes have the variances of K by K numbers
    variances = squares[: min(len(z) - 1, N_AXES)] / len(z)
    variances = variances[variances > max(np.finfo(np.float32).eps * variances[:1].sum(), TINY)]
    weights = weights[: len(variances)].astype(np.float32)
    axes = weights @ centred / np.sqrt(len(z) * variances)[:, None]
    return mean.astype(np.float64), np.asarray(axes, np.float64), variances


def _eigen(rows: Floats | Doubles) -> tuple[Doubles, Doubles]:
    """Of the products of the rows (M, L) with each other: M eigenvalues, the largest first, and as many rows.

    By PyTorch on one thread: NumPy's threads wait for each other, forty times as long where cores are busy.
    """
    with one_thread():
        exact = torch.from_numpy(rows).double()
        values, vectors = torch.linalg.eigh(exact @ exact.T)
    return values.numpy()[::-1], vectors.numpy().T[::-1]
