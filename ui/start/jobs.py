"""The state of the machine: what it trains on, and what it is at."""

from __future__ import annotations

import streamlit as st

from autoenc import devices
from autoenc.jobs import TrainJob
from autoenc.schema import Snapshot
from ui.app import errors, layout
from ui.core import links, polling, sessions
from ui.core.text import plain
from ui.widgets import labels

SECONDS = 2.0  # between two looks
MAX_SHOWN = 10  # jobs


def now() -> None:
    """Device, cores, and all that runs or waits, followed by itself."""
    layout.section("**This machine**")
    st.fragment(_now, run_every=SECONDS * polling.own_pace())()


def _now() -> None:
    with errors.shown():
        jobs, (running, waiting) = sessions.active_jobs(MAX_SHOWN), sessions.background().counts()
        row = st.container(horizontal=True, gap="medium")
        row.metric("Computes on", devices.title())
        row.metric("Cores", sessions.background().n_cores)
        row.metric(
            "Running",
            f"{running} of {sessions.background().n_workers}",
            help="Maximum simultaneous runs.",
        )
        row.metric("Waiting", f"{waiting:,}")
        for refusal in sessions.background().refusals():
            st.warning(plain(refusal), icon=":material/block:")
        if crowding := sessions.crowded():
            st.caption(f":material/speed: {plain(crowding)}")
        for job in jobs:
            _line(job)
        if (more := running + waiting - len(jobs)) > 0:
            st.caption(f"… and {more:,} more")


def _line(job: Snapshot) -> None:
    name = plain(job.job.title if job.job else job.job_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.value.done if job.value else 0.0, f"{name} – {labels.progress(job)}")
        if isinstance(job.job, TrainJob):
            links.link_to("train", "Watch", ":material/visibility:", {"run": job.job_id})
