"""How the class gets in, and who is the teacher."""

from __future__ import annotations

import segno
import streamlit as st

from ui import registry
from ui.app import class_link, errors
from ui.app.header import Header
from ui.components.accessibility import skip_link
from ui.core import history, links, pages, visitor


def fill(header: Header) -> None:
    """Fill its places, at the end of a page.

    Raises:
        ConfigError: the teacher's key is too short to be one; the teacher sees this too.
    """
    with header.visitor:
        visitor.remember_visitor()
        history.keep_history()
        skip_link(registry.main_action(links.page_shown()))
    if visitor.has_key() and not visitor.is_teacher():
        with header.key:
            _ask_for_key()
    with header.address:
        _address_shown()


@st.fragment
def _address_shown() -> None:
    """Redrawn when it is opened: a tab or a slider changes the view without the whole page."""
    address = class_link.class_address(links.page_shown())
    if address is None:
        with st.popover("Only this machine", icon=":material/computer:", key="address"):
            st.markdown(
                "Nobody else can open this dashboard: it listens on this machine only, or there is no "
                "network. Start it with `make run`, without `--server.address`, in the class network."
            )
        return
    name = address.partition("//")[2]
    box = st.popover(name, icon=":material/qr_code_2:", key="address", wrap=False, on_change="rerun")
    if box.open:
        with box:
            _qr_code(address)


def _qr_code(address: str) -> None:
    st.markdown(f"### `{address.replace('`', '')}`")
    # Dark on light in the dark theme too: many cameras read nothing else.
    code = segno.make_qr(pages.with_view(address))
    st.image(code.svg_inline(scale=8, border=2, light="#ffffff", dark="#000000"), width=360, alt="QR code")
    st.caption("The QR code opens the view on this screen.")
    if visitor.is_teacher():
        st.caption("Teacher mode: stop or delete any run, add data sets.")


def _ask_for_key() -> None:
    with (
        st.popover("Teacher", icon=":material/key:", key="teacher"),
        st.form("teacher-key", border=False, clear_on_submit=True),
    ):
        key = st.text_input("The teacher's key", type="password", max_chars=200, key="key")
        if st.form_submit_button("Unlock teacher mode", key="give-key") and key:
            with errors.shown():
                visitor.become_teacher(key)
                st.rerun()
