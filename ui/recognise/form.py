"""What is to be read, and by whom."""

from __future__ import annotations

import streamlit as st

from autoenc import recipes
from autoenc.errors import ConfigError
from autoenc.jobs import RecogniserJob
from autoenc.numerals import counted
from autoenc.schema import RECOGNISER_BOUNDS, State
from ui.app import layout
from ui.core import sessions
from ui.core.text import plain
from ui.recognise import settings
from ui.widgets import recogniser_offer, training_form, training_settings


def recogniser_form() -> RecogniserJob | None:
    """What trains the recogniser that is wanted; None: these images are not here, or nobody can read them."""
    training_settings.settings()
    info = training_form.dataset_choice()
    st.segmented_control(
        "Learns from",
        (False, True),
        format_func={False: "clean images", True: "noisy images"}.__getitem__,
        key=settings.NOISY.key,
        required=True,
        help="One that has learnt from noisy images (Gaussian noise, all levels) shows how much of a mistake "
        "is the recogniser's fault.",
    )
    if not info.present:
        return None
    if why := recogniser_offer.cannot_read(info.name):
        recogniser_offer.say_why(why)
        return None
    usual = recipes.recogniser_config(info)
    settings.suit_epochs(info.name, usual.epochs)
    st.number_input(
        "Epochs",
        *RECOGNISER_BOUNDS["epochs"],
        key=settings.EPOCHS.key,
        help=f"Usual for this data set: {usual.epochs}. A longer training continues a shorter one.",
    )
    try:
        return RecogniserJob(settings.config())
    except ConfigError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def before_the_click(job: RecogniserJob) -> None:
    """The time and the button."""
    with layout.before_the_click():
        if recogniser_offer.is_active(job):
            st.markdown("Being trained now")
            return
        recogniser_offer.follow(job, "form")
        if recogniser_offer.button(job, "form", "Train"):
            sessions.start(job)
            settings.TAB.put_next(settings.VIEWS["training"])
            layout.fold()
            st.rerun()
        latest = recogniser_offer.snapshot(job)
        if latest is not None and latest.value is not None and latest.state is State.FINISHED:
            st.markdown(
                f"Trained: {counted(job.config.epochs, 'epoch')}. Choose more epochs to train longer."
            )
