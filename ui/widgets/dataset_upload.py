"""A data set of one's own pictures: an archive or arrays are given, and become a choice in the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import streamlit as st

from autoenc import datasets
from autoenc.errors import AutoencError
from ui.core import catalogue, sessions
from ui.core.text import plain
from ui.widgets import training_settings, upload_warning

MAX_UPLOAD = 200  # MB
ENDINGS = ("zip", "tar", "gz", "tgz", "xz", "txz", "bz2", "npz", "npy", "idx3-ubyte", "idx1-ubyte")
SIZES = (0, 16, 28, 32, 48, 64)


def pictures() -> None:
    """The form of the teacher."""
    upload_warning.warn()
    files = st.file_uploader(
        "Pictures in an archive (.zip, .tar), or arrays (.npz, .npy, idx .gz)",
        type=ENDINGS,
        accept_multiple_files=True,
        max_upload_size=MAX_UPLOAD,
        key=f"own-file-{training_settings.N_IMPORTED.get()}",
        help="One archive with a folder for each class, or train and test with such folders inside. "
        "Or one .npz with x_train, y_train, x_test and y_test, or several .npy or idx files with such names. "
        "Without a test set, every sixth picture is for testing. For larger files or a folder, use "
        "`python -m autoenc data import FILE --name NAME` on this machine.",
    )
    name = st.text_input(
        "Name of the data set",
        key=f"own-name-{training_settings.N_IMPORTED.get()}",
        max_chars=64,
        placeholder="leaves",
    ).strip()
    side = st.selectbox(
        "Size",
        SIZES,
        format_func=lambda n: f"{n}x{n} pixels" if n else "unchanged (32x32 if large or mixed)",
        key="own-size",
        help="Each picture is cut to its centre square and resized.",
    )
    pressed = st.button("Import", type="primary", disabled=not files or not name, key="own-go")
    if pressed and files:
        _bring_in(files, name, side or None)
    for sentence in datasets.complaints():
        st.caption(f":material/warning: {plain(sentence)}")


def _bring_in(files: Sequence[BinaryIO], name: str, side: int | None) -> None:
    """While the page waits: whoever leaves it stops it, and nothing half-written stays."""
    bar = st.progress(0.0, "Unpacking")
    try:
        for record in sessions.import_dataset(files, name, side):
            bar.progress(record.done, "Unpacking" if record.done < 1 else "Preparing images")
    except AutoencError as error:
        bar.empty()
        st.error(plain(str(error)), icon=":material/error:")
        return
    catalogue.infos.clear()
    training_settings.choose_dataset(name)
    st.rerun()
