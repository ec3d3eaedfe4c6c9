"""The page Denoise: what is compared at one side, pictures under a slider and curves beside it."""

from __future__ import annotations

import streamlit as st

from ui.app import layout, presenter
from ui.core import catalogue, pages, sessions
from ui.core.text import plain
from ui.denoise import charts, denoisers, form, scene, settings
from ui.denoise.form import Compared
from ui.run import view
from ui.widgets import training_form, training_settings


def show() -> None:
    with pages.opened("denoise", settings.DENOISE) as ignored:
        training = denoisers.in_training()
        left, right = layout.halves()
        with left:
            layout.heading("Remove noise", ignored)
            compared = form.denoise_form(training is not None)
            training_form.offer_download(training_settings.DATASET.get())
        with right:
            if compared is not None and not compared.models:
                compared = _example(compared)
            if compared is not None and presenter.is_on():
                _present(compared)
            elif compared is not None:
                scene.show(compared)
            if training is not None:
                _training(training)
            if compared is not None and not presenter.is_on():
                charts.show(compared)


def _present(compared: Compared) -> None:
    """One thing at a time."""
    shown = presenter.stage(settings.SHOWN, settings.PRESENTED)
    if shown == "pictures":
        scene.show(compared)
    else:
        charts.QUESTIONS[shown](compared)


def _example(wanted: Compared) -> Compared:
    """What can be seen of this noise before a model has been trained on the images of the form."""
    example = form.example(wanted)
    with st.container(horizontal=True, vertical_alignment="center"):
        title, own = (plain(catalogue.data_title(name)) for name in (example.dataset, wanted.dataset))
        st.markdown(f"**Example: {title}.** No model has been trained on {own} yet.", width="stretch")
        if st.button(
            "Copy settings", icon=":material/content_copy:", key="take-example", help="Into the form."
        ):
            training_settings.choose_dataset(example.dataset)
            st.rerun()
    return example


def _training(run_id: str) -> None:
    """A model that was started on this page, until it is done or put away."""
    active = sessions.is_active(run_id)
    view.run_view(run_id, active)
    if not active:  # stopped, or failed
        st.button("Close", icon=":material/close:", key="close", on_click=settings.IN_TRAINING.forget)
