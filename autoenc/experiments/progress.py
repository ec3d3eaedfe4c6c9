"""How far each experiment has come: from the files, and from what the background sessions know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from autoenc import checkpoints
from autoenc.errors import AutoencError, DatasetError
from autoenc.experiments.rows import EXPERIMENTS, Experiment
from autoenc.experiments.sizes import Lab
from autoenc.experiments.steps import Step, Training
from autoenc.jobs import Job, TrainJob
from autoenc.numerals import out_of
from autoenc.schema import RunSummary, Snapshot, State
from autoenc.sessions.protocol import Sessions

Runs = Mapping[str, RunSummary]  # that are on disk, the examples too, by run_id


class Status(StrEnum):
    """Of an experiment."""

    DONE = "done"
    RUNNING = "running"
    TO_DO = "to do"
    FAILED = "failed"
    NEEDS_DATA = "needs data"


@dataclass(frozen=True)
class StepNow:
    """A step at one moment."""

    step: Step
    job: Job | None  # None: what it follows is not trained yet, or its data set is not here
    state: State | None = None  # None: nobody has begun it
    done: float = 0.0  # fraction, 0 to 1
    message: str = ""  # why it failed

    @property
    def finished(self) -> bool:
        return self.state is State.FINISHED

    @property
    def active(self) -> bool:
        return self.state is not None and self.state.active


@dataclass(frozen=True)
class ExperimentNow:
    """An experiment at one moment."""

    experiment: Experiment
    status: Status
    steps: tuple[StepNow, ...]
    missing: tuple[str, ...] = ()  # data sets that are not here, as people call them

    @property
    def n_done(self) -> int:
        return sum(step.finished for step in self.steps)

    @property
    def done(self) -> float:
        """Fraction of its steps, 0 to 1; 1 where it has none."""
        return sum(step.done for step in self.steps) / len(self.steps) if self.steps else 1.0

    @property
    def progress(self) -> str:
        """`3 of 11 done`; empty where there is nothing to do."""
        return f"{self.n_done} of {len(self.steps)} done" if self.steps else ""

    @property
    def failures(self) -> tuple[str, ...]:
        """One sentence for each reason."""
        return tuple(dict.fromkeys(step.message for step in self.steps if step.state is State.FAILED))


@dataclass(frozen=True)
class LabNow:
    """All experiments of a lab at one moment."""

    lab: Lab
    experiments: tuple[ExperimentNow, ...]

    @property
    def steps(self) -> tuple[StepNow, ...]:
        """Of all experiments whose data are here, each once."""
        unique = {now.step: now for one in self.experiments if not one.missing for now in one.steps}
        return tuple(unique.values())

    @property
    def left(self) -> tuple[StepNow, ...]:
        """That are not finished."""
        return tuple(now for now in self.steps if not now.finished)

    @property
    def active(self) -> tuple[StepNow, ...]:
        return tuple(now for now in self.steps if now.active)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left that can be done here."""
        return not self.left

    @property
    def progress(self) -> str:
        return out_of(len(self.steps) - len(self.left), len(self.steps), "step")

    def of(self, key: str) -> ExperimentNow:
        """The experiment of this key."""
        return next(one for one in self.experiments if one.experiment.key == key)


def look(lab: Lab, sessions: Sessions | None, runs: Iterable[RunSummary]) -> LabNow:
    """The lab at this moment, without waiting for anything.

    Args:
        sessions: the background sessions; None: only files count.
        runs: those on disk, and the examples.
    """
    by_id = {run.run_id: run for run in runs}
    known: dict[Step, StepNow] = {}
    experiments = []
    for experiment in EXPERIMENTS:
        missing = tuple(data.title for data in experiment.data(lab) if not data.present)
        steps = tuple(experiment.steps(lab))
        for step in steps:
            if step not in known:
                known[step] = StepNow(step, None) if missing else _step(step, sessions, by_id)
        nows = tuple(known[step] for step in steps)
        experiments.append(ExperimentNow(experiment, _status(nows, missing), nows, missing))
    return LabNow(lab, tuple(experiments))


def _status(steps: tuple[StepNow, ...], missing: tuple[str, ...]) -> Status:
    if missing:
        return Status.NEEDS_DATA
    if any(step.active for step in steps):
        return Status.RUNNING
    if all(step.finished for step in steps):
        return Status.DONE
    return Status.FAILED if any(step.state is State.FAILED for step in steps) else Status.TO_DO


def _step(step: Step, sessions: Sessions | None, runs: Runs) -> StepNow:
    """Nothing is known of what its folder or its files do not let us read: it is done again."""
    try:
        if not all(_is_trained(job, runs) for job in step.after):
            return StepNow(step, None)
        job = step.make()
        job_id = job.job_id
    except DatasetError as error:
        return StepNow(step, None, State.FAILED, message=str(error))
    except AutoencError:  # what it follows has gone a moment ago
        return StepNow(step, None)
    if isinstance(job, TrainJob) and _is_trained(job, runs):
        return StepNow(step, job, State.FINISHED, 1.0)
    latest = sessions.snapshot(job_id) if sessions is not None else None
    if latest is None or latest.state is State.FINISHED:  # its file may have gone since
        latest = _stored(job, runs)
    if latest is None:
        return StepNow(step, job)
    done = 1.0 if latest.state is State.FINISHED else latest.value.done if latest.value else 0.0
    return StepNow(step, job, latest.state, done, latest.message)


def _stored(job: Job, runs: Runs) -> Snapshot | None:
    """What is on disk of it, without reading a whole run."""
    if not isinstance(job, TrainJob):
        with suppress(AutoencError):
            return job.stored()
        return None
    run_id = job.job_id
    if checkpoints.is_being_written(run_id):
        return Snapshot(run_id, State.RUNNING)
    return Snapshot(run_id, State.INTERRUPTED) if run_id in runs else None


def _is_trained(job: Training, runs: Runs) -> bool:
    """Here or as an example; raises AutoencError where its images are not here."""
    if isinstance(job, TrainJob):
        run = runs.get(job.job_id)
        return run is not None and run.finished
    stored = job.stored()
    return stored is not None and stored.state is State.FINISHED
