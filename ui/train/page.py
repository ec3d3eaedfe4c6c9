"""The page Train: settings and a click at one side, the run beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from autoenc.jobs import TrainJob
from ui.app import errors, layout, presenter
from ui.core import pages, sessions
from ui.run import selection, view
from ui.run.view import Origin
from ui.train.settings import TRAIN
from ui.widgets import before_training, training_form, training_settings


def show() -> None:
    with pages.opened("train", TRAIN) as ignored:
        training("Train an autoencoder", ignored)


@dataclass(frozen=True)
class _Beside:
    """What the rest of the page shows, which the settings are a part of."""

    run_id: str
    origin: Origin
    dataset: str


def training(heading: str, ignored: Sequence[str]) -> None:
    """The settings, and the run that is looked at; in a place that does not move.

    Args:
        ignored: one sentence for each thing in the address that was.
    """
    left, right = layout.halves()
    above = right.container()
    with left:
        layout.heading(heading, ignored)
        training_form.settle()
        beside = _beside()
        active = sessions.is_active(beside.run_id)  # before the button: a run that ends redraws the page
        st.fragment(_form)(above, beside)
        training_form.offer_download("mnist" if beside.dataset == "digits" else beside.dataset)
    with right:
        view.run_view(beside.run_id, active, beside.origin)


def _form(right: DeltaGenerator, beside: _Beside) -> None:
    """Drawn again where one of its controls changes others.

    Args:
        right: the place for what the training will begin with.
    """
    if training_settings.why_no_dataset():
        st.rerun()  # the whole page, which chooses another
    plan = None
    with layout.form():
        code = training_form.train_form()
        if beside.origin.other_settings and not presenter.is_on():
            with right:
                plan = before_training.show(training_settings.DATASET.get())
        with layout.before_the_click():
            st.fragment(_before_the_click)(code, plan, beside)


def _before_the_click(code: DeltaGenerator, plan: DeltaGenerator | None, beside: _Beside) -> None:
    """The settings of the code and what follows them, drawn again by itself.

    Args:
        code: the place of its settings in the form.
        plan: the place for the model as it will be built; None: it is not shown.
    """
    with errors.shown():
        config = training_form.config()
        if config is not None:
            training_form.forecast(config, selection.RUN.get())
        with code:
            training_form.code_settings()
        pressed = training_form.train_button(config, selection.RUN.get())
        if pressed and config is not None:
            selection.show_run(sessions.start(TrainJob(config)))
            layout.fold()
            st.rerun()
        if config is not None and plan is not None:
            with plan:
                before_training.models_to_train([config])
        pages.write_address()
        if _beside() != beside:
            st.rerun()


def _beside() -> _Beside:
    run_id = selection.RUN.get() or _usual_run()
    return _Beside(run_id, _origin(run_id), training_settings.DATASET.get())


def _usual_run() -> str:
    """What is shown to whoever asked for nothing: what the form describes, where it is trained."""
    run_id = training_settings.form_run_id()
    if run_id is not None and any(run.run_id == run_id and run.finished for run in sessions.runs_on_disk()):
        return run_id
    return sessions.usual_run(training_settings.DATASET.get())


def _origin(run_id: str) -> Origin:
    """How the run that is looked at comes to stand beside this form."""
    other_settings = training_settings.form_run_id() != run_id
    if sessions.is_example(run_id):
        return Origin("Example", other_settings)
    if not other_settings:
        return Origin()
    newest = next((run.run_id for run in sessions.runs_on_disk()), None)
    return Origin("Last run" if newest == run_id or sessions.is_active(run_id) else "Earlier run", True)
