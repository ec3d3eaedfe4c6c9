"""How far each experiment has come: from the files, and from what the background sessions know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from autoenc import checkpoints, datasets
from autoenc.errors import AutoencError, DatasetError
from autoenc.experiments import images
from autoenc.experiments.rows import EXPERIMENTS, Experiment
from autoenc.experiments.sizes import Lab
from autoenc.experiments.steps import Step, Training
from autoenc.jobs import Job, RecogniserJob, TrainJob
from autoenc.numerals import out_of
from autoenc.once import once
from autoenc.schema import DatasetInfo, RunSummary, Snapshot, State, TrainConfig
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
    job: Job | None  # None: what it follows is not trained, or its data set is not here or not prepared
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
    def unprepared(self) -> tuple[DatasetInfo, ...]:
        """Image folders whose pictures nobody has opened yet, and that can still be tried."""
        return tuple(one for one in self.lab.data if _is_unprepared(one) and not images.refusal(one.name))

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
        runs: those on disk, and then the examples: where both have a run, the user's own counts.
    """
    files = _Files(lab, runs)
    steps = {experiment.key: tuple(experiment.steps(lab)) for experiment in EXPERIMENTS}
    begun = {step: files.begun(step) for step in dict.fromkeys(chain.from_iterable(steps.values()))}
    ids = [job_id for job_id, now in begun.values() if job_id and not now.finished]
    snapshots = sessions.snapshots(ids) if sessions is not None else {}
    known = {step: files.at(now, snapshots.get(job_id)) for step, (job_id, now) in begun.items()}
    experiments = []
    for experiment in EXPERIMENTS:
        missing = tuple(data.title for data in experiment.data(lab) if not data.present)
        nows = tuple(known[step] for step in steps[experiment.key])
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


def _is_unprepared(data: DatasetInfo) -> bool:
    return data.present and not data.prepared


@dataclass
class _Files:
    """What the files say during one look; each data set and each recogniser is opened once."""

    lab: Lab
    of_disk: Iterable[RunSummary]
    runs: Runs = field(init=False)
    infos: Mapping[str, DatasetInfo] = field(init=False)
    fingerprints: dict[str, str | DatasetError] = field(default_factory=dict)
    recognisers: dict[str, Snapshot | None] = field(default_factory=dict)
    locks: frozenset[str] = field(init=False)  # runs that somebody may be writing

    def __post_init__(self) -> None:
        runs: dict[str, RunSummary] = {}
        for run in self.of_disk:
            runs.setdefault(run.run_id, run)
        self.runs = runs
        self.locks = frozenset(path.stem for path in checkpoints.folder().glob("*.lock"))
        self.infos = {data.name: data for data in self.lab.data}

    def begun(self, step: Step) -> tuple[str, StepNow]:
        """The step's job and its id, as far as there is one, and whether a model is trained.

        Nothing is known of what its folder or its files do not let us read: it is done again.
        """
        data = self.infos[step.dataset]
        if not data.present:
            return "", StepNow(step, None)
        if _is_unprepared(data):
            refusal = images.refusal(data.name)
            return "", StepNow(step, None, State.FAILED if refusal else None, message=refusal)
        try:
            if not all(self._is_trained(job) for job in step.after):
                return "", StepNow(step, None)
            job = step.make()
            job_id = self._id_of(job)
            trained = isinstance(job, TrainJob) and self._is_trained(job)
        except DatasetError as error:
            return "", StepNow(step, None, State.FAILED, message=str(error))
        except (AutoencError, OSError):  # what it follows has gone a moment ago
            return "", StepNow(step, None)
        return job_id, StepNow(step, job, State.FINISHED, 1.0) if trained else StepNow(step, job)

    def at(self, now: StepNow, latest: Snapshot | None) -> StepNow:
        """The step with what the sessions know of it, or else its file."""
        if now.job is None or now.finished:
            return now
        if latest is None or latest.state is State.FINISHED:  # its file may have gone since
            latest = self._stored(now.job)
        if latest is None:
            return now
        done = 1.0 if latest.state is State.FINISHED else latest.value.done if latest.value else 0.0
        return StepNow(now.step, now.job, latest.state, done, latest.message)

    def _stored(self, job: Job) -> Snapshot | None:
        """What is on disk of it, without reading a whole run."""
        with suppress(AutoencError, OSError):
            if isinstance(job, RecogniserJob):
                return self._recogniser(job)
            if not isinstance(job, TrainJob):
                return job.stored()
            run_id = self._id_of(job)
            if run_id in self.locks and checkpoints.is_being_written(run_id):
                return Snapshot(run_id, State.RUNNING)
            if run_id in self.runs:
                return Snapshot(run_id, State.INTERRUPTED)
        return None

    def _is_trained(self, job: Training) -> bool:
        """Here or as an example; raises AutoencError where its images are not here."""
        if isinstance(job, TrainJob):
            run = self.runs.get(self._id_of(job))
            return run is not None and run.finished
        stored = self._recogniser(job)
        return stored is not None and stored.state is State.FINISHED

    def _recogniser(self, job: RecogniserJob) -> Snapshot | None:
        job_id = self._id_of(job)
        if job_id not in self.recognisers:
            self.recognisers[job_id] = job.stored()
        return self.recognisers[job_id]

    def _id_of(self, job: Job) -> str:
        """As the job gives it; each would open its data set again."""
        if isinstance(job, TrainJob):
            return _run_id(job.config, self._fingerprint(job.config.dataset))
        if isinstance(job, RecogniserJob):
            return job.config.recogniser_id(self._fingerprint(job.config.dataset))
        return job.job_id

    def _fingerprint(self, dataset: str) -> str:
        if dataset not in self.fingerprints:
            try:
                self.fingerprints[dataset] = datasets.load(dataset).fingerprint
            except DatasetError as error:
                self.fingerprints[dataset] = error
        known = self.fingerprints[dataset]
        if isinstance(known, DatasetError):
            raise known
        return known


@once(maxsize=2000)
def _run_id(config: TrainConfig, fingerprint: str) -> str:
    return config.run_id(fingerprint)
