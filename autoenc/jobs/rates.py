"""How many bytes a way to compress takes, and how good what comes back is."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field

from autoenc import checkpoints, cores, datasets, forecasting, memory
from autoenc.baselines import BASELINES
from autoenc.compression import CODECS, curves
from autoenc.compression.codecs.images import MAX_PIXELS
from autoenc.errors import CheckpointError
from autoenc.schema import RateCurve, Record, Snapshot, State
from autoenc.stopwatch import Stopwatch


@dataclass(frozen=True)
class RateJob:
    """Measure bytes and PSNR of a source on the test images; the cache folder keeps the curve.

    Raises:
        CheckpointError: there is no such run, or its file is damaged.
    """

    dataset: str
    source: str  # a run_id, or the name of one of `compression.CODECS`
    content_hash: str = field(default="", init=False)  # of the run's file; trained again, it is another one

    def __post_init__(self) -> None:
        if self.source not in CODECS:
            object.__setattr__(self, "content_hash", checkpoints.content_hash(self.source))

    @property
    def job_id(self) -> str:
        fingerprint = datasets.load(self.dataset).fingerprint
        return f"rates{curves.DEFINITION_VERSION}-{fingerprint}-{self.content_hash or self.source}"

    @property
    def title(self) -> str:
        return f"Bytes and quality: {CODECS[self.source].title if self.source in CODECS else self.source}"

    def threads(self, share: int) -> int:
        return share if self.source not in CODECS or CODECS[self.source].threaded else 1

    def needed_bytes(self) -> int:
        """The code of a run and its copies in the coder; PCA's matrices; one large picture."""
        data = datasets.load(self.dataset)
        n_pixels = math.prod(data.image_shape)
        if self.source in BASELINES:
            return 300_000_000 + BASELINES[self.source].needed_bytes(n_pixels)
        if self.source in CODECS:
            return 300_000_000 + 40 * min(data.test.size, MAX_PIXELS * data.image_shape[0])
        model = checkpoints.read(self.source).model
        numbers = curves.n_images(len(data.test), model.n_latents) * model.n_latents
        widest = max(math.prod(layer.output_shape) for layer in model.layers)
        return 300_000_000 + 16 * numbers + 3 * 4 * 16 * widest + 8 * model.n_parameters

    def needed_dataset(self) -> str:
        return self.dataset

    def stored(self) -> Snapshot | None:
        curve = curves.stored_curve(self.job_id, RateCurve(self.dataset, self.source))
        return None if curve is None else Snapshot(self.job_id, State.FINISHED, value=curve)

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        data, curve = datasets.load(self.dataset), None
        if self.content_hash and checkpoints.content_hash(self.source) != self.content_hash:
            raise CheckpointError(f"another run has replaced {self.source}; measure it again")
        watch, had_company = Stopwatch(), cores.concurrent_jobs() > 0
        with memory.readable_shortage():
            for curve in curves.measure(self.source, data):
                watch.lap()
                yield curve
        if curve is not None:
            curves.keep_curve(self.job_id, curve)
            had_company |= cores.concurrent_jobs() > 0
            run = checkpoints.read(self.source) if self.content_hash else None
            kind = forecasting.rate_kind(self.source, data.image_shape, len(data.test), run)
            forecasting.keep_speed(kind, watch.seconds, alone=not had_company)
