"""What a recogniser can still read of the reconstructions of several runs: on its page, and on Sweep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain

import streamlit as st

from autoenc import baselines, captions, datasets, plots, sweeps
from autoenc.baselines import BASELINES
from autoenc.captions.recognition import accuracies, share
from autoenc.jobs import BaselineJob, ReadingJob
from autoenc.plots import Axes, Level, Reference
from autoenc.report.recognised import levels
from autoenc.schema import Point, ReadingCurve, RecogniserSummary
from ui.components.live_plot import live_plot
from ui.components.save_picture import PngText
from ui.core import catalogue, sessions
from ui.core.caching import once
from ui.core.text import plain
from ui.widgets import measurements
from ui.widgets.lesson import lesson

HEIGHT = 340  # pixels

Curves = Mapping[str, ReadingCurve]  # by source


def points_of(summary: RecogniserSummary) -> tuple[Point, ...]:
    """The runs of its data set whose pictures are compared: of each model those that differ only in size."""
    info = catalogue.info_of(summary.config.dataset)
    n_pixels = math.prod(info.image_shape)
    lines = sweeps.subject(info.short_title, summary.fingerprint, n_pixels, sessions.runs_to_show()).lines
    return tuple(chain.from_iterable(lines))


def jobs_of(summary: RecogniserSummary, points: Sequence[Point]) -> list[ReadingJob]:
    """One for each finished run, then the baselines that have a code, where the runs see clean images."""
    dataset, recogniser_id = summary.config.dataset, summary.recogniser_id
    runs = [ReadingJob(dataset, recogniser_id, point.run_id) for point in points if point.finished]
    if any(point.config.noise for point in points):
        return runs
    coded = (name for name, baseline in BASELINES.items() if baseline.has_code)
    return [*runs, *(ReadingJob(dataset, recogniser_id, name) for name in coded)]


def measured(summary: RecogniserSummary, points: Sequence[Point]) -> Curves:
    """What is known so far."""
    return _by_source([measurements.value_of(job) for job in jobs_of(summary, points)])


def follow(summary: RecogniserSummary, points: Sequence[Point], *, key: str, axes: Axes) -> None:
    """The chart, redrawn while it grows; a button that reads what nobody has read yet."""
    jobs = jobs_of(summary, points)
    measurements.follow(jobs, lambda values: _draw(summary, points, values, key, axes), key=key, noun="model")


def _draw(
    summary: RecogniserSummary,
    points: Sequence[Point],
    values: Sequence[ReadingCurve | None],
    key: str,
    axes: Axes,
) -> None:
    curves = _by_source(values)
    left, right = st.columns(2)
    with left:
        chart(summary, points, curves, key=f"{key}-chart", axes=axes)
    with right:
        jobs = [BaselineJob(baseline, summary.config.dataset) for baseline in baselines.comparable(None)]
        curves_of_loss = sweeps.baseline_curves(sessions.background(), jobs)
        png = _png(summary, "psnr", "PSNR of the same runs")
        spoken = captions.sweep.code_caption(points, curves_of_loss)
        psnr = plots.psnr_by_code(points, curves_of_loss, axes, caption=spoken)
        live_plot(psnr.to_json(), key=f"{key}-psnr", height=HEIGHT, png=png)
    known = accuracies(points, curves)
    lesson(captions.recognition.psnr_caption(points, known), key=f"{key}-psnr")


def chart(
    summary: RecogniserSummary,
    points: Sequence[Point],
    curves: Curves,
    *,
    key: str,
    axes: Axes,
    highlighted: str | None = None,
    png: PngText | None = None,
) -> str | None:
    """What is recognised against the size of the code, and in words; returns the run that was clicked."""
    class_names = datasets.load(summary.config.dataset).class_names
    finished = [point for point in points if point.finished]
    caption = captions.recognition.readable_caption(finished, curves, class_names, summary.accuracy)
    drawn = _drawn(
        tuple(points),
        tuple(sorted(accuracies(points, curves).items())),
        tuple(Reference(BASELINES[name].title, c) for name, c in curves.items() if name in BASELINES),
        tuple(levels(summary.accuracy, 1 / len(class_names))),
        axes,
        highlighted,
        caption or "No reconstructions have been read yet.",  # to those who cannot see the chart
    )
    png = png or _png(summary, "recognised", "Recognised by size of the code")
    clicked = live_plot(drawn, key=key, height=HEIGHT, png=png)
    lesson(caption, key=key)
    st.caption(f"Read by the recogniser of {plain(catalogue.data_title(summary.config.dataset))}.")
    return None if clicked is None else str(clicked["customdata"])


@once(maxsize=64)
def _drawn(
    points: tuple[Point, ...],
    known: tuple[tuple[str, float], ...],
    references: tuple[Reference, ...],
    lines: tuple[Level, ...],
    axes: Axes,
    highlighted: str | None,
    caption: str,
) -> str:
    """As JSON; once for all who look at the same moment."""
    figure = plots.accuracy_by_code(
        points, dict(known), references, lines, axes, highlighted=highlighted, caption=caption
    )
    json: str = figure.to_json()
    return json


def _by_source(values: Sequence[ReadingCurve | None]) -> dict[str, ReadingCurve]:
    return {value.source: value for value in values if value is not None}


def _png(summary: RecogniserSummary, part: str, title: str) -> PngText:
    dataset = catalogue.data_title(summary.config.dataset)
    read = f"read by a recogniser of {share(summary.accuracy or 0.0)}"
    return PngText(title, f"{dataset}, {read}", (summary.recogniser_id,), part)
