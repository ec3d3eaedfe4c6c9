"""A button that saves what stands in a container of the page: pictures that Streamlit draws.

Pictures as large as those travel as files of their own, not in the message of a component.
"""

from __future__ import annotations

import streamlit as st

from ui.components import fetched, inline
from ui.components.save_picture import PngText, png_data

_mount = st.components.v2.component(
    "save_button",
    js=fetched("save_button", "keep.js", "save_picture.js", "save_button.js"),
    css=inline("save_picture.css", "save_button.css"),
)


def save_button(container: str, *, png: PngText) -> None:
    """At the end of a container: its pictures and words are saved as they are seen, as PNG.

    Args:
        container: its key, which begins with `tiles-`: theme.css shows the button while the pointer is there.
        png: the words around them.
    """
    key = f"save-{container}"
    _mount(key=key, data={"key": key, "container": container, "png": png_data(png)})
