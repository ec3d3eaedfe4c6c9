"""What stands before the pages: who is the teacher, uploads, open pages, exports."""

from __future__ import annotations

import ast
import asyncio
import http.client
import resource
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from urllib.error import HTTPError

import psutil
import pytest
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from benchmarks.browser_session import opened
from benchmarks.dashboards import Dashboard, dashboard, stripping
from tests.loops import visit
from tests.runs import first_run
from ui.components import STATIC, publish, served
from ui.server import files
from ui.server.downloads import MIN_AGE_SECONDS, keep_downloads
from ui.server.uploads import MAX_OF_A_PAGE, MAX_PICTURE, MB, Uploads
from ui.server.visits import MAX_PAGES

KEY = "correct horse"


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(lab_folder: Path) -> Iterator[Dashboard]:
    folder = lab_folder
    first_run(folder)
    nothing = {"AUTOENC_DATA_DIR": str(folder / "no-data"), "AUTOENC_CACHE_DIR": str(folder / "cache")}
    with dashboard(folder, AUTOENC_WORKERS="1", AUTOENC_TEACHER_KEY=KEY, **nothing) as lab:
        yield lab


# ---------------------------------------------------------------- who is the teacher


def test_a_rebound_name_brings_data_to_nobodys_lab_and_this_machine_does(lab: Dashboard) -> None:
    """Importing a run is offered to the teacher only; seen through real websockets."""

    async def offered(address: str, **headers: str) -> bool:
        async with opened(address, page_name="runs", headers=headers, port=lab.port) as session:
            return session.has("file_uploader")

    async def all_of_them() -> None:
        assert await offered(f"http://localhost:{lab.port}")
        assert await offered(f"http://127.0.0.1:{lab.port}")
        assert not await offered("http://evil.example")
        assert not await offered(f"http://evil.example:{lab.port}")
        assert not await offered("http://localhost:9000")
        assert not await offered(f"http://localhost:{lab.port}", Via="1.1 proxy")

    visit(all_of_them())


# ---------------------------------------------------------------- uploads


def xsrf_cookie(lab: Dashboard) -> str:
    """As the server sets it for a page."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.port)
    connection.request("GET", "/_stcore/health")
    return str(connection.getresponse().headers["Set-Cookie"]).partition(";")[0]


def put(lab: Dashboard, session_id: str, name: str, n_bytes: int, **headers: str) -> int:
    """Upload zeros as Streamlit's page does; the status of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.port)
    cookie = xsrf_cookie(lab)
    body = b"--x\r\n" + f'Content-Disposition: form-data; name="f"; filename="{name}"'.encode()
    body += b"\r\n\r\n" + bytes(n_bytes) + b"\r\n--x--\r\n"
    sent = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": cookie.partition("=")[2]}
    sent |= {"Cookie": cookie, "Origin": f"http://127.0.0.1:{lab.port}"} | headers
    chunked = "Transfer-Encoding" in headers
    try:
        connection.request(
            "PUT",
            f"/_stcore/upload_file/{session_id}/{name}",
            iter([body]) if chunked else body,
            sent,
            encode_chunked=chunked,
        )
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_visitor_fills_no_memory_with_uploads(lab: Dashboard) -> None:
    mb = 1024 * 1024
    student = {"X-Forwarded-For": "198.51.100.20"}

    async def fill() -> None:
        async with opened(lab.address, headers=student) as session:
            sent = [put(lab, session.session_id, f"file{n}", 19 * mb, **student) for n in range(6)]
            assert sent == [204, 204, 413, 413, 413, 413]  # 3 x 19 MB are more than a page keeps
            assert 2 * 19 <= MAX_OF_A_PAGE < 3 * 19
        async with opened(lab.address, headers=student) as session:
            assert put(lab, session.session_id, "large", (MAX_PICTURE + 2) * mb, **student) == 413
            endless = student | {"Transfer-Encoding": "chunked"}
            assert put(lab, session.session_id, "endless", 10, **endless) == 411
            endless["Content-Length"] = "5"  # a server may refuse it by itself
            assert put(lab, session.session_id, "false", 10, **endless) in (400, 411)
            assert put(lab, session.session_id, "small", mb, **student) == 204
            assert put(lab, "no-session", "small", mb, **student) == 400
        async with opened(lab.address) as teacher:
            assert put(lab, teacher.session_id, "run", (MAX_PICTURE + 2) * mb) == 204

    visit(fill())


def test_an_address_fills_no_memory_through_many_pages() -> None:
    """With a bound of 3 MB; what is kept is given up with its page."""
    n_bytes: dict[tuple[str, str], int] = {}

    async def keep(scope: Scope, receive: Receive, send: Send) -> None:
        *_, session, name = scope["path"].split("/")
        n_bytes[session, name] = int(Headers(scope=scope)["content-length"])
        await Response(status_code=204)(scope, receive, send)

    bounded = Uploads(keep, lambda: n_bytes, of_an_address=3)

    async def status(file: str, mb: int, address: str) -> int:
        headers = {"Content-Length": str(mb * MB), "X-Forwarded-For": address}
        scope = {"type": "http", "method": "PUT", "path": f"/_stcore/upload_file/{file}"}
        answers: list[Message] = []

        async def note(message: Message) -> None:
            answers.append(message)

        async def nothing() -> Message:
            return {"type": "http.request"}

        await bounded(scope | {"headers": Headers(headers).raw, "client": ("127.0.0.1", 1)}, nothing, note)
        return int(answers[0]["status"])

    async def fill() -> None:
        here, elsewhere = "198.51.100.20", "198.51.100.21"
        assert await status("first/a", 2, here) == 204
        assert await status("second/a", 2, here) == 413
        assert await status("second/a", 1, here) == 204
        assert await status("third/a", 2, elsewhere) == 204
        del n_bytes["first", "a"]
        assert await status("second/b", 2, here) == 204
        assert await status("fourth/a", 1, here) == 413

    visit(fill())


@pytest.mark.parametrize(
    ("page_name", "view"),
    [("runs", ""), ("train", ""), ("picture", "from=upload"), ("picture", "from=camera")],
)
def test_an_upload_that_a_proxy_would_spoil_is_announced_beside_it(
    lab: Dashboard, page_name: str, view: str
) -> None:
    async def announced(cookie: str) -> bool:
        headers = {"Cookie": cookie} if cookie else {}
        async with opened(lab.address, view, page_name, headers=headers) as session:
            assert session.has("camera_input" if "camera" in view else "file_uploader")
            return session.shows("Uploads from this browser fail")

    async def both() -> None:
        assert not await announced(xsrf_cookie(lab))
        assert await announced("")

    visit(both())


# ---------------------------------------------------------------- addresses


def end_of(url: str) -> str:
    """Where a browser arrives that opens the address."""
    with urllib.request.urlopen(url) as answer:
        return str(answer.url)


def test_a_slash_after_a_page_leads_to_the_page_with_its_view(lab: Dashboard) -> None:
    with stripping(lab.port, "/user/ada/proxy/8501") as proxied:
        for place in (lab.address, proxied):
            assert end_of(f"{place}/train/?view=errors&run=a%2Fb") == f"{place}/train?view=errors&run=a%2Fb"
            assert end_of(f"{place}/train?class=3") == f"{place}/train?class=3"
            assert end_of(f"{place}/") == f"{place}/"
            assert end_of(f"{place}/start?class=3") == f"{place}/?class=3"
            assert end_of(f"{place}/start/") == f"{place}/"
        assert end_of(proxied) == f"{proxied}/"


def test_links_to_the_page_of_pictures_as_it_was_called_before_still_open_it_with_their_view(
    lab: Dashboard,
) -> None:
    view = "from=draw&fit=tile&runs=a%2Cb"
    with stripping(lab.port, "/user/ada/proxy/8501") as proxied:
        for place in (lab.address, proxied):
            assert end_of(f"{place}/foreign?{view}") == f"{place}/picture?{view}"
            assert end_of(f"{place}/foreign/?{view}") == f"{place}/picture?{view}"
            assert end_of(f"{place}/foreign") == f"{place}/picture"
            assert end_of(f"{place}/picture?{view}") == f"{place}/picture?{view}"


# ---------------------------------------------------------------- what a browser keeps


def test_a_page_is_compiled_without_a_syntax_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11 counts the depth of trees that two threads build as if it were one tree ("AST constructor
    recursion depth mismatch"), and the first visitor comes while another thread imports PyTorch, which builds
    trees, too."""
    built = []

    def parse(source: str, *_: str) -> ast.AST:
        built.append(source)
        return compile(source, "page", "exec", ast.PyCF_ONLY_AST)

    with monkeypatch.context() as patched:
        patched.setattr(ast, "parse", parse)
        assert ScriptCache().get_bytecode("dashboard.py")
    assert not built


def test_what_is_named_by_its_content_is_fetched_once_and_the_rest_is_asked_for_again(lab: Dashboard) -> None:
    script, plotly = served("keep", "keep.js"), publish("plotly-0.0.0.min.js", b"//")
    try:
        for path, lasting in ((script, True), (plotly, True), ("app/static/icon.png", False), ("", False)):
            with urllib.request.urlopen(f"{lab.address}/{path}") as answer:
                kept = answer.headers.get("Cache-Control", "")
            assert ("max-age=31536000" in kept) == lasting, path
        missing = "app/static/keep-00000000.js"  # a dashboard of tomorrow may have it
        with pytest.raises(HTTPError, match="404") as refused:
            urllib.request.urlopen(f"{lab.address}/{missing}")
        assert "max-age" not in refused.value.headers.get("Cache-Control", "")
    finally:
        for path in (script, plotly):
            (STATIC / path.rpartition("/")[2]).unlink()


# ---------------------------------------------------------------- open pages


async def websocket(lab: Dashboard, address: str = "") -> ClientConnection:
    """A page that opens, as far as the server sees it; from this machine if no address is given."""
    headers = {"X-Forwarded-For": address} if address else {}
    stream = f"ws://127.0.0.1:{lab.port}/_stcore/stream"
    return await connect(stream, origin=lab.address, additional_headers=headers, proxy=None)


def page(lab: Dashboard, address: str) -> tuple[int, str]:
    status, body = fetch(lab, "/train", {"Accept": "text/html", "X-Forwarded-For": address})
    return status, body.decode()


def fetch(lab: Dashboard, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", lab.port)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_one_address_does_not_take_the_places_of_others(lab: Dashboard) -> None:
    greedy, other = "198.51.100.30", "198.51.100.31"

    async def crowd() -> None:
        async with AsyncExitStack() as pages:
            for _ in range(MAX_PAGES):
                await pages.enter_async_context(await websocket(lab, greedy))
            with pytest.raises(InvalidStatus, match="403"):
                await websocket(lab, greedy)
            status, text = page(lab, greedy)
            assert status == 503
            assert "Close some of them" in text
            assert page(lab, other)[0] == 200
            await (await websocket(lab, other)).close()
        assert page(lab, greedy)[0] == 200

    visit(crowd())


async def admitted(lab: Dashboard, address: str) -> ClientConnection:
    """A page that tries again where there is no room for it at this moment."""
    while True:
        with suppress(InvalidStatus):
            return await websocket(lab, address)
        await asyncio.sleep(0.05)


def test_a_dashboard_short_of_files_turns_pages_away_and_lives_on(lab: Dashboard) -> None:
    """256 files: a Mac's usual limit, and here for this process a hard one."""
    process = psutil.Process(lab.process.pid)
    before = process.rlimit(resource.RLIMIT_NOFILE)

    async def crowd() -> None:
        for n in range(120):  # pages that were loaded and left; Streamlit would keep three files of each
            await (await admitted(lab, f"198.51.100.{n}")).close()
        async with opened(lab.address, headers={"X-Forwarded-For": "198.51.100.200"}) as early:
            async with AsyncExitStack() as pages:
                n_pages = 0  # a class finds room, once the pages before are closed, and not everybody
                while n_pages < 30 or "no room" not in page(lab, "198.51.100.201")[1]:
                    await pages.enter_async_context(await admitted(lab, f"198.51.100.{n_pages}"))
                    n_pages += 1
                assert n_pages < 120
                await early.rerun()
                async with opened(lab.address) as teacher:
                    assert teacher.texts
            async with opened(lab.address, headers={"X-Forwarded-For": "198.51.100.202"}) as late:
                assert late.texts

    process.rlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        visit(crowd())
    finally:
        process.rlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_on_open_files_is_raised_as_far_as_it_goes() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        raised = files.raise_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == raised
        assert raised == (
            files.WANTED_LIMITS[0] if hard == resource.RLIM_INFINITY else min(hard, files.WANTED_LIMITS[0])
        )
        assert files.raise_limit() == raised
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_system_without_room_for_a_class_is_told_on_the_terminal() -> None:
    assert "room for about 39 open pages" in files.warning(256)  # (256 - 100) / 4
    assert files.warning(1024) == files.warning(None) == ""


# ---------------------------------------------------------------- exports


def test_an_export_outlives_the_reruns_after_its_button_was_pressed() -> None:
    now = 0.0
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    keep_downloads(manager, lambda: now)

    def rerun() -> str:
        manager.clear_session_refs()
        button = manager.add_deferred(lambda: b"1,2\n", "text/csv", "1.2", "run.csv")
        manager.remove_orphaned_files()
        return button

    def stored(url: str) -> bytes:
        return storage.get_file(url.rpartition("/")[2]).content

    pressed = rerun()
    rerun()
    file = manager.execute_deferred(pressed)  # of the button as the browser still shows it
    for _ in range(5):
        rerun()
    assert stored(file) == b"1,2\n"
    now = MIN_AGE_SECONDS + 1
    rerun()
    newest = rerun()
    with pytest.raises(MediaFileStorageError):
        stored(file)
    with pytest.raises(MediaFileStorageError):
        manager.execute_deferred(pressed)
    assert stored(manager.execute_deferred(newest)) == b"1,2\n"


def test_the_file_of_a_press_comes_while_a_class_reruns_its_pages(lab: Dashboard, lab_folder: Path) -> None:
    """The button is pressed as it stood before a rerun, and its file is fetched after other pages' reruns."""
    run_id = next(lab_folder.glob("*.safetensors")).stem

    async def press() -> tuple[int, bytes]:
        async with (
            opened(lab.address, f"run={run_id}&view=export", "train") as session,
            opened(lab.address) as other,
        ):
            while not (pressed := session.file_of("get-History by epoch (CSV)")):
                await session.rerun()  # the view is drawn when the run has been read
            await session.rerun()
            path = await session.made(pressed)
            for _ in range(3):
                await other.rerun()
            return fetch(lab, path)

    status, body = visit(press())
    assert status == 200
    assert body.decode().splitlines()[0].startswith("epoch,")
    assert body.count(b"\n") > 1


def test_pictures_are_forgotten_as_before() -> None:
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    keep_downloads(manager)
    picture = manager.add(b"png", "image/png", "1.2")
    manager.clear_session_refs()
    manager.remove_orphaned_files()
    with pytest.raises(MediaFileStorageError):
        storage.get_file(picture.rpartition("/")[2])
