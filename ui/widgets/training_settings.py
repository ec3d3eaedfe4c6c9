"""One visitor's settings of the controls, and the run they look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import streamlit as st

from autoenc import datasets, recipes
from autoenc.errors import ConfigError, DatasetUnknown
from autoenc.schema import OPTIONAL, Noise, TrainConfig
from ui.core.catalogue import default_dataset, default_epochs, info_of, offered
from ui.core.links import Param, forget

# The settings of a run as they stand in a link, and how their text is read.
# The widgets of the OPTIONAL ones hold None as 0; noise has three widgets.
SETTINGS: dict[str, Callable[[str], Any]] = {
    "dataset": str,
    "model": str,
    "latent_size": int,
    "layers": int,
    "stride": int,
    "epochs": int,
    "batch_size": int,
    "learning_rate": float,
    "decay_epochs": int,
    "noise": Noise.parse,
    "train_images": int,
    "seed": int,
}
NOISE_WIDGETS = ("noise_kind", "noise_level", "noise_up_to")
NO_NOISE = "none"
# What follows the models until the visitor changes it; `depths` are the numbers of layers of a sweep.
SUITED = ("layers", "depths", "learning_rate", "decay_epochs")


def settings() -> dict[str, Any]:
    """The visitor's settings, by the names of SETTINGS; widgets are bound to them by key."""
    if (wanted := st.session_state.pop("wanted", None)) is not None:
        take_settings_of(wanted)
    for name, value in _initial().items():
        st.session_state.setdefault(name, value)
    return {name: noise_set() if name == "noise" else st.session_state[name] for name in SETTINGS}


def put_setting(name: str, value: Any) -> None:
    """Let the widgets of a setting show this; before they are drawn."""
    if name != "noise":
        st.session_state[name] = value or 0 if name in OPTIONAL else value
        judge_again(name)
        return
    st.session_state["noise_kind"] = NO_NOISE if value is None else value.kind
    if value is not None:
        st.session_state["noise_level"], st.session_state["noise_up_to"] = float(value.level), value.up_to


def noise_kind_changed() -> None:
    """Another kind of noise: a level that suits it."""
    kind = st.session_state["noise_kind"]
    st.session_state["noise_level"] = recipes.noise_level(recipes.NOISE if kind == NO_NOISE else kind)


def noise_set() -> Noise | None:
    """What the widgets of the noise say; nothing before they are first drawn."""
    kind = st.session_state.get("noise_kind", NO_NOISE)
    if kind == NO_NOISE:
        return None
    return Noise(kind, st.session_state["noise_level"], st.session_state.get("noise_up_to", False))


def config_of(values: dict[str, Any]) -> TrainConfig:
    """The config of some or all settings, the others as usual.

    Raises:
        ConfigError: a value is not allowed.
    """
    return TrainConfig(**{**values, **{name: values.get(name) or None for name in OPTIONAL}})


def take_settings_of(config: TrainConfig, names: Iterable[str] = SETTINGS) -> None:
    """The controls show what this config says; before they are drawn."""
    for name in names:
        put_setting(name, getattr(config, name))


def ask_for(config: TrainConfig) -> None:
    """The controls show what this config says the next time that they are drawn."""
    st.session_state["wanted"] = config


def suit(models: Iterable[str], depth: Literal["layers", "depths"] = "layers") -> None:
    """Before their widgets are drawn: what suits these models, but for what the visitor has changed.

    Args:
        depth: the widget of the layers.
    """
    recipe = recipes.recipe(models)
    suited = {
        depth: recipe.layers if depth == "layers" else [str(recipe.layers)],
        "learning_rate": recipe.learning_rate,
        "decay_epochs": st.session_state["epochs"] if recipe.decays else 0,
    }
    for name, value in suited.items():
        if not st.session_state.setdefault(own(name), st.session_state[name] != value):
            st.session_state[name] = value


def own(name: str) -> str:
    """The key that says whether a setting is the visitor's own: another than suited the models."""
    return f"own {name}"


def judge_again(name: str) -> None:
    """A setting has been changed: `suit` finds out whether it is the visitor's own."""
    forget(own(name))


def dataset_changed() -> None:
    """Another data set: the epochs and the images that suit it."""
    st.session_state["epochs"] = default_epochs(st.session_state["dataset"])
    st.session_state["train_images"] = 0
    if st.session_state.get("decay_epochs"):
        st.session_state["decay_epochs"] = st.session_state["epochs"]


def first_config() -> TrainConfig:
    """What a newcomer trains first."""
    return recipes.train_config(datasets.info(datasets.default_name()))


def _initial() -> dict[str, Any]:
    usual = TrainConfig(dataset=default_dataset())
    values = {name: getattr(usual, name) for name in SETTINGS if name != "noise"}
    noise = dict(zip(NOISE_WIDGETS, (NO_NOISE, recipes.noise_level(recipes.NOISE), False), strict=True))
    return values | noise | dict.fromkeys(OPTIONAL, 0) | {"epochs": default_epochs(usual.dataset)}


def choose_dataset(dataset: str) -> None:
    """The chooser shows this one, which has been brought in, the next time that it is drawn."""
    st.session_state["wanted dataset"] = dataset
    st.session_state["n brought in"] = n_brought_in() + 1


def n_brought_in() -> int:
    """How many data sets this visitor has brought in."""
    return int(st.session_state.get("n brought in", 0))


def take_dataset() -> str | None:
    """Before the chooser is drawn: what it must show; returns why that is not what was wanted."""
    if (wanted := st.session_state.pop("wanted dataset", None)) is not None:
        st.session_state["dataset"] = wanted
        dataset_changed()
    name: str = st.session_state["dataset"]
    try:
        info = info_of(name)
        if info in offered():
            return None
        why = f"{info.title} is grey: it is on the other pages"
    except DatasetUnknown:
        why = f"the data set {name} is not on this machine any more"
    st.session_state["dataset"] = default_dataset()
    dataset_changed()
    return why


ALWAYS_IN_LINK = ("dataset", "model", "latent_size")


# ---------------------------------------------------------------- the settings of a run


def setting(name: str) -> Param:
    """One of SETTINGS."""

    def take(text: str) -> None:
        put_setting(name, _parse(name, text))
        if name == "dataset":
            forget("epochs", "train_images")  # those that suit it, unless the address says more

    return Param(name, _keys(name), take, lambda: _text(name))


def _keys(name: str) -> tuple[str, ...]:
    if name == "noise":
        return NOISE_WIDGETS
    return (name, own(name)) if name in SUITED else (name,)


def _parse(name: str, text: str) -> Any:
    try:
        value = SETTINGS[name](text[:100])
    except ConfigError:
        raise
    except ValueError:
        raise ConfigError(f"{name.replace('_', ' ')} is {text[:40]!r}; it must be a number") from None
    if name == "dataset":
        datasets.check_name(value)
    config_of({name: value})
    return value


def _text(name: str) -> str | None:
    value = noise_set() if name == "noise" else st.session_state.get(name)
    if name in ALWAYS_IN_LINK:
        return value and str(value)
    if name == "epochs":
        usual = default_epochs(st.session_state.get("dataset", ""))
    else:
        usual = getattr(TrainConfig, name)
    if name in OPTIONAL:
        value = value or None
    return None if value in (None, usual) else str(value)
