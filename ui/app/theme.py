"""The look of all pages, where the theme of `.streamlit/config.toml` cannot say it."""

from __future__ import annotations

import streamlit as st


def apply() -> None:
    """Less empty space, so that a projector shows pictures and charts at once."""
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
        # Three models stand in one row, at 1280 pixels too.
        ".st-key-model button:not(:has(svg)) { padding-inline: 0.65rem; }"
        ".st-key-visitor { position: absolute; }"
        "[data-testid=stLayoutWrapper]:has(> .st-key-assets) { display: none; }"
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


def enlarge() -> None:
    """For whoever presents: charts and pictures enlarged, without the controls."""
    st.html(_PRESENTER)
