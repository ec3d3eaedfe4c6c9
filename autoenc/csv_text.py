"""Tables as CSV, the same from the command line, from a page and in a hand-out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def csv_text(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """A head and a line a row, as RFC 4180 has it; numbers come back exactly, None is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
