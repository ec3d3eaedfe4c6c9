"""What stands in the address of Train; and the address for the class."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from autoenc import datasets, inspection
from autoenc.errors import CheckpointError, ConfigError
from autoenc.schema import OPTIONAL, TrainConfig
from ui.server.request import is_loopback
from ui.state.address import Address, Param, flag, forget, held, one_of, whole
from ui.state.settings import (
    NOISE_WIDGETS,
    SETTINGS,
    SUITED,
    VIEWS,
    config_of,
    default_epochs,
    is_present,
    noise_set,
    own,
    put_setting,
    show_run,
    shown_run,
    take_settings_of,
)
from ui.state.shared import snapshot

ALWAYS_IN_LINK = ("dataset", "model", "latent_size")
PAGES = frozenset(file.stem for file in (Path(__file__).parents[2] / "pages").glob("*.py"))


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


# ---------------------------------------------------------------- the run and its view


def _take_run(run_id: str) -> None:
    """Show it; it brings its settings, unless the address says what they are."""
    try:
        known = snapshot(run_id)
    except CheckpointError as error:
        raise ConfigError(str(error)) from None
    if known is None or (known.value is not None and known.run is None):
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine")
    if known.run is not None and "dataset" not in st.session_state:
        take_settings_of(known.run.config)
    show_run(run_id)


def _class_index(text: str) -> str | int:
    if text == "all":
        return text
    index, run_id = whole("class", text), shown_run()
    known = snapshot(run_id) if run_id is not None else None
    if known is not None and known.run is not None and is_present(known.run.config.dataset):
        n = len(datasets.load(known.run.config.dataset).class_names)
        if index >= n:
            raise ConfigError(f"class is {index}; allowed: all, or 0 to {n - 1}")
    return index


def _some(name: str, key: str) -> Param:
    """A number that the page chooses where nobody has."""

    def take(text: str) -> None:
        st.session_state[key] = whole(name, text)

    def text() -> str | None:
        value = st.session_state.get(key)
        return None if value is None else str(value)

    return Param(name, (key,), take, text)


VIEW = (
    one_of("view", "epochs", VIEWS),
    _some("epoch", "film epoch"),
    one_of("by", "step", {"step": "step", "epoch": "epoch"}, key="loss_by"),
    flag("log", True, key="loss_log"),
    one_of("order", "as", {how.partition(" ")[0]: how for how in inspection.HOW}),
    held("class", "all", _class_index),
    held("shuffle", 0, lambda text: whole("shuffle", text), key="shuffles"),
    _some("image", "image"),
)
_RUN = Param("run", ("run",), _take_run, lambda: shown_run() or st.session_state.get("usual run"))
_PARAMS = (setting("dataset"), _RUN, *(setting(name) for name in SETTINGS if name != "dataset"), *VIEW)
TRAIN = Address(lambda given: _PARAMS)


def link_to_train() -> dict[str, str] | None:
    """The settings and the run in an address without a page, as links had them before there were pages.

    Once: whoever goes back from there comes to the front page.
    """
    query: dict[str, str] = st.query_params.to_dict()
    sent_on, st.session_state["sent on"] = st.session_state.get("sent on"), query
    return query if query != sent_on and any(param.name in query for param in _PARAMS) else None


# ---------------------------------------------------------------- for the class


def class_address() -> str | None:
    """What students type to open this dashboard, without the view; None: this machine alone can reach it."""
    own = urlsplit(st.context.url or "")
    host = own.hostname or "localhost"
    if not is_loopback(host):
        return f"{own.scheme}://{own.netloc}{_before_the_page(own.path)}"
    given = st.get_option("browser.serverAddress")  # whoever runs it behind another name says so there
    if not is_loopback(given):
        return f"http://{given}:{st.get_option('browser.serverPort')}{_base_path()}"
    listens_at = st.get_option("server.address") or "0.0.0.0"
    if is_loopback(listens_at):
        return None
    reached_at = listens_at if listens_at not in ("0.0.0.0", "::") else _address_in_the_network()
    return f"http://{reached_at}:{st.get_option('server.port')}{_base_path()}" if reached_at else None


def _before_the_page(path: str) -> str:
    """What stands before the name of the page: `server.baseUrlPath`, or what a proxy puts there unheard."""
    before, _, last = path.rstrip("/").rpartition("/")
    return before if last in PAGES else path.rstrip("/")


def _base_path() -> str:
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""


def _address_in_the_network() -> str | None:
    """This machine's address where a packet to elsewhere would leave it; none is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of no machine: RFC 5737
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if is_loopback(address) else address
