"""Networks for components: handed over once, unseen, and kept in the window while a place asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.components import fetched, live_rows
from ui.components.sprites import packed

if TYPE_CHECKING:
    from autoenc.inspection import Network

_mount = st.components.v2.component(
    "preload",
    js=fetched("preload", "keep.js", "sprites.js", "assets.js", "preload.js", seen=False),
    css=live_rows.HIDDEN_CSS,
    isolate_styles=False,  # it hides what stands around it
)


def preload_network(id: str, network: Network) -> None:
    """Give the browser a network, unseen. Once a run of the script, before the fragment that uses it.

    Args:
        id: of these very weights: the browser keeps what it got first under it.
    """
    files = [network.weights.astype("<f4").tobytes()]
    _mount(key=f"network-{id}", data=packed({"id": id, "layers": network.layers}, files))
