"""Where a model errs, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any
from unicodedata import east_asian_width

from plotly.graph_objects import Figure

from autoenc.numerals import short
from autoenc.plots.drawing import COLOUR, LOSS, axis, layout
from autoenc.plots.scales import rounded

MAX_WIDTH = 14  # letters of a name beside its bar: on a telephone half of the chart is left for the bars
ROOM = 1.15  # of the longest bar: its number stands behind it
LETTER = 10  # pixels of a letter, capitals included

# They mean themselves; far enough apart in lightness for the colour-blind, and each bar has its name.
CHANNEL_COLOURS = ("#d62728", "#2ca02c", "#1f5fd0")


def error_by_class(names: Sequence[str], mse: Sequence[float], whole: float, *, caption: str = "") -> Figure:
    """A bar a class, in the order given, from the top.

    Args:
        mse: one a class.
        whole: of all test images, a line across the bars.
    """
    figure = _bars("Test error by class", names, mse, [COLOUR["error"]] * len(names), caption)
    across: dict[str, Any] = {"type": "line", "x0": whole, "x1": whole, "y0": 0, "y1": 1, "yref": "paper"}
    across["line"] = {"color": COLOUR["original"], "width": 2, "dash": "dot"}
    across["label"] = {"text": "all", "textposition": "end", "textangle": 0, "yanchor": "bottom"}
    return figure.add_shape(across)


def error_by_channel(names: Sequence[str], mse: Sequence[float], *, caption: str = "") -> Figure:
    """A bar a channel: red, green and blue."""
    return _bars("Test error by channel", names, mse, CHANNEL_COLOURS, caption)


def _bars(
    title: str, names: Sequence[str], values: Sequence[float], colours: Sequence[str], caption: str
) -> Figure:
    bars: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": [rounded(value) for value in values],
        "y": list(range(len(names))),
        "marker": {"color": list(colours)},
        "text": [short(value) for value in values],
        "textposition": "outside",  # on a bar it would be hard to read
        "cliponaxis": False,
        "customdata": [escape(name) for name in names],
        "hovertemplate": "%{customdata}: %{x:,.4~r}",
        "name": "",
    }
    labels = [shortened(name) for name in names]
    # Plotly would take some signs for markup.
    places: dict[str, Any] = {"tickvals": bars["y"], "ticktext": [escape(label) for label in labels]}
    places |= {"autorange": "reversed", "showgrid": False}
    longest = max(map(_width, labels), default=0)
    laid_out = layout(
        title,
        xaxis=axis(LOSS, "~g") | {"range": [0, rounded(ROOM * max(values, default=0)) or 1], "nticks": 6},
        yaxis=axis("", "") | places,
        showlegend=False,
        bargap=0.25,
        hovermode="closest",
        meta={"caption": caption, "name": title.lower().replace(" ", "-")},
    )
    laid_out["title"]["text"] = ""  # the page says it
    laid_out["margin"] = laid_out["margin"] | {"l": 24 + LETTER * longest}
    return Figure(data=[bars], layout=laid_out)


def shortened(name: str) -> str:
    """A name as wide as there is room for; a longer one without its middle: many differ at their ends."""
    for n in range(len(name), 0, -1):
        short = name if n == len(name) else f"{name[: n - n // 2]}…{name[len(name) - n // 2 :]}"
        if _width(short) <= MAX_WIDTH:
            return short
    return name


def _width(name: str) -> int:
    """In letters; the widest of ours, and those of East Asia, are as wide as two."""
    return sum(2 if letter in "MW@%" or east_asian_width(letter) in "WF" else 1 for letter in name)
