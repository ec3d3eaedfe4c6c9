"""The blocks of a section on the page."""

from __future__ import annotations

import streamlit as st

from autoenc.plots import COLOUR
from autoenc.report import Block, Chart, Pictures, Printed, Section, Strip, Table
from ui.app import layout
from ui.components import pixels
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.components.save_picture import PngText
from ui.core.text import plain
from ui.lab import tables
from ui.widgets.lesson import lesson

HEIGHT = 340  # pixels of a chart
# Of the key beside a row, by the first word of its label; the others have that of a reconstruction.
COLOURS = {
    "original": COLOUR["original"],
    "test": COLOUR["original"],
    "noisy": COLOUR["noisy"],
    "mlp": COLOUR["mlp"],
    "conv": COLOUR["conv"],
}


def draw(section: Section) -> None:
    """Each with the conditions under which its numbers came about."""
    conditions = "; ".join(section.conditions)
    for block in section.blocks:
        layout.subsection(f"**{plain(block.title)}**")
        png = PngText(block.title, conditions, (f"lab-{section.experiment.key}",), block.key)
        _draw(block, png)
        lesson(block.caption, key=f"lab-{block.key}")
        if not isinstance(block, Printed):
            st.caption(plain(conditions))


def _draw(block: Block, png: PngText) -> None:
    match block:
        case Chart():
            live_plot(block.figure, key=f"lab-{block.key}", height=HEIGHT, png=png)
        case Pictures():
            for n, strips in enumerate(_of_one_size(block.strips)):
                pictures([_row(strip) for strip in strips], key=f"lab-{block.key}-{n}", png=png)
        case Printed():
            st.code(block.text, language=None)
        case Table():
            tables.show(block)


def _of_one_size(strips: tuple[Strip, ...]) -> list[list[Strip]]:
    """Rows of as many and as large images stand below each other; others begin anew."""
    together: list[list[Strip]] = []
    for strip in strips:
        if together and _size(together[-1][0]) == _size(strip):
            together[-1].append(strip)
        else:
            together.append([strip])
    return together


def _size(strip: Strip) -> tuple[int, ...]:
    n, _, height, width = strip.images.shape
    return n, height, width


def _row(strip: Strip) -> PictureRow:
    colour = COLOURS.get(strip.label.lower().partition(" ")[0], COLOUR["reconstruction"])
    return PictureRow(strip.label, pixels.array(strip.images), colour, strip.notes or None, steady=True)
