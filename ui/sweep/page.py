"""The page Sweep: what to try and a click at one side, the sweep beside them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.app import layout
from ui.core import pages
from ui.sweep import form, lifecycle, settings, view
from ui.widgets import training_form


def show() -> None:
    with pages.opened("sweep", settings.SWEEP) as ignored:
        sweeping("Compare code sizes", ignored)


def sweeping(heading: str, ignored: Sequence[str]) -> None:
    """The settings, and the sweep that is looked at; in a place that does not move.

    Args:
        ignored: one sentence for each thing in the address that was.
    """
    sweep_id = lifecycle.shown_sweep()
    active = view.is_under_way(sweep_id)  # before the button is drawn: a sweep that ends redraws the page
    left, right = layout.halves()
    with left:
        layout.heading(heading, ignored)
        sweep = form.sweep_form()
        planned = lifecycle.plan(sweep) if sweep is not None else None
        if sweep is not None and planned is not None:
            form.forecast(planned, alone=settings.ALONE.get())
        pressed = form.start_button(planned, active and lifecycle.is_shown(sweep))
        if pressed and sweep is not None and planned is not None:
            lifecycle.start_sweep(sweep, planned, alone=settings.ALONE.get())
            st.rerun()
        if sweep is not None:
            training_form.offer_download(sweep.base.dataset)
    with right:
        view.sweep_view(sweep_id, active)
