"""What the pages of one visitor hold: each value is declared once, and its widget is bound to its key."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

T = TypeVar("T")


@dataclass(frozen=True)
class Value(Generic[T]):
    """One value of one visitor.

    A widget shows and changes it by `key=VALUE.key`. `put` and `forget` come before that widget is drawn, or
    in a callback; `put_next` at any time.
    """

    key: str  # of the session; no other value has it
    usual: T  # where neither the visitor nor an address has said otherwise; None: the page knows better

    def get(self) -> T:
        held: T = st.session_state.get(self.key, _stored_values().get(self.key, self.usual))
        return held

    def put(self, value: T) -> None:
        st.session_state[self.key] = value

    def begin_with(self, value: T) -> None:
        """What it is where nobody has said otherwise."""
        if self.key not in st.session_state:
            st.session_state[self.key] = _stored_values().get(self.key, value)

    def put_next(self, value: T) -> None:
        """Have it from the next run of the page on."""
        _put_next()[self.key] = value

    def take(self) -> T:
        """The value; from now on it is the usual one, but for what has been put for the next run."""
        value = self.get()
        for held in (st.session_state, _stored_values()):
            held.pop(self.key, None)
        return value

    def forget(self) -> None:
        """From now on it is the usual one."""
        for held in (st.session_state, _stored_values(), _put_next()):
            held.pop(self.key, None)

    @property
    def is_set(self) -> bool:
        """Whether somebody has said what it is."""
        return self.key in st.session_state or self.key in _stored_values()

    def limit(self, choices: Collection[Any], otherwise: T | None = None) -> None:
        """Before its widget is drawn: what is not among the choices is not chosen.

        Args:
            otherwise: what is chosen then; None: what is usual.
        """
        value: Any = self.get()
        if isinstance(value, list):
            st.session_state[self.key] = [one for one in value if one in choices]
        elif value not in choices:
            self.put(self.usual if otherwise is None else otherwise)

    def keep(self, *, again: bool) -> None:
        """Streamlit forgets what it does not draw: keep what the widget holds, or give it back.

        Args:
            again: give it back where it is still there too, as a widget of another page may need it.
        """
        stored = _stored_values()
        if is_widget := self.key in st.session_state:
            stored[self.key] = st.session_state[self.key]
        elif self.key not in stored and self.usual is not None:
            stored[self.key] = copy(self.usual)
        if self.key in stored and (again or not is_widget):
            st.session_state[self.key] = stored[self.key]


def put_all_next() -> None:
    """At the beginning of a page: what was put for its next run."""
    waiting = _put_next()
    for key, value in waiting.items():
        st.session_state[key] = value
    waiting.clear()


def _stored_values() -> dict[str, Any]:
    """What widgets held when they were last drawn."""
    stored: dict[str, Any] = st.session_state.setdefault("kept values", {})
    return stored


def _put_next() -> dict[str, Any]:
    waiting: dict[str, Any] = st.session_state.setdefault("next values", {})
    return waiting
