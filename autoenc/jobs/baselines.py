"""A baseline is measured."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

from autoenc import datasets
from autoenc.baselines import Baseline
from autoenc.schema import Record, Snapshot, State


@dataclass(frozen=True)
class BaselineJob:
    """Measure a baseline on a data set; the cache folder keeps the curve."""

    baseline: Baseline
    dataset: str
    train_images: int | None = None  # it learns from the first N; None: from all

    @property
    def job_id(self) -> str:
        images = self.train_images or "all"
        return f"{self.baseline.name}-{datasets.load(self.dataset).fingerprint}-{images}"

    @property
    def title(self) -> str:
        name = self.baseline.title
        return f"{name[0].upper()}{name[1:]} of {datasets.title(self.dataset)}"

    def threads(self, share: int) -> int:
        return share

    def needed_bytes(self) -> int:
        return self.baseline.needed_bytes(math.prod(datasets.load(self.dataset).image_shape))

    def needed_dataset(self) -> str:
        return self.dataset

    def stored(self) -> Snapshot | None:
        curve = self.baseline.stored(datasets.load(self.dataset), self.train_images)
        return None if curve is None else Snapshot(self.job_id, State.FINISHED, value=curve)

    def run(self) -> Generator[Record, None, None]:
        data = datasets.load(self.dataset)
        curve = self.baseline.empty(self.dataset)
        for curve in self.baseline.curves(data, self.train_images):
            yield curve
        self.baseline.save(data, curve)
