"""The top of every page: its name, the presenter's switch, the address for the class."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.app import layout, presenter


@dataclass(frozen=True)
class Header:
    """Places that are filled after the page: it may change what they show. `access` fills them."""

    key: DeltaGenerator
    address: DeltaGenerator
    visitor: DeltaGenerator


def show(title: str) -> Header:
    """The switch, with places for the rest.

    Args:
        title: of the page, for visitors whose page heading is hidden: on a phone the navigation and the
            settings are folded, and a presenter shows no settings.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        with st.container(key="name"):
            layout.title(title)
        switch, key, address = (st.container(width="content") for _ in range(3))
    with switch:
        presenter.switch()
    presenter.listen()
    return Header(key, address, st.container(key="visitor", gap=None))
