"""Bytes against quality: this run, others, PCA and the image codecs."""

from __future__ import annotations

import streamlit as st

from autoenc.schema import RunSummary


def show(run: RunSummary) -> None:
    st.caption(run.run_id)
