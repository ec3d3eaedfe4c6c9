"""Start: what an autoencoder is, in three sentences and a moving picture; and the way to the first model."""

# ruff: noqa: E402
from ui import welcome

below, picture = welcome.sentences()  # on the screen before PyTorch is loaded, which takes seconds

import streamlit as st

from autoenc.jobs import TrainJob
from ui import machine, moving, state

if (link := state.link_to_train()) is not None:
    state.go_to("train", link)

state.open_page("start")
with below:
    if st.button("Train a first model", type="primary", icon=":material/play_arrow:", key="first"):
        config = state.first_config()
        state.show_run(state.start(TrainJob(config)))
        state.ask_for(config)
        state.go_to("train")
with picture:
    moving.picture(state.newest_compressing() or state.example())

welcome.pages()
machine.now()
state.write_address()
