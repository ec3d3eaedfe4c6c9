"""What a baseline is, how it is measured, and how the cache keeps its curve for the next time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from autoenc import cache, metrics
from autoenc.datasets import Dataset
from autoenc.schema import BaselineCurve, BaselinePoint
from autoenc.training import as_float

CHUNK_IMAGES = 1000  # images at once


def chunks_bytes(n_pixels: int) -> int:
    """Memory for some chunks of such images, as float32."""
    return 4 * 4 * CHUNK_IMAGES * n_pixels + 100_000_000


Reconstruct = Callable[[Tensor], Tensor]  # x (B, C, H, W) in [0, 1] -> what comes back of it


@dataclass(frozen=True)
class Coder:
    """A baseline at one size of its code."""

    n_latents: int  # numbers in the code; 0: it has none
    reconstruct: Reconstruct  # what it gives is clipped to [0, 1]


@dataclass(frozen=True)
class Baseline:
    """A way to compress images without training a network.

    It goes to a worker with its job, pickled: its functions stand in modules, where the worker finds them.
    """

    name: str  # in files, JSON and CSV
    title: str  # for people, in a legend as in a sentence: `PCA`, `mean image`
    help: str  # what it is, in a few words after its title
    coders: Callable[[Dataset], Iterator[Coder]]  # learned from data.train, rising in their size
    has_code: bool = True  # False: a single point without a code, drawn as a level line
    with_noise: bool = False  # comparable with models that see noisy images, too
    why_beaten: str = ""  # by a linear model of one layer: ends `From 32 numbers on it beats PCA ...`
    needed_bytes: Callable[[int], int] = chunks_bytes  # n_pixels -> memory at its peak

    def empty(self, dataset: str, n_train_images: int = 0) -> BaselineCurve:
        """Its curve before anything is measured."""
        return BaselineCurve(
            self.name, self.title, dataset, n_train_images, self.has_code, why_beaten=self.why_beaten
        )

    def curves(self, data: Dataset, train_images: int | None = None) -> Iterator[BaselineCurve]:
        """Its curve after each point; the last value has all of them.

        Args:
            train_images: it learns from the first N; None: from all.
        """
        part = replace(data, train=data.train[:train_images], train_labels=data.train_labels[:train_images])
        curve, n_pixels = self.empty(data.name, len(part.train)), math.prod(data.image_shape)
        yield curve
        for coder in self.coders(part):
            # Sizes are spread evenly on a logarithmic axis, and reach as far as the pixels.
            done = min(0.99, math.log1p(coder.n_latents) / math.log1p(n_pixels))
            point = BaselinePoint(coder.n_latents, mse_of(part, coder.reconstruct))
            curve = replace(curve, points=(*curve.points, point), done=done)
            yield curve
        yield replace(curve, done=1.0)

    def stored(self, data: Dataset, train_images: int | None = None) -> BaselineCurve | None:
        """The curve saved earlier for the same images; None: none that can be read."""
        n_train_images = len(data.train[:train_images])
        values = cache.load_cached(self._file(data, n_train_images)) or {}
        try:
            sizes, losses = map(int, values["sizes"]), map(float, values["test_mse"])
            points = tuple(BaselinePoint(k, mse) for k, mse in zip(sizes, losses, strict=True))
        except (ValueError, TypeError, LookupError):
            return None
        if not points or not all(math.isfinite(point.test_mse) for point in points):
            return None
        return replace(self.empty(data.name, n_train_images), points=points, done=1.0)

    def save(self, data: Dataset, curve: BaselineCurve) -> None:
        """Save the curve for `stored`.

        Raises:
            AutoencError: the cache folder cannot be written.
        """
        columns = {
            "sizes": [point.n_latents for point in curve.points],
            "test_mse": [point.test_mse for point in curve.points],
        }
        cache.save(self._file(data, curve.n_train_images), columns)

    def _file(self, data: Dataset, n_train_images: int) -> str:
        return f"{self.name}-{data.fingerprint}-{n_train_images}"


def mse_of(data: Dataset, reconstruct: Reconstruct) -> float:
    """The MSE per pixel over all test images."""
    total = 0.0
    for chunk in torch.split(torch.from_numpy(data.test), CHUNK_IMAGES):
        x = as_float(chunk)
        total += float(metrics.mse(x, reconstruct(x).clamp(0, 1)).double().sum())
    return total / len(data.test)
