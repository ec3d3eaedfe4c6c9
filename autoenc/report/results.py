"""What has been trained and measured for a lab, read from its files: nothing here computes a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from autoenc import checkpoints, datasets, inspection, sweeps
from autoenc.datasets import Dataset
from autoenc.errors import AutoencError
from autoenc.experiments import Lab
from autoenc.experiments.steps import Step
from autoenc.inspection import Trained
from autoenc.runs import by_id
from autoenc.schema import DatasetInfo, Point, Run, RunSummary, State, TrainConfig


class Results:
    """The finished runs and measurements of a lab at one moment."""

    def __init__(self, lab: Lab, runs: Iterable[RunSummary]) -> None:
        """
        Args:
            runs: those on disk, and the examples.
        """
        self.lab = lab
        self._runs = by_id(run for run in runs if run.finished)
        self._trained: dict[str, Trained] = {}

    def data(self, info: DatasetInfo) -> Dataset | None:
        """None: its images are not here."""
        with suppress(AutoencError):
            return datasets.load(info.name)
        return None

    def summary(self, config: TrainConfig) -> RunSummary | None:
        """The finished run of these settings; None: there is none."""
        with suppress(AutoencError):
            return self._runs.get(config.run_id(datasets.load(config.dataset).fingerprint))
        return None

    def run(self, config: TrainConfig) -> Run | None:
        """The same with its history; None: there is none that can be read."""
        summary = self.summary(config)
        with suppress(AutoencError):
            return None if summary is None else checkpoints.read(summary.run_id)
        return None

    def trained(self, config: TrainConfig) -> Trained | None:
        """The same beside its data, ready to compute; None: there is none that can be opened."""
        summary = self.summary(config)
        if summary is None:
            return None
        if summary.run_id not in self._trained:
            with suppress(AutoencError):
                self._trained[summary.run_id] = inspection.open_run(summary.run_id)
        return self._trained.get(summary.run_id)

    def points(self, configs: Iterable[TrainConfig]) -> tuple[Point, ...]:
        """The finished ones of these, as charts of sweeps take them."""
        summaries = (self.summary(config) for config in configs)
        return tuple(sweeps.point_of(summary) for summary in summaries if summary is not None)

    def value(self, step: Step) -> Any:
        """What a step has measured, whole; None: it has not been measured."""
        with suppress(AutoencError):
            stored = step.make().stored()
            if stored is not None and stored.state is State.FINISHED:
                return stored.value
        return None

    def values(self, steps: Iterable[Step]) -> Sequence[Any]:
        """Those that are known."""
        known = (self.value(step) for step in steps)
        return [value for value in known if value is not None]
