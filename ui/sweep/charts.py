"""What a larger code buys, and what it costs: the charts of a sweep, and in words what they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from autoenc import captions, plots
from autoenc.plots import Axes
from autoenc.schema import BaselineCurve, Point
from ui.app import layout
from ui.components.live_plot import live_plot
from ui.core.caching import once
from ui.core.text import plain
from ui.sweep import settings

HEIGHT = 340  # pixels

Points = tuple[Point, ...]
Baselines = tuple[BaselineCurve, ...]


def first(points: Points, baselines: Baselines) -> None:
    """The two questions: what does it buy, what does it cost?"""
    loss, time = st.columns(2)
    with loss:
        layout.subsection("**What does a larger code buy?**")
        caption = " ".join(
            filter(
                None, [captions.sweep.loss_caption(points, baselines), captions.sweep.tests_caption(points)]
            )
        )
        _chart("by-size", plots.loss_by_size, caption, points, baselines)
    with time:
        layout.subsection("**What does it cost?**")
        caption = " ".join(
            filter(None, [captions.sweep.time_caption(points), captions.sweep.timing_caption(points)])
        )
        _chart("time", plots.time_by_size, caption, points)
    with st.container(horizontal=True, vertical_alignment="center", key="sweep-axes"):
        st.toggle("Log sizes and times", value=settings.LOG_SIZE.get(), key=settings.LOG_SIZE.key)
        st.toggle("Log loss", value=settings.LOG_LOSS.get(), key=settings.LOG_LOSS.key)
        st.caption("Click or tap a point to see its pictures.")


def others(points: Points, baselines: Baselines) -> None:
    """The same runs, asked otherwise."""
    large, code = st.columns(2)
    with large:
        layout.subsection("**Close-up: large sizes**")
        _chart("large", plots.loss_at_large_sizes, "", points, baselines)
    with code:
        layout.subsection("**Which model is better at equal code size?**")
        _chart(
            "by-code", plots.loss_by_code, captions.sweep.code_caption(points, baselines), points, baselines
        )
    time, ratio = st.columns(2)
    with time:
        layout.subsection("**Which run is worth its time?**")
        _chart("frontier", plots.loss_by_time, captions.sweep.front_caption(points), points)
    with ratio:
        layout.subsection("**How far can an image be compressed?**")
        _chart("ratio", plots.loss_by_ratio, captions.sweep.ratio_caption(points), points, baselines)


def _chart(key: str, figure: Callable[..., Any], caption: str, points: Points, *baselines: Baselines) -> None:
    """A chart and its words; a click on a point chooses its run."""
    axes = Axes(settings.LOG_SIZE.get(), settings.LOG_LOSS.get())  # their switches come after the charts
    spoken = caption or captions.sweep.large_caption(points)  # to those who cannot see the chart
    drawn = _drawn(figure, (points, *baselines), axes, settings.POINT.get(), spoken)
    clicked = live_plot(drawn, key=f"sweep-{key}", height=HEIGHT)
    if caption:
        st.caption(plain(caption))
    if clicked is not None and clicked["customdata"] in {point.run_id for point in points}:
        settings.POINT.put(clicked["customdata"])
        st.rerun()


@once(maxsize=64)
def _drawn(
    figure: Callable[..., Any], data: tuple[Any, ...], axes: Axes, highlighted: str | None, caption: str
) -> str:
    """As JSON; once for all who look at the same moment."""
    json: str = figure(*data, axes, highlighted=highlighted, caption=caption).to_json()
    return json
