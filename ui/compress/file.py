"""A code as a file: downloaded, dropped, opened again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from autoenc import captions, compression, datasets, memory
from autoenc.captions import configs
from autoenc.numerals import counted, short
from autoenc.plots import COLOUR
from autoenc.schema import Run, RunSummary
from ui.app import errors, layout
from ui.components.pictures import PictureRow, pictures
from ui.compress import settings, step
from ui.core import catalogue, codecs, sessions
from ui.core.text import plain
from ui.server.uploads import MAX_PICTURE
from ui.widgets.lesson import lesson

MAX_OPENED = 64  # images of a dropped file that are shown
MAX_NUMBERS = 20_000_000  # of a file that is made while somebody waits; at 8 bits each it can be opened here
MIME = "application/octet-stream"


def show(summary: RunSummary) -> None:
    run = sessions.read_run(summary.run_id)
    layout.section("**Download**")
    _downloads(run)
    layout.section("**Open**")
    _dropped()


def _downloads(run: Run) -> None:
    """Made when they are asked for."""
    data = datasets.load(run.config.dataset)
    first = settings.first_image(len(data.test))
    few = range(first, min(len(data.test), first + settings.N_IMAGES))
    many = range(min(len(data.test), max(1, MAX_NUMBERS // run.model.n_latents)))
    is_all = len(many) == len(data.test)
    with st.container(horizontal=True):
        _download(run, f"These {counted(len(few), 'image')}", "images", few)
        label = f"{'All' if is_all else 'The first'} {counted(len(many), 'test image')}"
        _download(run, label, "test-set", many)
    bits = step.slider(run)
    size = short(step.step_at(codecs.codec(run), bits).value)
    st.caption(
        f"A file holds codes, rounded to a step of {size}: {bits.level:.1f} bits per number, as the slider "
        f"of “{settings.VIEWS['step']}” says. It opens where this run is: here, or with "
        "`python -m autoenc decompress`."
    )


def _download(run: Run, label: str, part: str, images: range) -> None:
    st.download_button(
        label,
        _maker(run, images),
        f"{run.run_id}-{part}{compression.ENDING}",
        MIME,
        icon=":material/download:",
        on_click="ignore",
        key=f"get-{part}",
    )


def _maker(run: Run, images: range) -> Callable[[], bytes]:
    chosen_step = step.step_at(codecs.codec_for_files(run), step.slider(run))

    def make() -> bytes:
        with memory.readable_shortage():
            return codecs.file_of(run, images, chosen_step)

    return make


def _dropped() -> None:
    """A file of this format, from here or from another machine with the same run."""
    file = st.file_uploader(
        f"A file that ends in {compression.ENDING}",
        type=[compression.ENDING.removeprefix(".")],
        max_upload_size=MAX_PICTURE,
        key="compressed_file",
    )
    if file is None:
        return
    with errors.shown():
        with memory.readable_shortage():
            content = codecs.opened(file.file_id, file.getvalue(), MAX_OPENED)
        maker = sessions.read_run(content.run_id)
        name = f"{configs.short(maker.config)}, {catalogue.data_title(maker.config.dataset)}"
        parts = (content.n_images, content.n_bytes, content.n_bytes_head, content.n_bytes_tables)
        lesson(captions.compressed_files.opened_caption(*parts), key="opened")
        shown = len(content.pictures)
        whose = f"Drawn by {name} ({content.run_id})"
        st.caption(plain(whose if shown == content.n_images else f"The first {shown}. {whose}"))
        label = f"{counted(shown, 'image')} of the file"
        pictures([PictureRow(label, content.pictures, COLOUR["reconstruction"])], key="opened-file")
