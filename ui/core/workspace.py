"""Colour images are a workspace of their own: their page has its own settings, run and sweep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import streamlit as st

from ui.core.links import Param

Workspace = Literal["all", "colour"]

# What the visitor looks at where they have asked for nothing.
LOOKED_AT = ("usual run", "usual sweep")
_SEPARATE: dict[str, None] = dict.fromkeys(LOOKED_AT)  # keys of which each workspace has its own


def in_colour() -> bool:
    """Whether the page that is drawn shows colour images alone."""
    return bool(st.session_state.get("world") == "colour")


def separate(params: Iterable[Param]) -> None:
    """Each workspace has these for itself."""
    _SEPARATE.update((key, None) for param in params for key in param.keys)


def enter(workspace: Workspace) -> None:
    """Put away what belongs to the workspace that is left, and take out what the visitor left in this one."""
    left = st.session_state.get("world", "all")
    st.session_state["world"] = workspace
    if left == workspace:
        return
    put_away = st.session_state.setdefault("put away", {})
    kept = st.session_state.setdefault("kept settings", {})
    put_away[left] = {}
    for name in _SEPARATE:
        value = kept.pop(name, None)
        value = st.session_state.pop(name) if name in st.session_state else value
        if value is not None:
            put_away[left][name] = value
    for name, value in put_away.get(workspace, {}).items():
        st.session_state[name] = value
