"""Tables that wrap: on a phone each row is a card, a line for each of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from autoenc.report import Table, shown

Rows = Sequence[Sequence[str]]
MAX_ROWS = 40  # of a table that stands there whole; a longer one scrolls


def show(table: Table) -> None:
    """Its numbers rounded."""
    rows = [[shown(cell) for cell in row] for row in table.rows]
    if len(rows) > MAX_ROWS:
        columns = {name: [row[i] for row in rows] for i, name in enumerate(table.columns)}
        st.dataframe(columns, hide_index=True, key=f"lab-table-{table.key}")
    else:
        draw(table.columns, rows, key=table.key)


def draw(columns: Sequence[str], rows: Rows, *, key: str) -> None:
    """Texts in rows; the first of each row names it."""
    with st.container(key=f"lab-cells-{key}"):
        st.html(_table(columns, rows), width="stretch")


def draw_all(columns: Sequence[str], tables: Mapping[str, Rows], *, key: str) -> None:
    """Tables under their headings, as one element: of several each would push the next ones down."""
    parts = (f"<h2>{escape(title)}</h2>{_table(columns, rows)}" for title, rows in tables.items())
    with st.container(key=f"lab-cells-{key}"):
        st.html("".join(parts), width="stretch")


def _table(columns: Sequence[str], rows: Rows) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr>{_cells(columns, row)}</tr>" for row in rows)
    return f'<table class="lab-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(columns: Sequence[str], row: Sequence[str]) -> str:
    first, *others = row
    cells = (
        f'<td data-label="{escape(name)}">{escape(cell)}</td>'
        for name, cell in zip(columns[1:], others, strict=True)
    )
    return f'<th scope="row">{escape(first)}</th>{"".join(cells)}'
