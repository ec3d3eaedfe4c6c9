"""Addresses that lead elsewhere: with a slash too many or too few at the end, or as a page had it before.

Streamlit sends the browser to the address as it should be, but names it from the root of the server: behind a
proxy that serves the dashboard under a prefix of its own, that leads out of it. Here it is named from where
the browser is.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from ui import registry


class Addresses:
    """Answers such requests before Streamlit does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page_request = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        better = (
            _better(scope["path"], config.get_option("server.baseUrlPath").strip("/"))
            if is_page_request
            else ""
        )
        if not better:
            await self._app(scope, receive, send)
            return
        query = scope.get("query_string", b"").decode("latin-1")
        url = f"{better}?{query}" if query else better
        await RedirectResponse(url, 301, {"Cache-Control": "no-cache"})(scope, receive, send)


def _better(path: str, base: str) -> str:
    """Where the path should lead, from where it leads; "" if it is as it should be."""
    if base and path == f"/{base}":
        return f"./{_last(path)}/"
    root = f"/{base}/" if base else "/"
    if not path.startswith(root):
        return ""
    if path.endswith("/") and path != root and path.strip("/"):
        return f"../{_last(path[:-1])}"
    return registry.address_now(path.removeprefix(root))


def _last(path: str) -> str:
    return quote(path.rpartition("/")[2], safe="")
