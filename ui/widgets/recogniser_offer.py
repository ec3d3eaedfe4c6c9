"""What trains a recogniser: the time, a button, its progress; on its page and wherever one is missing."""

from __future__ import annotations

import streamlit as st

from autoenc import datasets, recipes, recognition
from autoenc.errors import AutoencError, ConfigError
from autoenc.jobs import RecogniserJob
from autoenc.schema import Snapshot, State
from ui.app import errors
from ui.components.accessibility import announce
from ui.core import catalogue, forecasts, polling, recognisers, sessions, visitor
from ui.core.caching import once
from ui.core.text import plain
from ui.widgets import labels, offers

LABEL = "Train a recogniser"


def offer(dataset: str, key: str) -> None:
    """The usual recogniser of a data set that has none yet; the page is redrawn when it is there.

    Args:
        key: of the page, as that of a widget.
    """
    if why := cannot_read(dataset):
        say_why(why)
        return
    job = RecogniserJob(recipes.recogniser_config(catalogue.info_of(dataset)))
    active = is_active(job)
    seconds = polling.interval_seconds() if active else offers.ACTIVE_SECONDS
    st.fragment(_offer, run_every=seconds * polling.own_pace())(job, key, active)


def _offer(job: RecogniserJob, key: str, was_active: bool) -> None:
    with errors.shown():
        if is_active(job) != was_active or recognisers.of_dataset(job.config.dataset) is not None:
            st.rerun()  # the whole page: now there is something to read with
        in_place(job, key)


def in_place(job: RecogniserJob, key: str) -> None:
    """The same in a part of a page that is redrawn anyway."""
    follow(job, key)
    if not is_active(job) and button(job, key, LABEL):
        sessions.start(job)
        st.rerun()


def follow(job: RecogniserJob, key: str) -> None:
    """How long it will take; while it is trained, how far it is, and Stop; why it failed."""
    latest = snapshot(job)
    if latest is None or not latest.state.active:
        if latest is not None and latest.state is State.FAILED:
            st.error(plain(latest.message), icon=":material/error:")
        if latest is None or latest.state is not State.FINISHED:
            offers.time(forecasts.of_recogniser(job.config))
        return
    polling.look()
    with st.container(horizontal=True, vertical_alignment="center", key=f"recogniser-{key}"):
        st.progress(latest.value.done if latest.value else 0.0, labels.progress(latest))
        if visitor.may_stop(latest) and st.button(
            "Stop", icon=":material/stop:", key=f"stop-recogniser-{key}"
        ):
            sessions.stop(latest)
    announce("recogniser", job.job_id, latest.state, f"{job.title}: training started.", active=True)


def button(job: RecogniserJob, key: str, label: str) -> bool:
    """Pressed; it says what pressing it will do."""
    latest = snapshot(job)
    earlier = recognition.furthest(job.config, datasets.load(job.config.dataset).fingerprint)
    if latest is not None and latest.state is State.FINISHED:
        return False
    if earlier is not None:
        label = f"Resume from epoch {len(earlier.epochs):,}"
    return st.button(
        label, type="primary", icon=":material/play_arrow:", width="stretch", key=f"train-recogniser-{key}"
    )


def snapshot(job: RecogniserJob) -> Snapshot | None:
    """It at this moment, from the sessions or else from its file; None: nobody has begun it."""
    latest = sessions.background().snapshot(job.job_id)
    is_over = latest is None or latest.state is State.FINISHED  # its file may have gone since
    return job.stored() if is_over else latest


def is_active(job: RecogniserJob) -> bool:
    """Whether it is queued or at work, here or in another process."""
    latest = snapshot(job)
    return latest is not None and latest.state.active


def say_why(why: str) -> None:
    """That nobody can learn to read these images."""
    st.info(f"{plain(why[:1].upper() + why[1:])}.", icon=":material/label_off:")


def cannot_read(dataset: str) -> str:
    """Why nobody can learn to read these images, in a sentence; "": a recogniser can."""
    try:
        return _cannot_read(dataset, datasets.load(dataset).fingerprint)
    except AutoencError as error:
        return str(error)


@once(maxsize=64)
def _cannot_read(dataset: str, fingerprint: str) -> str:
    """A look at all labels, which several parts of a page ask for twice a second."""
    try:
        recognition.check_readable(datasets.load(dataset))
    except ConfigError as error:
        return str(error)
    return ""
