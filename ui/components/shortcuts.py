"""Keys of the keyboard that press something on the page, wherever the focus is, unless somebody is typing."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.components import fetched

# On two lines, or Streamlit takes it for the name of a file.
_HIDDEN_CSS = "[data-testid=stElementContainer]:has(> * .autoenc-shortcuts) {\n display: none; }"
_mount = st.components.v2.component(
    "shortcuts",
    js=fetched("shortcuts", "shortcuts.js", seen=False),
    css=_HIDDEN_CSS,
    isolate_styles=False,  # it hides what stands around it
)


def shortcuts(keys: Mapping[str, str]) -> None:
    """From now on, on every page.

    Args:
        keys: a letter -> the key of a switch, which it turns, or of a row of choices, where it
            chooses the next.
    """
    _mount(key="shortcuts", data={"keys": dict(keys)})
