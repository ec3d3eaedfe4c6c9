"""The hand-out: one file that opens anywhere, and every number in it as tables."""

from __future__ import annotations

import streamlit as st

from autoenc.experiments import LabNow


def show(latest: LabNow) -> None:
    st.markdown("Being built")
