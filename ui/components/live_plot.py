"""A plotly chart that survives its data: one node in the page, so that zoom, pan and hidden traces stay.

`st.plotly_chart` builds a new chart at every change of data.
"""

from __future__ import annotations

from importlib import metadata, resources
from typing import Any, TypedDict

import streamlit as st

from autoenc.once import once
from ui.components import fetched, inline, publish
from ui.components.save_picture import PngText, png_data


class Clicked(TypedDict):
    """A point of a chart."""

    curve: str  # the trace's name
    x: Any
    y: Any
    customdata: Any


_mount = st.components.v2.component(
    "live_plot",
    js=fetched("live_plot", "keep.js", "save_picture.js", "plot_legend.js", "live_plot.js"),
    css=inline("save_picture.css", "live_plot.css"),
    isolate_styles=False,  # plotly puts its own styles into the document
)


def live_plot(
    figure: str, *, key: str, height: int, png: PngText | None = None, downloads: bool = False
) -> Clicked | None:
    """Draw the figure, or bring the chart of this key up to date.

    Args:
        figure: a plotly figure as JSON; `template={}` saves 7 kB a message. Where data grows, leave an axis
            its own range (autorangeoptions may guide it) or give it the same one each time: a new range
            undoes the zoom. Its layout.meta may hold `caption`, what it shows in words for screen readers;
            `name`, of the file that is saved; `film`, the key of pictures whose film it follows with a
            marker at step * `x_scale`, and which a click on a point with a number as customdata moves.
        height: pixels, reserved before anything is drawn; more where letters are enlarged for the back row.
        png: a button saves the chart as it is seen, with these words around it.
        downloads: below it two buttons that save it as PNG and SVG, dark on white, 1200 x 700; with `png`
            that is the PNG.
    Returns:
        The point clicked since the last run of the script, once; None otherwise. Only points of traces with
        customdata answer a click.
    Raises:
        AutoencError: plotly.min.js is missing from the static folder and cannot be written there.
    """
    chart = {"figure": figure, "height": height, "png": png_data(png), "downloads": downloads}
    result = _mount(
        key=key,
        data={"key": key, "src": _plotly(), **chart},
        height=height + 36 * downloads,
        on_clicked_change=lambda: None,  # declares the trigger
    )
    clicked: Clicked | None = result.clicked
    return clicked


@once(maxsize=1)
def _plotly() -> str:
    """The path of plotly.min.js, from the plotly wheel; named by version for the browsers' caches."""
    content = (resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    return publish(f"plotly-{metadata.version('plotly')}.min.js", content)
