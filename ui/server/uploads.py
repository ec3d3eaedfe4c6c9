"""How much a visitor may upload.

Streamlit takes files of one size from everybody, on every page, and keeps them in memory for as long as the
page is open. Pictures need a few megabytes; the large files, runs and data sets, are the teacher's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import get_instance

from ui.server.request import is_teacher, sender

MB = 1024 * 1024
MAX_PICTURE = 20  # MB; the largest file of a visitor
MAX_OF_A_PAGE = 50  # MB that are kept for one page
MAX_OF_AN_ADDRESS = 400  # MB; all of a class may come from one
FORM = MB  # what a browser adds to a file, at most
File = tuple[str, str]  # session, name
PATH = re.compile(r".*/_stcore/upload_file/([^/]+)/([^/]+)")


class Uploads:
    """Refuses what is too much before it is read."""

    def __init__(
        self,
        app: ASGIApp,
        stored_sizes: Callable[[], Mapping[File, int]] | None = None,
        of_an_address: int = MAX_OF_AN_ADDRESS,
    ) -> None:
        """Around the app, which keeps files: those of Streamlit, or those in `stored_sizes`, in bytes."""
        self._app, self._stored_sizes, self._of_an_address = (
            app,
            stored_sizes or _sizes_of_uploads,
            of_an_address,
        )
        self._coming: dict[File, int] = {}  # bytes of those under way
        self._address: dict[str, str] = {}  # session -> where its files come from

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        put = PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if put is None or is_teacher(scope):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if not length.isdecimal() or "transfer-encoding" in headers:  # which tells of another length
            await PlainTextResponse("Content-Length is missing", 411)(scope, receive, send)
            return
        file, n_bytes = (put[1], put[2]), int(length)
        if refusal := self._refusal(file, sender(scope), n_bytes):
            await PlainTextResponse(refusal, 413)(scope, receive, send)
            return
        if file in self._coming:
            await PlainTextResponse("This file is already being uploaded", 409)(scope, receive, send)
            return
        self._coming[file] = n_bytes
        try:
            await self._app(scope, receive, send)
        finally:
            del self._coming[file]

    def _refusal(self, file: File, address: str, n_bytes: int) -> str:
        """Why the file is not taken; "" if it is."""
        if n_bytes > MAX_PICTURE * MB + FORM:
            return f"A visitor's file may have at most {MAX_PICTURE} MB."
        sizes = {**self._stored_sizes(), **self._coming}
        sessions = {session for session, _ in sizes}
        self._address = {session: of for session, of in self._address.items() if session in sessions}
        self._address[file[0]] = address
        of_page = sum(size for (session, _), size in sizes.items() if session == file[0])
        if n_bytes + of_page > MAX_OF_A_PAGE * MB:
            return f"A page keeps at most {MAX_OF_A_PAGE} MB of a visitor's files; reload the page."
        here = {session for session, of in self._address.items() if of == address}
        of_address = sum(size for (session, _), size in sizes.items() if session in here)
        if n_bytes + of_address > self._of_an_address * MB:
            return f"This address has already uploaded the maximum of {self._of_an_address} MB."
        return ""


def _sizes_of_uploads() -> dict[File, int]:
    """The bytes of all files that Streamlit has in memory."""
    manager: Any = get_instance().uploaded_file_mgr
    sessions = list(manager.file_storage.items())
    return {(session, name): len(file.data) for session, of in sessions for name, file in list(of.items())}
