"""The page of noise: what the visitor looks at, what is compared, what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from autoenc import datasets
from autoenc.errors import AutoencError, ConfigError
from autoenc.schema import CLASSICAL, NOISES, Noise
from ui.state.link import read_once, take_setting
from ui.state.settings import USUAL_LEVEL, is_present, settings
from ui.state.shared import runs_on_disk, snapshot

USUAL_METHODS = ("affine", "median")
N_IMAGES = 16  # that are looked at
COUNTED = {"images": "first image", "draw": "noise seed"}  # of a link; where they are kept
FIRST = ("noise", "dataset", "plain", "denoiser")  # of a link: each must suit those before it


def denoise_settings() -> dict[str, Any]:
    """The visitor's settings; widgets are bound to them by key."""
    st.session_state.setdefault("denoise_kind", "gaussian")
    st.session_state.setdefault("methods", list(USUAL_METHODS))
    return settings()


def noise_level() -> float:
    """Where the slider rests."""
    most = NOISES[noise_kind()].most
    return min(most, float(st.session_state.get("denoise_level", USUAL_LEVEL * most)))


def rest_at(level: float) -> None:
    st.session_state["denoise_level"] = level


def noise_kind() -> str:
    kind: str = st.session_state["denoise_kind"]
    return kind


def denoise_kind_changed() -> None:
    """Another kind of noise: a level that suits it."""
    st.session_state["denoise_level"] = USUAL_LEVEL * NOISES[noise_kind()].most


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


def open_denoise_link() -> tuple[str, ...]:
    """Take the settings of the address that was opened, once a visit.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    return read_once("denoise", _read_link)


def _read_link() -> Iterator[str]:
    given: dict[str, str] = st.query_params.to_dict()
    dataset: str | None = None  # what the link asks for
    for name in sorted(given, key=lambda name: (*FIRST, name).index(name)):
        text = given[name]
        try:
            if name == "dataset":
                take_setting(name, text, given)
                dataset = st.session_state["dataset"]
            elif name == "noise":
                _take_noise(text)
            elif name == "methods":
                st.session_state["methods"] = list(_methods(text))
            elif name in ("plain", "denoiser"):
                dataset = _take_run(name, text, dataset)
            elif name == "training":
                _take_training(text)
            elif name in COUNTED:
                st.session_state[COUNTED[name]] = _number(name, text)
            else:
                yield f"{name[:40]!r} is no setting"
        except AutoencError as error:
            yield str(error)


def _take_noise(text: str) -> None:
    kind, _, level = text.partition(":")
    if kind in NOISES and level == "0":  # what the slider knows, and a model cannot be trained for
        st.session_state["denoise_kind"], st.session_state["denoise_level"] = kind, 0.0
        return
    noise = Noise.parse(text[:100])
    st.session_state["denoise_kind"], st.session_state["denoise_level"] = noise.kind, float(noise.level)


def _methods(text: str) -> tuple[str, ...]:
    methods = tuple(filter(None, text[:200].split(",")))
    for method in methods:
        if method not in CLASSICAL:
            raise ConfigError(f"unknown method {method[:40]!r}; known: {', '.join(CLASSICAL)}")
    return tuple(dict.fromkeys(methods))


def _take_run(widget: str, run_id: str, dataset: str | None) -> str:
    """Choose it, and return its data set.

    Args:
        dataset: what it must have been trained on; None: anything.
    """
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
    return run.config.dataset


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise ConfigError(f"{name} is {text[:20]!r}; allowed: a whole number from 0 on")
    return int(text)


def _take_training(run_id: str) -> None:
    known = snapshot(run_id)
    if known is None or (known.run is None and known.value is not None):
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine")
    st.session_state["in training"] = run_id


def keep_denoise_link(dataset: str) -> None:
    """Let the address carry what is on the screen, so that it opens the same view elsewhere."""
    level = noise_level()
    noise = str(Noise(noise_kind(), level)) if level else f"{noise_kind()}:0"
    wanted = {"dataset": dataset, "noise": noise}
    wanted |= {name: st.session_state[name] for name in ("plain", "denoiser") if st.session_state.get(name)}
    if (run_id := st.session_state.get("in training")) is not None:
        wanted["training"] = run_id
    wanted |= {name: str(st.session_state[key]) for name, key in COUNTED.items() if st.session_state.get(key)}
    if (methods := tuple(st.session_state["methods"])) != USUAL_METHODS:
        wanted["methods"] = ",".join(methods)
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
