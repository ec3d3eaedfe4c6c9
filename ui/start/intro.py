"""For whoever opens the dashboard for the first time: all of it stands before PyTorch is loaded."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import registry
from ui.app import layout, presenter
from ui.core import links
from ui.widgets import example

ACROSS = 3  # cards beside each other


def show() -> tuple[DeltaGenerator, bool]:
    """What an autoencoder is, one at work, and what each page teaches.

    Returns:
        the place above the button for a first model, and whether one is wanted.
    """
    with st.container(key="front"):  # where headings are larger
        layout.title("What is an autoencoder?")
    st.markdown(
        "An **encoder** squeezes an image into a few numbers, the **code**. "
        "A **decoder** has nothing but the code and draws the image again from it. "
        "Nobody tells the two what matters: they learn it from thousands of images, by making "
        "the difference between original and **reconstruction** ever smaller."
    )
    above, wanted = st.container(key="before-first"), example.first_model_button()
    example.moving_picture()
    if not presenter.is_on():
        _lessons()
    return above, wanted


def _lessons() -> None:
    """What each page teaches."""
    layout.section("**What you can do**")
    lessons = [page for page in registry.PAGES if page.lesson]
    for first in range(0, len(lessons), ACROSS):
        for column, page in zip(st.columns(ACROSS), lessons[first:], strict=False):
            with column, st.container(border=True, height="stretch"):
                links.link_to(page.address, f"**{page.title}**", ":material/arrow_forward:")
                st.markdown(page.lesson)
