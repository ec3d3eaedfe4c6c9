"""Bytes against quality: this run, others, PCA and the image codecs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st

from autoenc import checkpoints, datasets, inspection, plots
from autoenc.compression import CODECS, FAMILIES, curves
from autoenc.compression.measuring import Returned
from autoenc.jobs import RateJob
from autoenc.numerals import decibels, short
from autoenc.plots import COLOUR, RateLine
from autoenc.report import rates
from autoenc.schema import RateCurve, RatePoint, RunSummary, psnr_of_mse
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.compress import settings
from ui.core.caching import once, shared
from ui.core.text import plain
from ui.widgets import measurements, png_texts
from ui.widgets.lesson import lesson

HEIGHT = 480  # pixels
N_RETURNED = 8  # images of a point


def show(run: RunSummary) -> None:
    """The curves, redrawn while they grow; a button that measures those that are missing."""
    settings.limit_others(run)
    others = settings.others_of(run)
    names = rates.names_of([run, *others.values()])
    with st.container(horizontal=True, key="rates-form"):
        chosen: list[str] = st.multiselect(
            "Compare with",
            list(others),
            format_func=names.__getitem__,
            key=settings.OTHERS.key,
            max_selections=settings.MAX_OTHERS,
            placeholder="Other models of these images",
        )
        families = st.pills(
            "Codecs",
            FAMILIES,
            selection_mode="multi",
            key=settings.CODEC_FAMILIES.key,
            width="stretch",
            help="PCA: principal components, rounded, through the same range coder.",
        )
    codecs = [name for name, source in CODECS.items() if source.family in families]
    jobs = [RateJob(run.config.dataset, source) for source in (run.run_id, *chosen, *codecs)]
    measurements.follow(jobs, partial(_draw, run, jobs, names), key="rates")


def _draw(
    run: RunSummary,
    jobs: Sequence[RateJob],
    names: Mapping[str, str],
    values: Sequence[RateCurve | None],
) -> None:
    measured = [value or RateCurve(job.dataset, job.source) for job, value in zip(jobs, values, strict=True)]
    lines = rates.lines(measured, names)
    sentences = list(rates.sentences(run, measured, names))
    log = settings.LOG_RATE.get()  # its switch comes after the chart
    height, width = run.image_shape[1:]
    drawn = _drawn(lines, height * width, log, " ".join(sentences) or "Nothing has been measured yet.")
    png = png_texts.of_run(run, "bytes-and-quality", "PSNR by bits per pixel")
    clicked = live_plot(drawn, key="rates-chart", height=HEIGHT, png=png, downloads=True)
    if clicked is not None:
        source, knob = clicked["customdata"]
        settings.POINT.put((str(source), float(knob)))
    with st.container(horizontal=True, vertical_alignment="center", key="rates-axes"):
        st.toggle("Log scale of the bits", value=log, key=settings.LOG_RATE.key)
        st.caption("Click or tap a point to see what comes back there.")
    _pictures(run, lines)
    for number, sentence in enumerate(sentences):
        lesson(sentence, key=f"rates-{number}")
    _say_how(families={CODECS[job.source].family for job in jobs if job.source in CODECS})


@once(maxsize=64)
def _drawn(lines: tuple[RateLine, ...], n_pixels: int, log: bool, caption: str) -> str:
    """As JSON; once for all who look at the same moment."""
    figure = plots.psnr_by_rate(lines, n_pixels, log=log, caption=caption)
    json: str = figure.to_json(remove_uids=False)  # what the reader has hidden stays hidden
    return json


def _say_how(families: set[str]) -> None:
    tiled = sorted({source.family for source in CODECS.values() if source.alone} & families)
    says = "Every point: a file that was written and read again, head and tables counted."
    if tiled:
        says += (
            " Solid lines: all test images in one file; an image codec gets them as tiles of one large "
            "picture. Dashed lines (alone): a file for each image, which pays for its container each time: "
            "about 310 bytes of a small AVIF, 170 of a JPEG, 60 of a WebP. Tiles show what a codec makes of "
            "the pixels, single files what a small picture really costs."
        )
    st.caption(f"{says} The model itself is not in the file: it is needed to open it.")


# ---------------------------------------------------------------- the pictures of a point


def _pictures(run: RunSummary, lines: Sequence[RateLine]) -> None:
    """What comes back at the point that was clicked, with the bytes of each image."""
    point = settings.POINT.get()
    line = next((line for line in lines if point and line.curve.source == point[0]), None)
    measured = line.curve.at(point[1]) if point and line else None
    if point is None or line is None or measured is None:
        return
    data = datasets.load(run.config.dataset)
    content_hash = "" if line.curve.source in CODECS else checkpoints.content_hash(line.curve.source)
    back = _returned(data.name, data.fingerprint, point[0], content_hash, point[1])
    x = np.array(data.test[: len(back.x_hat)])
    title = f"{line.title}, {line.knob} {short(point[1], 3)}"
    st.markdown(
        f"**{plain(title)}**: {short(measured.bytes_per_image, 3)} bytes an image, "
        f"{decibels(measured.psnr_db)} on the test set{_returned_from(back, measured)}"
    )
    rows = (
        PictureRow("Original", x, COLOUR["original"], steady=True),
        PictureRow(line.title, back.x_hat, line.colour, _notes(x, back)),
    )
    png = png_texts.of_run(run, "returned", title)
    pictures(rows, key="rates-pictures", columns=N_RETURNED, png=png)


def _returned_from(back: Returned, measured: RatePoint) -> str:
    """Where the pictures come from another file than the one that was measured."""
    if not 0 < back.n_tiles < measured.n_images:
        return ""
    return f"; the pictures come from a file of only the first {back.n_tiles:,} images"


def _notes(x: np.ndarray, back: Returned) -> tuple[str, ...]:
    """`≈ 14 bytes`, `23.1 dB`."""
    squares = np.square(x.astype(np.float64) - back.x_hat).mean((1, 2, 3)) / 255**2
    psnr = [decibels(psnr_of_mse(float(mse))) for mse in squares]
    if not back.n_bytes:
        return tuple(psnr)
    n_bytes = [f"≈ {short(n, 2)} bytes" for n in back.n_bytes]
    return tuple("\n".join(both) for both in zip(n_bytes, psnr, strict=True))


@shared(max_entries=64, spinner="Opening files")
def _returned(dataset: str, fingerprint: str, source: str, content_hash: str, knob: float) -> Returned:
    """Made once for all who click on this point."""
    with inspection.one_thread():
        return curves.returned(source, datasets.load(dataset), knob, N_RETURNED)
