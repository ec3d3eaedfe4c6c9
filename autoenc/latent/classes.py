"""How far a code is from those of the classes, in their own spread (Lee et al. 2018, arXiv:1807.03888)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from autoenc.latent.codes import Codes
from autoenc.latent.gaussian import Gaussian, fit
from autoenc.latent.planes import Plane

# Shares of the training images that are nearer to a class. Hardly any code of many numbers is near the mean
# of its class: what lies there is an average.
NEAR, USUAL, FAR = 0.01, 0.95, 0.99

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Classes:
    """The mean code of each class, and a covariance that all classes share."""

    names: tuple[int, ...]  # the class indices that there are images of, C of them
    means: Floats = field(repr=False)  # (C, K)
    within: Gaussian = field(repr=False)  # of codes less the mean of their class
    near: float  # Mahalanobis distance to the nearest class, within which 1 % of the images are
    usual: float  # within which 95 % are
    far: float  # within which 99 % are

    def distances(self, z: Floats) -> Floats:
        """Mahalanobis distance of each code from the mean of each class: (N, K) -> (N, C)."""
        of_codes, of_means = self.within.whitened(z), self.within.whitened(self.means)
        squares = (of_codes**2).sum(1)[:, None] + (of_means**2).sum(1) - 2 * of_codes @ of_means.T
        return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)

    def on(self, plane: Plane) -> NDArray[np.float64]:
        """The squared distance of the place (a, b) of a plane from each class, as a polynomial: (C, 6).

        It is c0 + c1 a + c2 b + c3 a^2 + c4 a b + c5 b^2: a browser computes it for every place.
        """
        assert plane.origin is not None
        assert plane.axes is not None
        scale = np.sqrt(self.within.variances.astype(np.float64))
        ways = plane.axes.astype(np.float64) @ self.within.axes.T / scale  # (2, R)
        starts = (plane.origin - self.means).astype(np.float64) @ self.within.axes.T / scale  # (C, R)
        (aa, ab), (_, bb) = ways @ ways.T
        linear = 2 * starts @ ways.T  # (C, 2)
        square = np.broadcast_to([aa, 2 * ab, bb], (len(starts), 3))
        return np.column_stack([(starts**2).sum(1), linear, square])


def classes_of(codes: Codes) -> Classes:
    """What the classes of these codes are like, of training images."""
    names = tuple(int(name) for name in np.unique(codes.labels))
    means = np.stack([codes.z[codes.labels == name].mean(0) for name in names])
    centred = codes.z - means[np.searchsorted(names, codes.labels)]
    within = fit(centred)
    within = Gaussian(np.zeros_like(within.mean), within.axes, within.variances)
    classes = Classes(names, means, within, 0.0, 0.0, 0.0)
    nearest = classes.distances(codes.z).min(1)
    near, usual, far = map(float, np.quantile(nearest, (NEAR, USUAL, FAR)))
    return replace(classes, near=near, usual=usual, far=far)
