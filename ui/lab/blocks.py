"""The blocks of a section on the page."""

from __future__ import annotations

import numpy as np
import streamlit as st

from autoenc.plots import COLOUR
from autoenc.report import Block, Chart, Pictures, Printed, Section, Strip, Table
from ui.app import layout
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.widgets.lesson import lesson

HEIGHT = 340  # pixels of a chart


def draw(section: Section) -> None:
    if section.missing:
        st.caption(section.missing)
    for block in section.blocks:
        layout.subsection(f"**{block.title}**")
        _draw(block)
        lesson(block.caption, key=block.key)


def _draw(block: Block) -> None:
    match block:
        case Chart():
            live_plot(block.figure, key=f"lab-{block.key}", height=HEIGHT)
        case Pictures():
            pictures([_row(strip) for strip in block.strips], key=f"lab-{block.key}")
        case Printed():
            st.code(block.text, language=None)
        case Table():
            st.table({name: [row[i] for row in block.rows] for i, name in enumerate(block.columns)})


def _row(strip: Strip) -> PictureRow:
    images = strip.images
    array = np.frombuffer(images.data, np.uint8).reshape(images.shape)
    return PictureRow(strip.label, array, COLOUR["original"], strip.notes or None)
