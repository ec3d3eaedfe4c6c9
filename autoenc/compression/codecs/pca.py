"""Principal components, rounded: the best linear code, in files of the same format as a run's."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from autoenc.baselines.pca import fitted
from autoenc.compression import measuring
from autoenc.compression.codec import Codec, with_quantiles
from autoenc.compression.codecs.source import RateSource
from autoenc.datasets import Dataset
from autoenc.schema import RatePoint

MAX_COMPONENTS = 512  # those after them are rounded to zero at any step that we measure


class Projection(nn.Module):
    """Images onto axes and back, as an autoencoder has it."""

    def __init__(self, mean: Tensor, axes: Tensor, image_shape: tuple[int, int, int]) -> None:
        """Args: mean (n_pixels,), axes (n_pixels, k)."""
        super().__init__()
        n_pixels, k = axes.shape
        to, back = nn.Linear(n_pixels, k), nn.Linear(k, n_pixels)
        to.weight, to.bias = nn.Parameter(axes.T.contiguous()), nn.Parameter(-mean @ axes)
        back.weight, back.bias = nn.Parameter(axes.contiguous()), nn.Parameter(mean)
        self.encoder = nn.Sequential(nn.Flatten(), to)
        self.decoder = nn.Sequential(back, nn.Unflatten(1, image_shape))


def codec(data: Dataset) -> Codec:
    """Fitted on the training images."""
    images = torch.from_numpy(data.train)
    mean, axes = fitted(images)
    k = min(MAX_COMPONENTS, len(mean), len(images))
    projection = Projection(mean.float(), axes[:, :k].float(), data.image_shape)
    plain = Codec(projection.encoder, projection.decoder, data.image_shape, (k,), "0" * 16, None)
    return with_quantiles(plain, data.train)


def points(data: Dataset) -> Iterator[RatePoint]:
    fitted_codec = codec(data)
    yield from measuring.points(fitted_codec, data.test, measuring.steps(fitted_codec))


def returned(data: Dataset, knob: float, n: int) -> measuring.Returned:
    fitted_codec = codec(data)
    return measuring.returned(fitted_codec, data.test[:n], fitted_codec.step(knob))


PCA_CODEC = RateSource(
    "pca",
    "PCA",
    "principal components, rounded, through the same range coder",
    points,
    returned,
    len(measuring.BITS),
    knob="step",
)
