"""A browser's side of Streamlit's websocket, without the browser: many sessions fit into one process.

Written after the frontend of Streamlit 1.67. A fragment with run_every asks for its rerun at its interval,
whether the previous one is done or not; the server makes one rerun of the requests that wait. A rerun of
the whole page ends all intervals, and its fragments set theirs again. With every request go the query
string, the states of all widgets on the page, and the hashes of large messages that the server need not
repeat.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

TEXTS: Mapping[str, tuple[str, ...]] = {  # element -> where its words are
    "progress": ("text",),
    "markdown": ("body",),
    "alert": ("body",),
    "metric": ("label", "body"),
}


class SessionLost(Exception):
    """The dashboard has ended the connection, does not speak as expected, or shows an exception."""


@dataclass(frozen=True)
class Rerun:
    """One that has come to its end."""

    ended: float  # perf_counter
    seconds: float  # since the first request that it answers


@dataclass
class _Request:
    fragment: str  # "": the whole page
    sent: float
    answer: asyncio.Future[float]  # seconds


@dataclass(frozen=True)
class _Element:
    """What is kept of an element on the page."""

    kind: str
    text: str
    id: str  # "" if it is no widget
    state: WidgetState | None  # None: it sends none by itself, as a button
    fragment: str
    run: str  # the script run that sent it last
    file: str = ""  # what a download button names its file, which is made when it is pressed


@dataclass
class _Cached:
    message: bytes
    fragment: str
    used: int  # the number of script runs then


class BrowserSession:
    """A visitor of the dashboard; `opened` makes one."""

    def __init__(
        self, socket: ClientConnection, address: str, query_string: str, page_name: str = ""
    ) -> None:
        self.query_string, self._page_name = query_string, page_name
        self.page_reruns: list[Rerun] = []
        self.fragment_reruns: list[Rerun] = []
        self.n_bytes = 0  # received
        self.n_requests = 0
        self.session_id = ""  # Streamlit's; where uploads go
        self._socket, self._address = socket, address
        self._page: dict[tuple[int, ...], _Element] = {}
        self._page_hash = ""
        self._run, self._run_fragments = "", frozenset[str]()
        self._waiting: list[_Request] = []  # no run has begun since
        self._running: list[_Request] = []
        self._files: asyncio.Queue[str] = asyncio.Queue()
        self._cut_short: float | None = None  # when the last run ended before another one, if it did
        self._intervals: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._cache: dict[str, _Cached] = {}
        self._n_runs, self._max_age = 0, 0
        self._reader = asyncio.create_task(self._read())

    # -------- what a visitor does and sees

    async def rerun(self) -> float:
        """Ask for the whole page; its seconds. Raises SessionLost."""
        return await self._ask("")

    async def press(self, key: str) -> float:
        """Press the button with this key; seconds until the page has answered.

        Raises:
            SessionLost: the connection is lost, or there is no such button.
        """
        for element in self._page.values():
            if element.kind == "button" and element.id.endswith(f"-{key}"):
                trigger = WidgetState(id=element.id, trigger_value=True)
                return await self._ask(element.fragment, trigger)
        raise SessionLost(f"there is no button {key!r} on the page: {self.texts}")

    def file_of(self, key: str) -> str:
        """What the download button with this key names its file now; "" if there is no such button."""
        names = (element.file for element in self._page.values() if element.id.endswith(f"-{key}"))
        return next(names, "")

    async def made(self, file: str) -> str:
        """The path of a download's file, made as its button is pressed; "" if it cannot be."""
        message = BackMsg()
        message.backend_operation_request.request_id = file
        message.backend_operation_request.session_id = self.session_id
        message.backend_operation_request.deferred_file.file_id = file
        await self._socket.send(message.SerializeToString())
        return await self._files.get()

    @property
    def texts(self) -> list[str]:
        """The words of progress bars, markdown, messages and metrics that are on the page, in their order."""
        return [element.text for _, element in sorted(self._page.items()) if element.text]

    def shows(self, words: str) -> bool:
        """Whether these words are on the page. Raises SessionLost."""
        if self._reader.done():
            raise self._reader.exception() or SessionLost("the session is closed")
        return any(words in element.text for element in self._page.values())

    def has(self, kind: str) -> bool:
        """Whether an element of this kind, such as file_uploader, is on the page."""
        return any(element.kind == kind for element in self._page.values())

    @property
    def run_id(self) -> str | None:
        """The run that the address names."""
        return next(iter(parse_qs(self.query_string).get("run", [])), None)

    async def close(self) -> None:
        self._stop_intervals(list(self._intervals))
        self._reader.cancel()
        await self._socket.close()

    # -------- to the server

    async def _ask(self, fragment: str, trigger: WidgetState | None = None) -> float:
        request = await self._send(fragment, trigger)
        futures: list[asyncio.Future[Any]] = [request.answer, self._reader]
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
        if not request.answer.done():
            raise self._reader.exception() or SessionLost("the session is closed")
        return request.answer.result()

    async def _send(self, fragment: str, trigger: WidgetState | None = None, auto: bool = False) -> _Request:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = self.query_string, self._page_hash
        rerun.page_name = "" if self._page_hash else self._page_name
        rerun.fragment_id, rerun.is_auto_rerun = fragment, auto
        rerun.cached_message_hashes.extend(self._cache)
        states = [element.state for element in self._page.values() if element.state is not None]
        rerun.widget_states.widgets.extend(states + ([] if trigger is None else [trigger]))
        rerun.context_info.timezone, rerun.context_info.locale = "Europe/Berlin", "en-GB"
        rerun.context_info.url, rerun.context_info.color_scheme = self._address, "light"
        request = _Request(fragment, perf_counter(), asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        self.n_requests += 1
        await self._socket.send(message.SerializeToString())
        return request

    async def _repeat(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._send(fragment, auto=True)

    def _stop_intervals(self, fragments: Sequence[str]) -> None:
        for fragment in fragments:
            if fragment in self._intervals:
                self._intervals.pop(fragment)[1].cancel()

    # -------- from the server

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                assert isinstance(data, bytes)
                self.n_bytes += len(data)
                self._take(self._uncached(ForwardMsg.FromString(data), data))
        except WebSocketException as error:
            raise SessionLost(f"the dashboard has ended the connection ({error})") from error
        raise SessionLost("the dashboard has ended the connection")

    def _uncached(self, message: ForwardMsg, data: bytes) -> ForwardMsg:
        if message.metadata.cacheable and message.hash not in self._cache:
            self._cache[message.hash] = _Cached(data, message.delta.fragment_id, self._n_runs)
        if message.WhichOneof("type") != "ref_hash":
            return message
        if (cached := self._cache.get(message.ref_hash)) is None:
            raise SessionLost(f"the dashboard refers to message {message.ref_hash}, which is not known")
        cached.used = self._n_runs
        whole: ForwardMsg = ForwardMsg.FromString(cached.message)
        whole.metadata.CopyFrom(message.metadata)
        return whole

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._begin(message)
            case "delta":
                self._put(tuple(message.metadata.delta_path), message.delta)
            case "auto_rerun":
                self._set_interval(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop_intervals(message.stop_auto_rerun.fragment_ids)
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
            case "page_info_changed":
                self.query_string = message.page_info_changed.query_string
            case "script_finished":
                self._end(message)
            case "backend_operation_response":
                self._files.put_nowait(message.backend_operation_response.deferred_file.url)
            case "session_event" if message.session_event.HasField("script_compilation_exception"):
                raise SessionLost(f"the script failed: {message.session_event.script_compilation_exception}")

    def _begin(self, message: ForwardMsg) -> None:
        fragments = frozenset(message.metadata.run.fragment_ids)
        if self._cut_short is not None and fragments and fragments == self._run_fragments:
            self._answer(self._cut_short)  # by the next request for the same fragment, not by st.rerun()
        self._cut_short = None
        self._run, self._run_fragments = message.metadata.run.script_run_id, fragments
        self.session_id = message.new_session.initialize.session_id or self.session_id
        self._max_age = message.new_session.config.max_cached_message_age or self._max_age
        whole_page = not self._run_fragments
        if whole_page:
            self._stop_intervals(list(self._intervals))
        self._running += [r for r in self._waiting if whole_page or r.fragment in self._run_fragments]
        self._waiting = [r for r in self._waiting if r not in self._running]

    def _end(self, message: ForwardMsg) -> None:
        if message.metadata.run.script_run_id != self._run:
            return
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._cut_short = perf_counter()
            return
        for path, element in list(self._page.items()):
            gone = element.fragment in self._run_fragments if self._run_fragments else True
            if gone and element.run != self._run:
                del self._page[path]
        self._n_runs += 1
        for name, cached in list(self._cache.items()):
            passed = not self._run_fragments or cached.fragment in self._run_fragments
            if passed and self._n_runs - cached.used > self._max_age:
                del self._cache[name]
        self._answer(perf_counter())

    def _answer(self, now: float) -> None:
        """The requests that the run took; fragments that a run of the page brought along do not count."""
        answered = [r for r in self._running if bool(r.fragment) == bool(self._run_fragments)]
        if answered:
            reruns = self.fragment_reruns if self._run_fragments else self.page_reruns
            reruns.append(Rerun(now, now - min(request.sent for request in answered)))
        for request in self._running:
            request.answer.set_result(now - request.sent)
        self._running = []

    def _set_interval(self, fragment: str, interval: float) -> None:
        before = self._intervals.get(fragment)
        if before is None or before[0] != interval:
            self._stop_intervals([fragment])
            self._intervals[fragment] = interval, asyncio.create_task(self._repeat(fragment, interval))

    def _put(self, path: tuple[int, ...], delta: Any) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        content = getattr(delta.new_element, kind)
        if kind == "exception":
            raise SessionLost(f"the page shows {content.type}: {content.message}")
        text = ": ".join(getattr(content, field) for field in TEXTS.get(kind, ()))
        name = getattr(content, "id", "")
        state, before = _state_of(kind, content), self._page.get(path)
        if before is not None and before.id == name and not getattr(content, "set_value", False):
            state = before.state  # a widget keeps its value until the script sets another one
        file = getattr(content, "deferred_file_id", "")
        self._page[path] = _Element(kind, text, name, state, delta.fragment_id, self._run, file)


def _state_of(kind: str, content: Any) -> WidgetState | None:
    """What the frontend sends for a widget that nobody has touched; None for elements that send nothing."""
    given = getattr(content, "set_value", False)  # by the script, through st.session_state
    match kind:
        case "checkbox":
            return WidgetState(id=content.id, bool_value=content.value if given else content.default)
        case "number_input" if content.data_type == content.INT:
            return WidgetState(id=content.id, int_value=int(content.value if given else content.default))
        case "number_input":
            return WidgetState(id=content.id, double_value=content.value if given else content.default)
        case "selectbox":
            value = content.raw_value if given else content.options[content.default]
            return WidgetState(id=content.id, string_value=value)
        case "slider" if content.type != content.SELECT_SLIDER:
            state = WidgetState(id=content.id)
            state.double_array_value.data.extend(content.value if given else content.default)
            return state
        case "slider" | "button_group":
            names = [getattr(option, "content", option) for option in content.options]
            chosen = content.raw_value if kind == "slider" else content.raw_values
            state = WidgetState(id=content.id)
            indices = content.value if given and kind == "slider" else content.default
            state.string_array_value.data.extend(chosen if given else [names[int(i)] for i in indices])
            return state
    return None


def _xsrf_token(headers: Mapping[str, str]) -> str:
    cookie = SimpleCookie(headers.get("Cookie", "")).get("_streamlit_xsrf")
    return cookie.value if cookie else "PLACEHOLDER_AUTH_TOKEN"


@asynccontextmanager
async def opened(
    address: str,
    query_string: str = "",
    page_name: str = "",
    headers: Mapping[str, str] | None = None,
    port: int | None = None,
) -> AsyncIterator[BrowserSession]:
    """A visit, after the first run of the page.

    Args:
        address: http://..., with the base path if there is one, without a slash at its end.
        page_name: as in the address; "": the page that is opened without one.
        headers: of the first request, such as a cookie.
        port: of the loopback interface where the connection goes, whatever name the address bar shows.
    Raises:
        SessionLost: the dashboard does not answer as expected; later calls raise the same.
    """
    spoken = ("streamlit", _xsrf_token(headers or {}))  # as the frontend, where nobody logs in
    host: Any = {} if port is None else {"host": "127.0.0.1", "port": port}
    try:
        socket = await connect(
            f"ws{address.removeprefix('http')}/_stcore/stream",
            origin=Origin("/".join(address.split("/")[:3])),
            subprotocols=list(map(Subprotocol, spoken)),
            additional_headers=headers,
            proxy=None,
            **host,
            max_size=None,
            ping_interval=None,  # browsers answer pings and send none
            open_timeout=60,
        )
    except (OSError, WebSocketException, TimeoutError) as error:
        raise SessionLost(f"the dashboard does not answer at {address} ({error})") from error
    session = BrowserSession(socket, address, query_string, page_name)
    try:
        await session.rerun()
        yield session
    finally:
        await session.close()
