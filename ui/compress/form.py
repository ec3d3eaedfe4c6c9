"""Which model compresses."""

from __future__ import annotations

import math

import streamlit as st

from autoenc import datasets
from autoenc.captions import configs
from autoenc.datasets import distinct_names
from autoenc.numerals import counted
from autoenc.schema import RunSummary
from ui.compress import settings


def run_choice() -> RunSummary | None:
    """The run whose code is stored; None: there is none."""
    listed = settings.runs()
    run = settings.chosen(listed)
    if run is None:
        st.info("No model has been trained on the images of this machine yet.", icon=":material/school:")
        return None
    names = dict(zip([one.run_id for one in listed], distinct_names(map(_name, listed)), strict=True))
    st.selectbox(
        "Model",
        list(names),
        format_func=names.__getitem__,
        key=settings.RUN.key,
        on_change=settings.run_changed,
    )
    st.caption(_says(run))
    return run


def _says(run: RunSummary) -> str:
    """What its code is, and what would be smaller."""
    numbers = f"{counted(run.n_latents, 'number')} for the {math.prod(run.image_shape):,} of an image."
    if run.config.rate_weight is not None:
        return f"{numbers} Trained for few bytes, not only for a small error."
    if run.config.kind.code_unit != "number":
        return numbers
    return f"{numbers} Trained only for a small error; training for few bytes makes smaller files."


def _name(run: RunSummary) -> str:
    """Short: at 1280 pixels there is room for little more."""
    return f"{configs.short(run.config)}, {datasets.short_title(run.config.dataset)}"
