"""What a larger code buys, and what it costs: the charts of a sweep, and in words what they show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st

from autoenc import plots
from autoenc.captions import compression, configs
from autoenc.captions import sweep as captions
from autoenc.errors import AutoencError
from autoenc.groups import along, lines
from autoenc.jobs import RateJob
from autoenc.plots import Axes
from autoenc.schema import BaselineCurve, Point, RatePoint
from autoenc.sweeps import SavedSweep
from ui.app import layout
from ui.components.live_plot import live_plot
from ui.core import links
from ui.core.caching import once
from ui.sweep import settings
from ui.widgets import measurements, png_texts
from ui.widgets.lesson import lesson

HEIGHT = 340  # pixels
ROW_HEIGHT = 26  # pixels: of a setting in the legend that tells lines apart
MAX_ROWS = 6
SIZE = "latent_size"

Points = tuple[Point, ...]
Baselines = tuple[BaselineCurve, ...]


@dataclass(frozen=True)
class Question:
    """A chart, and what it answers."""

    title: str
    part: str  # of the sweep, in the name of the file in which it is saved
    says: str  # what is seen in that file
    figure: Callable[..., Any]
    answer: Callable[[Points, Baselines], str]  # empty: there is nothing to say yet
    has_baselines: bool = True
    has_bytes: bool = False  # where the files of runs have been weighed


def _buys(points: Points, baselines: Baselines) -> str:
    return captions.one_text(points, captions.loss_caption(points, baselines), captions.tests_caption(points))


def _costs(points: Points, _: Baselines) -> str:
    return captions.one_text(points, captions.time_caption(points), captions.timing_caption(points))


QUESTIONS: Mapping[str, Question] = {
    "by-size": Question(
        "What does a larger code buy?", "loss", "Test loss by latent size", plots.loss_by_size, _buys
    ),
    "time": Question(
        "What does it cost?",
        "time",
        "Training time by latent size",
        plots.time_by_size,
        _costs,
        has_baselines=False,
    ),
    "large": Question(
        "Close-up: large sizes",
        "loss-large-sizes",
        "Test loss by latent size: the large sizes",
        plots.loss_at_large_sizes,
        lambda *_: "",
    ),
    "by-code": Question(
        "Which model is better at equal code size?",
        "loss-by-code",
        "Test loss by size of the code",
        plots.loss_by_code,
        captions.code_caption,
    ),
    "frontier": Question(
        "Which run is worth its time?",
        "loss-by-time",
        "Test loss by training time",
        plots.loss_by_time,
        lambda points, _: captions.front_caption(points),
        has_baselines=False,
    ),
    "ratio": Question(
        "How far can an image be compressed?",
        "loss-by-ratio",
        "Test loss by compression ratio",
        plots.loss_by_ratio_in_bytes,
        lambda points, _: captions.ratio_caption(points),
        has_bytes=True,
    ),
}


def first(saved: SavedSweep, points: Points, baselines: Baselines) -> None:
    """The two questions: what does it buy, what does it cost?"""
    _side_by_side(("by-size", "time"), saved, points, baselines)
    with st.container(horizontal=True, vertical_alignment="center", key="sweep-axes"):
        st.toggle("Log sizes and times", value=settings.LOG_SIZE.get(), key=settings.LOG_SIZE.key)
        st.toggle("Log loss", value=settings.LOG_LOSS.get(), key=settings.LOG_LOSS.key)
        st.caption("Click or tap a point to see its pictures.")


def others(saved: SavedSweep, points: Points, baselines: Baselines) -> None:
    """The same runs, asked otherwise."""
    if _one_size(points):
        _side_by_side(("frontier", "by-code"), saved, points, baselines)
        return
    _side_by_side(("large", "by-code"), saved, points, baselines)
    _side_by_side(("frontier", "ratio"), saved, points, baselines)


def presented(points: Points) -> Mapping[str, str]:
    """What a presenter shows one by one."""
    hidden = ("large", "ratio") if _one_size(points) else ()
    return {key: name for key, name in settings.PRESENTED.items() if key not in hidden}


def _one_size(points: Points) -> bool:
    """Whether the first charts are drawn against another setting: there is nothing else to say of sizes."""
    return along(points) != SIZE


def _side_by_side(keys: tuple[str, str], saved: SavedSweep, points: Points, baselines: Baselines) -> None:
    for column, key in zip(st.columns(2), keys, strict=True):
        with column:
            chart(key, saved, points, baselines)


def chart(key: str, saved: SavedSweep, points: Points, baselines: Baselines) -> None:
    """The question, its chart and the answer in words; a click on a point chooses its run."""
    question = QUESTIONS[key]
    setting = plots.setting_title(along(points))
    title, says = (text.replace("latent size", setting) for text in (question.title, question.says))
    if key == "by-size" and _one_size(points):
        title = says
    layout.subsection(f"**{title}**")
    data = (points, baselines) if question.has_baselines else (points,)
    axes = Axes(settings.LOG_SIZE.get(), settings.LOG_LOSS.get())  # their switches come after the charts
    in_bytes = _weighed(points) if question.has_bytes else {}
    in_bytes_caption = compression.sweep_caption(points, in_bytes)
    answer = " ".join(filter(None, (question.answer(points, baselines), in_bytes_caption)))
    spoken = answer or captions.large_caption(points)  # to those who cannot see the chart
    drawn = _drawn(question.figure, data, axes, settings.POINT.get(), spoken, tuple(in_bytes.items()))
    png = png_texts.of_sweep(saved, question.part, says)
    clicked = live_plot(drawn, key=f"sweep-{key}", height=_height(points), png=png)
    lesson(answer, key=f"sweep-{key}")
    if (weighed := compression.smallest_file(points, in_bytes)) is not None:
        label = f"Open {configs.in_sweep(weighed.config, saved.sweep)} in Compress"
        address = {"run": weighed.run_id, "view": "rates"}
        links.link_to("compress", label, ":material/compress:", address)
    if clicked is not None and clicked["customdata"] in {point.run_id for point in points}:
        settings.POINT.put(clicked["customdata"])
        st.rerun()


def _height(points: Points) -> int:
    """In pixels; where the legend has more to tell apart, the plot is as high as it is elsewhere."""
    variants = {line.variant for line in lines(points) if line.variant}
    return HEIGHT if _one_size(points) else HEIGHT + ROW_HEIGHT * min(len(variants), MAX_ROWS)


def _weighed(points: Points) -> dict[str, RatePoint]:
    """The bytes of the finished runs whose curves of bytes and quality are known, by run_id."""
    weighed = {}
    for point in points:
        if point.finished and point.test_mse:
            with suppress(AutoencError):  # its file has gone
                curve = measurements.value_of(RateJob(point.config.dataset, point.run_id))
                if curve is not None and (file := curve.near(point.test_mse)) is not None:
                    weighed[point.run_id] = file
    return weighed


@once(maxsize=64)
def _drawn(
    figure: Callable[..., Any],
    data: tuple[Any, ...],
    axes: Axes,
    highlighted: str | None,
    caption: str,
    in_bytes: tuple[tuple[str, RatePoint], ...],
) -> str:
    """As JSON; once for all who look at the same moment."""
    more = {"in_bytes": in_bytes} if in_bytes else {}
    json: str = figure(*data, axes, highlighted=highlighted, caption=caption, **more).to_json()
    return json
