"""The page Train: settings and a click at one side, the run beside them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc.jobs import TrainJob
from autoenc.schema import TrainConfig
from ui.app import layout, presenter
from ui.core import pages, sessions
from ui.run import selection, view
from ui.run.view import Origin
from ui.train.settings import TRAIN
from ui.widgets import before_training, training_form, training_settings


def show() -> None:
    with pages.opened("train", TRAIN) as ignored:
        training("Train an autoencoder", ignored)


def training(heading: str, ignored: Sequence[str]) -> None:
    """The settings, and the run that is looked at; in a place that does not move.

    Args:
        ignored: one sentence for each thing in the address that was.
    """
    run_id = selection.RUN.get() or _usual_run()
    active = sessions.is_active(run_id)  # before the button is drawn: a run that ends redraws the page
    left, right = layout.halves()
    with left:
        layout.heading(heading, ignored)
        config = training_form.train_form()
        with layout.before_the_click():
            if config is not None:
                training_form.forecast(config, selection.RUN.get())
            pressed = training_form.train_button(config, selection.RUN.get())
        if pressed and config is not None:
            selection.show_run(sessions.start(TrainJob(config)))
            layout.fold()
            st.rerun()
        if config is not None:
            training_form.offer_download("mnist" if config.dataset == "digits" else config.dataset)
    with right:
        origin = _origin(run_id, config)
        if config is not None and origin.other_settings and not presenter.is_on():
            before_training.show([config])
        view.run_view(run_id, active, origin)


def _usual_run() -> str:
    """What is shown to whoever asked for nothing: what the form describes, where it is trained."""
    run_id = training_settings.form_run_id()
    if run_id is not None and any(run.run_id == run_id and run.finished for run in sessions.runs_on_disk()):
        return run_id
    return sessions.usual_run(training_settings.DATASET.get())


def _origin(run_id: str, config: TrainConfig | None) -> Origin:
    """How the run that is looked at comes to stand beside this form."""
    other_settings = config is None or training_settings.form_run_id() != run_id
    if sessions.is_example(run_id):
        return Origin("Example", other_settings)
    if not other_settings:
        return Origin()
    newest = next((run.run_id for run in sessions.runs_on_disk()), None)
    return Origin("Last run" if newest == run_id or sessions.is_active(run_id) else "Earlier run", True)
