"""What stands at rest on a page, and another window may move on."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st

from autoenc.errors import AutoencError
from ui.core import polling

SECONDS = 5.0  # between two looks


def watch(moment: Callable[[], Hashable]) -> None:
    """Redraw the page as soon as the moment is another one: a look costs no more than asking for it."""
    st.fragment(_watch, run_every=SECONDS * polling.own_pace())(moment, _seen(moment))


def follow(draw: Callable[[], None], moment: Callable[[], Hashable], seconds: float = SECONDS) -> None:
    """Draw a part of the page and look at it again every `seconds`: the page is redrawn with a new moment."""
    st.fragment(_follow, run_every=seconds * polling.own_pace())(draw, moment, _seen(moment))


def _follow(draw: Callable[[], None], moment: Callable[[], Hashable], seen: Hashable) -> None:
    _watch(moment, seen)
    draw()


def _watch(moment: Callable[[], Hashable], seen: Hashable) -> None:
    if _seen(moment) != seen:
        st.rerun()


def _seen(moment: Callable[[], Hashable]) -> Hashable:
    """The moment, or why there is none: the page itself says so in a sentence."""
    try:
        return moment()
    except AutoencError as error:
        return str(error)
