"""The top of every page: its name, the presenter's switch, the address for the class."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.app import presenter


@dataclass(frozen=True)
class Header:
    """Places that are filled after the page: it may change what they show. `access` fills them."""

    key: DeltaGenerator
    address: DeltaGenerator
    visitor: DeltaGenerator


def show(title: str) -> Header:
    """The switch, with places for the rest.

    Args:
        title: of the page; only a phone needs it, whose navigation is folded.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.container(key="name").markdown(f"**{title}**")
        switch, key, address = (st.container(width="content") for _ in range(3))
    with switch:
        presenter.switch()
    presenter.listen()
    return Header(key, address, st.container(key="visitor", gap=None))
