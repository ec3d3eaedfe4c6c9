"""A large folder is listed by a new process from one file, and by what is on disk where that is no use."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import sleep, time_ns

import pytest

from autoenc import heads
from autoenc.heads import listing, stored
from autoenc.schema import RunSummary
from benchmarks.many_runs import fill
from tests.runs import UNWRITABLE

N = listing.WORTH_STORING
Listed = tuple[tuple[RunSummary, ...], tuple[str, ...]]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many runs as are worth storing, two of them broken, one with a name that is no text."""
    folder = tmp_path_factory.mktemp("many")
    fill(folder, N)
    first, second, *_ = sorted(folder.glob("*.safetensors"))
    first.write_bytes(b"broken")
    second.write_bytes(second.read_bytes()[:1000])
    (folder / os.fsdecode(b"\xff.safetensors")).write_bytes(b"broken as well")
    return folder


@pytest.fixture
def folder(many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same with a cache folder of its own, after the moment in which a file might still change."""
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(shutil.copytree(many, tmp_path / "runs")))
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "cache"))
    newest = max(path.stat().st_ctime_ns for path in heads.folder().iterdir())
    while time_ns() - newest <= listing.CLOCK_TICK:
        sleep(0.01)
    yield heads.folder()
    _forget()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read, as they are."""
    names, read_summary = list[str](), listing.read_summary

    def reading(path: Path) -> RunSummary:
        names.append(path.name)
        return read_summary(path)

    monkeypatch.setattr(listing, "read_summary", reading)
    return names


def _forget() -> None:
    listing._cache = (Path(), {})


def listed_anew() -> Listed:
    """By a process that knows nothing yet."""
    _forget()
    return heads.summaries()


def the_file() -> Path:
    (path,) = (Path(os.environ["AUTOENC_CACHE_DIR"]) / "folders").iterdir()
    return path


def test_a_new_process_reads_no_file_that_another_has_read(folder: Path, read: list[str]) -> None:
    before = heads.summaries()
    assert (len(before[0]), len(before[1])) == (N - 2, 3)
    assert len(read) == N + 1
    read.clear()
    assert listed_anew() == before
    assert read == []


def test_only_what_has_changed_since_then_is_read(folder: Path, read: list[str]) -> None:
    heads.summaries()
    broken, _, changed, gone, *_ = sorted(folder.glob("[a-z]*.safetensors"))
    content, stat = changed.read_bytes(), changed.stat()
    changed.write_bytes(content.replace(b'\\"device\\": \\"cpu\\"', b'\\"device\\": \\"gpu\\"'))
    os.utime(changed, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # the same size and time
    shutil.copy(gone, folder / "copy.safetensors")
    gone.unlink()
    broken.write_bytes(b"broken otherwise")
    read.clear()
    runs, complaints = listed_anew()
    assert sorted(read) == sorted([broken.name, changed.name, "copy.safetensors"])
    assert {run.run_id: run.device for run in runs}[changed.stem] == "gpu"
    assert gone.stem not in {run.run_id for run in runs}
    assert len(complaints) == 4


def test_a_small_folder_leaves_nothing_in_the_cache(folder: Path) -> None:
    for path in list(folder.iterdir())[: len(list(folder.iterdir())) - N + 1]:
        path.unlink()
    heads.summaries()
    assert not Path(os.environ["AUTOENC_CACHE_DIR"]).exists()


def _other_program(data: bytes) -> bytes:
    values = json.loads(data.partition(b"\n")[2])
    text = json.dumps(values | {"readers": "another"}).encode()
    return stored._digest(text) + b"\n" + text


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-100],
        lambda data: data.replace(b"cpu", b"gpu", 1),
        lambda data: b"",
        lambda data: b"\0" * len(data),
        lambda data: data.partition(b"\n")[2],
        _other_program,
    ],
)
def test_what_is_damaged_or_of_another_version_is_not_believed(
    folder: Path, read: list[str], damage: Callable[[bytes], bytes]
) -> None:
    before = heads.summaries()
    whole = the_file().read_bytes()
    the_file().write_bytes(damage(whole))
    read.clear()
    assert listed_anew() == before
    assert len(read) == N + 1
    assert the_file().read_bytes() == whole, "it is written again"


def test_a_cache_folder_that_cannot_be_written_costs_only_time(
    folder: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_CACHE_DIR", UNWRITABLE)
    before = heads.summaries()
    assert len(before[0]) == N - 2
    assert listed_anew() == before
    assert len(read) == 2 * (N + 1)


def test_a_file_of_this_very_moment_is_not_stored(folder: Path) -> None:
    heads.summaries()
    entries = stored.load(folder.absolute())
    assert len(entries) == N + 1
    name, entry = next(iter(entries.items()))
    stored.save(folder.absolute(), {name: replace(entry, lasting=False)})
    assert stored.load(folder.absolute()) == {}
