"""Small raw files for the tests: made, broken, given by a server, and looked for where they should be."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from autoenc import datasets
from autoenc.errors import DatasetError

ROOT = Path(__file__).parents[1]
REAL_DATA = Path(os.environ.get("AUTOENC_DATA_DIR") or ROOT / "data").absolute()


def images_file(images: np.ndarray) -> bytes:
    return struct.pack(">4B3I", 0, 0, 8, 3, *images.shape) + images.tobytes()


def labels_file(labels: np.ndarray) -> bytes:
    return struct.pack(">4B1I", 0, 0, 8, 1, *labels.shape) + labels.tobytes()


def small_files(seed: int = 0, n_train: int = 300, n_test: int = 100) -> dict[str, bytes]:
    """The four raw files with random pixels."""
    rng = np.random.default_rng(seed)
    files = {}
    for split, n in (("train", n_train), ("t10k", n_test)):
        files[f"{split}-images-idx3-ubyte"] = images_file(rng.integers(0, 256, (n, 28, 28), np.uint8))
        files[f"{split}-labels-idx1-ubyte"] = labels_file(rng.integers(0, 10, n, np.uint8))
    return files


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The raw folder of a small data set under the name mnist."""
    return put(tmp_path / "data/MNIST/raw", small_files())


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Writing more than 60,000 bytes to a file fails, as on a full disk."""
    resource = pytest.importorskip("resource", reason="this system has no limit on the size of files")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def prepared_folders(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache/datasets").iterdir() if path.is_dir())


def left_behind(tmp_path: Path) -> list[str]:
    """Every file and folder below the data folder."""
    data = tmp_path / "data"
    return sorted(str(path.relative_to(data)) for path in data.rglob("*"))


def refusal(name: str = "mnist") -> str:
    """The sentence with which `load` refuses."""
    with pytest.raises(DatasetError) as caught:
        datasets.load(name)
    return one_sentence(caught.value)


def one_sentence(error: Exception) -> str:
    sentence = str(error)
    assert sentence
    assert "\n" not in sentence
    assert ". " not in sentence
    return sentence


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


class Trap:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


class Mirror(BaseHTTPRequestHandler):
    """/good/ gives the files, /cut/ half of each, /unsized/ says no length, /other/ gives them backwards.

    /circle/ sends here again, /portal/ gives a web page, /drip/ a byte at a time.
    """

    def __init__(self, files: dict[str, bytes], *args: object) -> None:
        self.files = files
        super().__init__(*args)

    def do_GET(self) -> None:
        _, manner, name = self.path.split("/")
        if name not in self.files:
            self.send_error(404)
            return
        body = b"\n<!DOCTYPE html><title>Guests</title>" if manner == "portal" else self.files[name]
        self.send_response(302 if manner == "circle" else 200)
        if manner == "circle":
            self.send_header("Location", self.path)
        if manner != "unsized":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if manner == "drip":
            with suppress(OSError):  # until the other side has had enough
                for i in range(len(body)):
                    self.wfile.write(body[i : i + 1])
            return
        self.wfile.write({"cut": body[: len(body) // 2], "other": body[::-1]}.get(manner, body))

    def log_message(self, *args: object) -> None:
        pass


def python(code: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
