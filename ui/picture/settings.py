"""The page of foreign pictures: which picture, through which models, how it is made to fit."""

from __future__ import annotations

from typing import Any

import streamlit as st

from autoenc import datasets
from autoenc.errors import AutoencError, ConfigError
from autoenc.out_of_distribution import EXAMPLES
from autoenc.runs import first_for_a_picture, for_a_picture
from autoenc.schema import RunSummary
from ui.core.catalogue import is_present
from ui.core.links import Address, Param, one_of
from ui.core.sessions import runs_on_disk

SOURCES = {"example": "Example", "upload": "Upload", "camera": "Camera", "draw": "Draw"}
FITS = {"shrink": "Shrink to the model's size", "tile": "Cut into tiles"}
INVERTS = {"auto": "Automatic", "yes": "Yes", "no": "No"}
CHOICES = {"foreign_source": SOURCES, "foreign_example": EXAMPLES, "fit": FITS, "invert": INVERTS}
IN_LINK = {"from": "foreign_source", "example": "foreign_example", "fit": "fit", "invert": "invert"}
MOST_MODELS = 4
MOST_AT_FIRST = 2
MOST_LISTED = 200  # runs to choose from


# ---------------------------------------------------------------- which models


def foreign_runs() -> tuple[RunSummary, ...]:
    """Finished runs whose images are here, those on clean images first, else the newest first."""
    listed = runs_on_disk()
    here = {name: _fingerprint(name) for name in {run.config.dataset for run in listed if run.finished}}
    return for_a_picture(listed, here)


def usual_foreign_runs(runs: tuple[RunSummary, ...]) -> list[str]:
    """The newest that compresses of each data set; where none does, the newest of all."""
    return [run.run_id for run in first_for_a_picture(runs, MOST_AT_FIRST)]


def chosen_foreign_runs() -> tuple[str, ...]:
    """After `foreign_settings`."""
    return tuple(st.session_state["foreign_runs"])


def _fingerprint(dataset: str) -> str | None:
    """Of the images that are here; None: they are not, or cannot be read, which the other pages tell."""
    try:
        return datasets.load(dataset).fingerprint if is_present(dataset) else None
    except AutoencError:
        return None


def foreign_settings(runs: tuple[RunSummary, ...]) -> str:
    """Before the widgets are drawn: they show what was chosen, or what is usual.

    Returns:
        One sentence on a run that is not there any more, or nothing.
    """
    for name, choices in CHOICES.items():
        if st.session_state.get(name) not in choices:
            st.session_state[name] = next(iter(choices))
    known = {run.run_id for run in runs}
    chosen: list[str] | None = st.session_state.get("foreign_runs")
    kept = [run_id for run_id in chosen or [] if run_id in known]
    gone = [run_id for run_id in chosen or [] if run_id not in known]
    st.session_state["foreign_runs"] = kept or ([] if chosen == [] else usual_foreign_runs(runs))
    return f"run {gone[0][:80]} is not on this machine any more" if gone else ""


# ---------------------------------------------------------------- the address


def foreign_choices() -> dict[str, Any]:
    """What the widgets say: source, example, fit, invert, by the names of CHOICES."""
    return {name: st.session_state[name] for name in CHOICES}


def _runs(text: str) -> list[str]:
    """Those of them that are here."""
    known = {run.run_id for run in foreign_runs()}
    asked = list(dict.fromkeys(filter(None, text[:2000].split(","))))
    if len(asked) > MOST_MODELS:
        raise ConfigError(f"{len(asked)} runs are asked for; allowed: {MOST_MODELS} side by side")
    for run_id in asked:
        if run_id not in known:
            raise ConfigError(f"run {run_id[:80]!r} is not on this machine, or is not finished")
    return asked


def _runs_text() -> str | None:
    """Empty: none is chosen, though there are some."""
    chosen = st.session_state.get("foreign_runs")
    return None if chosen is None or not (chosen or foreign_runs()) else ",".join(chosen)


def _take_runs(text: str) -> None:
    st.session_state["foreign_runs"] = _runs(text)


def _choice(name: str) -> Param:
    known = CHOICES[IN_LINK[name]]
    return one_of(name, next(iter(known)), {one: one for one in known}, key=IN_LINK[name])


_PARAMS = (*map(_choice, IN_LINK), Param("runs", ("foreign_runs",), _take_runs, _runs_text))
FOREIGN = Address(lambda given: _PARAMS)
