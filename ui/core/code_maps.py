"""Maps of the codes of test images, and what is read off them: computed once for all visitors."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from autoenc import checkpoints, latent
from autoenc.jobs import MapJob
from autoenc.latent import Classes, Codes, Plane
from autoenc.schema import CodeMap, Run
from ui.core import codes, model_cache
from ui.core.caching import shared

SERVER_SIDE = 10  # images: a large model takes a second for a hundred


@dataclass(frozen=True, eq=False)
class Mapped:
    """Codes as points of a plane."""

    codes: Codes = field(repr=False)
    plane: Plane
    gap: float  # a place farther than this from all points is empty
    shares: np.ndarray = field(repr=False)  # (n_classes, n_classes), see `latent.neighbour_shares`
    empty: float  # share of the cells of its sheet without a test image


def by_numbers(run: Run) -> Mapped:
    """The plane of the codes themselves, or of their principal axes.

    Raises:
        CodeError: they are not all finite.
        AutoencError: the file or the data cannot be used.
    """
    return _by_numbers(run.run_id, checkpoints.content_hash(run.run_id), run)


def job(run: Run) -> MapJob:
    """What lays them out by t-SNE; raises as `by_numbers`."""
    test = codes.test_codes(run)
    return MapJob(run.config.dataset, run.run_id, len(test), test.z.shape[1])


def by_tsne(run: Run, job: MapJob, code_map: CodeMap) -> Mapped:
    """The plane that the job has made; raises as `by_numbers`."""
    return _by_tsne(job.job_id, run, code_map)


def classes(run: Run) -> Classes:
    """How the codes of the classes of training images lie; raises as `by_numbers`."""
    return _classes(run.run_id, checkpoints.content_hash(run.run_id), run)


def sheet(run: Run) -> np.ndarray:
    """What the decoder draws over that plane, where the browser does not: uint8 (B, C, H, W)."""
    return _sheet(run.run_id, checkpoints.content_hash(run.run_id), run)


def drawn(run: Run, mapped: Mapped, place: tuple[float, float]) -> np.ndarray:
    """What the decoder draws at a place: uint8 (C, H, W)."""
    z = latent.code_at(mapped.plane, mapped.codes.z, np.array([place], np.float32))
    picture: np.ndarray = codes.decode(run, z)[0]
    return picture


# The hash of a run's file is part of the keys: a file of the same name may be another one.
@shared(max_entries=model_cache.MAX_OPENED, spinner="Looking for the plane")
def _by_numbers(run_id: str, content_hash: str, _run: Run) -> Mapped:
    test = codes.test_codes(_run)
    return _mapped(test, latent.plane_of(test.z), _run)


@shared(max_entries=model_cache.MAX_OPENED)
def _by_tsne(job_id: str, _run: Run, _code_map: CodeMap) -> Mapped:
    points = np.frombuffer(_code_map.points, "<f4").reshape(-1, 2)
    return _mapped(codes.test_codes(_run), latent.mapped(points), _run)


def _mapped(test: Codes, plane: Plane, run: Run) -> Mapped:
    n_classes = len(model_cache.opened(run).data.class_names)
    shares = latent.neighbour_shares(plane.points, test.labels, n_classes)
    return Mapped(test, plane, latent.usual_gap(plane.points), shares, latent.empty_share(plane))


@shared(max_entries=model_cache.MAX_OPENED)
def _classes(run_id: str, content_hash: str, _run: Run) -> Classes:
    return latent.classes_of(codes.training_codes(_run))


@shared(max_entries=model_cache.MAX_OPENED, spinner="Drawing the sheet")
def _sheet(run_id: str, content_hash: str, _run: Run) -> np.ndarray:
    mapped = by_numbers(_run)
    places = latent.grid(mapped.plane, SERVER_SIDE).reshape(-1, 2)
    z = latent.code_at(mapped.plane, mapped.codes.z, places)
    return codes.decode(_run, z)
