"""What the server says reaches Streamlit in bundles, all of it and in order: a real socket, a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, Page
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from ui.server.first_paint import SCRIPT

N_MESSAGES = 20
LISTEN = """(address) => new Promise((resolve) => {
  const socket = new WebSocket(address), heard = [], fromBundles = [];
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data, isTrusted }) => {
    heard.push(new Uint8Array(data)[0]);
    fromBundles.push(!isTrusted); // the browser's own events are trusted
  });
  socket.addEventListener("close", () => setTimeout(() => resolve({ heard, fromBundles })));
})"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server with an empty page, that says everything at once on its sockets and closes them."""

    def talk(connection: ServerConnection) -> None:
        for number in range(N_MESSAGES):
            connection.send(bytes([number]))

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        return None if "Upgrade" in request.headers else connection.respond(HTTPStatus.OK, "")

    with serve(talk, "127.0.0.1", 0, process_request=answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """With our script in it, as the page of the laboratory has it."""
    with browser.new_context() as context:
        context.add_init_script(SCRIPT)
        page = context.new_page()
        page.goto(f"http://{address}")
        yield page


def test_all_messages_arrive_in_order_before_the_socket_closes(page: Page, address: str) -> None:
    assert page.evaluate(LISTEN, f"ws://{address}/_stcore/stream")["heard"] == list(range(N_MESSAGES))


def test_messages_for_streamlit_come_out_of_bundles_and_others_as_they_are(page: Page, address: str) -> None:
    for path, bundled in (("_stcore/stream", True), ("other", False)):
        assert page.evaluate(LISTEN, f"ws://{address}/{path}")["fromBundles"] == [bundled] * N_MESSAGES
