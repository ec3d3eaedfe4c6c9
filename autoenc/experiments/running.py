"""A lab is done: what is missing is started in the background sessions, the cheapest first.

Only a few jobs wait at a time: so what comes next is always the cheapest of all that can be begun, other
visitors get their turn, and Stop leaves nothing behind.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread

from autoenc import checkpoints, datasets
from autoenc.errors import AutoencError, DatasetError
from autoenc.experiments.machine import machine_of
from autoenc.experiments.progress import LabNow, StepNow, look
from autoenc.experiments.saved import SavedLab, find, save, wanted
from autoenc.experiments.sizes import SIZES, Lab
from autoenc.forecasting import Machine, Part, together
from autoenc.jobs import expected as jobs
from autoenc.runs import by_id
from autoenc.schema import Forecast, RunSummary, State
from autoenc.sessions.protocol import Sessions

log = logging.getLogger(__name__)

WAITING = 1  # jobs of a lab that wait, beside those at work: a worker that is free finds one
LOOK_SECONDS = 1.0  # between two looks at the labs that are wanted
# What a measurement may take of which nothing is known yet, as the model is not trained that it measures.
UNKNOWN = Part(Forecast(0.3, 10.0), 1)


def begin(saved: SavedLab, now: LabNow, sessions: Sessions) -> None:
    """Somebody asks for the lab: what has failed or was stopped is tried again.

    Raises:
        CheckpointError: it cannot be saved.
    """
    before = find(saved.lab_id)
    if before is not None and before.wanted:  # it is under way: stop belongs to whoever began it
        saved = replace(saved, owner=before.owner, address=before.address)
    save(saved)
    for step in now.left:
        if step.job is not None and step.state in (State.FAILED, State.STOPPED):
            sessions.forget(step.job.job_id)


def stop(saved: SavedLab, now: LabNow, sessions: Sessions) -> None:
    """Start nothing more, and stop what the lab has started; what is done stays.

    Raises:
        CheckpointError: it cannot be saved.
    """
    save(replace(saved, wanted=False))
    ids = [step.job.job_id for step in now.active if step.job is not None]
    for job_id, snapshot in sessions.snapshots(ids).items():
        if snapshot.state.active and snapshot.owner == saved.owner:  # others may want this job too
            sessions.stop(job_id)


def advance(saved: SavedLab, now: LabNow, sessions: Sessions) -> bool:
    """Start the cheapest of what can be begun, until a worker that becomes free finds the next.

    Returns:
        whether something is still to come: False once all is done, has failed or was stopped.
    """
    room = sessions.n_workers + WAITING - len(now.active)
    ready = [step for step in now.left if step.job is not None and step.state in (None, State.INTERRUPTED)]
    if room > 0 and ready:
        machine, runs = machine_of(sessions), by_id(checkpoints.summaries()[0])
        for step in sorted(ready, key=lambda step: _cost(step, machine, runs))[:room]:
            assert step.job is not None
            sessions.start(step.job, saved.owner, address=saved.address)
    return bool(ready or now.active)


def expected(now: LabNow, machine: Machine, runs: Iterable[RunSummary]) -> Forecast | None:
    """Until nothing is left; None: nothing has been measured yet."""
    known = by_id(runs)
    parts = [_part(step, machine, known) for step in now.left]
    measured = [part for part in parts if part is not None]
    return together(measured, machine) if len(measured) == len(parts) else None


def _cost(step: StepNow, machine: Machine, runs: dict[str, RunSummary]) -> float:
    part = _part(step, machine, runs)
    return 0.0 if part is None else part.forecast.middle * part.threads


def _part(step: StepNow, machine: Machine, runs: dict[str, RunSummary]) -> Part | None:
    """What is left of a step; None: nothing has been measured yet."""
    if step.job is None:
        return UNKNOWN
    try:
        part = jobs.part(step.job, machine, runs)
    except AutoencError:  # a run or its images have gone a moment ago
        return UNKNOWN
    if part is None or step.state is not State.RUNNING:
        return part
    return replace(part, forecast=part.forecast.times(1 - step.done))


def lab_of(saved: SavedLab) -> Lab | None:
    """The lab as it was asked for; None: one of its data sets is not here any more."""
    with suppress(DatasetError):
        grey, colour, hundred = (datasets.info(name) for name in (saved.grey, saved.colour, "cifar100"))
        if grey.present and colour.present:
            return Lab(SIZES[saved.size], grey, colour, hundred)
    return None


class Keeper:
    """Has the labs done that are wanted, whether a page shows them or not."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._closing = Event()
        self._thread = Thread(target=self._keep, name="labs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            for saved in wanted():
                try:
                    self._advance(saved)
                except AutoencError as error:  # a full queue or disk: it may have room in a moment
                    log.warning("the lab %s waits: %s", saved.lab_id, error)
                except RuntimeError as error:  # the sessions are being closed
                    log.info("the lab %s stands still: %s", saved.lab_id, error)

    def _advance(self, saved: SavedLab) -> None:
        lab = lab_of(saved)
        if lab is None:
            return
        now = look(lab, self._sessions, (*checkpoints.summaries()[0], *checkpoints.examples()))
        latest = find(saved.lab_id)
        if latest is None or not latest.wanted:  # stopped since we looked
            return
        if not advance(latest, now, self._sessions):
            save(replace(latest, wanted=False))
