"""Which of the runs in a folder: plain functions of their summaries, the newest first as they are listed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from autoenc.errors import ConfigError
from autoenc.recipes import NOISE
from autoenc.schema import MODELS, NOISES, ModelInfo, Noise, Run, RunSummary, TrainConfig

# ---------------------------------------------------------------- a selection

SORTS: Mapping[str, str] = {
    "newest": "newest first",
    "error": "smallest error first",
    "size": "by latent size",
}
_KEYS: Mapping[str, Callable[[RunSummary], float]] = {
    "newest": lambda run: 0,  # as they are listed
    "error": lambda run: math.inf if run.test_mse is None else run.test_mse,
    "size": lambda run: run.config.latent_size,
}


@dataclass(frozen=True)
class Selection:
    """What somebody wants to see of a folder; an empty list of names stands for all.

    Raises:
        ConfigError: there is no such model, or no such order.
    """

    words: str = ""  # parts of a run's name; a run has all of them
    datasets: Sequence[str] = ()
    models: Sequence[str] = ()
    finished: bool = False  # only these
    sort: str = "newest"  # one of SORTS; equal ones the newest first, those without a result last

    def __post_init__(self) -> None:
        for name in self.models:
            if name not in MODELS:
                raise ConfigError(f"unknown model {name!r:.40}; known: {', '.join(MODELS)}")
        if self.sort not in SORTS:
            raise ConfigError(f"sort is {self.sort!r:.40}; known: {', '.join(SORTS)}")

    def of(self, runs: Iterable[RunSummary]) -> list[RunSummary]:
        """The runs that match, sorted."""
        return sorted(filter(self._matches, runs), key=_KEYS[self.sort])

    def _matches(self, run: RunSummary) -> bool:
        return (
            all(word in run.run_id for word in self.words.lower().split())
            and (not self.datasets or run.config.dataset in self.datasets)
            and (not self.models or run.config.model in self.models)
            and (not self.finished or run.finished)
        )


def by_id(runs: Iterable[RunSummary]) -> dict[str, RunSummary]:
    return {run.run_id: run for run in runs}


# ---------------------------------------------------------------- alike


def of_other_seeds(runs: Iterable[RunSummary], run: Run) -> Iterator[RunSummary]:
    """Finished runs that differ from this one in nothing but the seed."""
    return (
        other
        for other in _finished(runs, run.fingerprint)
        if other.run_id != run.run_id
        and (other.config.model, other.config.latent_size) == (run.config.model, run.config.latent_size)
        and replace(other.config, seed=run.config.seed) == run.config  # last: it takes the longest
    )


def of_all_sizes(runs: Iterable[RunSummary], run: RunSummary) -> tuple[RunSummary, ...]:
    """Finished runs that differ from this one in nothing but the latent size, by size; one for each."""
    size = run.config.latent_size
    alike = (
        other
        for other in _finished(runs, run.fingerprint)
        if replace(other.config, latent_size=size) == run.config
    )
    by_size = {other.config.latent_size: other for other in alike}
    return tuple(by_size[size] for size in sorted(by_size))


class Workload(NamedTuple):
    """What decides how long an epoch takes on a machine."""

    model: str
    n_parameters: int
    n_latents: int
    image_shape: tuple[int, int, int]
    n_images: int  # of the training set
    batch_size: int
    noise: str  # its kind, whatever its level; "": none


def workload_of(config: TrainConfig, model: ModelInfo, n_images: int) -> Workload:
    """That of a config, trained or not."""
    noise = config.noise.kind if config.noise else ""
    size = model.n_parameters, model.n_latents, model.image_shape
    return Workload(config.model, *size, n_images, config.batch_size, noise)


def timings(runs: Iterable[RunSummary]) -> Mapping[Workload, tuple[RunSummary, ...]]:
    """The runs that have finished an epoch, by their workload; in the order in which they are listed."""
    by_workload: dict[Workload, list[RunSummary]] = {}
    for run in runs:
        if run.epochs_done:
            noise = run.config.noise.kind if run.config.noise else ""
            size = run.n_parameters, run.n_latents, run.image_shape
            workload = Workload(run.config.model, *size, run.n_train_images, run.config.batch_size, noise)
            by_workload.setdefault(workload, []).append(run)
    return {workload: tuple(alike) for workload, alike in by_workload.items()}


def of_all_levels(runs: Iterable[RunSummary], run: RunSummary) -> tuple[RunSummary, ...]:
    """Finished runs that differ from this one in nothing but the level of the noise.

    Those on clean images first, then weak noise to strong, those for any level last.
    """
    kinds = {None, run.config.noise.kind if run.config.noise else None}
    alike = (
        other
        for other in _finished(runs, run.fingerprint)
        if replace(other.config, noise=run.config.noise) == run.config
        and (other.config.noise and other.config.noise.kind) in kinds
    )
    return tuple(sorted(alike, key=lambda other: _strength(other.config.noise)))


def _strength(noise: Noise | None) -> tuple[bool, float]:
    return (noise is not None and noise.up_to, noise.level if noise else 0.0)


def missing_levels(
    runs: Iterable[RunSummary], run: RunSummary, levels: Sequence[float]
) -> tuple[TrainConfig, ...]:
    """What `of_all_levels` lacks among no noise, these levels, and any level."""
    kind = run.config.noise.kind if run.config.noise else NOISE
    wanted = [None, *(Noise(kind, level) for level in levels), Noise(kind, NOISES[kind].most, up_to=True)]
    trained = {other.config.noise for other in of_all_levels(runs, run)}
    return tuple(replace(run.config, noise=noise) for noise in wanted if noise not in trained)


# ---------------------------------------------------------------- for the pages of noise and of pictures


def on_clean_images(runs: Iterable[RunSummary], fingerprint: str) -> tuple[RunSummary, ...]:
    """Finished runs without noise on the images of this fingerprint."""
    return tuple(run for run in _finished(runs, fingerprint) if run.config.noise is None)


def denoisers(runs: Iterable[RunSummary], fingerprint: str, kind: str) -> tuple[RunSummary, ...]:
    """Finished runs with this kind of noise on the images of this fingerprint; those for any level first."""
    noisy = [
        (run.config.noise.up_to, run)
        for run in _finished(runs, fingerprint)
        if run.config.noise and run.config.noise.kind == kind
    ]
    return tuple(run for _, run in sorted(noisy, key=lambda pair: not pair[0]))


def _finished(runs: Iterable[RunSummary], fingerprint: str) -> Iterator[RunSummary]:
    return (run for run in runs if run.finished and run.fingerprint == fingerprint)


def for_a_picture(
    runs: Iterable[RunSummary], fingerprints: Mapping[str, str | None]
) -> tuple[RunSummary, ...]:
    """Finished runs whose images are on this machine; those on clean images first.

    Args:
        fingerprints: of the data sets as they are here, by name.
    """
    here = (run for run in runs if run.finished and run.fingerprint == fingerprints.get(run.config.dataset))
    return tuple(sorted(here, key=lambda run: run.config.noise is not None))


def first_for_a_picture(runs: Sequence[RunSummary], n: int) -> list[RunSummary]:
    """The first of each data set: the one to prefer, then those of the other kind; `n` at most.

    So a class sees what a model trained on photographs makes of a picture that one trained on digits cannot
    draw. The one to prefer is the user's own before an example, and grey before colour.

    Args:
        runs: on clean images, if there are any; those to prefer first.
    """
    of_dataset: dict[str, RunSummary] = {}
    for run in runs:
        if run.config.noise is None or not of_dataset:
            of_dataset.setdefault(run.config.dataset, run)
    if not of_dataset:
        return []
    first, *others = sorted(of_dataset.values(), key=lambda run: (run.example, run.image_shape[0]))
    others.sort(key=lambda run: (run.image_shape[0] == first.image_shape[0], run.example))
    return [first, *others][:n]
