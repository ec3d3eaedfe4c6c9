"""A text to copy, also where browsers keep the clipboard from pages: on plain http from another machine."""

from __future__ import annotations

import streamlit as st

from ui.components import fetched, inline

MAX_LINES = 16  # in view at once
_mount = st.components.v2.component(
    "copy_text", js=fetched("copy_text", "keep.js", "copy_text.js"), css=inline("copy_text.css")
)


def copy_text(text: str, *, label: str, key: str) -> None:
    """The text in a field that a press selects, and a button that copies it and says whether it has.

    Args:
        label: what it is, for those who cannot see it.
    """
    lines = text.rstrip("\n").count("\n") + 1
    _mount(key=key, data={"key": key, "text": text, "label": label, "lines": min(lines, MAX_LINES)})
