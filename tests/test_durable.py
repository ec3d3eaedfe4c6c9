"""What a power cut may not undo: bytes are on the disk before their file has its name."""

import os
import stat
from pathlib import Path

import pytest

from autoenc import cache, datasets, durable


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was brought to the disk, in its order: `file NAME` or `folder NAME`."""
    calls: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        calls.append(f"{kind} {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name}")
        real(descriptor)

    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("this system does not tell the name of an open file")
    monkeypatch.setattr(os, "fsync", fsync)
    return calls


def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_afterwards(
    tmp_path: Path, synced: list[str]
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"old")
    durable.replace_file(path, b"new")
    first, second = synced
    assert first.startswith("file x.")
    assert first.endswith(".part")
    assert second == f"folder {tmp_path.name}"
    assert path.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.mkdir()
    (path / "in the way").write_bytes(b"old")
    with pytest.raises(OSError, match=r"x\.json"):
        durable.replace_file(path, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_file_may_be_private_from_its_first_byte(tmp_path: Path) -> None:
    durable.replace_file(tmp_path / "x", b"secret", 0o600)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600


def test_a_prepared_data_set_is_on_the_disk_before_its_folder_has_its_name(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path))
    datasets.load("digits")
    arrays = [f"file {name}.npy" for name in ("train", "train_labels", "test", "test_labels")]
    *written, last = synced
    assert written[:5] == [*arrays, "file meta.json"]
    assert written[5].endswith(".partial")
    assert last == "folder datasets"


def test_a_small_result_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path))
    cache.save("x", {"value": 0.1})
    assert [name.split()[0] for name in synced] == ["file", "folder"]
    assert cache.load_cached("x") == {"value": 0.1}
