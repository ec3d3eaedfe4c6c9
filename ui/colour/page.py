"""The page Colour: training and sweeping of colour images alone, and whether colour is harder."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.app import layout
from ui.colour import charts, comparison, form, settings
from ui.core import idle, pages, sessions
from ui.sweep import page as sweep_page
from ui.train import page as train_page

SECONDS = 1.0  # between two looks at what is trained


def show() -> None:
    with pages.opened("colour", settings.COLOUR, "colour") as ignored:
        match _part():
            case "train":
                train_page.training("Train on colour images", ignored)
            case "sweep":
                sweep_page.sweeping("Compare code sizes in colour", ignored)
            case _:
                _harder(ignored)


def _part() -> str:
    """Which part of the page is open."""
    st.segmented_control(
        "Part",
        list(settings.PARTS),
        format_func=settings.PARTS.__getitem__,
        key=settings.PART.key,
        required=True,
        label_visibility="collapsed",
    )
    return settings.PART.get()


def _harder(ignored: Sequence[str]) -> None:
    """Whether colour is harder: what is compared at one side, the chart and what it says beside it."""
    left, right = layout.halves()
    with left:
        layout.heading("Is colour harder?", ignored)
        pair, wanted = form.comparison_form()
    with right:
        comparison.begin_baselines(pair)
        active = comparison.is_active(pair, wanted)
        st.fragment(charts.show, run_every=SECONDS if active else None)(pair, wanted, active)
        if not active:
            idle.watch(lambda: (comparison.is_active(pair, wanted), sessions.background().speed() is None))
