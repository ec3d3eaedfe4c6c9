"""The run that a visitor looks at, and what of it."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from autoenc import datasets, inspection
from autoenc.errors import CheckpointError, ConfigError
from ui.core import links
from ui.core.catalogue import is_present
from ui.core.links import Param, flag, forget, held, one_of, whole
from ui.core.sessions import snapshot
from ui.widgets.training_settings import (
    take_settings_of,
)

# The views of a run, as they stand in a link and on their tabs.
VIEWS = {
    "epochs": "Epoch by epoch",
    "images": "Every image",
    "errors": "Where it errs",
    "learnt": "What it learnt",
    "model": "The model",
    "export": "Export",
}


def loss_axes() -> tuple[Literal["step", "epoch"], bool]:
    """How the loss is drawn: by what, and whether on a logarithmic axis. The widgets come after the chart."""
    return st.session_state["loss_by"], st.session_state["loss_log"]


def shown_run() -> str | None:
    """The run_id that the visitor looks at."""
    run_id: str | None = st.session_state.get("run")
    return run_id


def show_run(run_id: str) -> None:
    if run_id != shown_run():
        forget("film epoch")
    st.session_state["run"] = run_id


def show_nothing() -> None:
    """No run any more: it has been deleted."""
    forget("run", "usual run", "film epoch")


def film_epoch() -> int | None:
    """The epoch at which the film of the run stands; None: its end."""
    epoch: int | None = st.session_state.get("film epoch")
    return epoch


def rest_film_at(epoch: int | None) -> None:
    st.session_state["film epoch"] = epoch


def shuffles() -> int:
    """How often this visitor has shuffled the test images."""
    return int(st.session_state.get("shuffles", 0))


def shuffle() -> None:
    st.session_state["shuffles"] = shuffles() + 1
    forget("image")


# ---------------------------------------------------------------- the run and its view


def _take_run(run_id: str) -> None:
    """Show it; it brings its settings, unless the address says what they are."""
    try:
        known = snapshot(run_id)
    except CheckpointError as error:
        raise ConfigError(str(error)) from None
    if known is None or (known.value is not None and known.run is None):
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine")
    if known.run is not None and "dataset" not in st.session_state:
        take_settings_of(known.run.config)
    show_run(run_id)


def _class_index(text: str) -> str | int:
    if text == "all":
        return text
    index, run_id = whole("class", text), shown_run()
    known = snapshot(run_id) if run_id is not None else None
    if known is not None and known.run is not None and is_present(known.run.config.dataset):
        n = len(datasets.load(known.run.config.dataset).class_names)
        if index >= n:
            raise ConfigError(f"class is {index}; allowed: all, or 0 to {n - 1}")
    return index


def _some(name: str, key: str) -> Param:
    """A number that the page chooses where nobody has."""

    def take(text: str) -> None:
        st.session_state[key] = whole(name, text)

    def text() -> str | None:
        value = st.session_state.get(key)
        return None if value is None else str(value)

    return Param(name, (key,), take, text)


VIEW = (
    one_of("view", "epochs", VIEWS),
    _some("epoch", "film epoch"),
    one_of("by", "step", {"step": "step", "epoch": "epoch"}, key="loss_by"),
    flag("log", True, key="loss_log"),
    one_of("order", "as", {how.partition(" ")[0]: how for how in inspection.HOW}),
    held("class", "all", _class_index),
    held("shuffle", 0, lambda text: whole("shuffle", text), key="shuffles"),
    _some("image", "image"),
)
_RUN = Param("run", ("run",), _take_run, lambda: shown_run() or st.session_state.get("usual run"))


def remember_view() -> None:
    """At the beginning of the view of a run, which is drawn again for itself: its tabs come and go."""
    links.remember(VIEW, again=False)
