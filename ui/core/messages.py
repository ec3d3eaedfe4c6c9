"""What has been done, told once the page is drawn again."""

from __future__ import annotations

from typing import Literal

import streamlit as st

# ---------------------------------------------------------------- what has been done, told once


def leave_message(kind: Literal["done", "error"], sentence: str) -> None:
    """Have this told the next time that the page is drawn."""
    st.session_state.setdefault("messages", []).append((kind, sentence))
    st.session_state["n messages"] = n_messages() + 1


def take_messages() -> list[tuple[str, str]]:
    """What is to be told now."""
    messages: list[tuple[str, str]] = st.session_state.pop("messages", [])
    return messages


def n_messages() -> int:
    """How many there have been."""
    return int(st.session_state.get("n messages", 0))
