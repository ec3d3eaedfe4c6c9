"""A visitor's sweep: its settings, the one they look at, what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from autoenc import recipes, sweeps
from autoenc.errors import ConfigError
from autoenc.schema import Sweep, TrainConfig, whole_numbers
from autoenc.sweeps import Kept
from ui.core.links import Address, Param, flag, forget
from ui.core.workspace import separate
from ui.widgets.training_settings import (
    SETTINGS,
    SUITED,
    ask_for,
    config_of,
    judge_again,
    own,
    setting,
    settings,
    take_settings_of,
)

# What a sweep has besides a run: widget -> name in the address, and what is usual.
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "models": ("models", recipes.SWEPT_MODELS),
    "sizes": ("latent_sizes", tuple(map(str, recipes.SWEPT_SIZES))),
    "depths": ("layers", (str(TrainConfig.layers),)),
}
# The settings of a run that all runs of a sweep share.
SHARED = tuple(name for name in SETTINGS if name not in ("model", "latent_size", "layers"))


# ---------------------------------------------------------------- what is asked for


def sweep_settings() -> dict[str, Any]:
    """The visitor's settings; widgets are bound to them by key."""
    return settings()


def asked_sweep() -> Sweep:
    """The sweep that the controls describe.

    Raises:
        ConfigError: it cannot be one.
    """
    models, sizes, depths = (tuple(st.session_state[name]) for name in LISTS)
    shared = settings() | {"model": TrainConfig.model, "latent_size": 1, "layers": 1}
    return Sweep(
        config_of(shared),
        models,
        whole_numbers(sizes, "latent size"),
        whole_numbers(depths, "number of layers"),
    )


def ask_for_sweep(config: TrainConfig) -> None:
    """The page of sweeps shows the sizes of such a model the next time that it is drawn."""
    ask_for(config)
    for name, value in (("models", config.model), ("depths", str(config.layers))):
        st.session_state[name] = [value]
    judge_again("depths")


def alone() -> bool:
    """Whether the visitor wants one run at a time."""
    return bool(st.session_state["alone"])


def show_sweep(sweep_id: str) -> None:
    if sweep_id != st.session_state.get("sweep"):
        forget("point")
    st.session_state["sweep"] = sweep_id


# ---------------------------------------------------------------- the point that was chosen


def chosen_point() -> str | None:
    """The run_id of the point that the visitor has clicked."""
    run_id: str | None = st.session_state.get("point")
    return run_id


def choose_point(run_id: str) -> None:
    st.session_state["point"] = run_id


def sweep_axes() -> tuple[bool, bool]:
    """Whether sizes and losses are on logarithmic axes. The widgets come after the charts."""
    return st.session_state["sweep_log_size"], st.session_state["sweep_log_loss"]


# ---------------------------------------------------------------- the address


def _take(kept: Kept) -> None:
    """The controls show what this sweep says; before they are drawn."""
    take_settings_of(kept.sweep.base, SHARED)
    lists = (kept.sweep.models, kept.sweep.latent_sizes, kept.sweep.layers)
    for name, values in zip(LISTS, lists, strict=True):
        st.session_state[name] = [str(value) for value in values]
    judge_again("depths")
    st.session_state["alone"] = kept.alone


def _take_sweep(sweep_id: str) -> None:
    """Show it; it brings its settings, unless the address says what they are."""
    kept = sweeps.find(sweep_id)
    if kept is None:
        raise ConfigError(f"sweep {sweep_id[:80]!r} is not on this machine")
    if "dataset" not in st.session_state:
        _take(kept)
    show_sweep(sweep_id)


def _sweep_text() -> str | None:
    """Of the newest too, where the visitor has asked for none."""
    return st.session_state.get("sweep") or st.session_state.get("usual sweep")


def _take_point(run_id: str) -> None:
    kept = sweeps.find(str(st.session_state.get("sweep")))
    if kept is None or run_id not in kept.run_ids:
        raise ConfigError(f"point {run_id[:80]!r} is not in this sweep")
    choose_point(run_id)


def _list(widget: str) -> Param:
    """One of LISTS."""
    name, usual = LISTS[widget]

    def take(text: str) -> None:
        st.session_state[widget] = _listed(widget, text)

    def text() -> str | None:
        values = tuple(st.session_state.get(widget, usual))
        return None if values == usual and widget == "depths" else ",".join(values)

    return Param(name, (widget, own(widget)) if widget in SUITED else (widget,), take, text, list(usual))


def _listed(widget: str, text: str) -> list[str]:
    """What the widget holds for `1,2,4`; only what can be in a sweep."""
    values = tuple(part.strip() for part in text[:1000].split(","))
    usual = Sweep(TrainConfig(), ("mlp",), (1,))
    if widget == "models":
        return list(replace(usual, models=values).models)
    numbers = whole_numbers(values, LISTS[widget][0].replace("_", " ")[:-1])
    field = {"latent_sizes": numbers} if widget == "sizes" else {"layers": numbers}
    return [str(n) for n in getattr(replace(usual, **field), next(iter(field)))]


_PARAMS = (
    setting("dataset"),
    Param("sweep", ("sweep",), _take_sweep, _sweep_text),
    *(setting(name) for name in SHARED if name != "dataset"),
    *map(_list, LISTS),
    flag("alone", False),
    Param("point", ("point",), _take_point, chosen_point),
    flag("log_size", True, key="sweep_log_size"),
    flag("log_loss", True, key="sweep_log_loss"),
)
SWEEP = Address(lambda given: _PARAMS)
separate(_PARAMS)
