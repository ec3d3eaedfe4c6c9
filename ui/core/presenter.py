"""Whether this window is shown to a class: pictures and charts large, the settings hidden.

It belongs to the window, not to a page: a link opens a window that presents, and from then on the switch and
its key decide. No other link, nor Back and Forward, changes it.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.core.values import Value

PRESENTER = Value("presenter", False)
_NAME = PRESENTER.key  # in an address
_TEXTS = {"True": True, "False": False}


def begin() -> None:
    """Before its switch is drawn: where this window has just been opened, what its address says."""
    if not PRESENTER.is_set:
        PRESENTER.put(_TEXTS.get(st.query_params.get(_NAME, ""), PRESENTER.usual))


def without(address: Mapping[str, str]) -> dict[str, str]:
    """The address without what it says of the presenter; what cannot be read stays."""
    return {name: text for name, text in address.items() if name != _NAME or text not in _TEXTS}


def says() -> dict[str, str]:
    """What every address says of it."""
    return {_NAME: "True"} if PRESENTER.get() else {}
