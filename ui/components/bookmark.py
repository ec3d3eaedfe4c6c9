"""Where the film of some pictures stands: told to the server when it rests, and found again in an address.

The film itself lives in the browser: see `pictures`.
"""

from __future__ import annotations

import streamlit as st

from ui.components import fetched

# On two lines, or Streamlit takes it for the name of a file.
_HIDDEN_CSS = "[data-testid=stElementContainer]:has(> * .autoenc-bookmark) {\n display: none; }"
_mount = st.components.v2.component(
    "bookmark",
    js=fetched("bookmark", "keep.js", "bookmark.js"),
    css=_HIDDEN_CSS,
    isolate_styles=False,  # it hides what stands around it
)


def bookmark(film: str, *, at: int | None, last: int, opened: int) -> int | None:
    """Move the film there, once, and follow it.

    Args:
        film: the key of its pictures.
        at: the step of a frame; None: the end.
        last: the step of its last frame.
        opened: another number moves a film that has been moved since.
    Returns:
        The step at which the visitor has let it rest since the last run of the script, once; None otherwise.
    """
    data = {"film": film, "at": at, "last": last, "opened": opened}
    rests = _mount(key=f"{film}-bookmark", data=data, on_rests_change=lambda: None).rests
    return None if rests is None else int(rests)
