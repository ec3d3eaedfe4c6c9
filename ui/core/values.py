"""What the widgets of one visitor hold."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

# ---------------------------------------------------------------- what is looked at of a run


def recall(name: str, usual: Any) -> Any:
    """What the widget of this name shows; the usual where nobody has used it."""
    return st.session_state.get(name, usual)


def put(name: str, value: Any) -> None:
    """Let the widget of this name, which is not drawn yet, show this value."""
    st.session_state[name] = value


def limit(name: str, allowed: Collection[Any], usual: Any = None) -> None:
    """Before the widget of this name is drawn: what is not among its choices is not chosen."""
    value = st.session_state.get(name)
    if isinstance(value, list):
        st.session_state[name] = [one for one in value if one in allowed]
    elif value not in allowed:
        st.session_state[name] = usual
