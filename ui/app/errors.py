"""Errors on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from autoenc.errors import AutoencError
from ui.core.text import plain


@contextmanager
def shown() -> Iterator[None]:
    """Whatever is expected to fail becomes one sentence on the page."""
    try:
        yield
    except AutoencError as error:
        st.error(plain(str(error)), icon=":material/error:")
