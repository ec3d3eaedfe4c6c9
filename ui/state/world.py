"""Colour images are a world of their own: their page has its own settings, run and sweep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import streamlit as st

World = Literal["all", "colour"]

# What the visitor looks at where they have asked for nothing.
LOOKED_AT = ("usual run", "usual sweep")


def in_colour() -> bool:
    """Whether the page that is drawn shows colour images alone."""
    return bool(st.session_state.get("world") == "colour")


def enter(world: World, names: Iterable[str]) -> None:
    """Put away what belongs to the world of the page before, and take out what this one's visitor left here.

    Args:
        names: of the settings.
    """
    left = st.session_state.get("world", "all")
    st.session_state["world"] = world
    if left == world:
        return
    put_away = st.session_state.setdefault("put away", {})
    kept = st.session_state.setdefault("kept settings", {})
    put_away[left] = {}
    for name in (*names, *LOOKED_AT):
        value = kept.pop(name, None)
        value = st.session_state.pop(name) if name in st.session_state else value
        if value is not None:
            put_away[left][name] = value
    for name, value in put_away.get(world, {}).items():
        st.session_state[name] = value
