"""A recogniser for the browser: handed over, and said in words who it is."""

from __future__ import annotations

import numpy as np
import streamlit as st

from autoenc import datasets, inspection
from autoenc.captions.recognition import share
from autoenc.recognition import network
from autoenc.schema import RecogniserSummary, Run
from ui.app import errors
from ui.components.preload import preload_network
from ui.components.readings import BrowserReader, ImageReading
from ui.core import recognisers


def hand_over(recogniser: RecogniserSummary) -> BrowserReader | None:
    """As a component takes it, its network given to the browser; None: it is too large for that.

    Once a run of the script, in a container that is not seen.

    Raises:
        AutoencError: its file cannot be used.
    """
    reader = recognisers.reader(recogniser)
    info = network.describe(reader.recogniser.image_shape, len(reader.recogniser.class_names))
    if not inspection.runs_in_browser(info):
        return None
    id, weights = recognisers.network(recogniser)
    preload_network(id, weights)
    return BrowserReader(id, reader.recogniser.class_names, reader.temperature, title(recogniser))


def of_run(run: Run, key: str = "reader-assets") -> BrowserReader | None:
    """Who reads what a run draws, handed over; None: nobody. A file that cannot be used is one sentence.

    Once a run of the script for each key, of a container that theme.css hides.
    """
    recogniser = recognisers.for_run(run)
    if recogniser is not None:
        with errors.shown(), st.container(key=key):
            return hand_over(recogniser)
    return None


def read(
    recogniser: RecogniserSummary, x: np.ndarray, x_hat: np.ndarray
) -> tuple[ImageReading, ImageReading]:
    """What is in an image (C, H, W) and in what came back of it; raises as `hand_over`."""
    names, who = recognisers.reader(recogniser).recogniser.class_names, title(recogniser)
    readings = recognisers.read(recogniser, np.stack([x, x_hat]))
    (before, after), (sure, sure_after) = readings.classes.tolist(), readings.confidences.tolist()
    return (
        ImageReading(names[before], sure, who),
        ImageReading(names[after], sure_after, who, is_other=after != before),
    )


def title(recogniser: RecogniserSummary) -> str:
    """`Read by the recogniser of MNIST, which recognises 99.3 % of the test images`."""
    whose = f"Read by the recogniser of {datasets.short_title(recogniser.config.dataset)}"
    if recogniser.accuracy is None:
        return whose
    return f"{whose}, which recognises {share(recogniser.accuracy)} of the test images"
