"""Tables that wrap: on a phone each row is a card, a line for each of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from autoenc.numerals import short
from autoenc.report import Cell, Table

UNKNOWN = "–"
DIGITS = 3  # significant ones
MAX_ROWS = 40  # of a table that stands there whole; a longer one scrolls


def show(table: Table) -> None:
    """Its numbers rounded."""
    rows = [[text(cell) for cell in row] for row in table.rows]
    if len(rows) > MAX_ROWS:
        columns = {name: [row[i] for row in rows] for i, name in enumerate(table.columns)}
        st.dataframe(columns, hide_index=True, key=f"lab-table-{table.key}")
    else:
        draw(table.columns, rows, key=table.key)


def draw(columns: Sequence[str], rows: Sequence[Sequence[str]], *, key: str) -> None:
    """Texts in rows; the first of each row names it."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr>{_cells(columns, row)}</tr>" for row in rows)
    with st.container(key=f"lab-cells-{key}"):
        st.html(
            f'<table class="lab-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>',
            width="stretch",
        )


def text(cell: Cell) -> str:
    """`60,000`, `0.00172`, `MLP 128`."""
    if cell is None:
        return UNKNOWN
    if isinstance(cell, str):
        return cell
    return f"{cell:,}" if isinstance(cell, int) else short(cell, DIGITS)


def _cells(columns: Sequence[str], row: Sequence[str]) -> str:
    first, *others = row
    cells = (
        f'<td data-label="{escape(name)}">{escape(cell)}</td>'
        for name, cell in zip(columns[1:], others, strict=True)
    )
    return f'<th scope="row">{escape(first)}</th>{"".join(cells)}'
