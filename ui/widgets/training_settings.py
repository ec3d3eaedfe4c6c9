"""One visitor's settings of a run: what the widgets hold, and how an address says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autoenc import datasets, recipes
from autoenc.errors import AutoencError, ConfigError, DatasetUnknown
from autoenc.schema import MODEL_KINDS, NOISES, OPTIONAL, Noise, TrainConfig
from ui.core import links
from ui.core.catalogue import default_dataset, default_epochs, info_of, is_present, offered
from ui.core.links import Param
from ui.core.values import Value

# The settings of a run as they stand in a link, and how their text is read.
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
    "rate_weight": float,
    "beta": float,
    "noise": Noise.parse,
    "train_images": int,
    "seed": int,
}
ALWAYS_IN_LINK = ("dataset", "model", "latent_size")

# What the widgets hold of each; the OPTIONAL ones hold None as 0, and noise has three widgets.
VALUES: dict[str, Value[Any]] = {name: Value(name, None) for name in SETTINGS if name != "noise"}
DATASET, TRAIN_IMAGES, SEED = VALUES["dataset"], VALUES["train_images"], VALUES["seed"]
MODEL, LATENT_SIZE = VALUES["model"], VALUES["latent_size"]
LAYERS, STRIDE = VALUES["layers"], VALUES["stride"]
EPOCHS, BATCH_SIZE = VALUES["epochs"], VALUES["batch_size"]
LEARNING_RATE, DECAY_EPOCHS = VALUES["learning_rate"], VALUES["decay_epochs"]
RATE_WEIGHT, BETA = VALUES["rate_weight"], VALUES["beta"]
NOISE_KIND = Value[str | None]("noise_kind", None)
NOISE_LEVEL = Value[float | None]("noise_level", None)
NOISE_UP_TO = Value[bool | None]("noise_up_to", None)
NO_NOISE = "none"
# What follows the models until the visitor changes it, and whether the visitor has; None: `suit` finds out.
# `depths` are the numbers of layers of a sweep.
CHANGED_BY_VISITOR: dict[str, Value[bool | None]] = {
    key: Value(f"own {key}", None) for key in ("layers", "depths", "learning_rate", "decay_epochs")
}
N_IMPORTED = Value("n imported", 0)  # data sets that this visitor has brought in


def settings(models: Iterable[str] | None = None) -> dict[str, Any]:
    """The visitor's settings, by the names of SETTINGS.

    Args:
        models: that are trained with them; None: the one that is chosen on Train.
    """
    usual = TrainConfig(dataset=default_dataset())
    usual_values = {name: getattr(usual, name) for name in VALUES} | dict.fromkeys(OPTIONAL, 0)
    for name, value in VALUES.items():
        value.begin_with(default_epochs(usual.dataset) if name == "epochs" else usual_values[name])
    NOISE_KIND.begin_with(NO_NOISE)
    NOISE_LEVEL.begin_with(recipes.noise_level(recipes.NOISE))
    NOISE_UP_TO.begin_with(False)
    held = {name: noise_set() if name == "noise" else VALUES[name].get() for name in SETTINGS}
    models = [MODEL.get()] if models is None else list(models)
    if not can_count_bytes(models):
        held["rate_weight"] = 0
    if not have_prior(models):
        held["beta"] = usual.beta
    return held


def remember() -> None:
    """Before the form is drawn again for itself: what its widgets hold that come and go."""
    links.remember(map(setting, SETTINGS))


def can_count_bytes(models: Iterable[str]) -> bool:
    """Whether all of these models can be trained for few bytes."""
    return all(kind is None or kind.can_count_bytes for kind in map(MODEL_KINDS.get, models))


def have_prior(models: Iterable[str]) -> bool:
    """Whether any of these models has a prior, for which beta counts."""
    return any(kind is not None and kind.has_prior for kind in map(MODEL_KINDS.get, models))


def noise_kind_changed() -> None:
    """Another kind of noise: a level that suits it."""
    kind = NOISE_KIND.get() or NO_NOISE
    NOISE_LEVEL.put(recipes.noise_level(kind if kind in NOISES else recipes.NOISE))


def noise_set() -> Noise | None:
    """What the widgets of the noise say; nothing before they are first drawn."""
    kind, level = NOISE_KIND.get() or NO_NOISE, NOISE_LEVEL.get()
    return None if kind == NO_NOISE or level is None else Noise(kind, level, bool(NOISE_UP_TO.get()))


def config_of(values: dict[str, Any]) -> TrainConfig:
    """The config of some or all settings, the others as usual.

    Raises:
        ConfigError: a value is not allowed.
    """
    return TrainConfig(**{**values, **{name: values.get(name) or None for name in OPTIONAL}})


def take_settings_of(config: TrainConfig, names: Iterable[str] = SETTINGS) -> None:
    """The controls show what this config says; before they are drawn."""
    for name in names:
        for value, held in _as_held(name, getattr(config, name)):
            value.put(held)


def ask_for(config: TrainConfig) -> None:
    """The controls show what this config says the next time that they are drawn."""
    for name in SETTINGS:
        for value, held in _as_held(name, getattr(config, name)):
            value.put_next(held)


def _as_held(name: str, setting: Any) -> Iterator[tuple[Value[Any], Any]]:
    """What the widgets of a setting hold for it."""
    if name != "noise":
        yield VALUES[name], (setting or 0 if name in OPTIONAL else setting)
        if name in CHANGED_BY_VISITOR:
            yield CHANGED_BY_VISITOR[name], None
        return
    yield NOISE_KIND, NO_NOISE if setting is None else setting.kind
    if setting is not None:
        yield NOISE_LEVEL, float(setting.level)
        yield NOISE_UP_TO, setting.up_to


def suit(models: Iterable[str], depths: Value[list[str]] | None = None) -> None:
    """Before their widgets are drawn: what suits these models, but for what the visitor has changed.

    Args:
        depths: the numbers of layers of a sweep; None: a run has one.
    """
    models = list(models)
    recipe = recipes.recipe(models, rated=can_count_bytes(models) and bool(RATE_WEIGHT.get()))
    suited: list[tuple[Value[Any], Any]] = [
        (LAYERS, recipe.layers) if depths is None else (depths, [str(recipe.layers)]),
        (LEARNING_RATE, recipe.learning_rate),
        (DECAY_EPOCHS, EPOCHS.get() if recipe.decays else 0),
    ]
    for value, suits in suited:
        changed = CHANGED_BY_VISITOR[value.key]
        if changed.get() is None:
            changed.put(value.get() != suits)
        if not changed.get() and value.get() != suits:
            value.put(suits)


def judge_again(key: str) -> None:
    """A setting has been changed: `suit` finds out whether it is the visitor's own."""
    CHANGED_BY_VISITOR[key].forget()


def dataset_changed() -> None:
    """Another data set: the epochs and the images that suit it."""
    for value, suits in _suits(DATASET.get()):
        value.put(suits)


def choose_dataset(dataset: str) -> None:
    """The chooser shows this one, which has been brought in, the next time that it is drawn."""
    DATASET.put_next(dataset)
    for value, suits in _suits(dataset):
        value.put_next(suits)
    N_IMPORTED.put(N_IMPORTED.get() + 1)


def _suits(dataset: str) -> Iterator[tuple[Value[Any], int]]:
    epochs = default_epochs(dataset)
    yield EPOCHS, epochs
    yield TRAIN_IMAGES, 0
    if DECAY_EPOCHS.get():
        yield DECAY_EPOCHS, epochs


def why_no_dataset() -> str | None:
    """Why the chosen data set cannot be shown here; None: it can."""
    name: str = DATASET.get()
    try:
        info = info_of(name)
    except DatasetUnknown:
        return f"the data set {name} is not on this machine any more"
    return None if info in offered() else f"{info.title} is grey; open it on the other pages"


def check_dataset() -> str | None:
    """Before the chooser is drawn: another data set where the chosen one cannot be; returns why it cannot."""
    if (why := why_no_dataset()) is not None:
        DATASET.put(default_dataset())
        dataset_changed()
    return why


def form_run_id() -> str | None:
    """The run that the form describes; None: it cannot be trained here as it stands."""
    try:
        config = config_of(settings())
        if not is_present(config.dataset):
            return None
        return config.run_id(datasets.load(config.dataset).fingerprint)
    except AutoencError:  # the form says so
        return None


def first_config() -> TrainConfig:
    """What a newcomer trains first."""
    return recipes.train_config(datasets.info(datasets.default_name()))


# ---------------------------------------------------------------- the address


def setting(name: str) -> Param:
    """One of SETTINGS."""

    def take(text: str) -> None:
        for value, held in _as_held(name, parse(name, text)):
            value.put(held)
        if name == "dataset":  # those that suit it, unless the address says more
            EPOCHS.forget()
            TRAIN_IMAGES.forget()

    example = Noise(recipes.NOISE, 0.1) if name == "noise" else None
    values = tuple(value for value, _ in _as_held(name, example))
    return Param(name, values, take, lambda: _text(name))


def parse(name: str, text: str) -> Any:
    """The value of one of SETTINGS; raises ConfigError where the text stands for none."""
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
    value: Any = noise_set() if name == "noise" else VALUES[name].get()
    if name in ALWAYS_IN_LINK:
        return value and str(value)
    usual = default_epochs(DATASET.get() or "") if name == "epochs" else getattr(TrainConfig, name)
    if name in OPTIONAL:
        value = value or None
    return None if value in (None, usual) else str(value)
