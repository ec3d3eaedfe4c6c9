"""What is read in the original against what is read in the reconstruction, as coloured cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plotly.graph_objects import Figure

from autoenc.numerals import counted
from autoenc.plots.drawing import COLOUR, axis, layout
from autoenc.plots.errors import shortened
from autoenc.plots.scales import SMALL_FONT

CELL = 30  # pixels of height
AROUND = 74  # pixels above and below the cells, with names of one or two letters below them
LETTER = 8  # pixels of a letter of a name
SHORT_NAME = 3  # letters: longer ones stand aslant below the cells

# Over the page's own background: the letters on them are those of the page, in its light and dark theme.
SAME = "rgba(140,147,156,0.3)"
FEWEST, MOST = "rgba(213,94,0,0.14)", "rgba(213,94,0,0.75)"
FRAME = COLOUR["train"]  # a blue far from the colour of the cells

Cell = tuple[int, int]  # class read in the original, class read in the reconstruction


def confusion_matrix(
    names: Sequence[str],
    classes: Sequence[int],
    counts: NDArray[np.intp],
    chosen: Cell | None = None,
    caption: str = "",
) -> Figure:
    """Rows: read in the original; columns: read in the reconstruction; the numbers of images on the cells.

    Args:
        names: of all classes.
        classes: the indices of those that are shown, from the top and from the left.
        counts: (all classes, all classes) images.
        chosen: the cell that gets a frame.
        caption: what the figure shows, for those who cannot see it.
    Returns:
        What stays the same, the diagonal, is grey; changes take their colour from the logarithm of their
        number, so that few beside many are seen. A click on a cell with images answers its two class indices.
    """
    shown = [escape(shortened(names[index])) for index in classes]
    cells = {(i, j): n for i, a in enumerate(classes) for j, b in enumerate(classes) if (n := counts[a, b])}
    same = {cell: 1.0 for cell in cells if cell[0] == cell[1]}
    changed = {cell: math.log10(n) for cell, n in cells.items() if cell[0] != cell[1]}
    heats = [
        _heat("same", same, (SAME, SAME), names, classes, counts),
        _heat("changed", changed, (FEWEST, MOST), names, classes, counts),
    ]
    at = {index: place for place, index in enumerate(classes)}
    frames = [_frame(at[chosen[0]], at[chosen[1]])] if chosen and at.keys() >= set(chosen) else []
    laid_out = layout(
        "Read in original and reconstruction",
        xaxis=_cell_axis("read in the reconstruction", shown),
        yaxis=_cell_axis("read in the original", shown, down=True),
        shapes=frames,
        showlegend=False,
        hovermode="closest",
        meta={"caption": caption, "name": "confusion"},
    )
    laid_out["title"]["text"] = ""  # the page says it
    longest = max(map(len, shown), default=0)
    left, below = 40 + LETTER * longest, height(names, classes) - CELL * len(classes) - 8
    laid_out["margin"] = {"l": left, "r": 8, "t": 8, "b": below, "autoexpand": False}
    return Figure(data=[*heats, _numbers(cells)], layout=laid_out)


def height(names: Sequence[str], classes: Sequence[int]) -> int:
    """Pixels."""
    longest = max((len(shortened(names[index])) for index in classes), default=0)
    aslant = 0.4 * LETTER * longest if longest > SHORT_NAME else 0
    return round(AROUND + CELL * len(classes) + aslant)


def _heat(
    name: str,
    shares: dict[Cell, float],
    colours: tuple[str, str],
    names: Sequence[str],
    classes: Sequence[int],
    counts: NDArray[np.intp],
) -> dict[str, Any]:
    """Cells without images have no colour and answer no click."""
    places = range(len(classes))
    return {
        "type": "heatmap",
        "name": name,
        "x": list(places),
        "y": list(places),
        "z": [[shares.get((i, j)) for j in places] for i in places],
        "customdata": [[(a, b) for b in classes] for a in classes],
        "hovertext": [[_said(names[a], names[b], int(counts[a, b])) for b in classes] for a in classes],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False,
        "zmin": 0,
        "zmax": max(1.0, *shares.values()) if shares else 1,  # at least ten images: one is no alarm
        "xgap": 1,
        "ygap": 1,
        "colorscale": list(zip((0, 1), colours, strict=True)),
        "showscale": False,
    }


def _said(before: str, after: str, n: int) -> str:
    if before == after:
        return f"{escape(before)} in both: {counted(n, 'image')}"
    places = f"{escape(before)} in the original,<br>{escape(after)} in the reconstruction"
    return f"{places}: {counted(n, 'image')}"


def _numbers(cells: dict[Cell, int]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "images",
        "mode": "text",
        "x": [j for _, j in cells] or [None],
        "y": [i for i, _ in cells] or [None],
        "text": [f"{n:,}" for n in cells.values()] or None,
        "textfont": {"size": SMALL_FONT},
        "hoverinfo": "skip",
    }


def _frame(i: int, j: int) -> dict[str, Any]:
    box = {"x0": j - 0.5, "x1": j + 0.5, "y0": i - 0.5, "y1": i + 0.5}
    return {"type": "rect", **box, "line": {"color": FRAME, "width": 3}}


def _cell_axis(title: str, names: Sequence[str], *, down: bool = False) -> dict[str, Any]:
    ends = [-0.5, max(len(names), 1) - 0.5]
    aslant = not down and max(map(len, names), default=0) > SHORT_NAME
    return axis(title, "") | {
        "range": ends[::-1] if down else ends,
        "tickvals": list(range(len(names))),
        "ticktext": list(names),
        "tickfont": {"size": SMALL_FONT + 1},
        "tickangle": -45 if aslant else 0,
        "showgrid": False,
        "fixedrange": True,
    }
