"""Sweeping on a page: what to try and a click at one side, the sweep beside them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import controls, page, state
from ui.sweep import form, view


def show(heading: str, ignored: Sequence[str]) -> None:
    """The settings, and the sweep that is looked at; in a place that does not move.

    Args:
        ignored: one sentence for each thing in the address that was.
    """
    sweep_id = state.shown_sweep()
    active = view.is_under_way(sweep_id)  # before the button is drawn: a sweep that ends draws the page anew
    settings, results = page.halves()
    with settings:
        page.heading(heading, ignored)
        sweep = form.sweep_form()
        planned = state.plan(sweep) if sweep is not None else None
        if sweep is not None and planned is not None:
            form.forecast(planned, alone=state.alone())
        pressed = form.start_button(planned, active and state.is_shown(sweep))
        if pressed and sweep is not None and planned is not None:
            state.start_sweep(sweep, planned, alone=state.alone())
            st.rerun()
        if sweep is not None:
            controls.offer_download(sweep.base.dataset)
    with results:
        view.sweep_view(sweep_id, active)
