"""The parts of the page of colour."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import state


def switch() -> str:
    """Which part of the page is open."""
    state.colour_part()
    part: str = st.segmented_control(
        "Part",
        list(state.PARTS),
        format_func=state.PARTS.__getitem__,
        key="part",
        required=True,
        label_visibility="collapsed",
    )
    return part


def compared(ignored: Sequence[str]) -> None:
    """Whether colour is harder."""
