"""The page of noise: what the visitor looks at, what is compared, what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from autoenc import datasets, recipes
from autoenc.errors import ConfigError
from autoenc.schema import CLASSICAL, NOISES, Noise
from ui.core.catalogue import is_present
from ui.core.links import Address, Param, flag, held, one_of, whole
from ui.core.sessions import runs_on_disk, snapshot
from ui.run.selection import VIEW
from ui.widgets.training_settings import setting, settings

N_IMAGES = 16  # that are looked at
# What is asked of the test set, as it stands in a link and on its tab.
QUESTIONS = {
    "where": "Where does it help?",
    "sizes": "Which code size?",
    "matrix": "Trained at, tested at",
}


def denoise_settings() -> dict[str, Any]:
    """The visitor's settings; widgets are bound to them by key."""
    return settings()


def noise_level() -> float:
    """Where the slider rests."""
    level = float(st.session_state.get("denoise_level", recipes.noise_level(noise_kind())))
    return min(NOISES[noise_kind()].most, level)


def rest_at(level: float) -> None:
    st.session_state["denoise_level"] = level


def noise_kind() -> str:
    kind: str = st.session_state["denoise_kind"]
    return kind


def denoise_kind_changed() -> None:
    """Another kind of noise: a level that suits it."""
    st.session_state["denoise_level"] = recipes.noise_level(noise_kind())


def first_image(n_test: int) -> int:
    """The number of the first test image that is looked at, of so many."""
    return min(int(st.session_state.get("first image", 0)), max(0, n_test - N_IMAGES))


def next_images(n_test: int) -> None:
    st.session_state["first image"] = (first_image(n_test) + N_IMAGES) % max(1, n_test - N_IMAGES + 1)


def noise_seed() -> int:
    return int(st.session_state.get("noise seed", 0))


def new_noise() -> None:
    st.session_state["noise seed"] = noise_seed() + 1


# ---------------------------------------------------------------- the address


def _take_noise(text: str) -> None:
    kind, _, level = text.partition(":")
    if kind in NOISES and level == "0":  # what the slider knows, and a model cannot be trained for
        st.session_state["denoise_kind"], st.session_state["denoise_level"] = kind, 0.0
        return
    noise = Noise.parse(text[:100])
    st.session_state["denoise_kind"], st.session_state["denoise_level"] = noise.kind, float(noise.level)


def _methods(text: str) -> list[str]:
    methods = tuple(filter(None, text[:200].split(",")))
    for method in methods:
        if method not in CLASSICAL:
            raise ConfigError(f"unknown method {method[:40]!r}; known: {', '.join(CLASSICAL)}")
    return list(dict.fromkeys(methods))


def _take_run(widget: str, run_id: str) -> None:
    """Choose it, where it suits what the address has asked for before."""
    dataset = st.session_state.get("dataset")
    run = next((run for run in runs_on_disk() if run.run_id == run_id), None)
    if run is None:
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine")
    if dataset not in (None, run.config.dataset):
        raise ConfigError(f"run {run_id} was trained on {run.config.dataset}, not on {dataset}")
    if is_present(run.config.dataset) and datasets.load(run.config.dataset).fingerprint != run.fingerprint:
        raise ConfigError(f"run {run_id} was trained on other images of {run.config.dataset} than are here")
    if (run.config.noise is None) != (widget == "plain"):
        trained = "clean" if run.config.noise is None else "noisy"
        raise ConfigError(f"run {run_id} was trained on {trained} images; it cannot be the {widget} one")
    if not run.finished:
        raise ConfigError(f"run {run_id} is not finished; train it to the end first")
    noise = run.config.noise
    if noise is not None and noise.kind != st.session_state.get("denoise_kind"):
        if "denoise_level" in st.session_state:
            raise ConfigError(f"run {run_id} takes {noise.kind} noise away; choose that noise to see it")
        st.session_state["denoise_kind"] = noise.kind
    st.session_state[widget] = run_id
    st.session_state["dataset"] = run.config.dataset


def _take_training(run_id: str) -> None:
    known = snapshot(run_id)
    if known is None or (known.run is None and known.value is not None):
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine")
    st.session_state["in training"] = run_id


def _noise_text() -> str | None:
    if "denoise_kind" not in st.session_state:
        return None
    level = noise_level()
    return str(Noise(noise_kind(), level)) if level else f"{noise_kind()}:0"


def _model(name: str) -> Param:
    return Param(name, (name,), lambda run_id: _take_run(name, run_id), lambda: st.session_state.get(name))


def _beside_training(param: Param) -> Param:
    """A run is seen on this page while it is trained here."""
    return replace(param, text=lambda: param.text() if st.session_state.get("in training") else None)


# Each must suit those before it.
_PARAMS = (
    Param("noise", ("denoise_kind", "denoise_level"), _take_noise, _noise_text, recipes.NOISE),
    setting("dataset"),
    _model("plain"),
    _model("denoiser"),
    Param("training", ("in training",), _take_training, lambda: st.session_state.get("in training")),
    held("methods", list(recipes.USUAL_METHODS), _methods, ",".join),
    held("images", 0, lambda text: whole("images", text), key="first image"),
    held("draw", 0, lambda text: whole("draw", text), key="noise seed"),
    one_of("question", "where", QUESTIONS, key="questions"),
    flag("spread", False, key="noise_spread"),
    *map(_beside_training, VIEW),
)
DENOISE = Address(lambda given: _PARAMS)
