"""What stands in the address of Train."""

from __future__ import annotations

import streamlit as st

from ui.core.links import Address
from ui.core.workspace import separate
from ui.run.selection import _RUN, VIEW
from ui.widgets.training_settings import (
    SETTINGS,
    setting,
)

_PARAMS = (setting("dataset"), _RUN, *(setting(name) for name in SETTINGS if name != "dataset"), *VIEW)
TRAIN = Address(lambda given: _PARAMS)
separate(_PARAMS)


def link_to_train() -> dict[str, str] | None:
    """The settings and the run in an address without a page, as links had them before there were pages.

    Once: whoever goes back from there comes to the front page.
    """
    query: dict[str, str] = st.query_params.to_dict()
    sent_on, st.session_state["sent on"] = st.session_state.get("sent on"), query
    return query if query != sent_on and any(param.name in query for param in _PARAMS) else None
