"""Files whose name changes with their content are fetched by a browser once, and not once a page."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.components import NAMED_BY_CONTENT

_LASTING = re.compile(rf".*/app/static/({NAMED_BY_CONTENT})")


class Caching:
    """Says so to the browser. Streamlit says nothing: plotly, 1.5 MB, came with each page anew."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_age(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                MutableHeaders(scope=message)["Cache-Control"] = "public, max-age=31536000, immutable"
            await send(message)

        lasting = scope["type"] == "http" and _LASTING.fullmatch(scope["path"])
        await self._app(scope, receive, send_with_age if lasting else send)
