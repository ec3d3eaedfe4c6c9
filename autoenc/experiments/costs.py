"""How long the steps of a lab will take, and which of them is the cheapest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from autoenc.errors import AutoencError
from autoenc.experiments.machine import machine_of
from autoenc.experiments.progress import LabNow, StepNow
from autoenc.experiments.steps import Step
from autoenc.forecasting import Machine, Part, together
from autoenc.jobs import TrainJob
from autoenc.jobs import expected as jobs
from autoenc.runs import by_id
from autoenc.schema import Forecast, RunSummary, TrainConfig
from autoenc.sessions.protocol import Sessions

# What a measurement may take of which nothing is known yet, as the model is not trained that it measures.
UNKNOWN = Part(Forecast(0.3, 10.0), 1)

Runs = Mapping[str, RunSummary]


def expected(now: LabNow, machine: Machine, runs: Iterable[RunSummary]) -> Forecast | None:
    """Until nothing is left; None: nothing has been measured yet."""
    known, shorter = by_id(runs), _shorter(now.left)
    parts = [_part(step, machine, known, shorter.get(step.step, 0)) for step in now.left]
    measured = [part for part in parts if part is not None]
    return together(measured, machine) if len(measured) == len(parts) else None


def cheapest(
    ready: Sequence[StepNow], now: LabNow, sessions: Sessions, runs: Iterable[RunSummary]
) -> list[StepNow]:
    """Those that may begin, the cheapest first; as they come as long as the machine's speed is not known.

    A run that will continue a shorter one of the lab lets that one end first: else its epochs were trained
    twice.
    """
    machine, known = machine_of(sessions), {run.run_id: run for run in reversed(tuple(runs))}
    shorter = _shorter([*ready, *now.active])
    may_begin = [step for step in ready if step.step not in shorter]
    return sorted(may_begin, key=lambda step: _cost(step, machine, known))


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


def _cost(step: StepNow, machine: Machine, runs: Runs) -> float:
    part = _part(step, machine, runs)
    return 0.0 if part is None else part.forecast.middle * part.threads


def _part(step: StepNow, machine: Machine, runs: Runs, epochs_before: int = 0) -> Part | None:
    """What is left of a step; None: nothing has been measured yet.

    Args:
        epochs_before: that another run will have trained by then.
    """
    if step.job is None:
        return UNKNOWN
    done = step.done
    if isinstance(step.job, TrainJob):
        done = max(done, epochs_before / step.job.config.epochs)
    try:
        return jobs.part(step.job, machine, runs, done)
    except AutoencError:  # a run or its images have gone a moment ago
        return UNKNOWN
