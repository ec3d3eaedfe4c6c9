"""Where a model errs, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plotly.graph_objects import Figure

from autoenc.numerals import short
from autoenc.plots.dots import rounded
from autoenc.plots.drawing import COLOUR, LOSS, axis, layout

# They mean themselves; far enough apart in lightness for the colour-blind, and each bar has its name.
CHANNEL_COLOURS = ("#d62728", "#2ca02c", "#1f5fd0")


def error_by_class(names: Sequence[str], mse: Sequence[float], whole: float, *, said: str = "") -> Figure:
    """A bar a class, in the order given, from the top.

    Args:
        mse: one a class.
        whole: of all test images, a line across the bars.
    """
    figure = _bars("Test error by class", names, mse, [COLOUR["error"]] * len(names), said)
    across: dict[str, Any] = {"type": "line", "x0": whole, "x1": whole, "y0": 0, "y1": 1, "yref": "paper"}
    across["line"] = {"color": COLOUR["original"], "width": 2, "dash": "dot"}
    across["label"] = {"text": "all", "textposition": "end", "textangle": 0, "yanchor": "bottom"}
    return figure.add_shape(across)


def error_by_channel(names: Sequence[str], mse: Sequence[float], *, said: str = "") -> Figure:
    """A bar a channel: red, green and blue."""
    return _bars("Test error by channel", names, mse, CHANNEL_COLOURS, said)


def _bars(
    title: str, names: Sequence[str], values: Sequence[float], colours: Sequence[str], said: str
) -> Figure:
    bars: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": [rounded(value) for value in values],
        "y": list(range(len(names))),
        "marker": {"color": list(colours)},
        "text": [f"{short(value)}" for value in values],
        "textposition": "auto",
        "hovertemplate": "%{x:,.4~r}",
        "name": "",
    }
    places = {"tickvals": bars["y"], "ticktext": list(names), "autorange": "reversed", "showgrid": False}
    longest = max(map(len, names), default=0)
    laid_out = layout(
        title,
        xaxis=axis(LOSS, "~g") | {"rangemode": "tozero", "nticks": 6},
        yaxis=axis("", "") | places,
        showlegend=False,
        bargap=0.25,
        hovermode="closest",
        meta={"said": said, "name": title.lower().replace(" ", "-")},
    )
    laid_out["title"]["text"] = ""  # the page says it
    laid_out["margin"] = laid_out["margin"] | {"l": min(200, 24 + 10 * longest)}
    return Figure(data=[bars], layout=laid_out)
