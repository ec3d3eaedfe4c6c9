"""For who opens the dashboard for the first time; loads nothing heavy."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

ACROSS = 3  # cards beside each other

PAGES = (
    (
        "pages/train.py",
        "Train",
        "Press one button and watch a model learn, epoch by epoch: how well it redraws each image, what "
        "is lost, and what it costs.",
    ),
    (
        "pages/sweep.py",
        "Sweep",
        "Train many sizes at once and watch the curves grow: what does a larger code buy, and what does it "
        "cost?",
    ),
    (
        "pages/denoise.py",
        "Denoise",
        "Drag the noise level and see at once what a model does with it: where does it help, and where does "
        "it invent?",
    ),
    (
        "pages/foreign.py",
        "Your picture",
        "Show a model your face, your photograph, your handwriting: it can only draw what it has learnt.",
    ),
    (
        "pages/colour.py",
        "Colour",
        "Are photographs harder to compress than digits, and by how much? One chart, at equal compression.",
    ),
    (
        "pages/runs.py",
        "Runs",
        "All models trained so far, side by side: what does a larger code, another layer or more time buy?",
    ),
)


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


def pages() -> None:
    """What each page teaches."""
    st.markdown("#### What you can do")
    for first in range(0, len(PAGES), ACROSS):
        cards = PAGES[first : first + ACROSS]
        for column, (path, title, lesson) in zip(st.columns(ACROSS), cards, strict=True):
            with column, st.container(border=True, height="stretch"):
                st.page_link(path, label=f"**{title}**", icon=":material/arrow_forward:")
                st.markdown(lesson)
