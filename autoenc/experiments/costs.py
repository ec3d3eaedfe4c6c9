"""How long the steps of a lab will take, and which of them is the cheapest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from autoenc import forecasting
from autoenc.errors import AutoencError
from autoenc.experiments.progress import LabNow, StepNow
from autoenc.experiments.steps import Step
from autoenc.forecasting import Machine, Part, together
from autoenc.jobs import TrainJob
from autoenc.jobs import expected as jobs
from autoenc.schema import Forecast, RunSummary, TrainConfig
from autoenc.sessions.protocol import Sessions
from autoenc.sweeps import machine_of

# Seconds on two cores of an AMD EPYC that a measurement may take of which nothing is known yet, as the model
# is not trained that it measures, on as many test images as MNIST has.
UNKNOWN: Mapping[str, Forecast] = {
    "curve": Forecast(5.0, 30.0),
    "rates": Forecast(2.0, 10.0),
    "reading": Forecast(0.5, 3.0),
}
TEST_IMAGES = 10_000
ANYTHING = Forecast(0.3, 10.0)  # of what has gone while we looked


def expected(now: LabNow, machine: Machine, runs: Iterable[RunSummary]) -> Forecast | None:
    """Until nothing is left; None: nothing has been measured yet."""
    costs, shorter = _Costs(now, machine, runs), _shorter(now.left)
    parts = [costs.part(step, shorter.get(step.step, 0)) for step in now.left]
    measured = [part for part in parts if part is not None]
    return together(measured, machine) if len(measured) == len(parts) else None


def cheapest(
    ready: Sequence[StepNow], now: LabNow, sessions: Sessions, runs: Iterable[RunSummary]
) -> list[StepNow]:
    """Those that may begin, the cheapest first; as they come as long as the machine's speed is not known.

    A run that will continue a shorter one of the lab lets that one end first: else its epochs were trained
    twice.
    """
    costs, shorter = _Costs(now, machine_of(sessions), runs), _shorter([*ready, *now.active])
    return sorted((step for step in ready if step.step not in shorter), key=costs.of)


def _shorter(steps: Iterable[StepNow]) -> dict[Step, int]:
    """Of the runs that continue another one of these: its epochs."""
    configs = {now.step: now.job.config for now in steps if isinstance(now.job, TrainJob)}
    epochs: dict[TrainConfig, set[int]] = {}
    for config in configs.values():
        epochs.setdefault(replace(config, epochs=1), set()).add(config.epochs)
    continued = {
        step: [n for n in epochs[replace(config, epochs=1)] if n < config.epochs]
        for step, config in configs.items()
    }
    return {step: max(shorter) for step, shorter in continued.items() if shorter}


class _Costs:
    """What the steps of a lab take, with as few looks at the disk as can be."""

    def __init__(self, now: LabNow, machine: Machine, runs: Iterable[RunSummary]) -> None:
        self._machine = machine
        self._runs = {run.run_id: run for run in reversed(tuple(runs))}  # the user's own before examples
        self._infos = {data.name: data for data in now.lab.data}
        self._continue = _shorter(now.steps)

    def of(self, step: StepNow) -> float:
        """Seconds of one core."""
        part = self.part(step)
        return 0.0 if part is None else part.forecast.middle * part.threads

    def part(self, step: StepNow, epochs_before: int = 0) -> Part | None:
        """What is left of a step; None: nothing has been measured yet.

        Args:
            epochs_before: that another run will have trained by then.
        """
        info, job, done = self._infos[step.step.dataset], step.job, step.done
        if job is None:
            unknown = UNKNOWN.get(step.step.title, ANYTHING).times(info.n_test / TEST_IMAGES)
            return Part(unknown, self._machine.n_cores)
        try:
            if isinstance(job, TrainJob):
                epochs = max(done * job.config.epochs, epochs_before)
                if step.state is None and step.step not in self._continue:  # nothing of it is on disk
                    return forecasting.part(job.config, info, self._machine, epochs)
                done = epochs / job.config.epochs
            return jobs.part(job, self._machine, self._runs, done)
        except AutoencError:  # a run or its images have gone a moment ago
            return Part(ANYTHING, 1)
