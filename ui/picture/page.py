"""The page Your picture: which picture at one side, what each model makes of it beside it."""

from __future__ import annotations

import streamlit as st

from ui.app import layout
from ui.core import pages
from ui.picture import form, reconstruct, results, settings
from ui.picture.form import PictureForm
from ui.widgets import pad
from ui.widgets.lesson import lesson


def show() -> None:
    with pages.opened("picture", settings.PICTURE) as ignored:
        runs = settings.picture_runs()
        left, right = layout.halves()
        with left:
            layout.heading("Show a model your picture", ignored)
            wanted = form.picture_form(runs)
        with right:
            lesson(
                "A model can only draw what it has learnt: a model trained on digits turns a face into pen "
                "strokes.",
                key="picture",
            )
            _results(wanted)
            if not wanted.runs:
                st.info("Choose a model.", icon=":material/school:")


def _results(wanted: PictureForm) -> None:
    """The pad, where it is drawn on, and the picture through each model."""
    if wanted.source == "draw":
        pad.with_models(wanted.runs)
    picture = wanted.picture or reconstruct.drawn_picture()
    if picture is not None:
        results.heading(picture, wanted.runs)
        for run_id in wanted.runs:
            results.show(run_id, picture, wanted.fit, wanted.invert)
