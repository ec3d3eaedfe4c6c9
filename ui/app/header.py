"""The top of every page: the laboratory's name, the presenter's switch, the address for the class."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.app import theme


@dataclass(frozen=True)
class Header:
    """Places that are filled after the page: it may change what they show. `access` fills them."""

    key: DeltaGenerator
    address: DeltaGenerator
    visitor: DeltaGenerator


def show() -> Header:
    """The name and the switch, with places for the rest."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.container(key="name").markdown("**Autoencoder laboratory**")
        presenter, key, address = (st.container(width="content") for _ in range(3))
    with presenter:
        hides = "Hides the controls and enlarges charts and images."
        if st.toggle("Presenter", key="presenter", help=hides):
            theme.enlarge()
    return Header(key, address, st.container(key="visitor", gap=None))
