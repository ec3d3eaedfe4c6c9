"""What every page has: its dress, its head with the address for the class, its way to tell errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import segno
import streamlit as st

from autoenc.errors import AutoencError
from ui import state
from ui.text import plain


@contextmanager
def errors_told() -> Iterator[None]:
    """Whatever is expected to fail becomes one sentence on the page."""
    try:
        yield
    except AutoencError as error:
        st.error(plain(str(error)), icon=":material/error:")


def dress() -> None:
    """What the theme cannot say: less empty space, so that a projector shows pictures and charts at once."""
    st.html(
        "<style>"
        ".stMainBlockContainer { padding-top: 0.5rem; padding-bottom: 3rem; }"
        ".st-key-head { min-height: 2.6rem; margin-bottom: -0.8rem; }"
        ".st-key-visitor { position: absolute; }"
        "[data-testid=stMetricValue] { font-size: 1.6rem; padding-bottom: 0; }"
        "</style>"
    )


@contextmanager
def framed() -> Iterator[None]:
    """Around a page: the name of the house, how the class gets in, who is the teacher; and errors told.

    The address is shown last, because the page may change the view that it carries.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.markdown("**Autoencoder laboratory**", width="stretch")
        key, address = st.container(width="content"), st.container(width="content")
    with st.container(key="visitor"):
        state.remember_visitor()
    with errors_told():
        yield
    with errors_told():
        if state.has_key() and not state.is_teacher():  # a key that is too short is told the teacher too
            with key:
                _key_asked()
        with address:
            _address_shown()


def _address_shown() -> None:
    address = state.class_address()
    if address is None:
        with st.popover("Only this machine", icon=":material/computer:", key="address"):
            st.markdown(
                "Nobody else can open this dashboard: it listens on this machine alone, or there is no "
                "network. Start it with `make run`, without `--server.address`, in the network of the class."
            )
        return
    with st.popover(address.partition("//")[2], icon=":material/qr_code_2:", key="address", wrap=False):
        st.markdown(f"### `{address.replace('`', '')}`")
        # Dark on light in the dark theme too: many cameras read nothing else.
        code = segno.make_qr(state.with_view(address))
        st.image(code.svg_inline(scale=8, border=2, light="#ffffff", dark="#000000"), width=360)
        st.caption("The code opens the view that is on this screen now.")
        if state.is_teacher():
            st.caption("This browser is the teacher's: it may stop and delete any run, and bring data sets.")


def _key_asked() -> None:
    with (
        st.popover("Teacher", icon=":material/key:", key="teacher"),
        st.form("teacher-key", border=False, clear_on_submit=True),
    ):
        key = st.text_input("The teacher's key", type="password", max_chars=200, key="key")
        if st.form_submit_button("This browser is the teacher's", key="give-key") and key:
            with errors_told():
                state.become_teacher(key)
                st.rerun()
