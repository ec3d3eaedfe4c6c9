"""What every page has: its dress, its head with the address for the class, its way to tell errors.

PyTorch takes seconds to load. What needs none of it comes first, so that a newcomer sees the page at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from autoenc.errors import AutoencError
from ui.core.text import plain


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
        ".stMainBlockContainer { padding-top: 3.8rem; padding-bottom: 3rem; }"
        "@media (min-width: 768px) {"
        " .stMainBlockContainer { padding-top: 2rem; }"
        " .st-key-head { position: fixed; z-index: 1000000; top: 0.35rem; right: 1rem;"
        "  width: max-content; flex-wrap: nowrap; }"
        " .st-key-head .st-key-name { display: none; }"
        " .st-key-address { max-width: 24rem; }"  # a long one would lie on the navigation
        " [data-testid=stStatusWidget] { margin-right: 20rem; }"
        "}"
        ".st-key-part { margin-top: 1.2rem; }"  # below the navigation, on pages that begin with a switch
        ".st-key-visitor { position: absolute; }"
        "[data-testid=stLayoutWrapper]:has(> .st-key-material) { display: none; }"
        ".st-key-noise-scene { opacity: 1 !important; }"  # it lives in the browser, and is never out of date
        "[data-testid=stMetricValue] { font-size: 1.6rem; padding-bottom: 0; }"
        "</style>"
    )


# Hidden by style: widgets that are not drawn would lose their values, and the link its settings.
_PRESENTER = """
<style>
:root { --presenter-scale: 1.25; }
html { font-size: 21px !important; }
[data-testid=stColumn]:has(.st-key-settings), .st-key-actions, .st-key-loss-axes, .st-key-sweep-axes {
 display: none;
}
.stMainBlockContainer { padding-left: 2rem; padding-right: 2rem; }
</style>
"""


def halves() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A narrow place for settings, which a presenter hides, and a wide one for what they are about."""
    left, right = st.columns([1, 3], gap="large")
    return left.container(key="settings"), right


def heading(text: str, ignored: Iterable[str]) -> None:
    """What the settings are for; one sentence for each thing in the address that was ignored."""
    st.markdown(f"##### {text}")
    for sentence in ignored:
        st.warning(f"Ignored in the link: {plain(sentence)}", icon=":material/link_off:")


@dataclass(frozen=True)
class Head:
    """Places at the top of the page, filled after the page: it may change what they show."""

    key: DeltaGenerator
    address: DeltaGenerator
    visitor: DeltaGenerator


def head() -> Head:
    """The name of the house, and the switch for whoever presents."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.container(key="name").markdown("**Autoencoder laboratory**")
        presenter, key, address = (st.container(width="content") for _ in range(3))
    with presenter:
        hides = "Hides the controls and enlarges charts and images."
        if st.toggle("Presenter", key="presenter", help=hides):
            st.html(_PRESENTER)
    return Head(key, address, st.container(key="visitor", gap=None))
