"""Curves over the test set, measured in the background while the class watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from autoenc.jobs import CurveJob
from autoenc.schema import Curve, Snapshot, State, usual_levels
from ui.app import errors
from ui.core import forecasts, idle, pages, polling, sessions, visitor
from ui.core.text import plain
from ui.widgets import offers

Draw = Callable[[Sequence[Curve]], None]


def curve_job(dataset: str, kind: str, method: str) -> CurveJob:
    return CurveJob(dataset, kind, method, usual_levels(kind))


def follow(jobs: Sequence[CurveJob], draw: Draw, *, key: str) -> None:
    """These curves so far, redrawn while they grow; a button that measures the others."""
    active = any(sessions.is_active(job.job_id) for job in jobs)
    seconds = polling.interval_seconds() if active else None
    if not active and not all(map(_is_measured, jobs)):
        seconds = idle.SECONDS
    st.fragment(_follow, run_every=seconds and seconds * polling.own_pace())(jobs, draw, key, active)


def _follow(jobs: Sequence[CurveJob], draw: Draw, key: str, was_active: bool) -> None:
    with errors.shown():
        active = any(sessions.is_active(job.job_id) for job in jobs)
        if active != was_active:
            st.rerun()  # the whole page: the clock of this part is set there
        if active:
            polling.look()
        done_so_far = [_curve_of(job) for job in jobs]
        _progress(jobs, done_so_far, key, active=active)
        for sentence in sessions.failures_of(jobs):
            st.error(plain(sentence), icon=":material/error:")
        draw(
            [
                curve or Curve(job.dataset, job.noise, job.method)
                for job, curve in zip(jobs, done_so_far, strict=True)
            ]
        )
        pages.write_address()


def _progress(jobs: Sequence[CurveJob], curves: Sequence[Curve | None], key: str, *, active: bool) -> None:
    """How far the curves are; at rest a button for those that are missing."""
    done = [0.0 if curve is None else curve.done for curve in curves]
    missing = [job for job in jobs if not _is_measured(job)]
    if not missing:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"progress-{key}"):
        n_done = len(jobs) - len(missing)
        if active:
            left = forecasts.curves_left(missing).text
            st.progress(sum(done) / len(done), f"{n_done} of {len(jobs)} curves measured, {left} left")
            own = list(filter(visitor.may_stop, sessions.active_of(missing)))
            if own and st.button("Stop", icon=":material/stop:", key=f"stop-{key}"):
                for snapshot in own:
                    sessions.stop(snapshot)
            return
        offers.time(forecasts.of_curves(missing))
        if st.button(
            f"Measure {len(missing)} curve{'s'[: len(missing) > 1]} on the test set",
            icon=":material/monitoring:",
            key=f"measure-{key}",
        ):
            for job in missing:
                sessions.start(job)
            st.rerun()


def _snapshot(job: CurveJob) -> Snapshot | None:
    """From the sessions, or else from its file; None: nothing is known."""
    return sessions.background().snapshot(job.job_id) or job.stored()


def _curve_of(job: CurveJob) -> Curve | None:
    """As far as it is measured; None: nothing is known."""
    snapshot = _snapshot(job)
    return snapshot.value if snapshot is not None and isinstance(snapshot.value, Curve) else None


def _is_measured(job: CurveJob) -> bool:
    """Wholly, and kept."""
    snapshot = _snapshot(job)
    return snapshot is not None and snapshot.state is State.FINISHED
