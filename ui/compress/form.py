"""Which model compresses."""

from __future__ import annotations

import streamlit as st

from autoenc.captions import configs
from autoenc.datasets import distinct_names
from autoenc.schema import RunSummary
from ui.compress import settings
from ui.core import catalogue


def run_choice() -> RunSummary | None:
    """The run whose code is stored; None: there is none."""
    listed = settings.runs()
    run = settings.chosen(listed)
    if run is None:
        st.info("No model has been trained on the images of this machine yet.", icon=":material/school:")
        return None
    names = dict(zip([one.run_id for one in listed], distinct_names(map(_name, listed)), strict=True))
    st.selectbox("Model", list(names), format_func=names.__getitem__, key=settings.RUN.key)
    return run


def _name(run: RunSummary) -> str:
    return f"{configs.short(run.config)}, {catalogue.data_title(run.config.dataset)}"
