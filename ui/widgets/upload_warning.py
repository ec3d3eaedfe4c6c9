"""Said beside every upload, where it would fail for a reason that the page can see."""

from __future__ import annotations

import streamlit as st

from ui.core import visitor


def warn() -> None:
    """One sentence where a proxy on the way changes the cookie that Streamlit wants back with an upload."""
    if not visitor.uploads_arrive():
        st.warning(
            "Uploads from this browser fail (error 403): a proxy changes or drops "
            "the cookie `_streamlit_xsrf`. The README says under *Behind a proxy* what the proxy must do.",
            icon=":material/upload_file:",
        )
