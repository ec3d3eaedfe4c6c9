"""Training on a page: settings and a click at one side, the run beside them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc.jobs import TrainJob
from ui import controls, live, page, state


def show(heading: str, ignored: Sequence[str]) -> None:
    """The settings, and the run that is looked at; in a place that does not move.

    Args:
        ignored: one sentence for each thing in the address that was.
    """
    run_id = state.shown_run() or state.usual_run()
    active = state.is_active(run_id)  # before the button is drawn: a run that ends draws the page anew
    settings, view = page.halves()
    with settings:
        page.heading(heading, ignored)
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
