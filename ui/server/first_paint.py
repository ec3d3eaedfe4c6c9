"""The page comes with our style in it: what it shows first stands where it will stay.

A style that a script sends arrives a moment after the first elements, which then jump by a hundred pixels.
With it comes what must be there before Streamlit's own script: message_bundles.js.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TITLE = "Autoencoder laboratory"
_SHEETS = ("theme.css", "phone.css")
_APP = Path(__file__).parents[1] / "app"
_STYLE = "".join((_APP / name).read_text(encoding="utf-8") for name in _SHEETS)
SCRIPT = (_APP / "message_bundles.js").read_text(encoding="utf-8")
# The style last, so that it wins over styles of equal weight.
_LAST = f"<script>{SCRIPT}</script><style>{_STYLE}</style></body>".encode()


class FirstPaint:
    """Adds it to Streamlit's page, and the laboratory's name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wants_page = scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
        if not wants_page:
            await self._app(scope, receive, send)
            return
        # Neither compressed nor "as you have it": the page is changed here.
        left_out = (b"accept-encoding", b"if-none-match", b"if-modified-since")
        headers = [(name, value) for name, value in scope["headers"] if name not in left_out]
        await self._app({**scope, "headers": headers}, receive, _Page(send))


class _Page:
    """What is sent of one answer: a page is held back until all of it is there."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            message = {**message, "body": self._page()}
            await self._send(self._start)
        await self._send(message)

    def _page(self) -> bytes:
        page = self._body.replace(b"</body>", _LAST, 1)
        page = page.replace(b"<title>Streamlit</title>", f"<title>{TITLE}</title>".encode(), 1)
        assert self._start is not None
        headers = MutableHeaders(raw=self._start["headers"])
        headers["Cache-Control"] = "no-cache"
        if "content-length" in headers and self._body:  # an answer to HEAD has no body
            headers["Content-Length"] = str(len(page))
        for name in ("etag", "last-modified"):
            if name in headers:
                del headers[name]
        return page
