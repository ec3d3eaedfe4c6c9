"""Where things stand on a page."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.core.text import plain
from ui.core.values import Value

_UNFOLDED = Value("unfolded", False)  # the settings, on a phone


def halves() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A narrow place for settings, which a presenter hides, and a wide one for what they are about.

    On a phone the settings are a sheet that a switch brings up from below (phone.css).
    """
    left, right = st.columns([1, 3], gap="large")
    left.toggle("Settings", key=_UNFOLDED.key)
    return left.container(key="settings"), right


def fold() -> None:
    """On a phone the settings give way to what they are about, from the next run of the page on."""
    _UNFOLDED.put_next(False)


def title(text: str) -> None:
    """The heading of level 1 of a page; `theme` says how large each level is."""
    st.title(text, anchor=False)


def section(text: str) -> None:
    """A heading below the title. Its bold words are its name, the others may say more of it."""
    st.header(text, anchor=False)


def subsection(text: str) -> None:
    """A heading below that of a section, written as that."""
    st.subheader(text, anchor=False)


def form() -> DeltaGenerator:
    """The controls of the settings and what follows them, where they are drawn again by themselves."""
    return st.container(key="form")


def before_the_click() -> DeltaGenerator:
    """At the end of the settings: what will happen and the button, in view however long the settings are."""
    return st.container(key="go")


def heading(text: str, ignored: Iterable[str]) -> None:
    """What the settings are for; one sentence for each thing in the address that was ignored."""
    title(text)
    for sentence in ignored:
        st.warning(f"Ignored in the link: {plain(sentence)}", icon=":material/link_off:")
