"""The hand-out: one file that opens anywhere, and every number in it as tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import time

import streamlit as st

from autoenc.experiments import LabNow, Status
from autoenc.numerals import counted, data_size, out_of
from autoenc.report import handout
from autoenc.report.handout import HandoutJob
from autoenc.schema import Snapshot
from ui.app import layout
from ui.components.accessibility import announce
from ui.core import labs, sessions, visitor
from ui.core.labs import HandoutNow
from ui.core.text import duration, plain


def show(latest: LabNow) -> None:
    layout.section("**Hand-out**")
    st.markdown(
        "All experiments in one HTML file: charts that can be zoomed, pictures, tables, the report's numbers "
        "beside ours, settings, versions and this machine. It opens in any browser without internet, on a "
        "phone too, and prints. A second file has every number in it as CSV tables."
    )
    n_done = sum(one.status is Status.DONE for one in latest.experiments)
    st.markdown(f"It will hold {out_of(n_done, len(latest.experiments), 'experiment')}; it names the others.")
    job, making = labs.handout_job(latest), labs.making(latest)
    made = labs.made(job)
    with st.container(key="handout"):
        if making is not None:
            _under_way(making)
        elif made is None or not made.is_latest:
            _offer(job, made)
        for sentence in sessions.failures_of([job]):
            st.error(plain(sentence), icon=":material/error:")
        if made is not None:
            _downloads(made)
    _announce(job, making, made)


def _offer(job: HandoutJob, made: HandoutNow | None) -> None:
    label = "Make the hand-out" if made is None else "Make it again"
    if st.button(label, type="primary", icon=":material/description:", key="make-handout"):
        sessions.start(job)
        st.rerun()


def _under_way(making: Snapshot) -> None:
    value = making.value if isinstance(making.value, handout.Handout) else handout.Handout()
    waiting = f"Waiting: {counted(making.ahead, 'job')} ahead" if making.ahead else "Waiting: next in line"
    st.progress(value.done, plain(value.doing or waiting))
    if visitor.may_stop(making) and st.button("Stop", icon=":material/stop:", key="stop-handout"):
        sessions.stop(making)
        st.rerun()


def _downloads(made: HandoutNow) -> None:
    """For everybody: a hand-out is made to be given away."""
    since = "" if made.is_latest else " Results have come since then."
    st.markdown(f"Made {plain(_ago(made.made))}, {data_size(made.n_bytes)}.{since}")
    with st.container(horizontal=True):
        _download("Hand-out (HTML)", made.job, "html", "text/html", handout.html_bytes)
        _download("Its numbers (CSV files in a ZIP)", made.job, "zip", "application/zip", handout.zip_bytes)


def _download(
    label: str, job: HandoutJob, ending: str, mime: str, read: Callable[[HandoutJob], bytes]
) -> None:
    st.download_button(
        label,
        partial(read, job),
        handout.file_name(job, ending),
        mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"get-handout-{ending}",
    )


def _ago(moment: float) -> str:
    """`just now`, `5 min ago`."""
    seconds = time() - moment
    return "just now" if seconds < 90 else f"{duration(seconds)} ago"


def _announce(job: HandoutJob, making: Snapshot | None, made: HandoutNow | None) -> None:
    moment = "making" if making is not None else "made" if made is not None else "none"
    sentences = {"making": "The hand-out is being made.", "made": "The hand-out is ready.", "none": ""}
    subject = job.job_id.rpartition("-")[0]
    announce("handout", subject, moment, sentences[moment], active=making is not None)
