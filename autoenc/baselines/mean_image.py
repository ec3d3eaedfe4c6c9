"""The mean training image in place of every image: the error of an empty code."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from autoenc.baselines.baseline import CHUNK_IMAGES, Baseline, Coder
from autoenc.datasets import Dataset
from autoenc.training import as_float


def coders(data: Dataset) -> Iterator[Coder]:
    """One, without a code."""
    images = torch.from_numpy(data.train)
    sums = [as_float(chunk).sum(0, dtype=torch.float64) for chunk in torch.split(images, CHUNK_IMAGES)]
    mean = (torch.stack(sums).sum(0) / len(images)).float()
    yield Coder(0, lambda x: mean.expand_as(x))


MEAN_IMAGE = Baseline(
    name="mean_image",
    title="mean image",
    help="the mean training image in place of every image: the error of an empty code",
    coders=coders,
    has_code=False,
    with_noise=True,  # it does not look at its input
)
