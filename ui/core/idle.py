"""What stands at rest on a page, and another window may move on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import streamlit as st

from autoenc.errors import AutoencError
from ui.core import polling

SECONDS = 5.0  # between two looks


def watch(moment: Callable[[], Hashable]) -> None:
    """Redraw the page as soon as the moment is another one: a look costs no more than asking for it."""
    st.fragment(_watch, run_every=SECONDS * polling.own_pace())(_Look(moment))


def follow(draw: Callable[[], None], moment: Callable[[], Hashable], seconds: float = SECONDS) -> None:
    """Draw a part of the page and look at it again every `seconds`: the page is redrawn with a new moment."""
    st.fragment(_follow, run_every=seconds * polling.own_pace())(draw, _Look(moment))


@dataclass
class _Look:
    """What the page was drawn for."""

    moment: Callable[[], Hashable]
    seen: tuple[Hashable, ...] = ()  # the moment, or why there is none; empty: this is the first look

    def moved(self) -> bool:
        """Whether the moment is another one than at the first look."""
        try:
            now = self.moment()
        except AutoencError as error:  # the page itself says so in a sentence
            now = str(error)
        self.seen = self.seen or (now,)
        return self.seen != (now,)


def _follow(draw: Callable[[], None], look: _Look) -> None:
    _watch(look)
    draw()


def _watch(look: _Look) -> None:
    if look.moved():
        st.rerun()
