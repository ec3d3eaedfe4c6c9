"""Start: what an autoencoder is, in three sentences and a moving picture; and the way to the first model."""

# ruff: noqa: E402
from ui.start import intro

below, picture = intro.sentences()  # on the screen before PyTorch is loaded, which takes seconds

import streamlit as st

from autoenc.jobs import TrainJob
from ui.core import links, pages, sessions
from ui.core.links import Address
from ui.run import demo, selection
from ui.start import jobs
from ui.train import settings as train_settings
from ui.widgets import training_settings

if (link := train_settings.link_to_train()) is not None:
    links.go_to("train", link)

pages.open_page("start", Address())
with below:
    if st.button("Train a first model", type="primary", icon=":material/play_arrow:", key="first"):
        config = training_settings.first_config()
        selection.show_run(sessions.start(TrainJob(config)))
        training_settings.ask_for(config)
        links.go_to("train")
with picture:
    demo.picture(sessions.newest_compressing() or sessions.example())

intro.pages()
jobs.now()
pages.write_address()
