"""How long a sweep will still take, by the progress of its own runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from autoenc import forecasting, models, training
from autoenc.datasets import DatasetInfo
from autoenc.forecasting import Machine, Part
from autoenc.schema import Forecast, Point, Run, Snapshot, State, TrainConfig
from autoenc.sweeps.continuing import continued_epochs
from autoenc.sweeps.saved import SavedSweep

# How far a run may be out that waits, where others of the sweep have shown how fast the machine is.
BY_OTHERS = (0.8, 1.25)
ENDED = (State.FINISHED, State.FAILED, State.STOPPED)


@dataclass(frozen=True)
class _Member:
    """One run of the sweep."""

    point: Point
    expected: Forecast  # of an epoch, before it began
    threads: int  # that it makes use of alone
    run: Run | None  # None: it has not begun, or long ago
    continued: int = 0  # epochs that a shorter run leaves it to continue from

    def slower(self, share: float) -> float | None:
        """How many times the expected work of an epoch is what it takes; None: not known yet.

        Args:
            share: cores of each of the runs that are at work at the same time.
        """
        if self.run is None or not forecasting.is_measured(self.run):
            return None
        seconds = forecasting.epoch_seconds(self.run) or 0.0
        threads = self.run.epochs[-1].threads if self.run.epochs else 0
        work = self.expected.middle * max(self.threads, share)
        return seconds * max(threads, share) / work

    def left(self, share: float, same: Sequence[float], others: Sequence[float]) -> Part | None:
        """What is left of it; None: nothing.

        Args:
            same: how many times the expected work runs of this model took;
            others: those of other models, of which half is believed.
        """
        if self.point.state in ENDED:
            return None
        epoch = self.expected
        if same:
            seconds = epoch.middle * median(same)
            epoch = Forecast(seconds, seconds).out_by(*BY_OTHERS)
        elif others:
            epoch = epoch.times(math.sqrt(median(others)))
        if self.point.state is State.RUNNING and self.run is not None:
            now = epoch.times(max(self.threads, share) / share)
            seconds = forecasting.seconds_left(self.run, now) or 0.0
            return Part(Forecast(seconds, seconds), round(share))
        n_epochs = self.point.config.epochs
        waits = epoch.times(n_epochs - max(n_epochs * self.point.done, self.continued))
        return Part(Forecast.sum([forecasting.START, waits]), self.threads)


def left(
    saved: SavedSweep,
    points: Sequence[Point],
    data: DatasetInfo,
    machine: Machine,
    snapshots: Mapping[str, Snapshot],
) -> Forecast | None:
    """Seconds until none of its runs is queued or at work; None: nothing has been measured yet.

    A run at work goes on as it does now. One that waits takes as many times what was expected of it as those
    of its model do: so it counts, too, what else the machine does meanwhile.

    Args:
        snapshots: what the sessions know of its runs, by run_id.
    """
    members, own = [], frozenset(saved.run_ids)
    by_config = {point.config: point for point in points}
    continued = continued_epochs(by_config)
    for point in points:
        expected = forecasting.epoch(point.config, data, machine, own)
        if expected is None:
            return None
        model, latest = models.describe(point.config, data.image_shape), snapshots.get(point.run_id)
        threads = training.useful_threads(point.config, model, machine.n_cores)
        run, before = latest.run if latest else None, _to_continue(point, continued, by_config)
        members.append(_Member(point, expected, threads, run, before))
    share = machine.n_cores / (1 if saved.alone else min(machine.n_workers, machine.n_cores))
    slower = [(m.point.config.model, factor) for m in members if (factor := m.slower(share)) is not None]
    parts = []
    for member in members:
        same = [factor for model, factor in slower if model == member.point.config.model]
        part = member.left(share, same, [factor for _, factor in slower])
        parts += [part] if part is not None else []
    add = forecasting.filled if slower else forecasting.together
    return add(parts, machine, alone=saved.alone)


def _to_continue(
    point: Point, continued: Mapping[TrainConfig, int], by_config: Mapping[TrainConfig, Point]
) -> int:
    """Epochs on disk when it will begin; of a shorter run that was stopped or failed only those done."""
    if not (epochs := continued.get(point.config, 0)):
        return 0
    shorter = by_config[replace(point.config, epochs=epochs)]
    goes_on = shorter.state is None or shorter.state.active or shorter.finished
    return epochs if goes_on else shorter.epochs_done
