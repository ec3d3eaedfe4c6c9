"""Your picture: a model can only draw what it has learnt; the digit model makes digits of a face."""

import streamlit as st

from autoenc.jobs import TrainJob
from ui.core import links, pages, sessions
from ui.core.text import plain
from ui.picture import form, pad, reconstruct, results
from ui.picture import settings as picture_settings
from ui.run import demo, selection
from ui.widgets import training_settings

ignored = pages.open_page("picture", picture_settings.PICTURE)
runs = picture_settings.picture_runs()

left, right = st.columns([1, 3], gap="large")
with left, st.container(key="settings"):
    st.markdown("##### Show a model your picture")
    for sentence in ignored:
        st.warning(f"Ignored in the link: {plain(sentence)}", icon=":material/link_off:")
    asked = form.picture_form(runs)
    if not runs and st.button(
        "Train a first model", type="primary", icon=":material/play_arrow:", key="first"
    ):
        config = training_settings.first_config()
        selection.show_run(sessions.start(TrainJob(config)))
        training_settings.ask_for(config)
        links.go_to("train")

with right:
    st.markdown(
        "A model can only draw what it has learnt: a model trained on digits turns a face into pen strokes."
    )
    if not runs:
        demo.picture(sessions.example())
    if asked.source == "draw":
        pad.show(asked.runs)
    picture = asked.picture or reconstruct.drawn_picture()
    if picture is not None:
        results.heading(picture, asked.runs)
        for run_id in asked.runs:
            results.show(run_id, picture, asked.fit, asked.invert)
    if runs and not asked.runs:
        st.info("Choose a model.", icon=":material/school:")

pages.write_address()
