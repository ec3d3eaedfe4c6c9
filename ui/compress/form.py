"""Which model compresses."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    names = _names(listed)
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
    if not run.config.kind.can_count_bytes:
        return numbers
    return f"{numbers} Trained only for a small error; training for few bytes makes smaller files."


def _names(runs: Sequence[RunSummary]) -> dict[str, str]:
    """By their ids; at 1280 pixels there is room for little more than `MLP 48, few bytes (0.02), MNIST`."""
    short = configs.short_names([run.config for run in runs])
    titles = (datasets.short_title(run.config.dataset) for run in runs)
    names = distinct_names(f"{name}, {title}" for name, title in zip(short, titles, strict=True))
    return dict(zip((run.run_id for run in runs), names, strict=True))
