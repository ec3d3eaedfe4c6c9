"""Codes are laid out in a plane."""

from __future__ import annotations

import base64
from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np
import torch

from autoenc import cache, checkpoints, cores, datasets, forecasting, inspection, memory
from autoenc.errors import CheckpointError, ConfigError
from autoenc.latent import codes, tsne
from autoenc.schema import CodeMap, Record, Snapshot, State
from autoenc.stopwatch import Stopwatch


@dataclass(frozen=True)
class MapJob:
    """Lay out the codes of the test images by t-SNE; the cache folder keeps the map.

    Raises:
        CheckpointError: there is no such run, or its file is damaged.
    """

    dataset: str
    run_id: str
    n_images: int  # as many as `latent.test_codes` has
    n_latents: int
    content_hash: str = field(default="", init=False)  # of the run's file; trained again, it is another one

    def __post_init__(self) -> None:
        object.__setattr__(self, "content_hash", checkpoints.content_hash(self.run_id))

    @property
    def job_id(self) -> str:
        fingerprint = datasets.load(self.dataset).fingerprint
        return f"tsne{tsne.DEFINITION_VERSION}-{fingerprint}-{self.content_hash}-{self.n_images}"

    @property
    def title(self) -> str:
        return f"Map of codes: {self.run_id}"

    def threads(self, share: int) -> int:
        return share

    def needed_bytes(self) -> int:
        """The codes, their neighbours and the forces between them; what computes the codes."""
        parameters = checkpoints.read(self.run_id).model.n_parameters
        return 500_000_000 + self.n_images * (3 * 4 * self.n_latents + 20_000) + 8 * parameters

    def needed_dataset(self) -> str:
        return self.dataset

    def stored(self) -> Snapshot | None:
        known = _stored(self.job_id, CodeMap(self.dataset, self.run_id), self.n_images)
        return None if known is None else Snapshot(self.job_id, State.FINISHED, value=known)

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        if checkpoints.content_hash(self.run_id) != self.content_hash:
            raise CheckpointError(f"another run has replaced {self.run_id}; make its map again")
        if self.n_images < tsne.MIN_POINTS:
            raise ConfigError(
                f"t-SNE needs at least {tsne.MIN_POINTS} test images, and there are {self.n_images}; look at "
                "the map by PCA"
            )
        known = CodeMap(self.dataset, self.run_id)
        yield known
        watch, had_company = Stopwatch(), cores.concurrent_jobs() > 0
        with memory.readable_shortage():
            z = codes.test_codes(inspection.open_run(self.run_id)).z
            for done, points in tsne.points(z, torch.get_num_threads):
                known = CodeMap(self.dataset, self.run_id, points.astype("<f4").tobytes(), done)
                watch.lap()
                yield known
        cache.save(self.job_id, {"points": base64.b64encode(known.points).decode()})
        had_company |= cores.concurrent_jobs() > 0
        kind = forecasting.map_kind(self.n_images, self.n_latents)
        forecasting.keep_speed(kind, watch.seconds, alone=not had_company)


def _stored(name: str, empty: CodeMap, n_images: int) -> CodeMap | None:
    """A whole map; None: none that can be read."""
    values = cache.load_cached(name) or {}
    try:
        points = base64.b64decode(values["points"], validate=True)
    except (ValueError, TypeError, LookupError):
        return None
    known = CodeMap(empty.dataset, empty.run_id, points, 1.0)
    is_whole = len(points) == 8 * n_images and bool(np.isfinite(np.frombuffer(points, "<f4")).all())
    return known if is_whole else None
