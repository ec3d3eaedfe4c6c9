"""Another model beside the one that is looked at."""

from __future__ import annotations

import math

import streamlit as st

from autoenc.captions import configs
from autoenc.datasets import distinct_names
from autoenc.errors import ConfigError
from autoenc.schema import Run, RunSummary
from ui.core import sessions
from ui.core.links import held
from ui.core.values import Value

NOBODY = "none"  # in an address, and in place of a run_id
LABEL_OF_NOBODY = "No other model"

RUN = Value[str | None]("samples_beside", None)  # a run_id or NOBODY, as chosen; None: as suits the run
_SHOWN = Value("samples_beside_shown", NOBODY)  # the widget's own


def shown(run: Run) -> Run | None:
    """The run beside this one, before its widget is drawn; None: no other."""
    others = _others(run)
    by_id = {one.run_id for one in others}
    chosen = RUN.get()
    if chosen not in (NOBODY, *by_id):
        chosen = _usual(run, others[0]) if others else NOBODY
    _SHOWN.put(chosen or NOBODY)
    return None if chosen in (NOBODY, None) else sessions.read_run(chosen)


def choice(run: Run) -> None:
    """The widget, where there is something to choose."""
    if others := _others(run):
        names = distinct_names((LABEL_OF_NOBODY, *configs.short_names([one.config for one in others])))
        titles = dict(zip((NOBODY, *(one.run_id for one in others)), names, strict=True))
        st.selectbox(
            "Compare with", list(titles), format_func=titles.__getitem__, key=_SHOWN.key, on_change=_choose
        )


def _choose() -> None:
    RUN.put(_SHOWN.get())


def _others(run: Run) -> list[RunSummary]:
    """Finished runs of the same images, those first that tell most: the other kind of code, as large."""
    alike = [
        one
        for one in sessions.runs_to_show()
        if one.finished and one.fingerprint == run.fingerprint and one.run_id != run.run_id
    ]
    return sorted(alike, key=lambda one: _distance(one, run))


def _distance(one: RunSummary, run: Run) -> tuple[bool, bool, float, bool, bool]:
    same_kind = one.config.kind.has_prior == run.config.kind.has_prior
    times = abs(math.log(one.n_latents / run.model.n_latents))
    body = one.config.layers != run.config.layers, one.config.model != run.config.model
    return one.config.noise is not None, same_kind, times, *body


def _usual(run: Run, nearest: RunSummary) -> str:
    """With a prior beside without one: that is the lesson."""
    return nearest.run_id if nearest.config.kind.has_prior != run.config.kind.has_prior else NOBODY


def _checked(text: str) -> str:
    if text != NOBODY and text not in {run.run_id for run in sessions.runs_to_show() if run.finished}:
        raise ConfigError(f"run {text[:80]!r} is not on this machine, or is not finished")
    return text


PARAM = held("beside", RUN, _checked, lambda run_id: run_id)
