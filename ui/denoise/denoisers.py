"""What can denoise: trained runs, those that are wanted, and the curves that are measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from autoenc import datasets, inspection, models, runs
from autoenc.errors import RunUnknown
from autoenc.jobs import CurveJob, TrainJob
from autoenc.schema import RunSummary, TrainConfig, usual_levels
from ui.core.sessions import is_active, runs_on_disk, runs_to_show, start
from ui.core.values import Value
from ui.denoise.settings import DENOISER, IN_TRAINING, KIND, PLAIN
from ui.widgets.training_settings import DATASET

# ---------------------------------------------------------------- which runs


def plain_runs(dataset: str) -> tuple[RunSummary, ...]:
    """Finished runs on clean images of what is in the data set now.

    First those that a browser can compute; else those to prefer first.
    """
    return _live_first(runs.on_clean_images(runs_to_show(), datasets.load(dataset).fingerprint))


def denoisers(dataset: str, kind: str) -> tuple[RunSummary, ...]:
    """Those that were trained on this kind of noise.

    First those that a browser can compute, of them first those for any level; else those to prefer first.
    """
    return _live_first(runs.denoisers(runs_to_show(), datasets.load(dataset).fingerprint, kind))


def _live_first(runs: Sequence[RunSummary]) -> tuple[RunSummary, ...]:
    def is_slow(run: RunSummary) -> bool:
        return not inspection.runs_in_browser(models.describe(run.config, run.image_shape))

    return tuple(sorted(runs, key=is_slow))


def choose_model(run_id: str) -> None:
    """As the plain one or as the denoiser, the next time that the page is drawn, where the page offers it.

    Raises:
        RunUnknown: it has been deleted.
    """
    run = _by_id(run_id)
    dataset, noise = run.config.dataset, run.config.noise
    offered = plain_runs(dataset) if noise is None else denoisers(dataset, noise.kind)
    if _suits(run) and run in offered:
        _choice(run).put_next(run_id)


def _suits(run: RunSummary) -> bool:
    """Whether it belongs to the data set and the noise that are looked at."""
    noise = run.config.noise
    # At the beginning of a visit the data set is not chosen yet.
    return DATASET.get() in (None, run.config.dataset) and (noise is None or noise.kind == KIND.get())


def _choice(run: RunSummary) -> Value[str | None]:
    return DENOISER if run.config.noise else PLAIN


def sizes_of(run_id: str) -> tuple[RunSummary, ...]:
    """The finished runs that differ from this one only in latent size, by size."""
    return runs.of_all_sizes(runs_to_show(), _by_id(run_id))


def trained_at(run_id: str) -> tuple[RunSummary, ...]:
    """The finished runs that differ from this one only in the level of their noise, weak noise first."""
    return runs.of_all_levels(runs_to_show(), _by_id(run_id))


def untrained_at(run_id: str, levels: Sequence[float]) -> tuple[TrainConfig, ...]:
    """What is missing among these levels, no noise, and any level."""
    return runs.missing_levels(runs_to_show(), _by_id(run_id), levels)


def jobs(configs: Iterable[TrainConfig]) -> list[TrainJob]:
    return [TrainJob(config) for config in configs]


def train_all(configs: Sequence[TrainConfig]) -> None:
    """Train them and redraw the page; raises as `start` does."""
    for job in jobs(configs):
        start(job)
    st.rerun()


def curve_job(dataset: str, kind: str, method: str) -> CurveJob:
    """A method, measured at the usual levels of a noise."""
    return CurveJob(dataset, kind, method, usual_levels(kind))


def are_here(run_ids: Sequence[str]) -> bool:
    """Whether none of these runs has been deleted."""
    return runs.by_id(runs_to_show()).keys() >= set(run_ids)


def _by_id(run_id: str) -> RunSummary:
    """Raises RunUnknown where it has been deleted."""
    if (run := runs.by_id(runs_to_show()).get(run_id)) is not None:
        return run
    raise RunUnknown(f"run {run_id[:80]!r} is not on this machine any more; choose another")


def train_for_denoising(config: TrainConfig) -> None:
    """Train it, choose it when it is done, and redraw the page; raises as `start` does."""
    IN_TRAINING.put(start(TrainJob(config)))
    st.rerun()


def in_training() -> str | None:
    """The run that was started here and is not done yet; one that is done is chosen, where it suits."""
    run_id = IN_TRAINING.get()
    if run_id is None or is_active(run_id):
        return run_id
    done = next((run for run in runs_on_disk() if run.run_id == run_id and run.finished), None)
    if done is None:
        return run_id  # stopped or failed: the page says so
    if _suits(done):
        _choice(done).put(run_id)
    IN_TRAINING.forget()
    return None


def keep_choice(value: Value[str | None], run_ids: Sequence[str]) -> str:
    """Before its widget is drawn: what is not there any more is not chosen.

    Returns:
        One sentence on a run that has been deleted, or nothing.
    """
    run_id = value.get()
    if run_id not in run_ids:
        value.put(run_ids[0] if run_ids else None)
        if run_id is not None and not are_here([run_id]):
            return f"run {run_id[:80]} is not on this machine any more"
    return ""
