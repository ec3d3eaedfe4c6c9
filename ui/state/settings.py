"""One visitor's settings of the controls, and the run they look at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Literal

import streamlit as st

from autoenc import datasets, recipes
from autoenc.datasets import DatasetInfo
from autoenc.errors import DatasetUnknown
from autoenc.schema import OPTIONAL, Noise, TrainConfig
from ui.state.address import forget
from ui.state.world import in_colour
from ui.text import plain

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

# The views of a run, as they stand in a link and on their tabs.
VIEWS = {
    "epochs": "Epoch by epoch",
    "images": "Every image",
    "errors": "Where it errs",
    "learnt": "What it learnt",
    "model": "The model",
    "export": "Export",
}


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


def first_config() -> TrainConfig:
    """What a newcomer trains first."""
    return recipes.train_config(datasets.info(datasets.default_name()))


def _initial() -> dict[str, Any]:
    usual = TrainConfig(dataset=_default_dataset())
    values = {name: getattr(usual, name) for name in SETTINGS if name != "noise"}
    noise = dict(zip(NOISE_WIDGETS, (NO_NOISE, recipes.noise_level(recipes.NOISE), False), strict=True))
    return values | noise | dict.fromkeys(OPTIONAL, 0) | {"epochs": default_epochs(usual.dataset)}


@st.cache_resource(ttl=2.0, show_spinner=False)
def catalogue() -> tuple[DatasetInfo, ...]:
    """What is known of the data sets, at most two seconds old: it asks the disk for each file of each."""
    return datasets.catalogue()


def offered() -> tuple[DatasetInfo, ...]:
    """Those that the page lets its visitor choose from."""
    return tuple(info for info in catalogue() if is_colour(info)) if in_colour() else catalogue()


def is_colour(info: DatasetInfo) -> bool:
    return info.image_shape[0] == 3


def _default_dataset() -> str:
    return recipes.colour_dataset(catalogue()) if in_colour() else datasets.default_name()


def default_epochs(dataset: str) -> int:
    """Enough to see a good result."""
    return next((info.default_epochs for info in catalogue() if info.name == dataset), TrainConfig().epochs)


def is_present(dataset: str) -> bool:
    """Whether the data set can be used: its files are on this machine; pictures have been opened once."""
    return any(info.name == dataset and info.present and info.prepared for info in catalogue())


def info_of(dataset: str) -> DatasetInfo:
    """Raises DatasetMissing where there is none of this name any more."""
    datasets.check_name(dataset)
    if all(info.name != dataset for info in catalogue()):
        catalogue.clear()  # it has come a moment ago
    return next(info for info in catalogue() if info.name == dataset)


def prepare(dataset: str) -> DatasetInfo:
    """Have its pictures opened once; seconds, or a minute.

    Raises:
        DatasetError: they cannot be used.
    """
    datasets.load(dataset)
    catalogue.clear()
    return info_of(dataset)


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
    st.session_state["dataset"] = _default_dataset()
    dataset_changed()
    return why


def data_title(dataset: str) -> str:
    """For people."""
    return next((info.title for info in catalogue() if info.name == dataset), plain(dataset))


# ---------------------------------------------------------------- what is looked at of a run


def recall(name: str, usual: Any) -> Any:
    """What the widget of this name shows; the usual where nobody has used it."""
    return st.session_state.get(name, usual)


def put(name: str, value: Any) -> None:
    """Let the widget of this name, which is not drawn yet, show this value."""
    st.session_state[name] = value


def limit(name: str, allowed: Collection[Any], usual: Any = None) -> None:
    """Before the widget of this name is drawn: what is not among its choices is not chosen."""
    value = st.session_state.get(name)
    if isinstance(value, list):
        st.session_state[name] = [one for one in value if one in allowed]
    elif value not in allowed:
        st.session_state[name] = usual


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


# ---------------------------------------------------------------- what has been done, told once


def leave_message(kind: Literal["done", "error"], sentence: str) -> None:
    """Have this told the next time that the page is drawn."""
    st.session_state.setdefault("messages", []).append((kind, sentence))
    st.session_state["n messages"] = n_messages() + 1


def take_messages() -> list[tuple[str, str]]:
    """What is to be told now."""
    messages: list[tuple[str, str]] = st.session_state.pop("messages", [])
    return messages


def n_messages() -> int:
    """How many there have been."""
    return int(st.session_state.get("n messages", 0))
