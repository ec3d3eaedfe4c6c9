"""What a larger code buys, and what it costs: the charts of a sweep, and in words what they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from autoenc import captions, plots
from autoenc.plots import Axes
from autoenc.schema import BaselineCurve, Point
from autoenc.sweeps import SavedSweep
from ui.app import layout
from ui.components.live_plot import live_plot
from ui.components.save_picture import PngText
from ui.core.caching import once
from ui.core.text import plain
from ui.sweep import settings
from ui.widgets import png_texts

HEIGHT = 340  # pixels

Points = tuple[Point, ...]
Baselines = tuple[BaselineCurve, ...]


def first(saved: SavedSweep, points: Points, baselines: Baselines) -> None:
    """The two questions: what does it buy, what does it cost?"""
    loss, time = st.columns(2)
    with loss:
        layout.subsection("**What does a larger code buy?**")
        caption = " ".join(
            filter(
                None, [captions.sweep.loss_caption(points, baselines), captions.sweep.tests_caption(points)]
            )
        )
        png = png_texts.of_sweep(saved, "loss", "Test loss by latent size")
        _chart("by-size", plots.loss_by_size, caption, png, points, baselines)
    with time:
        layout.subsection("**What does it cost?**")
        caption = " ".join(
            filter(None, [captions.sweep.time_caption(points), captions.sweep.timing_caption(points)])
        )
        png = png_texts.of_sweep(saved, "time", "Training time by latent size")
        _chart("time", plots.time_by_size, caption, png, points)
    with st.container(horizontal=True, vertical_alignment="center", key="sweep-axes"):
        st.toggle("Log sizes and times", value=settings.LOG_SIZE.get(), key=settings.LOG_SIZE.key)
        st.toggle("Log loss", value=settings.LOG_LOSS.get(), key=settings.LOG_LOSS.key)
        st.caption("Click or tap a point to see its pictures.")


def others(saved: SavedSweep, points: Points, baselines: Baselines) -> None:
    """The same runs, asked otherwise."""
    large, code = st.columns(2)
    with large:
        layout.subsection("**Close-up: large sizes**")
        png = png_texts.of_sweep(saved, "loss-large-sizes", "Test loss by latent size: the large sizes")
        _chart("large", plots.loss_at_large_sizes, "", png, points, baselines)
    with code:
        layout.subsection("**Which model is better at equal code size?**")
        caption = captions.sweep.code_caption(points, baselines)
        png = png_texts.of_sweep(saved, "loss-by-code", "Test loss by size of the code")
        _chart("by-code", plots.loss_by_code, caption, png, points, baselines)
    time, ratio = st.columns(2)
    with time:
        layout.subsection("**Which run is worth its time?**")
        png = png_texts.of_sweep(saved, "loss-by-time", "Test loss by training time")
        _chart("frontier", plots.loss_by_time, captions.sweep.front_caption(points), png, points)
    with ratio:
        layout.subsection("**How far can an image be compressed?**")
        png = png_texts.of_sweep(saved, "loss-by-ratio", "Test loss by compression ratio")
        _chart("ratio", plots.loss_by_ratio, captions.sweep.ratio_caption(points), png, points, baselines)


def _chart(
    key: str,
    figure: Callable[..., Any],
    caption: str,
    png: PngText,
    points: Points,
    *baselines: Baselines,
) -> None:
    """A chart and its words; a click on a point chooses its run."""
    axes = Axes(settings.LOG_SIZE.get(), settings.LOG_LOSS.get())  # their switches come after the charts
    spoken = caption or captions.sweep.large_caption(points)  # to those who cannot see the chart
    drawn = _drawn(figure, (points, *baselines), axes, settings.POINT.get(), spoken)
    clicked = live_plot(drawn, key=f"sweep-{key}", height=HEIGHT, png=png)
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
