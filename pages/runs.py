"""Runs: all models trained so far, side by side: the class sees what a setting buys."""

import streamlit as st

from ui import moving, page, shelf, state

ignored = state.open_page("runs")
runs = state.runs_on_disk()
n_bytes = sum(run.n_bytes for run in runs)

page.heading(f"{len(runs):,} run{'s'[: len(runs) != 1]}, {n_bytes / 1e6:,.1f} MB on disk", ignored)
shelf.miss(runs)
shown = shelf.filters(runs)
chosen = shelf.table(shown) if runs else []
shelf.actions(chosen)
shelf.unreadable()
if not runs:
    moving.picture(state.example())
elif chosen:
    shelf.compare(chosen)
else:
    st.caption("Choose runs in the table to compare their curves and pictures.")
state.write_address()
