"""What a page says to the server, without what it must not say."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

STALE_SECONDS = 10.0  # in which a busy server has begun the page that was asked for


def sifted(receive: Receive) -> Receive:
    """The messages of one page, without two kinds.

    Streamlit lets any visitor clear all caches. They are everybody's: the background sessions are among them.

    A part of a page that follows a training asks to be drawn every second, also in the moment after the
    browser has asked for another page. Streamlit makes one request of the two, with the page of the second:
    a busy server would lose the press on a link, or on Back.
    """
    is_stale = StaleBeats()

    async def received() -> Message:
        while True:
            message = await receive()
            content = _content(message)
            kind = content.WhichOneof("type")
            if kind != "clear_cache" and not (kind == "rerun_script" and is_stale(content.rerun_script)):
                return message

    return received


class StaleBeats:
    """Whether a part of a page asks by itself to be drawn although the browser has left that page."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._page = self._left = ""
        self._since = 0.0

    def __call__(self, asked: ClientState) -> bool:
        page = asked.page_script_hash
        if asked.is_auto_rerun and page == self._left and self._now() < self._since + STALE_SECONDS:
            return True
        if page != self._page and not asked.is_auto_rerun:
            self._left, self._since = self._page, self._now()
        self._page = page
        return False


def _content(message: Message) -> BackMsg:
    try:
        return BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:  # Streamlit ends the connection
        return BackMsg()
