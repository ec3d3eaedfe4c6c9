"""Denoise: the class drags the noise and sees at once where an autoencoder helps, and where it invents."""

import streamlit as st

from ui.app import layout
from ui.core import pages, sessions
from ui.denoise import curves, denoisers, form, more, scene
from ui.denoise import settings as denoise_settings
from ui.run import view
from ui.widgets import training_form, training_settings

ignored = pages.open_page("denoise", denoise_settings.DENOISE)
training = denoisers.in_training()

left, right = layout.halves()
with left:
    layout.heading("Remove noise", ignored)
    compared = form.denoise_form(training is not None)
    training_form.offer_download(training_settings.DATASET.get())

with right:
    if compared is not None:
        scene.show(compared)
    if training is not None:
        active = sessions.is_active(training)
        view.run_view(training, active)
        if not active:  # stopped, or failed
            st.button(
                "Close", icon=":material/close:", key="close", on_click=denoise_settings.IN_TRAINING.forget
            )
    if compared is not None:
        where, sizes, matrix = st.tabs(
            list(denoise_settings.QUESTIONS.values()), key=denoise_settings.QUESTION.key, on_change="rerun"
        )
        with where:
            if where.open:
                curves.show(compared)
        with sizes:
            if sizes.open:
                more.sizes(compared)
        with matrix:
            if matrix.open:
                more.matrix(compared)

pages.write_address()
