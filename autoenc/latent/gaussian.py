"""A normal distribution of codes, fitted by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

MAX_VALUES = 1024  # of a larger code only the directions of the largest variance are computed:
N_AXES = 64  # so many,
N_FITTED = 2000  # of so many codes
MAX_EXACT = 500  # codes: of no more, those directions are exact, and faster than by random projections
MIN_SHARE = 1e-9  # of the largest variance: a direction with less does not vary

Floats = NDArray[np.float32]


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
        variances, axes = np.linalg.eigh(centred.T @ centred / len(z))
        variances, axes = variances[::-1], axes.T[::-1]
    elif len(z) <= MAX_EXACT:
        mean, axes, variances = _of_few(z)
    else:
        z = z[:N_FITTED]
        rank = min(len(z) - 1, N_AXES)
        pca = PCA(rank, svd_solver="randomized", iterated_power=2, random_state=0).fit(z)
        mean, axes = pca.mean_, pca.components_
        variances = pca.explained_variance_ * (len(z) - 1) / len(z)
    least = max(MIN_SHARE * float(variances.max(initial=0)), float(np.finfo(np.float32).tiny))
    varies: NDArray[np.bool_] = variances > least
    return Gaussian(
        mean.astype(np.float32), axes[varies].astype(np.float32), variances[varies].astype(np.float32)
    )


def _of_few(z: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, axes and variances of fewer codes than numbers, from their products with each other."""
    mean = z.mean(0, dtype=np.float64).astype(np.float32)
    centred = z - mean
    products = (centred @ centred.T).astype(np.float64)  # (N, N) has the variances of the (K, K) covariance
    squares, weights = np.linalg.eigh(products / len(z))
    rank = min(len(z) - 1, N_AXES)
    variances, weights = squares[::-1][:rank], weights[:, ::-1][:, :rank]
    varies = variances > max(np.finfo(np.float32).eps * squares[-1], np.finfo(np.float32).tiny)
    variances, weights = variances[varies], weights[:, varies]
    axes = weights.T.astype(np.float32) @ centred / np.sqrt(len(z) * variances)[:, None]
    return mean, np.asarray(axes, np.float32), np.asarray(variances, np.float32)
