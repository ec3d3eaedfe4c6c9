"""The page Runs: all runs of the checkpoint folder in a table, and the chosen ones side by side."""

from __future__ import annotations

import streamlit as st

from ui.app import layout
from ui.core import pages, sessions
from ui.run import first
from ui.runs import settings, table
from ui.widgets import example


def show() -> None:
    with pages.opened("runs", settings.RUNS) as ignored:
        runs = sessions.runs_on_disk()
        n_bytes = sum(run.n_bytes for run in runs)
        with st.container(key="choose-runs"):
            layout.heading(
                f"{len(runs):,} run{'s'[: len(runs) != 1]}, {n_bytes / 1e6:,.1f} MB on disk", ignored
            )
            table.miss(runs)
            shown = table.filters(runs)
            selected = table.table(shown) if runs else []
            table.actions(selected)
            table.unreadable()
        if not runs:
            if example.first_model_button():
                first.train_first_model()
            example.moving_picture()
        elif selected:
            table.compare(selected)
        else:
            st.caption("Choose runs in the table to compare their curves and pictures.")
