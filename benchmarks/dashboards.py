"""Real dashboards in processes of their own, for benchmarks and tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil

ROOT = Path(__file__).parent.parent


@dataclass
class Dashboard:
    """One that answers."""

    address: str
    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[psutil.Process]:
        """Its worker processes; those that Python starts beside them do not count."""
        workers = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                forked = child.ppid() != self.process.pid  # by the fork server
                if forked or "multiprocessing.spawn" in " ".join(child.cmdline()):
                    workers.append(child)
        return workers

    def kill(self) -> list[psutil.Process]:
        """End it as a power cut would; all processes that it had."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return children


@contextmanager
def dashboard(
    folder: Path,
    *arguments: str,
    path: str = "",
    script: str = "dashboard.py",
    start: Sequence[str] = (),
    place: Path = ROOT,
    **environment: str,
) -> Iterator[Dashboard]:
    """A dashboard with its checkpoints in the folder, on a free port of the loopback interface.

    Args:
        arguments: for Streamlit.
        path: where it is served, if not at the root.
        script: another page than ours, to compare with.
        start: another command than `streamlit run SCRIPT`; the arguments follow it.
        place: the current folder.
        environment: variables beside those of the tests.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*(start or (sys.executable, "-m", "streamlit", "run", script)), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", *arguments]
    variables = os.environ | {"AUTOENC_CHECKPOINT_DIR": str(folder)} | environment
    folder.mkdir(exist_ok=True)
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=place, env=variables, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}{path}"
    try:
        _wait_for(f"{address}/_stcore/health", process)
        yield Dashboard(address, process, port)
    finally:
        end(process)


@contextmanager
def relay(lab: Dashboard, client: str) -> Iterator[str]:
    """The address of a proxy that says of each connection that it comes from this client's address."""

    def name_client(head: bytes) -> bytes:
        line, _, rest = head.partition(b"\r\n")
        return line + b"\r\nX-Forwarded-For: " + client.encode() + b"\r\n" + rest

    with _proxy(lab.port, name_client) as address:
        yield address


@contextmanager
def stripping(port: int, prefix: str) -> Iterator[str]:
    """The address, with the prefix, of a proxy that takes the prefix off each path before the server sees it.

    So do those of JupyterHub and code-server. Like them it sends a browser that forgot the slash after the
    prefix to the address with one; outside the prefix there is nothing.
    """
    before = prefix.encode()

    def strip(head: bytes) -> bytes:
        method, path, rest = head.split(b" ", 2)
        if path == before:
            return b"HTTP/1.1 302 Found\r\nLocation: " + before + b"/\r\nConnection: close\r\n\r\n"
        if not path.startswith(before + b"/"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        return b" ".join((method, path.removeprefix(before), rest))

    with _proxy(port, strip) as address:
        yield f"{address}{prefix}"


@contextmanager
def _proxy(port: int, change: Callable[[bytes], bytes]) -> Iterator[str]:
    """The address of a proxy for the server at this port of the loopback interface.

    Args:
        change: the head of a request -> what is sent on in its place, or an answer, which goes back.
    """
    connections: set[socket.socket] = set()

    def handle(near: socket.socket) -> None:
        with near, suppress(OSError):
            head = _head_of_one_request(near)
            changed = change(head) if head else b""  # a browser may connect without asking for anything
            if changed.startswith(b"HTTP/"):
                near.sendall(changed)
            elif changed:
                with socket.create_connection(("127.0.0.1", port)) as far:
                    connections.update((near, far))
                    far.sendall(changed)
                    threading.Thread(target=_copy, args=(near, far), daemon=True).start()
                    _copy(far, near)
                    connections.difference_update((near, far))

    def accept(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=handle, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            for waited_for in (server, *connections):  # closing alone would wake no thread
                with suppress(OSError):
                    waited_for.shutdown(socket.SHUT_RDWR)


def _head_of_one_request(near: socket.socket) -> bytes:
    """All that came with the head of a request, which asks for no second one on the same connection."""
    head = b""
    while b"\r\n\r\n" not in head and (data := near.recv(65_536)):
        head += data
    return head.replace(b"\r\nConnection: keep-alive\r\n", b"\r\nConnection: close\r\n", 1)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def end(process: subprocess.Popen[bytes]) -> None:
    """As the system does when it is shut down; for good after 20 seconds."""
    process.terminate()  # in the background of a shell SIGINT would be ignored
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = monotonic() + 60
    while monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            sleep(0.1)
    raise AssertionError(f"the dashboard does not answer at {url}")
