"""A download brings the published files or leaves nothing, whatever the mirrors, network and disk do."""

from __future__ import annotations

import gzip
import hashlib
import socket
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from autoenc import datasets
from autoenc.errors import DatasetError
from tests.raw_files import (
    Mirror,
    cut_in_half,
    full_disk,
    left_behind,
    one_sentence,
    own_folders,
    python,
    raw,
    small_files,
)

__all__ = ["full_disk", "own_folders", "raw"]  # fixtures; every test here gets own_folders

PACKED = {f"{name}.gz": gzip.compress(data, mtime=0) for name, data in small_files().items()}
RESOURCES = [(name, hashlib.md5(data).hexdigest()) for name, data in PACKED.items()]


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a real HTTP server with the four packed files."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Mirror, PACKED)) as http:
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def failed_download(*mirrors: str, resources: list[tuple[str, str]] = RESOURCES) -> str:
    with pytest.raises(DatasetError) as caught:
        list(datasets.download("mnist", mirrors, resources))
    return one_sentence(caught.value)


def test_a_download_ends_at_one_and_can_be_loaded(tmp_path: Path, server: str) -> None:
    records = list(datasets.download("mnist", [f"{server}/good/"], RESOURCES))
    fractions = [record.done for record in records]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert records[-1].n_bytes == records[-1].n_bytes_total == sum(map(len, PACKED.values()))
    assert any(0 < fraction < 1 for fraction in fractions)
    assert left_behind(tmp_path) == [
        "MNIST",
        "MNIST/raw",
        *sorted(f"MNIST/raw/{name}" for name in small_files()),
    ]
    assert len(datasets.load("mnist").train) == 300


def test_a_download_of_what_is_there_is_finished_at_once(raw: Path) -> None:
    for name in ("mnist", "digits"):
        (record,) = datasets.download(name, [], RESOURCES)
        assert (record.dataset, record.done) == (name, 1)


def test_a_download_replaces_files_that_are_broken(raw: Path, server: str) -> None:
    cut_in_half(raw / "train-images-idx3-ubyte")
    list(datasets.download("mnist", [f"{server}/good/"], RESOURCES))
    assert len(datasets.load("mnist").train) == 300


def test_a_download_needs_no_content_length(server: str) -> None:
    records = list(datasets.download("mnist", [f"{server}/unsized/"], RESOURCES))
    assert (records[-1].done, records[-2].n_bytes_total) == (1, 0)
    assert datasets.default_name() == "mnist"


@pytest.mark.parametrize("manner", ["cut", "other"])
def test_the_next_mirror_is_tried_and_the_fraction_never_falls(server: str, manner: str) -> None:
    records = list(datasets.download("mnist", [f"{server}/{manner}/", f"{server}/good/"], RESOURCES))
    fractions = [record.done for record in records]
    assert fractions == sorted(fractions)
    assert len(datasets.load("mnist").train) == 300


def test_a_file_that_is_not_the_published_one_is_refused(tmp_path: Path, server: str) -> None:
    assert "gave a different" in failed_download(f"{server}/other/")
    assert left_behind(tmp_path) == []


def test_a_web_page_instead_of_the_file_is_told_as_one(tmp_path: Path, server: str) -> None:
    sentence = failed_download(f"{server}/portal/")
    assert f"{server}/portal/ gave a web page, perhaps one that asks for a login" in sentence
    assert left_behind(tmp_path) == []


def test_a_mirror_that_sends_in_circles_is_one_sentence(server: str) -> None:
    assert "HTTP 302, redirects without end" in failed_download(f"{server}/circle/")


def test_a_mirror_that_drips_is_given_up_for_the_next_one(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autoenc.datasets import downloading

    monkeypatch.setattr(downloading, "SLOW_SECONDS", 0.0)  # each look is one too many
    assert "is too slow: " in failed_download(f"{server}/drip/")
    monkeypatch.setattr(downloading, "SLOW_BYTES", 1)
    assert list(datasets.download("mnist", [f"{server}/good/"], RESOURCES))[-1].done == 1


def test_a_connection_cut_in_the_middle_is_refused(tmp_path: Path, server: str) -> None:
    assert "stopped after" in failed_download(f"{server}/cut/")
    assert left_behind(tmp_path) == []


def test_a_mirror_without_the_file_is_refused(tmp_path: Path, server: str) -> None:
    resources = [("nothing.gz", "0" * 32)]
    assert "404" in failed_download(f"{server}/good/", resources=resources)
    assert left_behind(tmp_path) == []


def test_no_connection_is_one_sentence_that_names_the_cure(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    sentence = failed_download(f"http://127.0.0.1:{port}/")  # nobody listens there any more
    assert sentence.startswith("could not download mnist: ")
    assert "check the connection" in sentence
    assert left_behind(tmp_path) == []


def test_a_download_closed_midway_leaves_nothing_and_can_begin_again(tmp_path: Path, server: str) -> None:
    records = datasets.download("mnist", [f"{server}/good/"], RESOURCES)
    while next(records).done < 0.5:
        pass
    assert left_behind(tmp_path) != []
    records.close()
    assert left_behind(tmp_path) == []
    assert list(datasets.download("mnist", [f"{server}/good/"], RESOURCES))[-1].done == 1


def test_a_second_process_is_told_that_the_first_is_downloading(server: str) -> None:
    records = datasets.download("mnist", [f"{server}/good/"], RESOURCES)
    while not next(records).n_bytes:
        pass
    code = f"""
from autoenc import datasets, errors
try:
    list(datasets.download("mnist", [{server!r} + "/good/"], {RESOURCES!r}))
except errors.DatasetError as error:
    print(error)
"""
    assert "mnist is being downloaded by another process" in python(code).communicate()[0]
    assert list(records)[-1].done == 1


def test_a_download_to_a_full_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, server: str, full_disk: None
) -> None:
    assert "AUTOENC_DATA_DIR" in failed_download(f"{server}/good/")
    assert left_behind(tmp_path) == []


def test_a_data_folder_that_cannot_be_written_is_named(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "file/data"))
    assert "AUTOENC_DATA_DIR" in failed_download(f"{server}/good/")


def test_a_file_that_unpacks_without_end_is_refused(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = gzip.compress(bytes(201_000_000), compresslevel=1)
    monkeypatch.setitem(PACKED, "bomb.gz", bomb)
    resources = [("bomb.gz", hashlib.md5(bomb).hexdigest())]
    assert "200,000,000" in failed_download(f"{server}/good/", resources=resources)
    assert left_behind(tmp_path) == []


def test_a_file_that_is_not_packed_is_refused(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (b"plain", PACKED["t10k-labels-idx1-ubyte.gz"][:50]):
        monkeypatch.setitem(PACKED, "wrong.gz", wrong)
        resources = [("wrong.gz", hashlib.md5(wrong).hexdigest())]
        assert "wrong.gz cannot be unpacked" in failed_download(f"{server}/good/", resources=resources)
        assert left_behind(tmp_path) == []
