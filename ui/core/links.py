"""What stands in the address of a page: declared once; one engine reads, checks, writes and remembers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from autoenc.errors import AutoencError, ConfigError
from ui import registry
from ui.core import presenter
from ui.core.values import Value

T = TypeVar("T")
Whole = TypeVar("Whole", int, int | None)
Choices = Mapping[str, T] | Sequence[T]  # by their names; without names by themselves
DECLARED: dict[str, Value[Any]] = {}  # those of all addresses, by their keys: what they hold is remembered
MAX_SEEN = 64  # addresses of one visit: what the browser sends back is at most a few reruns old


@dataclass(frozen=True)
class Param:
    """One part of an address."""

    name: str
    values: tuple[Value[Any], ...]  # what the page holds of it
    take: Callable[[str], None]  # let the page show what the address says; raises AutoencError
    text: Callable[[], str | None]  # what the page shows; None: what it shows without an address too

    def __post_init__(self) -> None:
        DECLARED.update((value.key, value) for value in self.values)


@dataclass(frozen=True)
class Address:
    """What stands in the address of one page, in the order in which it is read."""

    params: Sequence[Param] = ()
    # Those that depend on what an address asks for, or on what is on the screen (None).
    more: Callable[[Mapping[str, str] | None], Sequence[Param]] = field(default=lambda given: ())
    # Takes away what this page cannot show, and says so.
    screen: Callable[[dict[str, str]], Iterable[str]] = field(default=lambda given: ())

    def params_for(self, given: Mapping[str, str] | None = None) -> Sequence[Param]:
        """All of what an address asks for; None: of what is on the screen."""
        return (*self.params, *self.more(given))


@dataclass
class _Visit:
    """A page from the moment at which somebody comes to it until they go to another."""

    page: str
    address: Address
    seen: list[dict[str, str]] = field(default_factory=list)  # all that stood in its address
    ignored: tuple[str, ...] = ()  # one sentence for each thing in the address that was


_VISIT = Value[_Visit | None]("visit", None)
_N_READ = Value("n read", 0)
_SENT_TO = Value[tuple[str, Mapping[str, str]]]("sent to", ("", {}))  # the page to come, and its address
_PASSED_ON = Value[dict[str, str]]("passed on", {})
HAS_SCRIPT = Value("history", False)  # the browser has that of `history`


# ---------------------------------------------------------------- declaring


def held(
    name: str, value: Value[T], read: Callable[[str], T], write: Callable[[T], str | None] = str
) -> Param:
    """A value that is in the address where it is not the usual one.

    Args:
        read: raises AutoencError where the text stands for none.
    """

    def text() -> str | None:
        now = value.get()
        return None if now == value.usual else write(now)

    return Param(name, (value,), lambda text: value.put(read(text)), text)


def one_of(name: str, value: Value[T], choices: Choices[T]) -> Param:
    """One of several choices, by their names in the address."""
    names = {choice: text for text, choice in _by_name(choices).items()}
    return held(name, value, lambda text: choice(name, text, choices), names.get)


def flag(name: str, value: Value[bool]) -> Param:
    """True or False."""
    return one_of(name, value, (True, False))


def number(name: str, value: Value[Whole], most: int = 9_999_999) -> Param:
    """A whole number from 0 on."""
    return held(name, value, lambda text: whole(name, text, most))


def choice(name: str, text: str, choices: Choices[T]) -> T:
    """What the text stands for.

    Raises:
        ConfigError: for nothing.
    """
    by_name = _by_name(choices)
    if text not in by_name:
        raise ConfigError(f"{name.replace('_', ' ')} is {text[:40]!r}; known: {', '.join(by_name)}")
    return by_name[text]


def _by_name(choices: Choices[T]) -> Mapping[str, T]:
    return choices if isinstance(choices, Mapping) else {str(choice): choice for choice in choices}


def whole(name: str, text: str, most: int = 9_999_999) -> int:
    """Raises ConfigError where it is no whole number from 0 to `most`."""
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= most):
        limit = "on" if most == 9_999_999 else f"to {most:,}"
        raise ConfigError(f"{name} is {text[:20]!r}; allowed: a whole number from 0 {limit}")
    return int(text)


def parts(text: str, most: int = 1000) -> list[str]:
    """`a,b,a` as a and b; of the first `most` characters."""
    return list(dict.fromkeys(filter(None, text[:most].split(","))))


# ---------------------------------------------------------------- reading and writing


def read(page: str, address: Address) -> tuple[str, ...]:
    """Let the page show what its address says, where somebody has opened it.

    Whoever comes to a page opens its address, by a link, by Back and Forward or from elsewhere; without one,
    the page is as they left it. On the page, an address that has stood there before is what the browser knew
    when it asked for this run of the script, perhaps a moment too early: the page knows better.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    given = st.query_params.to_dict()
    wanted: Mapping[str, str] = given
    visit = _VISIT.get()
    if visit is None or visit.page != page:
        visit = _Visit(page, address)
        sent_to, address_there = _SENT_TO.get()
        wanted = address_there if sent_to == page else given
    elif given in visit.seen:
        return visit.ignored
    if of_the_page := presenter.without(wanted):
        visit.ignored = tuple(_read(address, of_the_page))
        _N_READ.put(n_read() + 1)
    # Now that all of it has been read: what interrupts a run of the script has it read again by the next.
    _SENT_TO.forget()
    _VISIT.put(visit)
    _see(visit, given)
    _see(visit, wanted)
    return visit.ignored


def _read(address: Address, given: dict[str, str]) -> Iterator[str]:
    yield from address.screen(given)
    params = address.params_for(given)
    for value in (value for param in params for value in param.values):
        value.forget()
    for param in params:
        if (text := given.pop(param.name, None)) is not None:
            try:
                param.take(text)
            except AutoencError as error:
                yield str(error)
    for name in given:
        yield f"{name[:40]!r} is not a setting"


def n_read() -> int:
    """How many addresses this visitor has opened."""
    return _N_READ.get()


def page_shown() -> str:
    """The path of the page that the visitor looks at; empty where none has been opened."""
    visit = _VISIT.get()
    return visit.page if visit is not None else ""


def address_shown() -> Address | None:
    """The address of that page."""
    visit = _VISIT.get()
    return visit.address if visit is not None else None


def says(address: Address) -> dict[str, str]:
    """What the address has to say of what is on the screen at this moment."""
    return {param.name: text for param in address.params_for() if (text := param.text()) is not None}


def write(address: Address) -> None:
    """Let the address say what is on the screen, so that it opens the same elsewhere."""
    shown = says(address) | presenter.says()
    if (visit := _VISIT.get()) is not None:
        _see(visit, shown)
    if HAS_SCRIPT.get() and shown != st.query_params.to_dict():
        st.query_params.from_dict(shown)


def _see(visit: _Visit, address: Mapping[str, str]) -> None:
    visit.seen = [*(other for other in visit.seen if other != address), dict(address)][-MAX_SEEN:]


def written() -> dict[str, str]:
    """What stands in the address of this page, as far as the page knows."""
    visit = _VISIT.get()
    return dict(visit.seen[-1]) if visit is not None else st.query_params.to_dict()


def go_to(page: str, address: Mapping[str, str] = {}) -> None:
    """Leave this page for another, as if by a link; without an address, to the page as it was left.

    Streamlit's own way writes the address of the page to come into that of the page which is left: Back would
    open that one.
    """
    _SENT_TO.put((page, dict(address)))
    st.switch_page(registry.page(page).file, query_params=written())


def link_to(page: str, label: str, icon: str, address: Mapping[str, str] | None = None) -> None:
    """A link to another page; without an address, to the page as it was left."""
    st.page_link(registry.page(page).file, label=label, icon=icon, query_params=address)


def passed_on(params: Iterable[Param]) -> dict[str, str] | None:
    """The address where this page passes it on, as it has parameters of another; before the page is opened.

    Once: whoever goes back from there comes to this page.
    """
    given: dict[str, str] = st.query_params.to_dict()
    before = _PASSED_ON.get()
    _PASSED_ON.put(given)
    return given if given != before and any(param.name in given for param in params) else None


# ---------------------------------------------------------------- remembering


def remember(params: Iterable[Param]) -> None:
    """Before a part of a page is drawn again for itself: its widgets show what they held before."""
    for param in params:
        for value in param.values:
            value.keep(again=False)


def remember_all() -> None:
    """The same at the beginning of a page, of all that has been on any page."""
    for value in DECLARED.values():
        value.keep(again=True)
