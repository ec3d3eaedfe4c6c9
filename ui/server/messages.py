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

    Where the browser has just asked for another page, a part of the page before may still have something to
    say: it asks every second to be drawn while it follows a training. Streamlit makes one request of the two,
    with the page of the second: a busy server would lose the press on a link, or on Back.
    """
    is_late = Latecomers()

    async def received() -> Message:
        while True:
            message = await receive()
            content = _content(message)
            kind = content.WhichOneof("type")
            if kind != "clear_cache" and not (kind == "rerun_script" and is_late(content.rerun_script)):
                return message

    return received


class Latecomers:
    """Whether a part of a page speaks although the browser has asked for another page since."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._page = ""
        self._left: dict[str, float] = {}  # pages that the server may still be at, and since when it need not

    def __call__(self, state: ClientState) -> bool:
        page, of_part = state.page_script_hash, bool(state.fragment_id)
        if of_part and self._now() < self._left.get(page, -STALE_SECONDS) + STALE_SECONDS:
            return True
        if page == self._page or of_part:
            self._left.clear()  # the browser has arrived
        else:
            self._left[self._page] = self._now()
            self._left.pop(page, None)
        self._page = page
        return False


def _content(message: Message) -> BackMsg:
    try:
        content: BackMsg = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:  # Streamlit ends the connection
        return BackMsg()
    return content
