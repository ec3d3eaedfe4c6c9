"""One visitor's table of runs: which are listed, in what order, and which are chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc import datasets
from autoenc.errors import ConfigError
from autoenc.runs import SORTS
from autoenc.schema import MODELS
from ui.core.links import Address, Param, chosen, flag, held, one_of

MAX_IN_LINK = 16  # chosen runs


def chosen_runs() -> tuple[str, ...]:
    """The runs that the visitor compares."""
    run_ids: tuple[str, ...] = st.session_state.get("chosen runs", ())
    return run_ids


def choose_runs(run_ids: Sequence[str]) -> None:
    st.session_state["chosen runs"] = tuple(run_ids)


def table_of(run_ids: tuple[str, ...]) -> str:
    """The key of the table of these runs; a choice in the one before it, perhaps a moment old, is kept."""
    before: tuple[str, ...] = st.session_state.get("listed runs", run_ids)
    drawn = st.session_state.get(_table(before))
    if before != run_ids and drawn is not None:
        st.session_state["chosen runs"] = tuple(before[row] for row in drawn["selection"]["rows"])
    st.session_state["listed runs"] = run_ids
    return _table(run_ids)


def _table(run_ids: tuple[str, ...]) -> str:
    return f"runs-{hash(run_ids)}-{st.session_state.get('n read', 0)}"


# ---------------------------------------------------------------- the address


def _words(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ConfigError(f"find is {text[:40]!r}; allowed: up to 200 printable characters")
    return text


def _datasets(text: str) -> list[str]:
    names = list(dict.fromkeys(filter(None, text[:1000].split(","))))
    for name in names:
        datasets.check_name(name)
    return names


def _models(text: str) -> list[str]:
    known = {model: model for model in MODELS}
    return [chosen("models", model, known) for model in dict.fromkeys(filter(None, text[:200].split(",")))]


def _take_runs(text: str) -> None:
    choose_runs(list(dict.fromkeys(filter(None, text[:4000].split(",")))))


def _runs_text() -> str | None:
    """The first of them, where there are too many for an address."""
    return ",".join(chosen_runs()[:MAX_IN_LINK]) or None


_PARAMS = (
    held("find", "", _words),
    held("datasets", [], _datasets, ",".join, key="of-dataset"),
    held("models", [], _models, ",".join, key="of-model"),
    flag("finished", False, key="only-finished"),
    one_of("sort", "newest", {sort: sort for sort in SORTS}),
    flag("log", True, key="compare-log"),
    Param("runs", ("chosen runs",), _take_runs, _runs_text),
)
RUNS = Address(lambda given: _PARAMS)
