"""What stands above a button that starts work: how long it takes, or how far it is where it has begun."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from autoenc.jobs import TrainJob
from autoenc.schema import Forecast, TrainConfig
from ui.core import catalogue, forecasts, idle, sessions
from ui.widgets import labels

WATCH = "Watch it train"
ACTIVE_SECONDS = 1.0  # between two looks at what is under way, or will be known in a moment


def time(forecast: Forecast | None, note: str = "") -> None:
    """The line above a button that starts more than a moment's work; the same on every page."""
    known, _, wait = forecasts.text(forecast).partition(", ")
    text = f"**{known}**" if forecast is not None else known
    st.markdown(f"Time: {', '.join(filter(None, (text, wait, note)))}")


def training(config: TrainConfig, shown_run: str | None = None) -> None:
    """The line above a button that trains this; a bar where some window has it trained already.

    Args:
        shown_run: the run whose progress is on the page anyway.
    """
    run_id = run_id_of(config)
    if run_id is not None and run_id == shown_run and sessions.is_active(run_id):
        st.markdown("Being trained now")
    elif run_id is not None and sessions.is_active(run_id):
        latest = sessions.snapshot(run_id)
        run = latest.run if latest is not None else None
        progress = labels.progress(latest) if latest is not None else "Training in another process"
        st.progress(run.done if run is not None else 0.0, progress)
    elif is_finished(config):
        st.markdown("Already trained")
    else:
        time(forecasts.of_runs([config]))


def moment(config: TrainConfig) -> Hashable:
    """What another window, or the measurement of the machine, would change of that line."""
    run_id = run_id_of(config)
    state = None if run_id is None else (sessions.is_active(run_id), is_finished(config))
    return state, sessions.background().speed() is None


def interval(*configs: TrainConfig) -> float:
    """Seconds between two looks at what other windows make of these."""
    soon = sessions.background().speed() is None or any(map(is_active, configs))
    return ACTIVE_SECONDS if soon else idle.SECONDS


def is_finished(config: TrainConfig) -> bool:
    """Whether there is nothing left to train of it; examples are trained once more."""
    run_id = run_id_of(config)
    return run_id is not None and sessions.is_finished(run_id) and not sessions.is_example(run_id)


def is_active(config: TrainConfig) -> bool:
    """Whether some window has it trained now."""
    run_id = run_id_of(config)
    return run_id is not None and sessions.is_active(run_id)


def run_id_of(config: TrainConfig) -> str | None:
    """None: its images are not here."""
    return TrainJob(config).job_id if catalogue.is_present(config.dataset) else None
