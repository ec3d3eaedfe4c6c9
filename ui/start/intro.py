"""For who opens the dashboard for the first time; loads nothing heavy."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import registry
from ui.core import links

ACROSS = 3  # cards beside each other


def sentences() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Say what an autoencoder is; returns the places for a button and for a picture."""
    st.markdown(
        "## What is an autoencoder?\n"
        "An **encoder** squeezes an image into a few numbers, the **code**. "
        "A **decoder** has nothing but the code and draws the image again from it. "
        "Nobody tells the two what matters: they learn it from thousands of images, by making "
        "the difference between original and **reconstruction** ever smaller."
    )
    return st.container(key="below-words"), st.container(key="moving-picture")


def lessons() -> None:
    """What each page teaches."""
    st.markdown("#### What you can do")
    lessons = [page for page in registry.PAGES if page.lesson]
    for first in range(0, len(lessons), ACROSS):
        for column, page in zip(st.columns(ACROSS), lessons[first:], strict=False):
            with column, st.container(border=True, height="stretch"):
                links.link_to(page.address, f"**{page.title}**", ":material/arrow_forward:")
                st.markdown(page.lesson)
