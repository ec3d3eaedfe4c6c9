"""The page Compress: a model at one side, what its code weighs beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from autoenc.schema import RunSummary
from ui.app import errors, layout
from ui.compress import contest, file, form, rates, scene, settings
from ui.core import pages


def show() -> None:
    with pages.opened("compress", settings.COMPRESS) as ignored:
        left, right = layout.halves()
        with left:
            layout.heading("Compress", ignored)
            run = form.run_choice()
        with right:
            if run is not None:
                _views(run)


def _views(run: RunSummary) -> None:
    titles = list(settings.VIEWS.values())
    tabs = st.tabs(titles, key=settings.VIEW.key, on_change=pages.write_address)
    for tab, view in zip(tabs, settings.VIEWS, strict=True):
        with tab:
            if tab.open:
                with errors.shown():
                    _SHOWN[view](run)


_SHOWN: Mapping[str, Callable[[RunSummary], None]] = {
    "step": scene.show,
    "rates": rates.show,
    "file": file.show,
    "contest": contest.show,
}
