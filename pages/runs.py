"""Runs: all models trained so far, side by side: the class sees what a setting buys."""

import streamlit as st

from ui import shelf, state

state.keep_settings()
runs = state.runs_on_disk()
n_bytes = sum(run.n_bytes for run in runs)

st.markdown(f"##### {len(runs):,} runs, {n_bytes / 1e6:,.1f} MB on disk")
if not runs:
    st.info("Nothing has been trained yet. Train a model, or import a checkpoint file.")
    shelf.actions([])
else:
    shown = shelf.filters(runs)
    chosen = shelf.table(shown)
    shelf.actions(chosen)
    if chosen:
        shelf.compare(chosen)
    else:
        st.caption("Choose runs in the table to compare their curves and pictures.")
