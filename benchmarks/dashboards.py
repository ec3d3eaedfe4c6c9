"""Real dashboards in processes of their own, for benchmarks and tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "multiprocessing.spawn" in " ".join(child.cmdline()):
                    found.append(child)
        return found

    def kill(self) -> list[psutil.Process]:
        """End it as a power cut would; all processes that it had."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return children


@contextmanager
def dashboard(
    folder: Path, *arguments: str, path: str = "", script: str = "dashboard.py", **environment: str
) -> Iterator[Dashboard]:
    """A dashboard with its checkpoints in the folder, on a free port of the loopback interface.

    Args:
        arguments: for Streamlit.
        path: where it is served, if not at the root.
        script: another page than ours, to compare with.
        environment: variables beside those of the tests.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", *arguments]
    variables = os.environ | {"AUTOENC_CHECKPOINT_DIR": str(folder)} | environment
    folder.mkdir(exist_ok=True)
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}{path}"
    try:
        _wait_for(f"{address}/_stcore/health", process)
        yield Dashboard(address, process, port)
    finally:
        end(process)


@contextmanager
def relay(lab: Dashboard, client: str) -> Iterator[str]:
    """The address of a proxy that says of each connection that it comes from this client's address."""
    with ExitStack() as sockets, socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near = sockets.enter_context(server.accept()[0])
                    far = sockets.enter_context(socket.create_connection(("127.0.0.1", lab.port)))
                    first = near.recv(65_536)
                    line, _, rest = first.partition(b"\r\n")
                    far.sendall(line + b"\r\nX-Forwarded-For: " + client.encode() + b"\r\n" + rest)
                    for source, sink in ((near, far), (far, near)):
                        threading.Thread(target=_copy, args=(source, sink), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


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
