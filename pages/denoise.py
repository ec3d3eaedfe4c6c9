"""Denoise: the class drags the noise and sees at once where an autoencoder helps, and where it invents."""

import streamlit as st

from ui import controls, live, page, state
from ui.denoise import curves, form, more, scene

ignored = state.open_page("denoise")
training = state.in_training()

settings, results = page.halves()
with settings:
    page.heading("Take noise away", ignored)
    compared = form.denoise_form(training is not None)
    controls.offer_download(st.session_state["dataset"])

with results:
    if compared is not None:
        scene.show(compared)
    if training is not None:
        active = state.is_active(training)
        live.run_view(training, active)
        if not active:  # stopped, or failed
            st.button("Close", icon=":material/close:", key="close", on_click=state.dismiss_training)
    if compared is not None:
        where, sizes, matrix = st.tabs(list(state.QUESTIONS.values()), key="questions", on_change="rerun")
        with where:
            if where.open:
                curves.show(compared)
        with sizes:
            if sizes.open:
                more.sizes(compared)
        with matrix:
            if matrix.open:
                more.matrix(compared)

state.write_address()
