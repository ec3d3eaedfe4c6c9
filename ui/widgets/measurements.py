"""What is measured on the test set, in the background while the class watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from autoenc.jobs.expected import Measurement
from autoenc.numerals import counted
from autoenc.schema import Snapshot, State
from ui.app import errors
from ui.core import forecasts, idle, pages, polling, sessions, visitor
from ui.core.text import plain
from ui.widgets import offers

Draw = Callable[[Sequence[Any]], None]  # of each measurement as far as it is; None: nothing of it is known


def follow(
    jobs: Sequence[Measurement], draw: Draw, *, key: str, noun: str = "curve", button: str = ""
) -> None:
    """These measurements so far, redrawn while they grow; a button that makes the others.

    Args:
        noun: what one of them is called.
        button: what stands on it; empty: how many are missing.
    """
    active = is_active(jobs)
    seconds = polling.interval_seconds() if active else None
    if not active and not all(map(is_measured, jobs)):
        seconds = idle.SECONDS
    st.fragment(_follow, run_every=seconds and seconds * polling.own_pace())(
        jobs, draw, key, noun, button, active
    )


def _follow(
    jobs: Sequence[Measurement], draw: Draw, key: str, noun: str, button: str, was_active: bool
) -> None:
    with errors.shown():
        active = is_active(jobs)
        if active != was_active:
            st.rerun()  # the whole page: the clock of this part is set there
        if active:
            polling.look()
        progress(jobs, key=key, noun=noun, button=button)
        draw([value_of(job) for job in jobs])
        pages.write_address()


def progress(jobs: Sequence[Measurement], *, key: str, noun: str, button: str = "") -> None:
    """How far they are; at rest a button for those that are missing; why one failed."""
    missing = [job for job in jobs if not is_measured(job)]
    if missing:
        with st.container(horizontal=True, vertical_alignment="center", key=f"progress-{key}"):
            if is_active(jobs):
                _under_way(jobs, missing, key, noun)
            else:
                _offer(missing, key, button or f"Measure {counted(len(missing), noun)} on the test set")
    for sentence in sessions.failures_of(jobs):
        st.error(plain(sentence), icon=":material/error:")


def _under_way(jobs: Sequence[Measurement], missing: Sequence[Measurement], key: str, noun: str) -> None:
    done = [_done(job) for job in jobs]
    left = forecasts.measurements_left(missing).text
    n_done = f"{len(jobs) - len(missing)} of {counted(len(jobs), noun)}"
    st.progress(sum(done) / len(done), f"{n_done} measured, {left} left")
    own = list(filter(visitor.may_stop, sessions.active_of(missing)))
    if own and st.button("Stop", icon=":material/stop:", key=f"stop-{key}"):
        for snapshot in own:
            sessions.stop(snapshot)


def _offer(missing: Sequence[Measurement], key: str, button: str) -> None:
    offers.time(forecasts.of_measurements(missing))
    if st.button(button, icon=":material/monitoring:", key=f"measure-{key}"):
        begin(missing)
        st.rerun()


def begin(jobs: Sequence[Measurement]) -> None:
    """Have those made that are neither made nor under way."""
    for job in jobs:
        if not is_measured(job):
            sessions.start(job)


def is_active(jobs: Sequence[Measurement]) -> bool:
    """Whether one of them is queued or at work."""
    return any(sessions.is_active(job.job_id) for job in jobs)


def value_of(job: Measurement) -> Any:
    """As far as it is measured; None: nothing is known."""
    snapshot = _snapshot(job)
    return None if snapshot is None else snapshot.value


def is_measured(job: Measurement) -> bool:
    """Wholly, and kept."""
    snapshot = _snapshot(job)
    return snapshot is not None and snapshot.state is State.FINISHED


def is_unknown(job: Measurement) -> bool:
    """Neither made nor begun, nor tried since the dashboard was started."""
    return _snapshot(job) is None


def _done(job: Measurement) -> float:
    value = value_of(job)
    return 0.0 if value is None else float(value.done)


def _snapshot(job: Measurement) -> Snapshot | None:
    """From the sessions, or else from its file; None: nothing is known."""
    return sessions.background().snapshot(job.job_id) or job.stored()
