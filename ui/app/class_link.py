"""The address for the class: what students type to open this dashboard."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import streamlit as st

from ui import registry
from ui.server.request import is_loopback


def class_address(page: str) -> str | None:
    """What students type to open this dashboard, without the view; None: only this machine can reach it.

    Args:
        page: the address of the page that is open, which the browser's address ends with.
    """
    own = urlsplit(st.context.url or "")
    host = own.hostname or "localhost"
    if not is_loopback(host):
        return f"{own.scheme}://{own.netloc}{_before_the_page(own.path, page)}"
    given = st.get_option("browser.serverAddress")  # whoever runs it behind another name says so there
    if not is_loopback(given):
        return f"http://{given}:{st.get_option('browser.serverPort')}{_base_path()}"
    listens_at = st.get_option("server.address") or "0.0.0.0"
    if is_loopback(listens_at):
        return None
    reached_at = listens_at if listens_at not in ("0.0.0.0", "::") else _address_in_the_network()
    return f"http://{reached_at}:{st.get_option('server.port')}{_base_path()}" if reached_at else None


def _before_the_page(path: str, page: str) -> str:
    """What stands before the name of the page: `server.baseUrlPath`, or what a proxy puts there unheard.

    The front page has none in its path, and a proxy may call its folder as we call a page: `/lab/`.
    """
    before, _, last = path.rstrip("/").rpartition("/")
    return before if last and last == registry.path(page) else path.rstrip("/")


def _base_path() -> str:
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""


def _address_in_the_network() -> str | None:
    """This machine's address where a packet to elsewhere would leave it; none is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of no machine: RFC 5737
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if is_loopback(address) else address
