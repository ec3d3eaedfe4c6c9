"""What a sweep will take, before anything is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autoenc import memory, models, speed, training
from autoenc.datasets import DatasetInfo
from autoenc.errors import AutoencError
from autoenc.schema import MODELS, ModelInfo, RunSummary, Sweep, TrainConfig
from autoenc.speed import Speed


@dataclass(frozen=True)
class Planned:
    """One run of a sweep."""

    config: TrainConfig
    run_id: str
    refusal: str = ""  # why it cannot be trained here; empty: it can
    finished: bool = False
    seconds: float | None = None  # still to train, with all cores; None: nothing has been measured yet
    threads: int = 1  # that it makes use of, of all cores
    needed_bytes: int = 0
    n_multiplications: int = 0  # of all its steps: the order where no time is known


@dataclass(frozen=True)
class Plan:
    """A sweep's runs, the shortest first."""

    runs: tuple[Planned, ...]

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Of those that are trained or can be."""
        return tuple(run.run_id for run in self.runs if run.finished or not run.refusal)

    @property
    def finished(self) -> tuple[Planned, ...]:
        return tuple(run for run in self.runs if run.finished)

    @property
    def refused(self) -> tuple[Planned, ...]:
        return tuple(run for run in self.runs if run.refusal and not run.finished)

    @property
    def to_train(self) -> tuple[Planned, ...]:
        return tuple(run for run in self.runs if not run.finished and not run.refusal)

    @property
    def needed_bytes(self) -> int:
        """Of the largest run that will be trained; 0: there is none."""
        return max((run.needed_bytes for run in self.to_train), default=0)

    def seconds(self, n_workers: int, n_cores: int, *, alone: bool = False) -> float | None:
        """Until all is trained, on a machine that does nothing else; None: nothing has been measured yet.

        Several at once fill the cores: the work of all is divided by the cores, but no run any further.
        """
        times = [run.seconds for run in self.to_train if run.seconds is not None]
        if len(times) < len(self.to_train):
            return None
        if alone or n_workers == 1:
            return sum(times)
        at_once = min(n_workers, n_cores)
        work = sum(
            t * max(run.threads, n_cores / at_once) for t, run in zip(times, self.to_train, strict=True)
        )
        return max(work / n_cores, max(times, default=0.0))


@dataclass(frozen=True)
class Machine:
    """What a plan has to know of where the runs will be trained."""

    n_cores: int
    memory_share: int  # bytes that one run may take
    speed: Speed | None = None  # None: not measured yet


def plan(
    sweep: Sweep, data: DatasetInfo, fingerprint: str, machine: Machine, runs: Mapping[str, RunSummary]
) -> Plan:
    """How many runs there are, which are trained already, how long the others take, which cannot be trained.

    Args:
        fingerprint: of the data set.
        runs: what is on disk, by run_id.
    """
    planned = [_planned(config, data, fingerprint, machine, runs) for config in sweep.configs()]
    return Plan(tuple(sorted(planned, key=_length)))


def _length(run: Planned) -> tuple[float, int, int]:
    """Where no time is known, an MLP before a convolution, whose steps take longer than their work tells."""
    return run.seconds or 0.0, MODELS.index(run.config.model), run.n_multiplications


def _planned(
    config: TrainConfig,
    data: DatasetInfo,
    fingerprint: str,
    machine: Machine,
    runs: Mapping[str, RunSummary],
) -> Planned:
    run_id = config.run_id(fingerprint)
    before = runs.get(run_id)
    if before is not None and before.finished:
        return Planned(config, run_id, finished=True, seconds=0.0)
    try:
        training.check(config, data.image_shape, data.n_train)
        model = models.describe(config, data.image_shape)
        needed = memory.needed_bytes(config, model, data.n_train, data.n_test)
        memory.check_fits(needed, machine.memory_share)
    except AutoencError as error:
        return Planned(config, run_id, refusal=str(error))
    left = config.epochs - (before.epochs_done if before else 0)
    epoch = _epoch_seconds(config, model, data, machine, tuple(runs.values()))
    return Planned(
        config,
        run_id,
        seconds=None if epoch is None else epoch * left,
        threads=training.useful_threads(config, model, machine.n_cores),
        needed_bytes=needed,
        n_multiplications=model.n_multiplications * left * (config.train_images or data.n_train),
    )


def _epoch_seconds(
    config: TrainConfig,
    model: ModelInfo,
    data: DatasetInfo,
    machine: Machine,
    runs: tuple[RunSummary, ...],
) -> float | None:
    return speed.expected_epoch_seconds(config, model, data.n_train, data.n_test, machine.speed, runs)
