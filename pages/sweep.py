"""Sweep: what does a larger code buy, and what does it cost? The curves grow before the class's eyes."""

import streamlit as st

from ui import controls, state
from ui.sweep import form, view
from ui.text import plain

ignored = state.open_sweep_link()
state.keep_settings()
sweep_id = state.shown_sweep()
active = view.is_under_way(sweep_id)  # before the button is drawn: a sweep that ends draws the page anew

settings, results = st.columns([1, 3], gap="large")
with settings, st.container(key="settings"):
    st.markdown("##### Compare code sizes")
    for sentence in ignored:
        st.warning(f"Ignored in the link: {plain(sentence)}", icon=":material/link_off:")
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

state.keep_sweep_link(sweep)
