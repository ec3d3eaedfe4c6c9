"""Epoch by epoch: what comes back of sixteen test images, the loss and the time."""

from __future__ import annotations

from typing import Literal

import numpy as np
import streamlit as st

from autoenc import captions, datasets, lab, plots
from autoenc.numerals import short
from autoenc.plots import COLOUR
from autoenc.schema import Run
from ui.app import layout
from ui.components import pixels
from ui.components.bookmark import bookmark
from ui.components.live_plot import live_plot
from ui.components.pictures import Film, PictureRow, pictures
from ui.core import catalogue, links, model_cache, polling, sessions
from ui.run import picture_names, selection
from ui.widgets import labels

CHART_HEIGHT = 300  # pixels
FILM = "preview"


def show(run: Run, active: bool) -> None:
    layout.subsection("**Sixteen test images**, never seen during training")
    rows, film = _film(run, whole=not active)
    pictures(rows, key=FILM, difference=COLOUR["error"], film=film)
    _charts(run, active)
    _beside_the_lab(run)
    if not active and film.epochs:  # last: what stands above must not move when a run ends
        _follow_film(film.epochs[-1])


def _follow_film(last: int) -> None:
    """Where the film rests is part of the view; its end need not be said."""
    rests = bookmark(FILM, epoch=selection.FILM_EPOCH.get(), last=last, opened=links.n_read())
    if rests is not None:
        selection.FILM_EPOCH.put(None if rests == last else rests)


@polling.drawn_once
def _film(run: Run, whole: bool) -> tuple[list[PictureRow], Film]:
    """All stored epochs, or only the last: while it runs a message must be small."""
    previews = run.previews if whole else run.previews[-1:]
    names = picture_names.originals(run)
    rows = [PictureRow("Original", pixels.array(run.x), COLOUR["original"], hints=names, steady=True)]
    if run.x_noisy is not None:
        names = picture_names.originals(run, "noisy")
        rows.append(PictureRow("Noisy", pixels.array(run.x_noisy), COLOUR["noisy"], hints=names, steady=True))
    frames = pixels.film([preview.x_hat for preview in previews])
    names = picture_names.reconstructions(run, frames)
    rows.append(PictureRow("Reconstruction", frames, COLOUR["reconstruction"], hints=names))
    epochs = tuple(preview.epoch for preview in previews)
    return rows, Film(
        tuple(map(labels.frame, [run] * len(previews), previews, _read_right(run, frames))), epochs
    )


def _read_right(run: Run, frames: np.ndarray) -> list[str]:
    """Of each frame, how many images are still read as what they are; empty where nobody can tell."""
    unknown = [""] * len(frames)
    if not catalogue.is_present(run.config.dataset):
        return unknown
    data = datasets.load(run.config.dataset)
    reader = model_cache.reader(data.name)
    if data.fingerprint != run.fingerprint or not reader.reliable:
        return unknown
    n_images = frames.shape[1]
    right = [int((reader.read(frame) == data.test_labels[:n_images]).sum()) for frame in frames]
    return [f"{n} of {n_images} recognised" for n in right]


def _charts(run: Run, active: bool) -> None:
    loss, time = st.columns(2)
    with loss:
        by, log = selection.LOSS_BY.get(), selection.LOSS_LOG.get()  # their widgets come after the chart
        seeds = () if active else tuple(other.run_id for other in sessions.seeds_of(run))
        live_plot(_loss_curve(run, log, by, seeds), key="loss", height=CHART_HEIGHT)
        with st.container(horizontal=True, vertical_alignment="center", key="loss-axes"):
            st.segmented_control(
                "Loss",
                ("step", "epoch"),
                default=by,
                required=True,
                key=selection.LOSS_BY.key,
                label_visibility="collapsed",
                format_func="by {}".format,
            )
            st.toggle("Log axis", value=log, key=selection.LOSS_LOG.key)
    with time:
        live_plot(_timing(run), key="timing", height=CHART_HEIGHT)


@polling.drawn_once
def _loss_curve(run: Run, log: bool, by: Literal["step", "epoch"], seeds: tuple[str, ...]) -> str:
    others = sessions.seeds_of(run) if seeds else ()
    figure = plots.loss_curve(run, log=log, by=by, seeds=others)
    x_per_epoch = run.steps_per_epoch if by == "step" else 1
    caption = captions.training.loss_caption(run, others)
    figure.update_layout(meta={"film": FILM, "x_per_epoch": x_per_epoch, "caption": caption})
    return str(figure.to_json())


@polling.drawn_once
def _timing(run: Run) -> str:
    meta = {"film": FILM, "x_per_epoch": 1, "caption": captions.training.timing_caption(run)}
    return str(plots.timing(run).update_layout(meta=meta).to_json())


def _beside_the_lab(run: Run) -> None:
    figures = lab.reported(run.config)
    if figures is None or not run.finished:
        return
    last = run.epochs[-1]
    rows = list[tuple[str, str, str]]()
    if figures.train_loss is not None:
        rows.append(("Training loss after 10 epochs", short(figures.train_loss, 4), short(last.train_loss)))
    if figures.test_loss_as_printed is not None:
        rows.append(("Test loss (*)", short(figures.test_loss_as_printed, 4), short(last.test_loss)))
    if figures.seconds is not None:
        rows.append(("Training time (s)", short(figures.seconds, 4), f"{run.seconds:,.1f}"))
    layout.subsection("**Compared with the lab report**")
    st.markdown(
        "| | lab report | here |\n|---|---:|---:|\n" + "\n".join(f"| {a} | {b} | {c} |" for a, b, c in rows)
    )
    if figures.test_loss_as_printed is not None:
        st.caption("(*) As printed in the report: probably a sum over batches, not a mean over images.")
