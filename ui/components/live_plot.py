"""A plotly chart that survives its data: one node in the page, so that zoom, pan and hidden traces stay.

`st.plotly_chart` builds a new chart at every change of data.
"""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from importlib import metadata, resources
from pathlib import Path
from typing import Any, TypedDict

import streamlit as st

from autoenc.errors import AutoencError
from ui.components import inline

STATIC = Path(__file__).parents[2] / "static"  # beside dashboard.py, where Streamlit serves it from


class Clicked(TypedDict):
    """A point of a chart."""

    curve: str  # the trace's name
    x: Any
    y: Any
    customdata: Any


_mount = st.components.v2.component(
    "live_plot",
    js=inline("live_plot.js"),
    css=inline("live_plot.css"),
    isolate_styles=False,  # plotly puts its own styles into the document
)


def live_plot(figure: str, *, key: str, height: int) -> Clicked | None:
    """Draw the figure, or bring the chart of this key up to date.

    Args:
        figure: a plotly figure as JSON; `template={}` saves 7 kB a message. Where data grows, leave an axis
            its own range (autorangeoptions may guide it) or give it the same one each time: a new range
            undoes the zoom.
        height: pixels, reserved before anything is drawn.
    Returns:
        The point clicked since the last run of the script, once; None otherwise. Only points of traces with
        customdata answer a click.
    Raises:
        AutoencError: plotly.min.js is missing from the static folder and cannot be written there.
    """
    name = publish_plotly(STATIC)
    base = "/" + st.get_option("server.baseUrlPath").strip("/")
    src = f"{base.rstrip('/')}/app/static/{name}"
    result = _mount(
        key=key,
        data={"key": key, "figure": figure, "height": height, "src": src},
        height=height,
        on_clicked_change=lambda: None,  # declares the trigger
    )
    return result.clicked


@functools.cache
def publish_plotly(folder: Path) -> str:
    """Copy plotly.min.js out of the plotly wheel to where Streamlit serves it, once.

    A copy: Streamlit refuses a link that leaves the folder. Named by version for the browsers' caches.

    Returns:
        Its file name.
    Raises:
        AutoencError: it is not there and the folder cannot be written.
    """
    name = f"plotly-{metadata.version('plotly')}.min.js"
    with resources.as_file(resources.files("plotly") / "package_data" / "plotly.min.js") as source:
        target = folder / name
        if target.is_file() and target.stat().st_size == source.stat().st_size:
            return name
        try:
            folder.mkdir(exist_ok=True)
            handle, part = tempfile.mkstemp(prefix="plotly-", suffix=".min.js", dir=folder)
            os.close(handle)
            shutil.copy(source, part)  # its permissions too: others may read it
            os.replace(part, target)  # another process that starts now sees all of it or nothing
        except OSError as error:
            raise AutoencError(
                f"charts need static/{name}, and the folder cannot be written ({error.strerror}); "
                "copy plotly/package_data/plotly.min.js there under this name"
            ) from error
    return name
