"""The presenter's mode: a switch on every page, and of what a page has to show one thing at a time.

Hidden by style (presenter.css): widgets that are not drawn would lose their values, and the link its
settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from ui.components.shortcuts import shortcuts
from ui.core import presenter
from ui.core.values import Value

_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
_STAGE = "stage"


def switch() -> None:
    """Turns it on and off, as the key P does."""
    presenter.begin()
    st.toggle(
        "Presenter",
        key=presenter.PRESENTER.key,
        help="For the projector: large pictures and charts, without the settings. "
        "Key P; key N shows the next chart.",
    )
    if is_on():
        st.html(f"<style>{_STYLE}</style>")


def listen() -> None:
    """For the two keys."""
    shortcuts({"p": presenter.PRESENTER.key, "n": _STAGE})


def is_on() -> bool:
    return presenter.PRESENTER.get()


def stage(value: Value[str], titles: Mapping[str, str]) -> str:
    """Which of several things the presenter shows: a press on its title shows another one, N the next.

    Args:
        titles: by the choices of the value.
    """
    value.limit(list(titles))
    with st.container(key=_STAGE):
        st.segmented_control(
            "Shown",
            list(titles),
            format_func=titles.__getitem__,
            key=value.key,
            required=True,
            label_visibility="collapsed",
        )
    return value.get()
