"""Epoch by epoch, the first one step by step: what comes back of sixteen test images, the loss, the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from autoenc import captions, datasets, lab, plots
from autoenc.captions import remarks
from autoenc.datasets import Dataset
from autoenc.numerals import short
from autoenc.plots import COLOUR
from autoenc.schema import Preview, RecogniserSummary, Run
from ui.app import layout, presenter
from ui.components import pixels
from ui.components.bookmark import bookmark
from ui.components.live_plot import live_plot
from ui.components.pictures import Film, PictureRow, pictures
from ui.components.save_picture import PngText
from ui.core import links, model_cache, polling, recognisers, sessions
from ui.run import picture_names, selection
from ui.run.read_rows import read_rows
from ui.widgets import labels, png_texts
from ui.widgets.lesson import lesson

CHART_HEIGHT = 300  # pixels
PRESENTED_HEIGHT = 340
N_PRESENTED = 8  # images in a row
FILM = "preview"


def show(run: Run, active: bool) -> None:
    film = (_present if presenter.is_on() else _show_all)(run, active)
    if not active and film.steps:  # last: what stands above must not move when a run ends
        _follow_film(run)


def _show_all(run: Run, active: bool) -> Film:
    layout.subsection("**Sixteen test images**, never seen during training")
    rows, film = _film(run, recognisers.for_run(run), whole=not active)
    pictures(rows, key=FILM, difference=COLOUR["error"], film=film, png=_film_text(run))
    shown = selection.CHART.get()  # its widget comes after it
    if shown == "loss" and (run.config.rate_weight is not None or run.config.kind.has_prior):
        loss, code = st.columns([5, 3], gap="small")
        with code:
            _rate(run, CHART_HEIGHT)
    else:
        loss = st.container()
    with loss:
        _chart(run, active, shown, CHART_HEIGHT)
    _chart_settings()
    lesson(_caption(run, active, shown), key="chart")
    recogniser = recognisers.for_run(run)
    if (data := _readable_data(run, recogniser)) is not None:
        accuracy = None if recogniser is None else recogniser.accuracy
        st.caption(captions.frames.reading_caption(run.x.shape[0], len(data.class_names), accuracy))
    _beside_the_lab(run)
    return film


def _present(run: Run, active: bool) -> Film:
    """For the back row: a few large pictures beside one chart, one number, one sentence."""
    left, right = st.columns([9, 5], gap="medium")
    with right:
        shown = presenter.stage(selection.CHART, selection.CHARTS)
        _chart(run, active, shown, PRESENTED_HEIGHT)
    with left:
        rows, film = _film(run, recognisers.for_run(run), whole=not active, n_images=N_PRESENTED)
        pictures(rows, key=FILM, film=film, columns=N_PRESENTED, png=_film_text(run))
        number, sentence = st.columns([2, 5], vertical_alignment="center")
        number.metric("Test PSNR (dB)", labels.over_seeds([run.test_psnr_db], 1) or "–")
        if run.code_bytes is not None:
            number.metric("Bytes per image", f"{run.code_bytes:.1f}")
        with sentence:
            lesson(_caption(run, active, shown) or remarks.code_remark(run), key="chart")
    return film


def _film_text(run: Run) -> PngText:
    return png_texts.of_run(run, "reconstructions", "Test images, never seen during training")


def _follow_film(run: Run) -> None:
    """Where the film rests is part of the view; its end need not be said."""
    step, epoch, last = selection.FILM_STEP.get(), selection.FILM_EPOCH.get(), run.previews[-1].step
    if step is None and epoch is not None:
        step = epoch * run.steps_per_epoch
    rests = bookmark(FILM, at=step, last=last, opened=links.n_read())
    if rests is not None:
        epoch_at = {preview.step: preview.epoch for preview in run.previews}.get(rests)
        selection.FILM_EPOCH.put(None if rests == last else epoch_at)
        selection.FILM_STEP.put(rests if epoch_at is None and rests != last else None)


@polling.drawn_once
def _film(
    run: Run, recogniser: RecogniserSummary | None, whole: bool, n_images: int | None = None
) -> tuple[list[PictureRow], Film]:
    """All stored frames, or only the last: while it runs a message must be small.

    Args:
        recogniser: whose readings stand under the pictures.
        n_images: only the first of them; None: all.
    """
    run = run if n_images is None else _of_few_images(run, n_images)
    previews = run.previews if whole else run.previews[-1:]
    names = picture_names.originals(run)
    rows = [PictureRow("Original", pixels.array(run.x), COLOUR["original"], hints=names, steady=True)]
    if run.x_noisy is not None:
        names = picture_names.originals(run, "noisy")
        rows.append(PictureRow("Noisy", pixels.array(run.x_noisy), COLOUR["noisy"], hints=names, steady=True))
    frames = pixels.film([preview.x_hat for preview in previews])
    names = picture_names.reconstructions(run, frames)
    rows.append(PictureRow("Reconstruction", frames, COLOUR["reconstruction"], hints=names))
    if recogniser is not None:
        rows = read_rows(rows, datasets.load(run.config.dataset).class_names, recogniser)
    texts = map(captions.frames.frame, [run] * len(previews), previews, _readings(run, previews, recogniser))
    return rows, Film(tuple(texts), tuple(preview.step for preview in previews))


def _of_few_images(run: Run, n: int) -> Run:
    """The run with the first n of its preview images."""
    previews = tuple(replace(preview, x_hat=preview.x_hat.first(n)) for preview in run.previews)
    return replace(run, x=run.x.first(n), x_noisy=run.x_noisy and run.x_noisy.first(n), previews=previews)


def _readings(run: Run, previews: Sequence[Preview], recogniser: RecogniserSummary | None) -> list[str]:
    """Of each frame, how many images are recognised; empty where nobody can tell, and before any training."""
    if (data := _readable_data(run, recogniser)) is None:
        return [""] * len(previews)
    labels, x_hat = data.test_labels[: run.x.shape[0]], pixels.film([preview.x_hat for preview in previews])
    images = x_hat.reshape(-1, *x_hat.shape[2:])
    if recogniser is not None:
        classes = recognisers.read(recogniser, images).classes
    else:
        classes = model_cache.reader(data.name).read(images)
    n_right = (classes.reshape(len(previews), -1) == labels).sum(1)
    return [
        captions.frames.reading(int(n), len(labels), len(data.class_names)) if preview.step else ""
        for n, preview in zip(n_right, previews, strict=True)
    ]


def _readable_data(run: Run, recogniser: RecogniserSummary | None) -> Dataset | None:
    """The run's data set, where a recogniser or else a nearest neighbour can tell its classes apart."""
    if not recognisers.is_here(run):
        return None
    data = datasets.load(run.config.dataset)
    return data if recogniser is not None or model_cache.reader(data.name).reliable else None


def _chart(run: Run, active: bool, shown: str, height: int) -> None:
    """One of CHARTS."""
    if shown == "time":
        png = png_texts.of_run(run, "time", "Time per epoch")
        live_plot(_timing(run), key="timing", height=height, png=png)
        return
    by = selection.LOSS_BY.get()
    seeds = () if active else tuple(other.run_id for other in sessions.seeds_of(run))
    curve = _loss_curve(run, selection.LOSS_LOG.get(), by, seeds)
    png = png_texts.of_run(run, "loss", f"Loss by {'training step' if by == 'step' else 'epoch'}")
    live_plot(curve, key="loss", height=height, png=png)


def _caption(run: Run, active: bool, shown: str) -> str:
    """What that chart shows, in words."""
    if shown == "time":
        return captions.training.timing_caption(run)
    seeds = () if active else sessions.seeds_of(run)
    return f"{captions.training.loss_caption(run, seeds)} {captions.training.rate_caption(run)}".rstrip()


def _rate(run: Run, height: int) -> None:
    """What the code of an image takes, beside the loss of a model for which that counts."""
    if run.config.kind.has_prior:
        png = png_texts.of_run(run, "kl", "KL by epoch")
        live_plot(_rate_chart(run), key="kl", height=height, png=png)
        return
    png = png_texts.of_run(run, "bytes", "Bytes per image by epoch")
    live_plot(_rate_chart(run), key="code-bytes", height=height, png=png)


def _chart_settings() -> None:
    """Which chart it is, and how its axes are."""
    by, log, shown = selection.LOSS_BY.get(), selection.LOSS_LOG.get(), selection.CHART.get()
    with st.container(horizontal=True, vertical_alignment="center", key="loss-axes"):
        st.segmented_control(
            "Chart",
            list(selection.CHARTS),
            default=shown,
            format_func=selection.CHARTS.__getitem__,
            required=True,
            key=selection.CHART.key,
            label_visibility="collapsed",
        )
        if shown != "loss":
            return
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


@polling.drawn_once
def _loss_curve(run: Run, log: bool, by: Literal["step", "epoch"], seeds: tuple[str, ...]) -> str:
    others = sessions.seeds_of(run) if seeds else ()
    figure = plots.loss_curve(run, log=log, by=by, seeds=others)
    caption = captions.training.loss_caption(run, others)
    x_scale = 1 if by == "step" else 1 / run.steps_per_epoch
    figure.update_layout(meta={"film": FILM, "x_scale": x_scale, "caption": caption})
    return str(figure.to_json())


@polling.drawn_once
def _rate_chart(run: Run) -> str:
    caption = captions.training.rate_caption(run)
    meta = {"film": FILM, "x_scale": 1 / run.steps_per_epoch, "caption": caption}
    figure = plots.kl(run) if run.config.kind.has_prior else plots.code_bytes(run)
    return str(figure.update_layout(meta=meta).to_json())


@polling.drawn_once
def _timing(run: Run) -> str:
    caption = captions.training.timing_caption(run)
    meta = {"film": FILM, "x_scale": 1 / run.steps_per_epoch, "caption": caption}
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
