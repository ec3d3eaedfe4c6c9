"""Export: a run for reports, for other programs, and for other machines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from autoenc import captions, checkpoints, export, film, plots
from autoenc.errors import AutoencError
from autoenc.schema import Run
from ui.app import class_link, layout
from ui.components.copy_text import copy_text
from ui.components.live_plot import live_plot
from ui.core import links, pages, sessions
from ui.core.text import plain

CHART_HEIGHT = 320  # pixels


def show(run: Run) -> None:
    is_example = sessions.is_example(run.run_id)
    layout.subsection("**Data**")
    with st.container(horizontal=True):
        _download("History by epoch (CSV)", f"{run.run_id}.csv", "text/csv", lambda: export.history_csv(run))
        _download("Loss by step (CSV)", f"{run.run_id}-steps.csv", "text/csv", lambda: export.steps_csv(run))
        if not is_example:
            path = checkpoints.path_of(run.run_id)
            _download("Checkpoint", path.name, "application/octet-stream", path.read_bytes)
        _download(
            "TensorBoard folder (ZIP)",
            f"{run.run_id}-tensorboard.zip",
            "application/zip",
            lambda: _events(run),
        )
        onnx_refused = _onnx_button(run)
    if not is_example:  # which is on every machine already, without what a training needs to continue
        st.caption("A checkpoint opens on any machine with this program: import it on the page Runs.")
    _onnx_caption(run, onnx_refused)
    _film(run)
    address = class_link.class_address(links.page_shown())
    if address is not None:
        layout.subsection("**Link to this view**")
        copy_text(pages.with_view(address), label="link to this view", key="link")
    layout.subsection("**Figures**")
    loss = {"name": f"{run.run_id}-loss", "caption": captions.training.loss_caption(run)}
    time = {"name": f"{run.run_id}-time", "caption": captions.training.timing_caption(run)}
    for key, figure, meta in (
        ("export-loss", plots.loss_curve(run, by="epoch"), loss),
        ("export-timing", plots.timing(run), time),
    ):
        figure.update_layout(meta=meta)
        live_plot(figure.to_json(), key=key, height=CHART_HEIGHT, downloads=True)


def _onnx_button(run: Run) -> str:
    """Returns why there is none."""
    try:
        export.check_onnx_zip(run)
    except AutoencError as error:
        return str(error)
    name = f"{run.run_id}-onnx.zip"
    _download("ONNX (ZIP)", name, "application/zip", partial(export.onnx_zip, run.run_id))
    return ""


def _onnx_caption(run: Run, refused: str) -> None:
    if refused:
        st.caption(plain(f"No ONNX: {refused}."))
        return
    st.caption(
        "ONNX: the model as encoder.onnx, decoder.onnx and model.onnx, for any program that has an ONNX "
        "runtime. The files take any number of images and say how to prepare them. In Python:"
    )
    copy_text(export.onnx_usage(run), label="Python code that runs the ONNX model", key="onnx-usage")


def _film(run: Run) -> None:
    layout.subsection("**Film of the training**")
    with st.container(horizontal=True):
        for file_format, mime in film.FORMATS.items():
            name = f"{run.run_id}-film.{file_format.lower()}"
            _download(f"Film ({file_format})", name, mime, partial(film.animation, run, file_format))
        name = f"{run.run_id}-reconstructions.png"
        _download("Reconstructions (PNG)", name, "image/png", partial(film.still, run))
    st.caption(
        "The test images from the first step to the last. WebP files are smaller and keep every colour."
    )


def _download(label: str, name: str, mime: str, make: Callable[[], str | bytes]) -> None:
    """Made when it is asked for."""
    st.download_button(
        label, make, name, mime, icon=":material/download:", on_click="ignore", key=f"get-{label}"
    )


def _events(run: Run) -> bytes:
    file = io.BytesIO()
    with (
        TemporaryDirectory(prefix="autoenc-events-") as folder,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        export.write_tensorboard(run, Path(folder))
        for path in sorted(Path(folder).rglob("*")):
            archive.write(path, f"{run.run_id}/{path.relative_to(folder)}")
    return file.getvalue()
