"""Said beside every upload, where it would fail for a reason that the page can see."""

from __future__ import annotations

import streamlit as st

from ui.core import visitor


def warn() -> None:
    """One sentence where a proxy on the way changes the cookie that Streamlit wants back with an upload."""
    if not visitor.uploads_arrive():
        st.warning(
            "Uploads do not get through from this browser (error 403): the proxy on the way changes or drops "
            "the cookie `_streamlit_xsrf`. What the proxy must do is in the README, under *Behind a proxy*.",
            icon=":material/upload_file:",
        )
