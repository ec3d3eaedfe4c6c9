"""The same images at every size: the picture that makes the lesson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from autoenc import datasets
from autoenc.captions import configs
from autoenc.numerals import decibels
from autoenc.plots import COLOUR
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
    first = sessions.read_run(family[0].run_id)
    rows = [PictureRow("Original", pixels.array(first.x), COLOUR["original"], steady=True)]
    if first.x_noisy is not None:
        rows.append(PictureRow("Noisy", pixels.array(first.x_noisy), COLOUR["noisy"], steady=True))
    rows += [_row(point) for point in family]
    if (recogniser := recognisers.for_run(first)) is not None:
        rows = _read(rows, first, recogniser)
    selected = next((point for point in family if point.run_id == settings.POINT.get()), None)
    with st.container(horizontal=True, vertical_alignment="center", key="same-images"):
        layout.subsection(f"**The same test images at every size**: {configs.family(family[0].config)}")
        if selected is not None:
            label = f"Open {configs.short(selected.config)} in Train"
            links.link_to("train", label, ":material/school:", {"run": selected.run_id})
    words = f"The same test images at every size: {configs.family(family[0].config)}"
    pictures(rows, key="sweep-pictures", png=png_texts.of_sweep(saved, "images", words))


def _family(points: Sequence[Point]) -> list[Point]:
    """The finished runs of the chosen one's model and depth, up to MAX_COLUMNS around it; at first of any."""
    finished = [point for point in points if point.finished]
    if not finished:
        return []
    selected = next((point for point in finished if point.run_id == settings.POINT.get()), finished[0])
    same = (selected.config.model, selected.config.layers)
    family = [point for point in finished if (point.config.model, point.config.layers) == same]
    begin = max(0, min(family.index(selected) - MAX_COLUMNS // 2, len(family) - MAX_COLUMNS))
    return family[begin : begin + MAX_COLUMNS]


def _row(point: Point) -> PictureRow:
    run = sessions.read_run(point.run_id)
    marked = "▸ " if point.run_id == settings.POINT.get() else ""
    db = "" if point.test_mse is None else f" · {decibels(psnr_of_mse(point.test_mse))}"
    label = f"{marked}size {point.config.latent_size:,}{db}"
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
