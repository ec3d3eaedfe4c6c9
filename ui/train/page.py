"""The page Train: settings and a click at one side, the run beside them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc.jobs import TrainJob
from ui.app import layout
from ui.core import pages, sessions
from ui.run import selection, view
from ui.train.settings import TRAIN
from ui.widgets import training_form


def show() -> None:
    with pages.opened("train", TRAIN) as ignored:
        training("Train an autoencoder", ignored)


def training(heading: str, ignored: Sequence[str]) -> None:
    """The settings, and the run that is looked at; in a place that does not move.

    Args:
        ignored: one sentence for each thing in the address that was.
    """
    run_id = selection.RUN.get() or sessions.usual_run()
    active = sessions.is_active(run_id)  # before the button is drawn: a run that ends redraws the page
    left, right = layout.halves()
    with left:
        layout.heading(heading, ignored)
        config = training_form.train_form()
        if config is not None:
            training_form.forecast(config)
        if training_form.train_button(config, selection.RUN.get()) and config is not None:
            selection.show_run(sessions.start(TrainJob(config)))
            st.rerun()
        if config is not None:
            training_form.offer_download("mnist" if config.dataset == "digits" else config.dataset)
    with right:
        view.run_view(run_id, active)
