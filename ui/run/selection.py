"""The run that a visitor looks at, and what of it."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from autoenc import datasets, inspection
from autoenc.errors import CheckpointError, ConfigError
from ui.core import links
from ui.core.catalogue import is_present
from ui.core.links import Param, flag, held, number, one_of, whole
from ui.core.sessions import USUAL_RUN, snapshot
from ui.core.values import Value
from ui.widgets.training_settings import DATASET, take_settings_of

# The views of a run, as they stand in a link and on their tabs.
VIEWS = {
    "epochs": "Epoch by epoch",
    "images": "Every image",
    "recognised": "Recognised",
    "errors": "Errors by class",
    "learnt": "What it learnt",
    "model": "The model",
    "export": "Export",
}

# The charts of its epochs.
CHARTS = {"loss": "Loss", "time": "Time per epoch"}

RUN = Value[str | None]("run", None)
TAB = Value("view", VIEWS["epochs"])
# Where the film of the run rests: after an epoch, or after a step in the midst of one; both None: at its end.
FILM_EPOCH = Value[int | None]("film epoch", None)
FILM_STEP = Value[int | None]("film step", None)
CHART = Value("run_chart", "loss")
LOSS_BY = Value[Literal["step", "epoch"]]("loss_by", "step")
LOSS_LOG = Value("loss_log", True)
ORDER = Value("order", inspection.IMAGE_ORDERS[0])  # of the test images
CLASS = Value[str | int]("class", "all")
N_SHUFFLES = Value("shuffles", 0)
CELL = Value[tuple[int, int] | None](
    "confusion_cell", None
)  # classes read before and after: whose images are shown
IMAGE = Value[int | None]("image", None)  # the test image that is shown large


def show_run(run_id: str) -> None:
    if run_id != RUN.get():
        FILM_EPOCH.forget()
        FILM_STEP.forget()
    RUN.put(run_id)


def show_nothing() -> None:
    """No run any more: it has been deleted."""
    for value in (RUN, USUAL_RUN, FILM_EPOCH, FILM_STEP):
        value.forget()


def shuffle() -> None:
    N_SHUFFLES.put(N_SHUFFLES.get() + 1)
    IMAGE.forget()


def image_number(n_images: int, usual: int = 0) -> int:
    """Which test image is looked at; the same in all views."""
    before = IMAGE.get()
    IMAGE.put(min(usual if before is None else before, n_images - 1))
    return int(st.number_input("Test image", 0, n_images - 1, key=IMAGE.key, width=170))


# ---------------------------------------------------------------- the address


def _take_run(run_id: str) -> None:
    """Show it; it brings its settings, unless the address says what they are."""
    try:
        latest = snapshot(run_id)
    except CheckpointError as error:
        raise ConfigError(str(error)) from None
    if latest is None or (latest.value is not None and latest.run is None):
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine")
    if latest.run is not None and not DATASET.is_set:
        take_settings_of(latest.run.config)
    show_run(run_id)


def _class_index(text: str) -> str | int:
    if text == "all":
        return text
    index, run_id = whole("class", text), RUN.get()
    latest = snapshot(run_id) if run_id is not None else None
    if latest is not None and latest.run is not None and is_present(latest.run.config.dataset):
        n = len(datasets.load(latest.run.config.dataset).class_names)
        if index >= n:
            raise ConfigError(f"class is {index}; allowed: all, or 0 to {n - 1}")
    return index


def _cell(text: str) -> tuple[int, int]:
    before, _, after = text.partition("-")
    return whole("cell", before), whole("cell", after)


_ORDERS = ("as", "shuffled", "worst", "best", "unrecognised")  # as a link has them

SHOWN_RUN = Param("run", (RUN,), _take_run, lambda: RUN.get() or USUAL_RUN.get())
VIEW = (
    one_of("view", TAB, VIEWS),
    number("epoch", FILM_EPOCH),
    number("step", FILM_STEP),
    one_of("chart", CHART, list(CHARTS)),
    one_of("by", LOSS_BY, ("step", "epoch")),
    flag("log", LOSS_LOG),
    one_of("order", ORDER, dict(zip(_ORDERS, inspection.IMAGE_ORDERS, strict=True))),
    held("class", CLASS, _class_index),
    number("shuffle", N_SHUFFLES),
    held("cell", CELL, _cell, lambda cell: cell and f"{cell[0]}-{cell[1]}"),
    number("image", IMAGE),
)


def remember_view() -> None:
    """At the beginning of the view of a run, which is drawn again for itself: its tabs come and go."""
    links.remember(VIEW)
