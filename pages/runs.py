"""Runs: all models trained so far, side by side: the class sees what a setting buys."""

import streamlit as st

from ui.app import layout
from ui.core import pages, sessions
from ui.run import demo
from ui.runs import settings, table

ignored = pages.open_page("runs", settings.RUNS)
runs = sessions.runs_on_disk()
n_bytes = sum(run.n_bytes for run in runs)

layout.heading(f"{len(runs):,} run{'s'[: len(runs) != 1]}, {n_bytes / 1e6:,.1f} MB on disk", ignored)
table.miss(runs)
shown = table.filters(runs)
chosen = table.table(shown) if runs else []
table.actions(chosen)
table.unreadable()
if not runs:
    demo.picture(sessions.example())
elif chosen:
    table.compare(chosen)
else:
    st.caption("Choose runs in the table to compare their curves and pictures.")
pages.write_address()
