"""Which picture, through which models, and how it is made to fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from autoenc.captions import configs
from autoenc.datasets import distinct_names
from autoenc.errors import PictureError
from autoenc.kinds import ENDINGS as ENDINGS_OF
from autoenc.kinds import READABLE_FORMATS
from autoenc.out_of_distribution import EXAMPLES
from autoenc.schema import RunSummary
from ui.core import catalogue
from ui.core.text import plain
from ui.picture import reconstruct, settings
from ui.picture.reconstruct import Picture
from ui.server.uploads import MAX_PICTURE
from ui.widgets import upload_warning

# Without .heic: a telephone that is asked for JPEG makes one, otherwise it would send what cannot be read.
ENDINGS = [ending for endings in ENDINGS_OF.values() for ending in endings]


@dataclass(frozen=True)
class PictureForm:
    """What the visitor wants to see."""

    runs: tuple[str, ...]
    source: str  # one of SOURCES
    fit: str  # one of FITS
    invert: str  # one of INVERTS
    picture: Picture | None  # None: it is drawn on the pad


def picture_form(runs: tuple[RunSummary, ...]) -> PictureForm:
    """All choices; a picture is there from the first moment."""
    if gone := settings.limit_runs(runs):
        st.warning(plain(gone), icon=":material/delete:")
    st.segmented_control(
        "Picture",
        settings.SOURCES,
        format_func=settings.SOURCES.__getitem__,
        key=settings.SOURCE.key,
        required=True,
    )
    source = settings.SOURCE.get()
    picture = _picture(source)
    wanted = set(settings.RUNS.get() or ())
    listed = [run for n, run in enumerate(runs) if n < settings.MAX_LISTED or run.run_id in wanted]
    run_ids = _models({run.run_id: run for run in listed})
    return PictureForm(tuple(run_ids), source, _fit(source), _invert(source), picture)


def _picture(source: str) -> Picture | None:
    match source:
        case "draw":
            return None
        case "upload":
            upload_warning.warn()
            file = st.file_uploader(
                "A picture",
                type=ENDINGS,
                max_upload_size=MAX_PICTURE,
                key="picture-file",
                help=f"{READABLE_FORMATS}. It is sent to the machine that runs this page, which "
                "does not keep it. An iPhone converts HEIC to JPEG by itself; elsewhere save it as JPEG.",
            )
        case "camera":
            upload_warning.warn()
            file = st.camera_input("Photo", key="picture-camera")
            st.caption("Cameras need localhost or HTTPS.")
        case _:
            file = None
            st.selectbox(
                "Example", EXAMPLES, format_func=lambda name: EXAMPLES[name].title, key=settings.EXAMPLE.key
            )
    if file is not None:
        try:
            return reconstruct.uploaded_picture(file)
        except PictureError as error:  # here: the example stays
            st.error(plain(str(error)), icon=":material/error:")
    return reconstruct.example_picture(settings.EXAMPLE.get())


def _models(by_id: Mapping[str, RunSummary]) -> list[str]:
    names = dict(zip(by_id, distinct_names(map(_name, by_id.values())), strict=True))
    run_ids: list[str] = st.multiselect(
        "Models",
        list(by_id),
        format_func=names.__getitem__,
        key=settings.RUNS.key,
        max_selections=settings.MAX_MODELS,
        placeholder="Choose a model",
        help=f"Up to {settings.MAX_MODELS} models, one below the other.",
    )
    return run_ids


def _name(run: RunSummary) -> str:
    noise = f", {configs.noise_caption(run.config.noise)}" if run.config.noise else ""
    return f"{catalogue.data_title(run.config.dataset)}: {configs.short(run.config)}{noise}"


def _fit(source: str) -> str:
    fit: str = st.radio(
        "Fit to the model",
        settings.FITS,
        format_func=settings.FITS.__getitem__,
        key=settings.FIT.key,
        disabled=source == "draw",
        help="Shrink: the whole picture as one small image, its proportions kept. Tiles: the picture "
        "is cut into images of the model's size, compressed one by one and put back together.",
    )
    return "shrink" if source == "draw" else fit


def _invert(source: str) -> str:
    st.segmented_control(
        "Invert",
        settings.INVERTS,
        format_func=settings.INVERTS.__getitem__,
        key=settings.INVERT.key,
        required=True,
        disabled=source == "draw",
        help="Models trained on digits know bright strokes on a dark ground. Automatic: pictures on a bright "
        "ground are inverted for them.",
    )
    return "no" if source == "draw" else settings.INVERT.get()
