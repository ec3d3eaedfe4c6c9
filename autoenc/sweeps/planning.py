"""What a sweep will take, before anything is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autoenc import forecasting, memory, models, training
from autoenc.datasets import DatasetInfo
from autoenc.errors import AutoencError
from autoenc.forecasting import Machine, Part, together
from autoenc.schema import MODELS, Forecast, RunSummary, Sweep, TrainConfig
from autoenc.sweeps.continuing import continued_epochs


@dataclass(frozen=True)
class Planned:
    """One run of a sweep."""

    config: TrainConfig
    run_id: str
    refusal: str = ""  # why it cannot be trained here; empty: it can
    finished: bool = False
    part: Part | None = None  # what is still to train; None: nothing has been measured yet
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

    def forecast(self, machine: Machine, *, alone: bool = False) -> Forecast | None:
        """Until all is trained, on a machine that does nothing else; None: nothing has been measured yet.

        Args:
            alone: one run at a time.
        """
        parts = [run.part for run in self.to_train if run.part is not None]
        return together(parts, machine, alone=alone) if len(parts) == len(self.to_train) else None


def plan(
    sweep: Sweep, data: DatasetInfo, fingerprint: str, machine: Machine, runs: Mapping[str, RunSummary]
) -> Plan:
    """How many runs there are, which are trained already, how long the others take, which cannot be trained.

    Args:
        fingerprint: of the data set.
        runs: what is on disk, by run_id.
    """
    configs = sweep.configs()
    planned = sorted((_planned(config, data, fingerprint, machine, runs) for config in configs), key=_length)
    left = continued_epochs(configs)
    return Plan(tuple(_after_shorter(run, left.get(run.config, 0), data, machine, runs) for run in planned))


def _after_shorter(
    run: Planned, epochs: int, data: DatasetInfo, machine: Machine, runs: Mapping[str, RunSummary]
) -> Planned:
    """The same where a shorter run of the sweep leaves it so many epochs to continue from."""
    before = runs.get(run.run_id)
    if run.part is None or epochs <= (before.epochs_done if before else 0):
        return run
    return replace(run, part=forecasting.part(run.config, data, machine, epochs))


def _length(run: Planned) -> tuple[float, int, int]:
    """Where no time is known, an MLP before a convolution, whose steps take longer than their work tells."""
    seconds = run.part.forecast.middle if run.part else 0.0
    return seconds, MODELS.index(run.config.model), run.n_multiplications


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
        return Planned(config, run_id, finished=True)
    try:
        training.check(config, data.image_shape, data.n_train)
        model = models.describe(config, data.image_shape)
        needed = memory.needed_bytes(config, model, data.n_train, data.n_test)
        memory.check_fits(needed, machine.memory_share)
    except AutoencError as error:
        return Planned(config, run_id, refusal=str(error))
    done = before.epochs_done if before else 0
    return Planned(
        config,
        run_id,
        part=forecasting.part(config, data, machine, done),
        needed_bytes=needed,
        n_multiplications=model.n_multiplications
        * (config.epochs - done)
        * (config.train_images or data.n_train),
    )
