"""Numbers as CSV files, exactly as the files of the runs have them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from autoenc.csv_text import csv_text
from autoenc.report.blocks import Block, Cell, Chart, Pictures, Table
from autoenc.report.sections import Section

COMPARISONS = "comparisons"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with these a spreadsheet begins to compute
_UNSAFE = re.compile(r"[^a-z0-9-]+")


def numbers(block: Block) -> Table | None:
    """Those that a block shows; None: it shows none."""
    match block:
        case Chart() | Pictures():
            return block.numbers
        case Table():
            return block
    return None


def comparisons(sections: Sequence[Section]) -> Table:
    """All of the report's numbers beside ours."""
    columns = ("experiment", "what", "reported", "as printed", "ours", "reported / ours", "unit", "reason")
    rows = tuple(
        (
            one.experiment,
            one.what,
            one.reported,
            one.printed,
            one.ours,
            one.ratio,
            one.unit,
            one.reason,
        )
        for section in sections
        for one in section.comparisons
    )
    return Table(COMPARISONS, "The report's numbers and ours", columns, rows)


def csvs(sections: Sequence[Section]) -> dict[str, str]:
    """Name of a file -> its text: one for each block with numbers, and the comparisons."""
    return {f"{safe_name(table.key)}.csv": as_csv(table) for table in _all(sections)}


def safe_name(key: str) -> str:
    """Letters, digits and hyphens: no folder, nothing that a system minds."""
    return _UNSAFE.sub("-", key.lower()).strip("-") or "numbers"


def as_csv(table: Table) -> str:
    """Floats with all their digits; an unknown value is an empty cell; no text is taken for a formula."""
    return csv_text(map(_written, table.columns), (map(_written, row) for row in table.rows))


def archive(texts: Mapping[str, str]) -> bytes:
    """The files in a ZIP; equal texts make equal bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in texts.items():
            zipped.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _all(sections: Sequence[Section]) -> Iterator[Table]:
    for section in sections:
        for block in section.blocks:
            if (table := numbers(block)) is not None:
                yield table
    if any(section.comparisons for section in sections):
        yield comparisons(sections)


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(_FORMULA) else cell
        case float():
            return repr(float(cell))  # numpy's own would say its type
        case _:
            return str(cell)
