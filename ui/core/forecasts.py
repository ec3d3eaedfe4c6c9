"""How long work takes on this machine as it is now: before the click, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autoenc import checkpoints, datasets, devices, forecasting, recognition, runs
from autoenc.datasets import DatasetInfo
from autoenc.forecasting import Machine, Part
from autoenc.forecasting.machine import Timings
from autoenc.jobs import expected
from autoenc.jobs.expected import Measurement
from autoenc.numerals import counted
from autoenc.schema import Forecast, Recogniser, RecogniserConfig, Snapshot, TrainConfig
from autoenc.sweeps import Plan
from ui.core import catalogue, sessions
from ui.core.caching import once, shared

MIN_DONE = 0.05  # of a measurement, before which its own progress says little


def machine() -> Machine:
    """This machine, and what else it does at this moment."""
    background = sessions.background()
    running, _ = background.counts()
    return Machine(
        background.n_cores,
        background.memory_share,
        background.speed(),
        background.n_workers,
        _device(),
        _timings(*sessions.moment_of_folder()),
        min(running, background.n_workers - 1),  # where all workers are taken, a job waits
        sessions.busy_cores(),
    )


@once(maxsize=1)
def _device() -> str:
    """What a run is trained on here."""
    return devices.name_of(devices.pick("auto"))


@shared(max_entries=1)
def _timings(folder: str, changed: int) -> Timings:
    """Once a change of the folder of runs: every forecast asks for it."""
    return runs.timings(sessions.runs_on_disk())


# ---------------------------------------------------------------- before the click


def of_runs(configs: Iterable[TrainConfig]) -> Forecast | None:
    """Until all of them are trained, from where each of them stands; None: nothing has been measured yet."""
    here = machine()
    parts = [_of_run(config, here) for config in configs]
    known = [part for part in parts if part is not None]
    return _now(known, here) if len(known) == len(parts) else None


def of_plans(plans: Sequence[Plan], *, alone: bool = False) -> Forecast | None:
    """Until all of these sweeps are trained; None: nothing has been measured yet.

    Args:
        alone: one run at a time.
    """
    here = machine()
    to_train = [run for planned in plans for run in planned.to_train]
    parts = [run.part for run in to_train if run.part is not None]
    return _now(parts, here, alone=alone) if len(parts) == len(to_train) else None


def of_measurements(jobs: Sequence[Measurement]) -> Forecast:
    """Until all of these are measured."""
    here = machine()
    return _now([_of_measurement(job, here) for job in jobs], here)


def of_recogniser(config: RecogniserConfig) -> Forecast | None:
    """Until this recogniser is trained, from where it stands; None: nothing has been measured yet."""
    here, info, done = machine(), catalogue.info_of(config.dataset), 0
    if info.present:
        earlier = recognition.furthest(config, datasets.load(config.dataset).fingerprint)
        done = len(earlier.epochs) if earlier else 0
    n_classes = len(catalogue.class_names(config.dataset))
    part = forecasting.recogniser(config, info, n_classes, here, recognition.summaries(), done)
    return None if part is None else _now([part], here)


def _of_measurement(job: Measurement, here: Machine) -> Part:
    return expected.measurement(job, here, runs.by_id(sessions.runs_to_show()))


def _of_run(config: TrainConfig, here: Machine) -> Part | None:
    done = 0
    if catalogue.is_present(config.dataset):
        earlier = checkpoints.furthest(config, datasets.load(config.dataset).fingerprint)
        done = earlier.epochs_done if earlier else 0
    return forecasting.part(config, catalogue.info_of(config.dataset), here, done)


def _now(parts: Sequence[Part], here: Machine, *, alone: bool = False) -> Forecast:
    whole = forecasting.together(parts, here, alone=alone)
    one = parts[0].threads if len(parts) == 1 else here.n_cores  # several fill them
    return forecasting.in_company(whole, one, here)


def text(forecast: Forecast | None) -> str:
    """For people: `40 s to 2 min, after up to 3 jobs`; or why nobody knows."""
    background = sessions.background()
    if forecast is None:
        return background.no_speed() or "being measured"
    n_ahead = sum(background.counts()) - background.n_workers + 1
    wait = f", after up to {counted(n_ahead, 'job')}" if n_ahead > 0 else ""
    return forecast.text + wait


# ---------------------------------------------------------------- while it is done


def seconds_left(snapshot: Snapshot) -> float | None:
    """Until a run at work is trained; None: nobody can know yet, or it is none."""
    if isinstance(snapshot.value, Recogniser):
        return forecasting.recogniser_left(snapshot.value, snapshot.elapsed_seconds)
    run = snapshot.run
    if run is None:
        return None
    info = _info_of(run.config.dataset)
    expected = None if info is None or run.epochs else forecasting.epoch(run.config, info, machine())
    return forecasting.seconds_left(run, expected)


def measurements_left(jobs: Sequence[Measurement]) -> Forecast:
    """Until all of these are measured, some of which are at work: those by their own progress."""
    here, parts = machine(), []
    snapshots = sessions.background().snapshots(job.job_id for job in jobs)
    for job in jobs:
        part, latest = _of_measurement(job, here), snapshots.get(job.job_id)
        done = latest.value.done if latest is not None and latest.value is not None else 0.0
        if latest is not None and done > MIN_DONE:
            seconds = latest.elapsed_seconds * (1 - done) / done
            part = Part(Forecast(seconds, seconds), 1)
        parts.append(part)
    return forecasting.filled(parts, here)


def _info_of(dataset: str) -> DatasetInfo | None:
    """None: it is not there any more."""
    return next((info for info in catalogue.infos() if info.name == dataset), None)
