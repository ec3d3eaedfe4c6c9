"""What stands in the address of a page: declared once, read, written and remembered by the same table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

import streamlit as st

from autoenc.errors import AutoencError, ConfigError

Value = TypeVar("Value")
# Those of all pages that have been opened, by their keys: what their widgets hold is remembered.
DECLARED: dict[tuple[str, ...], Param] = {}
MAX_SEEN = 64  # addresses of one visit: what the browser sends back is at most a few reruns old


@dataclass(frozen=True)
class Param:
    """One part of an address."""

    name: str
    keys: tuple[str, ...]  # of st.session_state, where the page keeps it; widgets are bound to them
    take: Callable[[str], None]  # let the page show what the address says; raises AutoencError
    text: Callable[[], str | None]  # what the page shows; None: what it shows without being told
    usual: Any = None  # what the first key holds at first; None: the page knows better

    def __post_init__(self) -> None:
        DECLARED[self.keys] = self


@dataclass(frozen=True)
class Address:
    """The address of one page."""

    # Of what an address asks for, or of what is on the screen (None); in the order in which they are read.
    params: Callable[[Mapping[str, str] | None], Sequence[Param]]
    # Takes away what this page cannot show, and says so.
    screen: Callable[[dict[str, str]], Iterable[str]] = field(default=lambda given: ())


NOTHING = Address(lambda given: ())  # of a page that always shows the same


@dataclass
class _Visit:
    """A page from the moment at which somebody comes to it until they go to another."""

    page: str
    address: Address
    seen: list[dict[str, str]] = field(default_factory=list)  # all that stood in its address
    ignored: tuple[str, ...] = ()  # one sentence for each thing in the address that was


# ---------------------------------------------------------------- declaring


def held(
    name: str,
    usual: Value,
    read: Callable[[str], Value],
    write: Callable[[Value], str | None] = str,
    key: str | None = None,
) -> Param:
    """A value under one key, which is in the address where it is not the usual one."""
    key = key or name

    def take(text: str) -> None:
        st.session_state[key] = read(text)

    def text() -> str | None:
        value = st.session_state.get(key, usual)
        return None if value == usual else write(value)

    return Param(name, (key,), take, text, usual)


def one_of(name: str, usual: str, known: Mapping[str, Value], key: str | None = None) -> Param:
    """One of several values, by their names in the address."""
    names = {value: text for text, value in known.items()}
    return held(name, known[usual], lambda text: chosen(name, text, known), names.get, key)


def flag(name: str, usual: bool, key: str | None = None) -> Param:
    """True or False."""
    return held(name, usual, lambda text: chosen(name, text, {"True": True, "False": False}), str, key)


def chosen(name: str, text: str, known: Mapping[str, Value]) -> Value:
    """What the text stands for.

    Raises:
        ConfigError: for nothing.
    """
    if text not in known:
        raise ConfigError(f"{name.replace('_', ' ')} is {text[:40]!r}; known: {', '.join(known)}")
    return known[text]


def whole(name: str, text: str) -> int:
    """Raises ConfigError where it is no whole number from 0 to 9,999,999."""
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise ConfigError(f"{name} is {text[:20]!r}; allowed: a whole number from 0 on")
    return int(text)


# ---------------------------------------------------------------- reading and writing


def read(page: str, address: Address) -> tuple[str, ...]:
    """Let the page show what its address says, where somebody has opened it.

    Whoever comes to a page opens its address, by a link, by Back and Forward or from elsewhere; without one,
    the page is as they left it. On the page, an address that has stood there before is what the browser knew
    when it asked for this run of the script, perhaps a moment too early: the page knows better.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    given = wanted = st.query_params.to_dict()
    visit: _Visit | None = st.session_state.get("visit")
    if visit is None or visit.page != page:
        visit = _Visit(page, address)
        sent_to, address_there = st.session_state.get("sent to", ("", {}))
        wanted = address_there if sent_to == page else given
    elif given in visit.seen:
        return visit.ignored
    if wanted:
        visit.ignored = tuple(_read(address, dict(wanted)))
        st.session_state["n read"] = n_read() + 1
    # Now that all of it has been read: what interrupts a run of the script has it read again by the next.
    st.session_state.pop("sent to", None)
    st.session_state["visit"] = visit
    _see(visit, given)
    _see(visit, wanted)
    return visit.ignored


def _read(address: Address, given: dict[str, str]) -> Iterator[str]:
    yield from address.screen(given)
    params = address.params(given)
    forget(*(key for param in params for key in param.keys), "wanted")
    for param in params:
        if (text := given.pop(param.name, None)) is not None:
            try:
                param.take(text)
            except AutoencError as error:
                yield str(error)
    for name in given:
        yield f"{name[:40]!r} is no setting"


def n_read() -> int:
    """How many addresses this visitor has opened."""
    return int(st.session_state.get("n read", 0))


def page_shown() -> str:
    """The path of the page that the visitor looks at; empty where none has been opened."""
    visit: _Visit | None = st.session_state.get("visit")
    return visit.page if visit is not None else ""


def address_shown() -> Address | None:
    """The address of that page."""
    visit: _Visit | None = st.session_state.get("visit")
    return visit.address if visit is not None else None


def says(address: Address) -> dict[str, str]:
    """What the address has to say of what is on the screen at this moment."""
    return {param.name: text for param in address.params(None) if (text := param.text()) is not None}


def write(address: Address) -> None:
    """Let the address say what is on the screen, so that it opens the same elsewhere."""
    shown = says(address)
    _see(st.session_state["visit"], shown)
    if "history" in st.session_state and shown != st.query_params.to_dict():
        st.query_params.from_dict(shown)


def _see(visit: _Visit, address: dict[str, str]) -> None:
    visit.seen = [*(other for other in visit.seen if other != address), dict(address)][-MAX_SEEN:]


def written() -> dict[str, str]:
    """What stands in the address of this page, as far as the page knows."""
    visit: _Visit | None = st.session_state.get("visit")
    return dict(visit.seen[-1]) if visit is not None else st.query_params.to_dict()


# Streamlit makes an entry of the browser's history of every change of the address: a setting, and the address
# that a page writes when it is opened, would each need a press of Back. Here a page is one entry. On a busy
# machine the address of a page may come a moment before the page itself: then the entry that is left has the
# address of the next, and is given its own back.
_ONE_ENTRY_A_PAGE = """
if (!history.autoencPush) {
  const push = (history.autoencPush = history.pushState);
  history.pushState = function (state, title, url) {
    const { pathname, search } = new URL(url, location);
    const same = pathname === location.pathname;
    const { was, at } = history.autoencReplaced ?? {};
    if (same) history.autoencReplaced = { was: location.href, at: performance.now() };
    else if (search && search === location.search && performance.now() - at < 5000)
      history.replaceState(history.state, "", was);
    return (same ? history.replaceState : push).call(history, state, title, url);
  };
}
"""


def keep_history() -> None:
    """At the end of a run of the script, once the page has been drawn: let Back go from page to page.

    The first time, the script that the browser is given writes the address too: by Streamlit's own way the
    browser would hear of it before it has the script.
    """
    script, page = _ONE_ENTRY_A_PAGE, page_shown()
    if "history" not in st.session_state and page:
        st.session_state["history"] = True
        path, query = "/" if page == "start" else f"/{page}", urlencode(written())
        address = json.dumps(f"?{query}" if query else "")
        script += f"""
if (("/" + location.pathname).endsWith("{path}"))
  history.replaceState(history.state, "", location.pathname + {address});
"""
    st.html(f"<i hidden></i><script>{script}</script>", unsafe_allow_javascript=True)


def go_to(page: str, address: Mapping[str, str] = {}) -> None:
    """Leave this page for another, as if by a link; without an address, to the page as it was left.

    Streamlit's own way writes the address of the page to come into that of the page which is left: Back would
    open that one.
    """
    st.session_state["sent to"] = page, dict(address)
    st.switch_page(f"pages/{page}.py", query_params=written())


# ---------------------------------------------------------------- remembering


def remember(params: Iterable[Param], again: bool) -> None:
    """Streamlit forgets what it does not draw, sooner or later: keep what the widgets hold, and give it back.

    Args:
        again: what is still known too, as widgets of another page need it.
    """
    kept = st.session_state.setdefault("kept settings", {})
    for param in params:
        for key in param.keys:
            if known := key in st.session_state:
                kept[key] = st.session_state[key]
            if key in kept and (again or not known):
                st.session_state[key] = kept[key]
        if param.usual is not None and param.keys[0] not in st.session_state:
            st.session_state[param.keys[0]] = kept[param.keys[0]] = copy(param.usual)


def forget(*keys: str) -> None:
    """Let the widgets of these names show what is usual."""
    for key in keys:
        st.session_state.pop(key, None)
        st.session_state.get("kept settings", {}).pop(key, None)
