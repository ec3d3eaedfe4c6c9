"""The address of the page: it carries the settings and the run, so that it opens the same view elsewhere."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from autoenc import datasets
from autoenc.errors import CheckpointError, ConfigError
from autoenc.schema import TrainConfig
from ui.state.settings import (
    SETTINGS,
    VIEWS,
    config_of,
    default_epochs,
    put_setting,
    show_run,
    shown_run,
    take_settings_of,
)
from ui.state.shared import snapshot

ALWAYS_IN_LINK = ("dataset", "model", "latent_size")
MAX_IN_LINK = 16  # compared runs
PAGES = frozenset(file.stem for file in (Path(__file__).parents[2] / "pages").glob("*.py"))


def open_link() -> tuple[str, ...]:
    """Take the settings and the run of the address that was opened, once a visit.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    return read_once("train", lambda: read_link(st.query_params.to_dict()))


def read_once(page: str, read: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """What was ignored in the address with which this page was opened, read at its first run alone."""
    key = f"ignored in {page}"
    if key not in st.session_state:
        st.session_state[key] = tuple(read())
    ignored: tuple[str, ...] = st.session_state[key]
    return ignored


def read_link(given: Mapping[str, str]) -> Iterator[str]:
    """Take all that an address says of settings and run; one sentence for each thing that cannot be taken."""
    for name, text in given.items():
        if name == "run":
            continue
        if name == "view":
            if text in VIEWS:
                st.session_state["view"] = VIEWS[text]
            else:
                yield f"view is {text[:40]!r}; known: {', '.join(VIEWS)}"
            continue
        if name not in SETTINGS:
            yield f"{name[:40]!r} is no setting"
            continue
        try:
            take_setting(name, text, given)
        except ConfigError as error:
            yield str(error)
    if "run" in given:
        yield from _read_run(given["run"])


def take_setting(name: str, text: str, given: Mapping[str, str]) -> None:
    """Let its widget show what an address says of a setting, `given` all that it says.

    Raises:
        ConfigError: it is not allowed.
    """
    value = _parse(name, text)
    put_setting(name, value)
    if name == "dataset" and "epochs" not in given:
        st.session_state["epochs"] = default_epochs(value)


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
    if known is None or (known.value is not None and known.run is None):
        yield f"run {run_id[:80]!r} is not on this machine"
        return
    if known.run is not None:
        take_settings_of(known.run.config)
    show_run(run_id)


def keep_link(config: TrainConfig | None, also: Mapping[str, str] = {}) -> None:
    """Let the address carry what is on the screen, so that it opens the same view elsewhere."""
    wanted = {**also, **(unusual(config, SETTINGS) if config is not None else {})}
    if (run_id := shown_run()) is not None:
        wanted["run"] = run_id
        wanted |= _view()
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def unusual(config: TrainConfig, names: Iterable[str]) -> dict[str, str]:
    """Those of the settings that an address has to carry."""
    usual = TrainConfig(dataset=config.dataset, epochs=default_epochs(config.dataset))
    return {
        name: str(getattr(config, name))
        for name in names
        if name in ALWAYS_IN_LINK or getattr(config, name) != getattr(usual, name)
    }


def keep_view() -> None:
    """The same where the view of a run alone has changed."""
    if "run" in st.query_params:
        st.query_params.from_dict({**_without_view(), **_view()})


def link_to_train() -> dict[str, str] | None:
    """The settings and the run in an address without a page, as links had them before there were pages."""
    query: dict[str, str] = st.query_params.to_dict()
    return query if any(name in SETTINGS or name in ("run", "view") for name in query) else None


def _view() -> dict[str, str]:
    shown = next((name for name, title in VIEWS.items() if title == st.session_state.get("view")), "epochs")
    return {} if shown == "epochs" else {"view": shown}


def _without_view() -> dict[str, str]:
    return {name: value for name, value in st.query_params.to_dict().items() if name != "view"}


def chosen_runs() -> tuple[str, ...]:
    """The runs that the visitor compares; at first those of the link."""
    if "chosen runs" not in st.session_state:
        given = st.query_params.get("runs", "")
        st.session_state["chosen runs"] = tuple(filter(None, given[:4000].split(",")))
    chosen: tuple[str, ...] = st.session_state["chosen runs"]
    return chosen


def table_of(run_ids: tuple[str, ...]) -> str:
    """The key of the table of these runs; a choice in the one before it, perhaps a moment old, is kept."""
    before: tuple[str, ...] = st.session_state.get("listed runs", run_ids)
    drawn = st.session_state.get(_table(before))
    if before != run_ids and drawn is not None:
        st.session_state["chosen runs"] = tuple(before[row] for row in drawn["selection"]["rows"])
    st.session_state["listed runs"] = run_ids
    return _table(run_ids)


def _table(run_ids: tuple[str, ...]) -> str:
    return f"runs-{hash(run_ids)}"


def choose_runs(run_ids: Sequence[str]) -> None:
    """The address compares these runs, where there are not too many for one."""
    st.session_state["chosen runs"] = tuple(run_ids)
    wanted = {"runs": ",".join(run_ids)} if 0 < len(run_ids) <= MAX_IN_LINK else {}
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


# ---------------------------------------------------------------- for the class


def class_address() -> str | None:
    """What students type to open this dashboard, without the view; None: this machine alone can reach it."""
    own = urlsplit(st.context.url or "")
    host = own.hostname or "localhost"
    if not _is_loopback(host):
        return f"{own.scheme}://{own.netloc}{_before_the_page(own.path)}"
    given = st.get_option("browser.serverAddress")  # whoever runs it behind another name says so there
    if not _is_loopback(given):
        return f"http://{given}:{st.get_option('browser.serverPort')}{_base_path()}"
    listens_at = st.get_option("server.address") or "0.0.0.0"
    if _is_loopback(listens_at):
        return None
    reached_at = listens_at if listens_at not in ("0.0.0.0", "::") else _address_in_the_network()
    return f"http://{reached_at}:{st.get_option('server.port')}{_base_path()}" if reached_at else None


def with_view(address: str, page: str) -> str:
    """The address of the dashboard with the page and the view that this browser shows."""
    query = urlencode(st.query_params.to_dict())
    return f"{address}/{page}" + (f"?{query}" if query else "")


def _before_the_page(path: str) -> str:
    """What stands before the name of the page: `server.baseUrlPath`, or what a proxy puts there unheard."""
    before, _, last = path.rstrip("/").rpartition("/")
    return before if last in PAGES else path.rstrip("/")


def _base_path() -> str:
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _address_in_the_network() -> str | None:
    """This machine's address where a packet to elsewhere would leave it; none is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of no machine: RFC 5737
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if _is_loopback(address) else address
