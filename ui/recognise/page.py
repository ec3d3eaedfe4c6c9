"""The page Recognise: a recogniser at one side, what it can still read beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from autoenc import captions
from autoenc.captions import configs
from autoenc.jobs import RecogniserJob
from autoenc.schema import Recogniser, RecogniserSummary, State
from ui.app import errors, layout
from ui.components.accessibility import announce
from ui.core import catalogue, idle, pages, polling, recognisers, sessions, visitor
from ui.core.text import plain
from ui.recognise import charts, form, settings
from ui.widgets import recogniser_offer, training_form, training_settings
from ui.widgets.lesson import lesson

PRESS = ": press Train"


def show() -> None:
    with pages.opened("recognise", settings.RECOGNISE) as ignored:
        left, right = layout.halves()
        with left:
            layout.heading("Can it still be read?", ignored)
            job = form.recogniser_form()
            if job is not None:
                form.before_the_click(job)
            training_form.offer_download(training_settings.DATASET.get())
        with right:
            _beside(job)


def _beside(job: RecogniserJob | None) -> None:
    """The recogniser that is asked for, or what an example reads."""
    if job is not None and recogniser_offer.is_active(job):
        seconds = polling.interval_seconds() * polling.own_pace()
        st.fragment(_in_training, run_every=seconds)(job)
        return
    if job is not None:
        idle.watch(lambda: recogniser_offer.is_active(job))  # another window may train it
    reader = _reader(job)
    if reader is None:
        st.info(f"No recogniser has been trained yet{PRESS if job else ''}.", icon=":material/school:")
        return
    _reads(reader, job)


def _reader(job: RecogniserJob | None) -> RecogniserSummary | None:
    """Who reads: the one that is asked for, or else the best of these images, or else of others."""
    listed = recognisers.listed()
    if job is not None:
        asked = next((one for one in listed if one.recogniser_id == job.job_id and one.finished), None)
        if asked is not None:
            return asked
        if (
            best := recognisers.of_dataset(job.config.dataset, noisy=job.config.noise is not None)
        ) is not None:
            return best
        if (clean := recognisers.of_dataset(job.config.dataset)) is not None:
            return clean
    here = (
        one
        for one in listed
        if one.finished and catalogue.fingerprint_of(one.config.dataset) == one.fingerprint
    )
    return next(here, None)


def _alike(summary: RecogniserSummary, job: RecogniserJob) -> bool:
    """Whether it has learnt from the same images, clean or noisy."""
    config = summary.config
    return (config.dataset, config.noise) == (job.config.dataset, job.config.noise)


def _in_training(job: RecogniserJob) -> None:
    """Redrawn while it learns."""
    with errors.shown():
        latest = recogniser_offer.snapshot(job)
        if latest is None or not latest.state.active:
            st.rerun()  # the whole page
        layout.section(f"**{plain(job.title)}**")
        recogniser_offer.follow(job, "page")
        if latest is not None and isinstance(latest.value, Recogniser):
            charts.training(latest.value)
        pages.write_address()


def _reads(summary: RecogniserSummary, job: RecogniserJob | None) -> None:
    """What it reads; it may be another one than is asked for."""
    is_own = job is not None and _alike(summary, job)
    with errors.shown():
        with st.container(horizontal=True, vertical_alignment="center"):
            title, noise = plain(catalogue.data_title(summary.config.dataset)), summary.config.noise
            learnt = f", learnt from {configs.noise_caption(noise)}" if noise else ""
            what = "Recogniser" if is_own and not summary.example else "Example: recogniser"
            layout.section(f"**{what} of {title}{learnt}**")
            _delete_button(summary)
        recogniser = recognisers.reader(summary).recogniser
        caption = captions.recognition.recogniser_caption(recogniser)
        lesson(caption, key="recogniser")
        announce("recogniser", summary.recogniser_id, State.FINISHED, f"Recogniser trained: {caption}")
        if not is_own:
            st.caption(f"The recogniser that is chosen has not been trained yet{PRESS if job else ''}.")
        titles = list(settings.VIEWS.values())
        tabs = st.tabs(titles, key=settings.TAB.key, on_change=pages.write_address)
        for tab, view in zip(tabs, settings.VIEWS, strict=True):
            with tab:
                if tab.open:
                    _VIEWS[view](summary, recogniser)


def _delete_button(summary: RecogniserSummary) -> None:
    """For the teacher; an example stays."""
    if summary.example or not visitor.is_teacher():
        return
    with st.popover("Delete", icon=":material/delete:", key="delete-recogniser"):
        st.markdown("Delete this recogniser?")
        if st.button("Delete it", type="primary", key="delete-recogniser-now"):
            recognisers.delete(summary)
            sessions.background().forget(summary.recogniser_id)
            st.rerun()


def _training(_: RecogniserSummary, recogniser: Recogniser) -> None:
    charts.training(recogniser)


_VIEWS: Mapping[str, Callable[[RecogniserSummary, Recogniser], None]] = {
    "readable": charts.readable,
    "training": _training,
    "sure": charts.sure,
    "code": charts.code,
}
