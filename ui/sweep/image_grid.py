"""The same images at every size: the picture that makes the lesson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from autoenc import datasets
from autoenc.captions import configs
from autoenc.groups import along, lines, variant_of
from autoenc.numerals import decibels
from autoenc.plots import COLOUR, setting_title
from autoenc.schema import Point, RecogniserSummary, Run, psnr_of_mse
from autoenc.sweeps import SavedSweep
from ui.app import layout
from ui.components import pixels
from ui.components.pictures import PictureRow, pictures
from ui.core import links, recognisers, sessions
from ui.run.read_rows import read_rows
from ui.sweep import settings
from ui.widgets import png_texts

MAX_COLUMNS = 12  # sizes below each other


def same_images(saved: SavedSweep, points: Sequence[Point]) -> None:
    """What comes back of the same test images at each size of one model; the chosen run is marked."""
    family = _family(points)
    if not family:
        return
    setting, called = along(points), configs.family_in_sweep(family[0].config, saved.sweep)
    if setting != "latent_size":
        called = configs.in_sweep(family[0].config, saved.sweep, but=setting)
    title = f"The same test images at every {'size' if setting == 'latent_size' else setting_title(setting)}"
    first = sessions.read_run(family[0].run_id)
    rows = [PictureRow("Original", pixels.array(first.x), COLOUR["original"], steady=True)]
    if first.x_noisy is not None:
        rows.append(PictureRow("Noisy", pixels.array(first.x_noisy), COLOUR["noisy"], steady=True))
    rows += [_row(point, setting) for point in family]
    if (recogniser := recognisers.for_run(first)) is not None:
        rows = _read(rows, first, recogniser)
    selected = next((point for point in family if point.run_id == settings.POINT.get()), None)
    with st.container(horizontal=True, vertical_alignment="center", key="same-images"):
        layout.subsection(f"**{title}**: {called}")
        if selected is not None:
            label = f"Open {configs.in_sweep(selected.config, saved.sweep)} in Train"
            links.link_to("train", label, ":material/school:", {"run": selected.run_id})
    png = png_texts.of_sweep(saved, "images", f"{title}: {called}")
    pictures(rows, key="sweep-pictures", png=png)


def _family(points: Sequence[Point]) -> list[Point]:
    """The finished runs that differ from the chosen one only in what the first chart is drawn against.

    Up to MAX_COLUMNS around it; at first around any.
    """
    finished = [point for point in points if point.finished]
    if not finished:
        return []
    selected = next((point for point in finished if point.run_id == settings.POINT.get()), finished[0])
    (line,) = (line for line in lines(finished, along(points)) if selected in line.points)
    family = [point for point in line.points if point.config.seed == selected.config.seed]
    begin = max(0, min(family.index(selected) - MAX_COLUMNS // 2, len(family) - MAX_COLUMNS))
    return family[begin : begin + MAX_COLUMNS]


def _row(point: Point, setting: str) -> PictureRow:
    run = sessions.read_run(point.run_id)
    marked = "▸ " if point.run_id == settings.POINT.get() else ""
    db = "" if point.test_mse is None else f" · {decibels(psnr_of_mse(point.test_mse))}"
    size = f"size {point.config.latent_size:,}"
    label = f"{marked}{size if setting == 'latent_size' else variant_of(point.config, [setting])}{db}"
    return PictureRow(label, pixels.array(run.previews[-1].x_hat), COLOUR[point.config.model], steady=True)


def _read(rows: Sequence[PictureRow], run: Run, recogniser: RecogniserSummary) -> list[PictureRow]:
    """The rows with what is read under each picture, and how many are recognised."""
    data = datasets.load(run.config.dataset)
    labels = data.test_labels[: run.x.shape[0]]
    recognised = [int((recognisers.read(recogniser, row.images).classes == labels).sum()) for row in rows]
    return [
        replace(row, label=f"{row.label} · {n}\u00a0of\u00a0{len(labels)} recognised")
        for row, n in zip(read_rows(rows, data.class_names, recogniser), recognised, strict=True)
    ]
