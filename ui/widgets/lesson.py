"""A sentence computed from what is on the screen: what a class is to learn from a chart."""

from __future__ import annotations

import streamlit as st

from ui.core.text import plain


def lesson(text: str, *, key: str) -> None:
    """As large as the text around it and in its full contrast; an aside is an `st.caption`.

    Args:
        text: any; empty: there is nothing to say yet.
        key: of the page, as that of a widget.
    """
    if text:
        st.container(key=f"lesson-{key}").markdown(plain(text))
