"""What a presenter sees otherwise; the look of all pages is in theme.css."""

from __future__ import annotations

import streamlit as st

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


def enlarge() -> None:
    """For whoever presents: charts and pictures enlarged, without the controls."""
    st.html(_PRESENTER)
