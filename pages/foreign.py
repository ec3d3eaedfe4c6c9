"""Your picture: a model can only draw what it has learnt; the digit model makes digits of a face."""

import streamlit as st

from autoenc.jobs import TrainJob
from ui import moving, state
from ui.foreign import form, pad, results
from ui.text import plain

ignored = state.open_page("foreign")
runs = state.foreign_runs()

settings, view = st.columns([1, 3], gap="large")
with settings, st.container(key="settings"):
    st.markdown("##### Show a model your picture")
    for sentence in ignored:
        st.warning(f"Ignored in the link: {plain(sentence)}", icon=":material/link_off:")
    asked = form.foreign_form(runs)
    if not runs and st.button(
        "Train a first model", type="primary", icon=":material/play_arrow:", key="first"
    ):
        config = state.first_config()
        state.show_run(state.start(TrainJob(config)))
        state.ask_for(config)
        state.go_to("train")

with view:
    st.markdown("A model can only draw what it has learnt: a model of digits makes digits of a face.")
    if not runs:
        moving.picture(state.example())
    if asked.source == "draw":
        pad.show(asked.runs)
    picture = asked.picture or state.drawn_picture()
    if picture is not None:
        results.heading(picture, asked.runs)
        for run_id in asked.runs:
            results.show(run_id, picture, asked.fit, asked.invert)
    if runs and not asked.runs:
        st.info("Choose a model.", icon=":material/school:")

state.write_address()
