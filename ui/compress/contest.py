"""The smallest file that the recogniser still reads."""

from __future__ import annotations

import streamlit as st

from autoenc.schema import RunSummary


def show(run: RunSummary) -> None:
    st.caption(run.run_id)
