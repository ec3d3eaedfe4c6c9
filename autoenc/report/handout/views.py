"""Blocks of a section as the template shows them: all text, all escaped by the template."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from autoenc.report.blocks import Block, Chart, Pictures, Printed, Strip, Table, shown
from autoenc.report.handout import figures, tables

MAX_ROWS = 60  # of the numbers below a chart; the CSV has all
SHOWN_PIXELS = 64  # about, of a picture's side


@dataclass(frozen=True)
class Picture:
    """One of a row."""

    source: str  # a data URI
    alt: str
    note: str
    width: int  # pixels on the page: a whole number for each of its own
    height: int


@dataclass(frozen=True)
class Row:
    """A row of pictures."""

    label: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Grid:
    """A table for people."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]  # of each column
    csv: str  # the file that has all of it, with all digits
    n_left_out: int = 0  # rows


@dataclass(frozen=True)
class View:
    """One block; what does not belong to its kind is empty."""

    key: str
    title: str
    caption: str
    alt: str = ""
    chart: str = ""  # HTML, the only field that is not escaped
    rows: tuple[Row, ...] = ()
    table: Grid | None = None
    text: str = ""
    numbers: Grid | None = None  # that a chart or pictures show; folded away


def view(block: Block) -> View:
    """The block for the template."""
    key = tables.safe_name(block.key)
    match block:
        case Chart():
            html = figures.figure_html(block)
            alt = figures.caption_of(block)
            return View(key, block.title, block.caption or alt, alt, html, numbers=_grid(block.numbers))
        case Pictures():
            rows = tuple(_row(strip) for strip in block.strips)
            numbers = None if block.numbers is None else _grid(block.numbers)
            return View(key, block.title, block.caption, rows=rows, numbers=numbers)
        case Table():
            return View(key, block.title, block.caption, table=_grid(block, len(block.rows)))
        case Printed():
            return View(key, block.title, block.caption, text=block.text)


def _grid(table: Table, most: int = MAX_ROWS) -> Grid:
    rows = tuple(tuple(map(shown, row)) for row in table.rows[:most])
    numeric = tuple(all(not isinstance(row[i], str) for row in table.rows) for i in range(len(table.columns)))
    left_out = max(0, len(table.rows) - most)
    return Grid(table.columns, rows, numeric, f"{tables.safe_name(table.key)}.csv", left_out)


def _row(strip: Strip) -> Row:
    images = strip.images
    pixels = np.frombuffer(images.data, np.uint8).reshape(images.shape)
    notes: Sequence[str] = strip.notes or [""] * len(pixels)
    return Row(
        strip.label,
        tuple(
            _picture(one, strip.label, note, n)
            for n, (one, note) in enumerate(zip(pixels, notes, strict=True), 1)
        ),
    )


def _picture(pixels: np.ndarray, label: str, note: str, n: int) -> Picture:
    """Of (C, H, W), uint8."""
    _, height, width = pixels.shape
    times = max(1, round(SHOWN_PIXELS / max(height, width)))
    alt = f"{label}, picture {n}" + (f": {note}" if note else "")
    return Picture(_png(pixels), alt, note, times * width, times * height)


def _png(pixels: np.ndarray) -> str:
    array = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
