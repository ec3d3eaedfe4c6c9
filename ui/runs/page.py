"""The page Runs: all runs of the checkpoint folder in a table, and the chosen ones side by side."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc.numerals import counted
from autoenc.schema import RunSummary
from ui.app import layout
from ui.core import links, pages, sessions
from ui.run import first
from ui.runs import recognisers, settings, table
from ui.widgets import example


def show() -> None:
    with pages.opened("runs", settings.RUNS) as ignored:
        runs = sessions.runs_on_disk()
        with st.container(key="choose-runs"):
            layout.heading(_title(runs), ignored)
            table.miss(runs)
            if not runs:
                _where_runs_come_from()
            selected = table.table(table.filters(runs)) if runs else []
            table.actions(runs, selected)
            table.unreadable()
        if not runs:
            if example.first_model_button():
                first.train_first_model()
            example.moving_picture()
        elif selected:
            table.compare(selected)
        else:
            st.caption("Choose runs in the table to compare their curves and pictures.")
        recognisers.show()


def _title(runs: Sequence[RunSummary]) -> str:
    if not runs:
        return "No runs yet"
    return f"{counted(len(runs), 'run')}, {sum(run.n_bytes for run in runs) / 1e6:,.1f} MB on disk"


def _where_runs_come_from() -> None:
    st.markdown(
        "A run is one trained model with its settings, curves and pictures. Train a model or start a sweep: "
        "its runs appear here."
    )
    links.link_to("train", "Train a model", ":material/school:")
