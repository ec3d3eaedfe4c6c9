"""Whether the reconstructions of a sweep can still be read: its seventh chart."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from autoenc import recipes
from autoenc.errors import AutoencError
from autoenc.jobs import ReadingJob, RecogniserJob
from autoenc.plots import Axes
from autoenc.schema import RecogniserSummary
from autoenc.sweeps import SavedSweep
from ui.app import layout
from ui.core import catalogue, recognisers, sessions
from ui.core.visitor import DASHBOARD
from ui.sweep import settings
from ui.sweep.charts import Points
from ui.widgets import measurements, png_texts, readings, recogniser_offer

KEY = "sweep-readable"
TITLE = "Can it still be read?"


def is_active(saved: SavedSweep, points: Points) -> bool:
    """Whether something of it is read, or its recogniser is trained."""
    with suppress(AutoencError):  # the view says what is the matter
        if (summary := _reader(saved)) is not None:
            return measurements.is_active(_jobs(summary, points))
        return _is_here(saved) and recogniser_offer.is_active(_job(saved))
    return False


def n_missing(saved: SavedSweep, points: Points) -> int:
    """How many of its runs and baselines nobody has read yet; -1: there is nobody who can read."""
    with suppress(AutoencError):
        if (summary := _reader(saved)) is not None:
            return sum(not measurements.is_measured(job) for job in _jobs(summary, points))
        return -1 if _is_here(saved) and not recogniser_offer.cannot_read(saved.sweep.base.dataset) else 0
    return 0


def begin_missing(saved: SavedSweep, points: Points) -> None:
    """Have the runs read that are finished, while others of the sweep are still trained.

    What somebody has stopped, or what has failed, waits for a click.
    """
    if (summary := _reader(saved)) is None:
        return
    for job in _jobs(summary, points):
        if measurements.is_unknown(job):
            sessions.background().start(job, DASHBOARD)


def show(saved: SavedSweep, points: Points) -> None:
    """The chart, and how far it is; where nobody can read yet, what trains a recogniser."""
    layout.subsection(f"**{TITLE}**")
    if not _is_here(saved):
        st.info("Its images are not on this machine any more.", icon=":material/label_off:")
        return
    if why := recogniser_offer.cannot_read(saved.sweep.base.dataset):
        recogniser_offer.say_why(why)
        return
    summary = _reader(saved)
    if summary is None:
        st.markdown("A recogniser reads the pictures that come back. There is none of these images yet.")
        recogniser_offer.in_place(_job(saved), KEY)
        return
    if any(point.finished for point in points):
        measurements.progress(_jobs(summary, points), key=KEY, noun="model")
    curves = readings.measured(summary, points)
    axes = Axes(settings.LOG_SIZE.get())
    png = png_texts.of_sweep(saved, "recognised", "Recognised by size of the code")
    clicked = readings.chart(
        summary, points, curves, key=KEY, axes=axes, highlighted=settings.POINT.get(), png=png
    )
    if clicked in {point.run_id for point in points}:
        settings.POINT.put(clicked)
        st.rerun()


def _is_here(saved: SavedSweep) -> bool:
    return catalogue.fingerprint_of(saved.sweep.base.dataset) == saved.fingerprint


def _reader(saved: SavedSweep) -> RecogniserSummary | None:
    return recognisers.of_dataset(saved.sweep.base.dataset) if _is_here(saved) else None


def _job(saved: SavedSweep) -> RecogniserJob:
    return RecogniserJob(recipes.recogniser_config(catalogue.info_of(saved.sweep.base.dataset)))


def _jobs(summary: RecogniserSummary, points: Points) -> list[ReadingJob]:
    return readings.jobs_of(summary, points) if any(point.finished for point in points) else []
