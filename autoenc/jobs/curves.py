"""A method of denoising is measured at rising levels of noise."""

from __future__ import annotations

import math
import zlib
from collections.abc import Generator
from dataclasses import dataclass, field

from autoenc import checkpoints, cores, datasets, forecasting, memory
from autoenc.denoising import measuring
from autoenc.errors import CheckpointError
from autoenc.schema import METHODS, NOISES, Record, Snapshot, State, check_levels
from autoenc.stopwatch import Stopwatch


@dataclass(frozen=True)
class CurveJob:
    """Measure how well a method takes a noise away; the cache folder keeps the curve.

    Raises:
        ConfigError: the noise is unknown or a level is not allowed.
        CheckpointError: there is no such run, or its file is damaged.
    """

    dataset: str
    noise: str  # a kind
    method: str  # one of METHODS, or the run_id of a finished run
    levels: tuple[float, ...]
    content_hash: str = field(default="", init=False)  # of the run's file; trained again, it is another one

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", check_levels(self.noise, self.levels))
        if self.method not in METHODS:
            object.__setattr__(self, "content_hash", checkpoints.content_hash(self.method))

    @property
    def job_id(self) -> str:
        levels = f"{zlib.crc32(repr(self.levels).encode()):08x}"
        what = (datasets.load(self.dataset).fingerprint, self.noise, self.method, self.content_hash, levels)
        return "-".join((f"curve{measuring.DEFINITION_VERSION}", *filter(None, what)))

    @property
    def title(self) -> str:
        return f"Noise curve, {NOISES[self.noise].title}: {METHODS.get(self.method, self.method)}"

    def threads(self, share: int) -> int:
        return share

    def needed_bytes(self) -> int:
        """Some chunks of images; the model, or the affine filter's matrices and what they are fitted on."""
        n_pixels = math.prod(datasets.load(self.dataset).image_shape)
        chunks = 20 * 4 * measuring.CHUNK_IMAGES * n_pixels + 200_000_000
        if self.method == "affine":
            return chunks + 8 * 8 * n_pixels**2 + 3 * 4 * 20_000 * n_pixels
        return chunks + (8 * checkpoints.read(self.method).model.n_parameters if self.content_hash else 0)

    def needed_dataset(self) -> str:
        return self.dataset

    def stored(self) -> Snapshot | None:
        curve = measuring.stored_curve(self.job_id, self.levels)
        return None if curve is None else Snapshot(self.job_id, State.FINISHED, value=curve)

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        data, curve = datasets.load(self.dataset), None
        if self.content_hash and checkpoints.content_hash(self.method) != self.content_hash:
            raise CheckpointError(f"another run has replaced {self.method}; measure it again")
        watch, had_company = Stopwatch(), cores.concurrent_jobs() > 0
        with memory.readable_shortage():
            for curve in measuring.measure(self.method, data, self.noise, self.levels):
                watch.lap()
                yield curve
        if curve is not None:
            measuring.keep_curve(self.job_id, curve)
            had_company |= cores.concurrent_jobs() > 0
            seconds = watch.seconds / (curve.n_images * len(self.levels))
            run = checkpoints.read(self.method) if self.content_hash else None
            kind = forecasting.kind_of(self.method, data.image_shape, run)
            forecasting.keep_speed(kind, seconds, alone=not had_company)
