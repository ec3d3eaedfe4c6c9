"""Errors by class, from best to worst, and in colour images by channel: red, green and blue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from autoenc import inspection, plots
from autoenc.captions.errors import class_caption, colour_caption
from autoenc.datasets import Dataset
from autoenc.inspection import ClassError, Reconstructions
from autoenc.numerals import decibels
from autoenc.plots import COLOUR
from autoenc.schema import Run, psnr_of_mse
from ui.app import layout
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.core import model_cache
from ui.widgets import png_texts
from ui.widgets.lesson import lesson

MAX_CLASSES_SHOWN = 10  # classes: more are bounded to the best and the worst
N_IMAGES = 16  # of each class
BAR = 26  # pixels
AROUND = 110  # pixels above and below the bars


def show(run: Run) -> None:
    made, data = model_cache.reconstructions(run), model_cache.opened(run).data
    errors = inspection.class_errors(made, data)
    shown = (
        errors
        if len(errors) <= MAX_CLASSES_SHOWN
        else (*errors[: MAX_CLASSES_SHOWN // 2], *errors[-MAX_CLASSES_SHOWN // 2 :])
    )
    classes, channels = st.columns([3, 2]) if data.image_shape[0] == 3 else (st.container(), None)
    with classes:
        _classes(run, errors, shown, float(made.mse.mean()))
    if channels is not None:
        with channels:
            _channels(run, made, data)
    _grid(run, shown, made, data)


def _classes(run: Run, errors: Sequence[ClassError], shown: Sequence[ClassError], whole: float) -> None:
    caption = class_caption(errors)
    which = (
        ""
        if len(shown) == len(errors)
        else f": the {MAX_CLASSES_SHOWN // 2} best and the {MAX_CLASSES_SHOWN // 2} worst of {len(errors):,}"
    )
    layout.subsection(f"**Error by class**{which}")
    figure = plots.error_by_class([e.name for e in shown], [e.mse for e in shown], whole, caption=caption)
    png = png_texts.of_run(run, "error-by-class", f"Error by class{which}")
    live_plot(figure.to_json(), key="class-errors", height=AROUND + BAR * len(shown), png=png)
    lesson(caption, key="class-errors")


def _channels(run: Run, made: Reconstructions, data: Dataset) -> None:
    error = inspection.colour_error(made, data)
    if error is None:
        return
    caption = colour_caption(error)
    layout.subsection("**Error by channel**")
    figure = plots.error_by_channel(inspection.CHANNELS, error.mse, caption=caption)
    png = png_texts.of_run(run, "error-by-channel", "Error by channel")
    live_plot(figure.to_json(), key="channel-errors", height=AROUND + 2 * BAR * len(error.mse), png=png)
    lesson(caption, key="channel-errors")


def _grid(run: Run, shown: Sequence[ClassError], made: Reconstructions, data: Dataset) -> None:
    """Of each class the first test images, and below them what comes back."""
    labels = data.test_labels[: len(made)]
    layout.subsection("**Test images of each class**: original above, reconstruction below")
    rows = []
    for error in shown:
        few = np.flatnonzero(labels == error.index)[:N_IMAGES]
        name = f"{error.name}: {decibels(psnr_of_mse(error.mse))}"
        # Every row has as many pictures: a class of fewer begins again.
        few = np.resize(few, N_IMAGES)
        rows.append(PictureRow(name, data.test[few], COLOUR["original"]))
        rows.append(PictureRow("reconstruction", made.x_hat[few], COLOUR["reconstruction"]))
    title = "Test images of each class: original above, reconstruction below"
    png = png_texts.of_run(run, "classes", title)
    pictures(rows, key="class-pictures", columns=N_IMAGES, png=png)
