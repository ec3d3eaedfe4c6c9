"""Train: an image must pass through a few numbers; epoch by epoch the class sees what is kept of it."""

import streamlit as st

from autoenc.jobs import TrainJob
from ui import controls, live, state
from ui.text import plain

ignored = state.open_link()
state.keep_settings()
run_id = state.shown_run() or state.usual_run()
active = state.is_active(run_id)  # before the button is drawn: a run that ends meanwhile draws the page anew

settings, view = st.columns([1, 3], gap="large")
with settings, st.container(key="settings"):
    st.markdown("##### Train an autoencoder")
    for sentence in ignored:
        st.warning(f"Ignored in the link: {plain(sentence)}", icon=":material/link_off:")
    config = controls.train_form()
    if config is not None:
        controls.forecast(config)
    if controls.train_button(config) and config is not None:
        state.show_run(state.start(TrainJob(config)))
        st.rerun()
    if config is not None:
        controls.offer_download("mnist" if config.dataset == "digits" else config.dataset)

with view:
    live.run_view(run_id, active)

state.keep_link(config)
