"""The page Lab: the report's experiments at one side, what one of them shows beside them."""

from __future__ import annotations

import streamlit as st

from autoenc.experiments import SIZES
from ui.app import errors, layout
from ui.core import labs, pages
from ui.lab import blocks, settings
from ui.widgets import offers


def show() -> None:
    with pages.opened("lab", settings.LAB) as ignored:
        left, right = layout.halves()
        with left:
            layout.heading("The whole lab", ignored)
            _size()
            _run()
        with right, errors.shown():
            section = labs.section(settings.SIZE.get(), settings.EXPERIMENT.get())
            layout.section(f"**{section.experiment.title}**")
            blocks.draw(section)


def _size() -> None:
    titles = {name: size.title for name, size in SIZES.items()}
    st.segmented_control(
        "Size", list(titles), format_func=titles.__getitem__, key=settings.SIZE.key, required=True
    )
    st.caption(SIZES[settings.SIZE.get()].says)
    st.selectbox(
        "Experiment",
        list(settings.TITLES),
        format_func=settings.TITLES.__getitem__,
        key=settings.EXPERIMENT.key,
    )


def _run() -> None:
    latest = labs.now(settings.SIZE.get())
    with layout.before_the_click(), errors.shown():
        st.markdown(latest.progress)
        if labs.is_wanted(latest.lab):
            if labs.may_stop(latest.lab) and st.button("Stop", icon=":material/stop:", key="lab-stop"):
                labs.stop(latest)
                st.rerun()
        elif latest.left:
            offers.time(labs.expected(latest))
            if st.button("Run what is missing", type="primary", key="lab-run"):
                labs.begin(latest)
                st.rerun()
