"""The page Latent: a model at one side, its code in the hand beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import streamlit as st

from autoenc import datasets
from autoenc.captions import configs
from autoenc.datasets import distinct_names
from autoenc.numerals import counted
from autoenc.schema import Run, RunSummary
from ui.app import errors, layout
from ui.core import pages, sessions
from ui.latent import arithmetic, bars, code_map, morph, samples, settings


def show() -> None:
    with pages.opened("latent", settings.LATENT) as ignored:
        left, right = layout.halves()
        with left:
            layout.heading("Latent", ignored)
            run = _run_choice()
        with right:
            if run is not None:
                _views(run)


def _run_choice() -> RunSummary | None:
    """The run whose code is looked at; None: there is none."""
    listed = settings.runs()
    run = settings.chosen(listed)
    if run is None:
        st.info("No model has been trained on the images of this machine yet.", icon=":material/school:")
        return None
    short = configs.short_names([run.config for run in listed])
    titles = (datasets.short_title(run.config.dataset) for run in listed)
    names = distinct_names(f"{name}, {title}" for name, title in zip(short, titles, strict=True))
    by_id = dict(zip((run.run_id for run in listed), names, strict=True))
    st.selectbox("Model", list(by_id), format_func=by_id.__getitem__, key=settings.RUN.key)
    st.caption(
        f"A code of {counted(run.n_latents, 'number')} for the {math.prod(run.image_shape):,} of an image."
    )
    return run


def _views(summary: RunSummary) -> None:
    titles = list(settings.VIEWS.values())
    tabs = st.tabs(titles, key=settings.VIEW.key, on_change=pages.write_address)
    for tab, view in zip(tabs, settings.VIEWS, strict=True):
        with tab:
            if tab.open:
                with errors.shown():
                    _SHOWN[view](sessions.read_run(summary.run_id))


_SHOWN: Mapping[str, Callable[[Run], None]] = {
    "bars": bars.show,
    "morph": morph.show,
    "arithmetic": arithmetic.show,
    "map": code_map.show,
    "samples": samples.show,
}
