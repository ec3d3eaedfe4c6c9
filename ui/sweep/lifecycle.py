"""The life of a sweep: planned, started, followed, stopped, taken up again; and which one is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autoenc import checkpoints, datasets, recipes, sweeps
from autoenc.errors import AutoencError, DatasetMissing
from autoenc.runs import by_id
from autoenc.schema import BaselineCurve, Forecast, Point, RunSummary, State, Sweep
from autoenc.sweeps import Plan, SavedSweep
from ui.core import forecasts
from ui.core.catalogue import info_of, infos, is_colour
from ui.core.sessions import active_of, background, runs_on_disk, stop
from ui.core.visitor import DASHBOARD, address, is_teacher, may_stop
from ui.core.visitor import name as visitor_name
from ui.core.workspace import in_colour
from ui.sweep.settings import SWEEP_ID, USUAL_SWEEP, form_sweep, show_sweep


def plan(sweep: Sweep) -> Plan | None:
    """What the sweep would take here; None: its data set is not here."""
    info = info_of(sweep.base.dataset)
    fingerprint = _fingerprint(info.name)
    if fingerprint is None:
        return None
    return sweeps.plan(sweep, info, fingerprint, forecasts.machine(), _by_id())


def form_sweep_id() -> str | None:
    """The sweep that the form describes; None: it cannot be trained here as it stands."""
    try:
        sweep = form_sweep()
    except AutoencError:  # the form says so
        return None
    fingerprint = _fingerprint(sweep.base.dataset)
    return None if fingerprint is None else sweep.sweep_id(fingerprint)


# ---------------------------------------------------------------- what becomes of it


def start_sweep(sweep: Sweep, planned: Plan, *, alone: bool) -> None:
    """Have it done and look at it; what is under way or done already is joined.

    Raises:
        AutoencError: it cannot be saved or started.
    """
    fingerprint = datasets.load(sweep.base.dataset).fingerprint
    saved = SavedSweep(sweep, fingerprint, planned.run_ids, alone=alone, owner=visitor_name())
    before = sweeps.find(saved.sweep_id)
    if before is not None and before.wanted:  # it is under way; stop belongs to whoever began it
        saved = replace(saved, owner=before.owner)
    sweeps.save(saved)
    sweeps.begin(background(), saved, {run.run_id for run in planned.finished}, address())
    show_sweep(saved.sweep_id)


def continue_sweep(saved: SavedSweep, points: Sequence[Point]) -> None:
    """Have the runs done that were stopped, interrupted or failed; raises as `start_sweep` does."""
    saved = replace(saved, wanted=True, stopped=frozenset(), owner=visitor_name(), asked=True)
    sweeps.save(saved)
    sweeps.begin(background(), saved, {point.run_id for point in points if point.finished}, address())


def stop_sweep(saved: SavedSweep) -> None:
    """Stop all of its runs.

    Raises:
        AutoencError: another visitor has started it.
    """
    _check_own(saved)
    sweeps.save(replace(saved, wanted=False))
    for run_id, run in background().snapshots(saved.run_ids).items():
        if run.state.active and run.owner == saved.owner:  # others may want this run too
            background().stop(run_id)


def stop_run_of(saved: SavedSweep, run_id: str) -> None:
    """Stop one of its runs, and do not take it up again.

    Raises:
        AutoencError: another visitor has started it, perhaps before the sweep.
    """
    if (run := background().snapshot(run_id)) is not None:
        stop(run)
        sweeps.save(replace(saved, stopped=saved.stopped | {run_id}))


def may_stop_run(run_id: str) -> bool:
    run = background().snapshot(run_id)
    return run is not None and may_stop(run)


def may_stop_sweep(saved: SavedSweep) -> bool:
    return is_teacher() or saved.owner == visitor_name()


def is_trained_here(saved: SavedSweep) -> bool:
    """Whether this dashboard trains a run of it, and not a command beside it."""
    return any(run.state.active for run in background().snapshots(saved.run_ids).values())


def _check_own(saved: SavedSweep) -> None:
    if not may_stop_sweep(saved):
        raise AutoencError("somebody else started this sweep; only they and the teacher can stop it")


def follow_sweep(sweep_id: str) -> tuple[SavedSweep, tuple[Point, ...]] | None:
    """The sweep and its runs at this moment; None: it is not on this machine."""
    saved = sweeps.find(sweep_id)
    return None if saved is None else (saved, _points(saved))


def take_up(saved: SavedSweep, points: Sequence[Point]) -> None:
    """Start what is wanted and nobody is at: a server that has ended left it so.

    A sweep that has ended is not wanted any more: one of its runs that is deleted later stays deleted.

    Raises:
        AutoencError: its runs cannot be started, or the folder cannot be written to.
    """
    if not saved.wanted:
        return
    left = {p.run_id for p in points if p.state in (None, State.INTERRUPTED)} - saved.stopped
    if left:
        sweeps.begin(background(), saved, {point.run_id for point in points} - left, address())
    elif not any(point.state is not None and point.state.active for point in points):
        sweeps.save(replace(saved, wanted=False))


def _points(saved: SavedSweep) -> tuple[Point, ...]:
    image_shape = info_of(saved.sweep.base.dataset).image_shape
    if saved.example:
        return sweeps.points(saved, image_shape, {}, by_id(checkpoints.examples()))
    return sweeps.points(saved, image_shape, background().snapshots(saved.run_ids), _by_id())


def baselines(saved: SavedSweep) -> tuple[BaselineCurve, ...]:
    """What its runs are compared with, as far as it is measured; none where the images are not here."""
    if _fingerprint(saved.sweep.base.dataset) is None:
        return ()
    return sweeps.baseline_curves(background(), sweeps.baseline_jobs(saved))


def begin_baselines(saved: SavedSweep, points: Sequence[Point]) -> None:
    """Have those measured that its results lack: a sweep may be older than a baseline, or than the cache."""
    if _fingerprint(saved.sweep.base.dataset) is not None:
        sweeps.begin_missing(background(), sweeps.baseline_jobs(saved), points, DASHBOARD)


def n_measuring(saved: SavedSweep) -> int:
    """How many of its baselines are being measured."""
    if _fingerprint(saved.sweep.base.dataset) is None:
        return 0
    return len(active_of(sweeps.baseline_jobs(saved)))


def left_of(saved: SavedSweep, points: Sequence[Point]) -> Forecast | None:
    """Until its runs have ended that are queued or at work; None: nobody can know yet."""
    info = info_of(saved.sweep.base.dataset)
    snapshots = background().snapshots(saved.run_ids)
    return sweeps.left(saved, points, info, forecasts.machine(), snapshots)


def expected_to_continue(saved: SavedSweep) -> Forecast | None:
    """What `continue_sweep` will take; None: nobody can know yet."""
    planned = plan(saved.sweep)
    return None if planned is None else forecasts.of_plans([planned], alone=saved.alone)


def n_active(planned: Plan) -> int:
    """How many of its runs some window has trained now."""
    snapshots = background().snapshots(run.run_id for run in planned.to_train)
    return sum(snapshot.state.active for snapshot in snapshots.values())


# ---------------------------------------------------------------- which one is looked at


def shown_sweep() -> str | None:
    """The sweep_id that the visitor looks at: the one they asked for, or a usual one; None: there is none."""
    if (shown := SWEEP_ID.get() or USUAL_SWEEP.get()) is not None:
        return shown
    usual = _own_of_form() or newest_sweep() or (None if in_colour() else _example())
    USUAL_SWEEP.put(usual)
    return usual


def newest_sweep() -> str | None:
    """The user's own that was asked for last; in colour, where only that is shown."""
    return sweeps.newest([info.name for info in infos() if is_colour(info) or not in_colour()])


def _own_of_form() -> str | None:
    """The sweep that the form describes, where somebody has asked for it."""
    saved = sweeps.find(form_sweep_id() or "")
    return saved.sweep_id if saved is not None and not saved.example else None


def _example() -> str:
    example = recipes.SWEEP_EXAMPLE
    return example.sweep_id(datasets.load(example.base.dataset).fingerprint)


def _fingerprint(dataset: str) -> str | None:
    """None: the data set is not here, or not any more."""
    try:
        return datasets.load(dataset).fingerprint
    except DatasetMissing:
        return None


def _by_id() -> dict[str, RunSummary]:
    return by_id(runs_on_disk())
