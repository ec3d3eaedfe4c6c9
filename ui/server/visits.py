"""How many pages one address, and all together, may have open.

A page that is open costs memory, and four of the files that a process may have open at once. Without bounds
one browser locks out the class, and a dashboard that has no file left answers nobody again.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import get_instance

from ui.server import files
from ui.server.messages import sifted
from ui.server.request import is_teacher, sender

MAX_PAGES = 100  # of one address: all of a class may come from one, behind a proxy that does not name them
N_SPARE_PAGES = 48  # files that no new page may take: runs are read and written with them
N_TEACHER_PAGES = 24
TOO_MANY = (
    "Your network address has {n} pages of this laboratory open, which is the maximum. "
    "Close some of them; this page tries again by itself."
)
NO_ROOM = "The laboratory has no room for another page just now. This page tries again by itself."


class Visits:
    """Turns a new page away, with a sentence, where there is no room for it. Pages that are open stay."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open: Counter[str] = Counter()  # address -> pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"].endswith("/_stcore/stream"):
            await self._visit(scope, receive, send)
        elif _asks_for_a_page(scope) and (refusal := self._refusal(scope)):
            sentence = f"<meta http-equiv=refresh content=15><p style='font: 18px sans-serif'>{refusal}</p>"
            response = HTMLResponse(sentence, 503, {"Retry-After": "15", "Cache-Control": "no-store"})
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._refusal(scope):
            await send({"type": "websocket.close", "code": 1013})  # try again later
            return
        address = sender(scope)
        self._open[address] += 1
        try:
            await self._app(scope, sifted(receive), send)
        finally:
            self._open[address] -= 1
            self._open += Counter()  # without those of none

    def _refusal(self, scope: Scope) -> str:
        """Why there is no room; "" where there is."""
        teacher = is_teacher(scope)
        _forget_left(N_SPARE_PAGES)
        if files.n_spare() < (N_TEACHER_PAGES if teacher else N_SPARE_PAGES):
            return NO_ROOM
        many = self._open[sender(scope)] >= MAX_PAGES and not teacher
        return TOO_MANY.format(n=MAX_PAGES) if many else ""


def _asks_for_a_page(scope: Scope) -> bool:
    """A browser's address bar, rather than a script, a picture or a check of the server's health."""
    accepted = dict(scope.get("headers", ())).get(b"accept", b"")
    return scope["type"] == "http" and scope["method"] == "GET" and b"text/html" in accepted


def _forget_left(n_files: int) -> None:
    """Close visits whose browsers have gone: all after their time, the oldest sooner if files are short.

    Streamlit keeps a visit for two minutes, for a browser that loses its connection, and looks at the time
    only when another one leaves. It has no call for this: a test fails when its insides change.
    """
    manager: Any = get_instance()._session_mgr
    left = manager._session_storage._cache
    left.expire()
    while left and files.n_spare() < n_files:
        left.popitem()
