"""All that outlives a rerun: the sessions of the process, a visitor's settings, the link with both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import streamlit as st

from autoenc import checkpoints, datasets
from autoenc.errors import AutoencError, CheckpointError, ConfigError
from autoenc.jobs import stored_run
from autoenc.schema import Noise, RunSummary, Snapshot, TrainConfig
from autoenc.sessions.dask import DaskSessions
from autoenc.sessions.protocol import Sessions

# The settings of a run as they stand in a link, and how their text becomes what their widget holds.
# A widget holds noise as a level and all training images as 0.
SETTINGS: dict[str, Callable[[str], Any]] = {
    "dataset": str,
    "model": str,
    "latent_size": int,
    "layers": int,
    "stride": int,
    "epochs": int,
    "batch_size": int,
    "learning_rate": float,
    "noise": lambda text: Noise.parse(text).level,
    "train_images": int,
    "seed": int,
}
ALWAYS_IN_LINK = ("dataset", "model", "latent_size")


@contextmanager
def errors_told() -> Iterator[None]:
    """Whatever is expected to fail becomes one sentence on the page."""
    try:
        yield
    except AutoencError as error:
        st.error(plain(str(error)), icon=":material/error:")


def plain(text: str) -> str:
    """Text that may hold anything, as text and never as markup."""
    return "".join("\\" + c if c in r"\`*_{}[]()<>#+-!|$~:" else c for c in text)


def dress() -> None:
    """What the theme cannot say: less empty space, so that a projector shows pictures and charts at once."""
    st.html(
        "<style>"
        ".stMainBlockContainer { padding-top: 2rem; padding-bottom: 3rem; }"
        "[data-testid=stMetricValue] { font-size: 1.6rem; padding-bottom: 0; }"
        "</style>"
    )


# ---------------------------------------------------------------- shared by all visitors


@st.cache_resource(show_spinner="Starting the workers")
def sessions() -> Sessions:
    """The background sessions of this dashboard; made at the first call."""
    return DaskSessions()


@st.cache_data(ttl=3.0, show_spinner=False)
def runs_on_disk() -> tuple[RunSummary, ...]:
    """All runs, newest first, at most three seconds old."""
    return checkpoints.summaries()[0]


def snapshot(run_id: str) -> Snapshot | None:
    """A run at this moment, from the sessions or else from its file; None: unknown.

    Raises:
        CheckpointError: its file is damaged.
    """
    return sessions().snapshot(run_id) or stored_run(run_id)


# ---------------------------------------------------------------- one visitor


def settings() -> dict[str, Any]:
    """The visitor's settings, by the names of SETTINGS; widgets are bound to them by key."""
    for name, value in _initial().items():
        st.session_state.setdefault(name, value)
    return {name: st.session_state[name] for name in SETTINGS}


def config_of(values: dict[str, Any]) -> TrainConfig:
    """The config of some or all settings, the others as usual.

    Raises:
        ConfigError: a value is not allowed.
    """
    level, n_images = values.get("noise"), values.get("train_images")
    noise = Noise("gaussian", level) if level else None
    return TrainConfig(**{**values, "noise": noise, "train_images": n_images or None})


def take_settings_of(config: TrainConfig) -> None:
    """The controls show what this config says; before they are drawn."""
    for name in SETTINGS:
        st.session_state[name] = getattr(config, name)
    st.session_state["noise"] = config.noise.level if config.noise else 0.0
    st.session_state["train_images"] = config.train_images or 0


def dataset_changed() -> None:
    """Another data set: the epochs and the images that suit it."""
    st.session_state["epochs"] = default_epochs(st.session_state["dataset"])
    st.session_state["train_images"] = 0


def loss_axes() -> tuple[Literal["step", "epoch"], bool]:
    """How the loss is drawn: by what, and whether on a logarithmic axis. The widgets come after the chart."""
    return st.session_state.get("loss_by", "step"), st.session_state.get("loss_log", True)


def shown_run() -> str | None:
    """The run_id that the visitor looks at."""
    run_id: str | None = st.session_state.get("run")
    return run_id


def show_run(run_id: str) -> None:
    st.session_state["run"] = run_id


def _initial() -> dict[str, Any]:
    usual = TrainConfig(dataset=datasets.default_name())
    values = {name: getattr(usual, name) for name in SETTINGS}
    return values | {"epochs": default_epochs(usual.dataset), "noise": 0.0, "train_images": 0}


def default_epochs(dataset: str) -> int:
    """Enough to see a good result."""
    return next(
        (info.default_epochs for info in datasets.catalogue() if info.name == dataset), TrainConfig().epochs
    )


def is_present(dataset: str) -> bool:
    """Whether the data set's files are on this machine."""
    return any(info.name == dataset and info.present for info in datasets.catalogue())


def data_title(dataset: str) -> str:
    """For people."""
    return next((info.title for info in datasets.catalogue() if info.name == dataset), plain(dataset))


# ---------------------------------------------------------------- the link


def open_link() -> tuple[str, ...]:
    """Take the settings and the run of the address that was opened, once a visit.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    if "ignored" not in st.session_state:
        st.session_state["ignored"] = tuple(_read_link())
    ignored: tuple[str, ...] = st.session_state["ignored"]
    return ignored


def _read_link() -> Iterator[str]:
    given = {name: st.query_params[name] for name in st.query_params}
    for name, text in given.items():
        if name == "run":
            continue
        if name not in SETTINGS:
            yield f"{name[:40]!r} is no setting"
            continue
        try:
            value = _parse(name, text)
        except ConfigError as error:
            yield str(error)
        else:
            st.session_state[name] = value
            if name == "dataset" and "epochs" not in given:
                st.session_state["epochs"] = default_epochs(value)
    if "run" in given:
        yield from _read_run(given["run"])


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


def _read_run(run_id: str) -> Iterator[str]:
    try:
        known = snapshot(run_id)
    except CheckpointError as error:
        yield str(error)
        return
    if known is None:
        yield f"run {run_id[:80]!r} is not on this machine"
        return
    if known.run is not None:
        take_settings_of(known.run.config)
    show_run(run_id)


def keep_link(config: TrainConfig | None) -> None:
    """Let the address carry what is on the screen, so that it opens the same view elsewhere."""
    wanted = {}
    if config is not None:
        usual = TrainConfig(dataset=config.dataset, epochs=default_epochs(config.dataset))
        for name in SETTINGS:
            value = getattr(config, name)
            if name in ALWAYS_IN_LINK or value != getattr(usual, name):
                wanted[name] = str(value)
    if (run_id := shown_run()) is not None:
        wanted["run"] = run_id
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def newest_finished() -> str | None:
    """The run to show before anything was asked for."""
    return next((run.run_id for run in runs_on_disk() if run.finished), None)


def is_active(run_id: str | None) -> bool:
    """Whether the run is queued or running."""
    known = None if run_id is None else sessions().snapshot(run_id)
    return known is not None and known.state.active
