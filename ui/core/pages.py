"""What happens where somebody comes to a page, and what its address says while they are there.

What does not stand in an address: what lies on the visitor's own device (a picture, a drawing), and what a
chart or a table shows otherwise in this browser only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st
from streamlit.errors import StreamlitAPIException

from ui import registry
from ui.core import links, values, workspace
from ui.core.links import Address
from ui.core.workspace import Workspace


@contextmanager
def opened(page: str, address: Address, in_workspace: Workspace = "all") -> Iterator[tuple[str, ...]]:
    """Around every page: it shows what its address says, or what was left here.

    At its end the address says what it shows.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    yield open_page(page, address, in_workspace)
    write_address()


def open_page(page: str, address: Address, in_workspace: Workspace = "all") -> tuple[str, ...]:
    """The beginning of `opened`."""
    workspace.enter(in_workspace)
    ignored = links.read(page, address)
    links.remember_all()
    values.put_all_next()
    return ignored


def write_address() -> None:
    """The end of `opened`, and of a part of a page that is drawn again for itself."""
    if (address := links.address_shown()) is not None:
        links.write(address)


def draw_again() -> NoReturn:
    """Draw the fragment that asks for it again; the whole page where all of it is being drawn.

    It is where somebody moves something in a fragment and, before that is answered, something outside it.
    """
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:  # Streamlit refuses it in a run of the whole page
        st.rerun()


def with_view(dashboard: str) -> str:
    """The address of the dashboard with the page and the view that this browser shows.

    Whoever opens it does not present.
    """
    page, address = links.page_shown(), links.address_shown()
    if address is None:
        return f"{dashboard}/"
    query = urlencode(links.says(address))
    return f"{dashboard}/{registry.path(page)}" + (f"?{query}" if query else "")
