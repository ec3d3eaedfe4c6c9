"""What is done once, before the first visitor."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from threading import Thread
from types import FrameType
from typing import Any

from streamlit import cli_util, config
from streamlit.runtime import get_instance
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server import server_util
from uvicorn import Server

from ui import components
from ui.server import files
from ui.server.delivery import deliver_in_order
from ui.server.downloads import keep_downloads

# Seconds, not 5 ms: after each message that it sends, the server waits so long for a script that computes.
SWITCH_INTERVAL = 0.0005


def lifespan_after(
    load: Callable[[], None], go_on: Callable[[], None]
) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """What is around all requests.

    Args:
        load: what the first visitor need not wait for; our components are known only if they are loaded when
            Streamlit is there.
        go_on: with what an earlier server has left; in a thread, while visitors come already.
    """

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        _begin()
        components.remove_old()
        load()
        _open_browser()
        Thread(target=go_on, name="going on", daemon=True).start()
        keeping = asyncio.create_task(_keep_young())
        yield
        keeping.cancel()

    return lifespan


def _begin() -> None:
    sys.setswitchinterval(SWITCH_INTERVAL)
    if words := files.warning(files.raise_limit()):
        print(words, file=sys.stderr)
    keep_downloads(get_instance().media_file_mgr)
    deliver_in_order()
    # As `st.navigation` will set it. Until then Streamlit would show the very first visitor who opens the
    # address of a page that file of the folder `pages` by itself, without dashboard.py.
    PagesManager.uses_pages_directory = False
    _end_in_order()


async def _keep_young() -> None:
    while True:
        await asyncio.sleep(components.DAY)
        components.keep_young()


def _end_in_order() -> None:
    """Let a signal end the server only, so that the background sessions are closed as the process ends.

    Uvicorn ends the server, and then has the signal kill the process.
    """
    server: Any = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if not isinstance(server, Server):  # embedded in another program, which ends in its own way
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        server.force_exit = server.should_exit  # the second time somebody asks
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _open_browser() -> None:
    """As `streamlit run` does where it runs a script without a server of its own."""
    if config.get_option("server.headless"):
        return
    if config.is_manually_set("browser.serverAddress"):
        address = config.get_option("browser.serverAddress")
    else:
        address = server_util.get_display_address(config.get_option("server.address") or "localhost")
    cli_util.open_browser(server_util.get_url(address))
