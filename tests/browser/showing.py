"""A gallery of components under Streamlit, in a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from types import ModuleType

from benchmarks.dashboards import ROOT, end


@contextmanager
def showing(gallery: ModuleType, folder: Path) -> Iterator[str]:
    """The address of the gallery, which is copied into the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = shutil.copy(str(gallery.__file__), folder)
    (folder / "static").symlink_to(ROOT / "static")
    command = [sys.executable, "-m", "streamlit", "run", app]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    with (folder / "server.log").open("ab") as log:
        variables = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
    address, until = f"http://127.0.0.1:{port}", monotonic() + 60
    try:
        while process.poll() is None and monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                break
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        yield address
    finally:
        end(process)
