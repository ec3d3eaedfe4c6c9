"""Charts of a hand-out: as they are on the pages, dark on white, a little smaller, and few bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import numpy as np
import plotly.io

from autoenc.report.blocks import Chart

HEIGHT = 360  # pixels; fit.js makes room for a legend of several lines
DIGITS = 5  # significant ones of a coordinate: more than anybody can see
FONT = 14
CONFIG = {
    "responsive": True,
    "displaylogo": False,
    "displayModeBar": False,
    "doubleClick": "reset",
}
_INK, _GRID, _PAPER = "#1a1d21", "#d9dde2", "#ffffff"
_FAMILY = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def plotly_js() -> str:
    """plotly.min.js, as it comes with the plotly wheel."""
    return (resources.files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


def figure_html(chart: Chart) -> str:
    """The chart as a <div> and a <script> that draws it; plotly.js is to be there already."""
    figure = json.loads(chart.figure)
    laid_out = {**figure.get("layout", {}), **_fixed(figure.get("layout", {}))}
    laid_out.pop("legend2", None)
    drawn = {"data": [_small(_as_svg(trace)) for trace in figure["data"]], "layout": _small(laid_out)}
    text: str = plotly.io.to_html(
        drawn,
        config=CONFIG,
        full_html=False,
        include_plotlyjs=False,
        validate=False,
        div_id=f"chart-{chart.key}",
        default_height=f"{HEIGHT}px",
    )
    return text


def caption_of(chart: Chart) -> str:
    """What it shows, for who cannot see it: its own caption, or that of its figure."""
    meta = json.loads(chart.figure).get("layout", {}).get("meta") or {}
    return chart.caption or (str(meta.get("caption", "")) if isinstance(meta, Mapping) else "")


def _fixed(layout: Mapping[str, Any]) -> dict[str, Any]:
    axis = {"gridcolor": _GRID, "linecolor": _GRID, "tickcolor": _GRID, "zerolinecolor": _GRID}
    look = {
        "paper_bgcolor": _PAPER,
        "plot_bgcolor": _PAPER,
        "font": {"color": _INK, "family": _FAMILY, "size": FONT},
        "xaxis": axis,
        "yaxis": axis,
        "hoverlabel": {"bgcolor": _PAPER, "bordercolor": _GRID, "font": {"color": _INK, "size": 13}},
    }
    return {
        "template": {"layout": look},
        "font": {**layout.get("font", {}), "size": FONT},
        "height": HEIGHT,
        "autosize": True,
        **{name: _smaller(value) for name, value in layout.items() if name[1:5] == "axis"},
    }


def _smaller(axis: Mapping[str, Any]) -> dict[str, Any]:
    """The letters of an axis as large as all others."""
    title = axis.get("title")
    if not isinstance(title, Mapping):
        return dict(axis)
    return {**axis, "title": {**title, "font": {**title.get("font", {}), "size": FONT}}}


def _as_svg(trace: Mapping[str, Any]) -> dict[str, Any]:
    """WebGL prints as a picture of few pixels; and on one page there is room for one legend."""
    kind = str(trace.get("type", "scatter"))
    return {
        **{name: value for name, value in trace.items() if name != "legend"},
        "type": kind.removesuffix("gl"),
    }


def _small(value: Any) -> Any:
    """The same with floats of DIGITS significant digits, and packed ones of four bytes instead of eight."""
    match value:
        case {"dtype": "f8", "bdata": str(text), **more}:
            numbers = np.frombuffer(base64.b64decode(text), "<f8").astype("<f4")
            return {**more, "dtype": "f4", "bdata": base64.b64encode(numbers.tobytes()).decode()}
        case dict():
            return {name: _small(one) for name, one in value.items()}
        case list():
            return [_small(one) for one in value]
        case float():
            return float(f"{value:.{DIGITS}g}")
        case _:
            return value
