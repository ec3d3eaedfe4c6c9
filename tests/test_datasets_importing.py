"""Pictures are brought in from archives and folders: whole or not at all, whatever an archive says."""

import io
import os
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from autoenc import datasets
from autoenc.datasets import unpacking
from autoenc.errors import ConfigError, DatasetError
from tests.test_datasets import ROOT, full_disk, left_behind, one_sentence, own_folders
from tests.test_datasets_folders import Picture, colour, packed, put, row, two_classes

__all__ = ["full_disk", "own_folders"]  # fixtures

Files = Mapping[str, Picture | bytes]


def content_of(picture: Picture | bytes) -> bytes:
    return picture if isinstance(picture, bytes) else packed(picture)


def zipped(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, picture in files.items():
            archive.writestr(name, content_of(picture))
    return path


def tarred(path: Path, files: Files, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, picture in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content_of(picture))
            archive.addfile(member, io.BytesIO(content_of(picture)))
    return path


def inside(folder: str, files: Files) -> dict[str, Picture | bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def bring_in(source: object, name: str = "mine", side: int | None = None) -> None:
    fractions = [record.done for record in datasets.bring_in(source, name, side)]  # type: ignore[arg-type]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def refusal(source: object) -> str:
    with pytest.raises(DatasetError) as caught:
        list(datasets.bring_in(source, "mine"))  # type: ignore[arg-type]
    return one_sentence(caught.value)


MAKERS: dict[str, Callable[[Path, Files], Path]] = {
    "a.zip": zipped,
    "a.tar": tarred,
    "a.tar.gz": lambda path, files: tarred(path, files, "w:gz"),
    "a.tar.xz": lambda path, files: tarred(path, files, "w:xz"),
    "a.tar.bz2": lambda path, files: tarred(path, files, "w:bz2"),
    "a folder": put,
}


# ---------------------------------------------------------------- what comes in


@pytest.mark.parametrize("top", ["", "one folder down/"])
@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_of_source_gives_the_same_images(tmp_path: Path, kind: str, top: str) -> None:
    files = two_classes(2)
    bring_in(MAKERS[kind](tmp_path / kind, {f"{top}{name}": picture for name, picture in files.items()}))
    data = datasets.load("mine")
    assert np.array_equal(data.train[0], np.asarray(files["train/a/0.png"]).transpose(2, 0, 1))
    assert (len(data.train), len(data.test), data.class_names) == (4, 4, ("a", "b"))
    assert row().prepared


def test_an_open_file_is_as_good_as_a_path(tmp_path: Path) -> None:
    bring_in(io.BytesIO(zipped(tmp_path / "a.zip", two_classes()).read_bytes()))
    assert len(datasets.load("mine").train) == 6


def test_of_classes_alone_every_sixth_picture_is_for_the_test_and_that_is_told(tmp_path: Path) -> None:
    bring_in(zipped(tmp_path / "a.zip", {f"top/{c}/{i:02}.png": colour() for c in "ab" for i in range(12)}))
    data = datasets.load("mine")
    assert (len(data.train), len(data.test)) == (20, 4)
    assert sorted(p.name for p in (tmp_path / "data/mine/test/a").iterdir()) == ["05.png", "11.png"]
    assert data.notes == ("of each class every 6th picture has been put aside for the test",)


def test_pictures_can_be_made_a_size(tmp_path: Path) -> None:
    files = {**two_classes(), "train/a/0.png": colour(40, 90), "train/a/broken.png": b"nothing"}
    bring_in(zipped(tmp_path / "a.zip", files), side=12)
    data = datasets.load("mine")
    assert (data.image_shape, len(data.train)) == ((3, 12, 12), 6)
    assert "resized to 12x12" in data.notes[0]
    assert "broken.png" in data.notes[1]


def test_odd_names_come_in_and_what_is_no_picture_stays_outside(tmp_path: Path) -> None:
    odd = {"train/<b>x&*/ü $1$.png": colour(), "test/<b>x&*/1.png": colour()}
    rest = {"train/<b>x&*/run.sh": b"x", "__MACOSX/train/a/._1.png": b"x", "train/.hidden/1.png": b"x"}
    bring_in(zipped(tmp_path / "a.zip", {**odd, **rest}))
    assert datasets.load("mine").class_names == ("<b>x&*",)
    mine = tmp_path / "data/mine"
    found = {path.relative_to(mine).as_posix() for path in mine.rglob("*") if path.is_file()}
    assert found == {*odd, "notes.txt"}


# ---------------------------------------------------------------- what an archive may not do


@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz"])
@pytest.mark.parametrize(
    "name", ["../out.png", "train/../../out.png", "/tmp/out.png", "C:/out.png", "..\\out.png"]
)
def test_no_file_lands_outside_the_folder(tmp_path: Path, kind: str, name: str) -> None:
    sentence = refusal(MAKERS[kind](tmp_path / kind, {**two_classes(), name: colour()}))
    assert "outside its own folder" in sentence
    assert left_behind(tmp_path) == []
    assert not list(tmp_path.rglob("out.png"))


def test_links_and_devices_in_a_tar_are_left_out(tmp_path: Path) -> None:
    path = tarred(tmp_path / "a.tar", two_classes())
    with tarfile.open(path, "a") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo(f"train/a/kind {kind.decode()}.png")
            member.type, member.linkname = kind, "/etc/hostname"
            archive.addfile(member)
        member = tarfile.TarInfo("train/c")  # a folder that is a link, and a file in it
        member.type, member.linkname = tarfile.SYMTYPE, str(tmp_path)
        archive.addfile(member)
    bring_in(path)
    assert len(datasets.load("mine").train) == 6
    assert not any(path.is_symlink() for path in (tmp_path / "data/mine").rglob("*"))


def test_links_in_a_zip_and_in_a_folder_are_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", two_classes())
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("train/a/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")
    bring_in(path)
    assert len(datasets.load("mine").train) == 6
    folder = put(tmp_path / "folder", two_classes())
    (folder / "train/a/link.png").symlink_to(folder / "train/a/0.png")
    (folder / "train/c").symlink_to(folder / "train/a")
    bring_in(folder, "other")
    assert (len(datasets.load("other").train), len(datasets.load("other").class_names)) == (6, 2)


@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz", "a.tar.xz"])
def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, kind: str) -> None:
    sentence = refusal(
        MAKERS[kind](tmp_path / kind, {**two_classes(), "train/a/bomb.png": bytes(51_000_000)})
    )
    assert "more than 50 MB" in sentence
    assert left_behind(tmp_path) == []


def test_what_is_skipped_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_BYTES", 1_000_000)
    path = MAKERS["a.tar.gz"](tmp_path / "a.tar.gz", {"big.txt": bytes(2_000_000), **two_classes()})
    assert "unpacks to more than" in refusal(path)


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_tar_with_a_name_without_end_is_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("long")
        member.type, member.size = kind, 30_000_000
        archive.addfile(member, io.BytesIO(bytes(30_000_000)))
    assert "30,000,000 bytes" in refusal(path)


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "a folder"])
def test_an_archive_that_is_cut_is_refused_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    path = MAKERS[kind](tmp_path / kind, two_classes(30, colour(20, 20)))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "damaged" in refusal(path)
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"PK\x03\x04nothing", b"\x1f\x8bnothing", b"\xfd7zXZ\0nothing"]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    assert "'a.zip' is no .zip or .tar" in refusal(tmp_path / "a.zip")


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", two_classes())
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + place] |= 1  # the flag of an encrypted file
    path.write_bytes(content)
    assert "without a password" in refusal(path)


# ---------------------------------------------------------------- what is refused before and after


def test_a_name_that_is_taken_or_no_name_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    put(tmp_path / "data/here", two_classes(1))
    nothing = tmp_path / "nothing.zip"
    for name in ("mnist", "CIFAR10", "MNIST", "two words", "../out", ""):
        with pytest.raises(ConfigError, match="choose another name"):
            datasets.bring_in(nothing, name)
    for name in ("here", "Here"):
        with pytest.raises(DatasetError, match="there is already a"):
            datasets.bring_in(nothing, name)
    for side in (7, 65):
        with pytest.raises(ConfigError, match="allowed: 8 to 64"):
            datasets.bring_in(nothing, "mine", side)


def test_an_archive_without_pictures_or_with_one_split_leaves_nothing(tmp_path: Path) -> None:
    assert "there are no pictures" in refusal(zipped(tmp_path / "a.zip", {"train/a/1.txt": b"x"}))
    assert "no pictures for test" in refusal(zipped(tmp_path / "b.zip", {"train/a/1.png": colour()}))
    assert left_behind(tmp_path) == []
    assert "cannot be read: No such file" in refusal(tmp_path / "nothing.zip")


def test_a_data_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "a.zip", two_classes())
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(path / "data"))
    assert "AUTOENC_DATA_DIR" in refusal(path)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path, full_disk: None) -> None:
    big = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)  # 120,000 bytes as PNG
    files = io.BytesIO()
    with zipfile.ZipFile(files, "w") as archive:
        archive.writestr("train/a/1.png", packed(big))
    assert "make room" in refusal(files)
    assert left_behind(tmp_path) == []


# ---------------------------------------------------------------- stopped


def test_one_that_is_stopped_leaves_nothing_and_can_begin_again(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", two_classes())
    records = datasets.bring_in(path, "mine")
    while not next(records).n_bytes:
        pass
    assert left_behind(tmp_path) != []
    with pytest.raises(DatasetError, match="another process is bringing in mine"):
        list(datasets.bring_in(path, "mine"))
    records.close()
    assert left_behind(tmp_path) == []
    bring_in(path)


def test_what_a_killed_process_has_left_is_no_data_set_and_goes(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", two_classes())
    code = f"""
import os, signal
from pathlib import Path
from autoenc import datasets
for record in datasets.bring_in(Path({str(path)!r}), "mine"):
    if record.n_bytes:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, check=False)
    assert (tmp_path / "data/.mine.partial").is_dir()
    assert "mine" not in datasets.names()
    bring_in(path, "other")  # whatever comes in next sweeps up
    assert not (tmp_path / "data/.mine.partial").exists()
    bring_in(path)
