"""Pictures are brought in from archives and folders: whole or not at all, whatever an archive says."""

import io
import lzma
import os
import stat
import struct
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autoenc import datasets
from autoenc.datasets import unpacking
from autoenc.errors import ConfigError, DatasetError
from tests.raw_files import ROOT, full_disk, left_behind, one_sentence, own_folders
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


def import_dataset(source: object, name: str = "mine", side: int | None = None) -> None:
    fractions = [record.done for record in datasets.import_dataset(source, name, side)]  # type: ignore[arg-type]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def refusal(source: object) -> str:
    with pytest.raises(DatasetError) as caught:
        list(datasets.import_dataset(source, "mine"))  # type: ignore[arg-type]
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
    import_dataset(
        MAKERS[kind](tmp_path / kind, {f"{top}{name}": picture for name, picture in files.items()})
    )
    data = datasets.load("mine")
    assert np.array_equal(data.train[0], np.asarray(files["train/a/0.png"]).transpose(2, 0, 1))
    assert (len(data.train), len(data.test), data.class_names) == (4, 4, ("a", "b"))
    assert row().prepared


def test_an_open_file_is_as_good_as_a_path(tmp_path: Path) -> None:
    import_dataset(io.BytesIO(zipped(tmp_path / "a.zip", two_classes()).read_bytes()))
    assert len(datasets.load("mine").train) == 6


def test_of_classes_alone_every_sixth_picture_is_for_the_test_and_that_is_told(tmp_path: Path) -> None:
    import_dataset(
        zipped(tmp_path / "a.zip", {f"top/{c}/{i:02}.png": colour() for c in "ab" for i in range(12)})
    )
    data = datasets.load("mine")
    assert (len(data.train), len(data.test)) == (20, 4)
    assert sorted(p.name for p in (tmp_path / "data/mine/test/a").iterdir()) == ["05.png", "11.png"]
    assert data.notes == ("of each class every 6th picture is used for testing",)


def test_pictures_can_be_made_a_size(tmp_path: Path) -> None:
    files = {**two_classes(), "train/a/0.png": colour(40, 90), "train/a/broken.png": b"nothing"}
    import_dataset(zipped(tmp_path / "a.zip", files), side=12)
    data = datasets.load("mine")
    assert (data.image_shape, len(data.train)) == ((3, 12, 12), 6)
    assert "resized to 12x12" in data.notes[0]
    assert "broken.png" in data.notes[1]


def test_odd_names_come_in_and_what_is_no_picture_stays_outside(tmp_path: Path) -> None:
    odd = {"train/<b>x&*/ü $1$.png": colour(), "test/<b>x&*/1.png": colour()}
    rest = {"train/<b>x&*/run.sh": b"x", "__MACOSX/train/a/._1.png": b"x", "train/.hidden/1.png": b"x"}
    import_dataset(zipped(tmp_path / "a.zip", {**odd, **rest, "train/Thumbs.db": b"x"}))
    data = datasets.load("mine")
    assert data.class_names == ("<b>x&*",)
    assert "1 file is not a picture and is left out (train/<b>x&*/run.sh)" in data.notes
    mine = tmp_path / "data/mine"
    left = {path.relative_to(mine).as_posix() for path in mine.rglob("*") if path.is_file()}
    assert left == {*odd, "notes.txt"}


def saved(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 100, 50)).save(file, kind)
    return file.getvalue()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


@pytest.mark.parametrize("side", [None, 16])
def test_every_kind_of_picture_comes_in_by_what_it_is_and_the_rest_is_counted(
    tmp_path: Path, side: int | None
) -> None:
    kinds = {"a.jfif": "JPEG", "b.avif": "AVIF", "c.bmp": "BMP", "d.TIFF": "TIFF", "without": "PNG"}
    kinds |= {"photo.jpg_large": "JPEG", "f.webp": "WEBP", "g": "TIFF"}
    files: dict[str, Picture | bytes] = {
        f"{split}/a/{name}": saved(kind) for split in ("train", "test") for name, kind in kinds.items()
    }
    files |= {"train/a/IMG_1.HEIC": HEIC, "train/a/IMG_2": HEIC, "train/a/clip.mov": b"x", "labels.csv": b"x"}
    import_dataset(tarred(tmp_path / "a.tar", files), side=side)
    data = datasets.load("mine")
    assert (len(data.train), len(data.test)) == (len(kinds), len(kinds))
    notes = "; ".join(data.notes)
    assert "2 files are not pictures and are left out (train/a/clip.mov, ...)" in notes
    assert "2 files cannot be read and are left out: train/a/IMG_1.HEIC, train/a/IMG_2.heic" in notes
    assert "save HEIC pictures as JPEG" in notes
    assert np.abs(data.train.astype(int) - np.array([200, 100, 50])[:, None, None]).max() <= 6


def test_where_all_are_heic_the_refusal_says_what_to_do(tmp_path: Path) -> None:
    files = {f"{split}/a/{n}.heic": HEIC for split in ("train", "test") for n in "12"}
    assert "save HEIC pictures as JPEG" in refusal(zipped(tmp_path / "a.zip", files))


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("Train", "TEST"),
        ("training", "testing"),
        ("train", "val"),
        ("train", "Valid"),
        ("train", "validation"),
    ],
)
def test_the_splits_may_be_called_otherwise(tmp_path: Path, train: str, test: str) -> None:
    import_dataset(
        zipped(tmp_path / "a.zip", {f"top/{s}/a/{i}.png": colour() for s in (train, test) for i in "123"})
    )
    data = datasets.load("mine")
    assert (len(data.train), len(data.test)) == (3, 3)
    assert any("for testing" in note for note in data.notes) == test.lower().startswith("val")


def test_where_there_are_test_and_val_the_test_is_taken_and_the_others_are_told(tmp_path: Path) -> None:
    import_dataset(zipped(tmp_path / "a.zip", {**two_classes(2), "val/a/0.png": colour(), "0.png": colour()}))
    data = datasets.load("mine")
    assert len(data.test) == 4
    assert "2 pictures are left out: 2 in none of the class folders" in data.notes[0]


def test_of_a_small_class_the_last_picture_is_for_the_test_and_a_class_may_be_called_train(
    tmp_path: Path,
) -> None:
    files = {f"{c}/{i}.png": colour() for c, n in (("bus", 7), ("train", 2), ("ship", 1)) for i in range(n)}
    import_dataset(zipped(tmp_path / "a.zip", files))
    data = datasets.load("mine")
    assert data.class_names == ("bus", "ship", "train")
    assert np.bincount(data.train_labels).tolist() == [6, 1, 1]
    assert np.bincount(data.test_labels).tolist() == [1, 0, 1]
    assert data.notes[0].endswith("of smaller classes the last one")


def test_a_letter_with_a_sign_is_one_class_however_it_is_written(tmp_path: Path) -> None:
    import_dataset(zipped(tmp_path / "a.zip", {"train/ä/1.png": colour(), "test/a\u0308/1.png": colour()}))
    assert datasets.load("mine").class_names == ("ä",)


def test_classes_that_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"train/Cat/1.png": colour(), "test/cat/1.png": colour()})
    assert "'Cat' and 'cat'" in refusal(path)


def test_long_names_in_unicode_come_from_every_kind_of_tar(tmp_path: Path) -> None:
    name = "ü" * 120 + ".png"  # 244 bytes: more than the head of a tar has room for
    for n, layout in enumerate((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)):
        path = tmp_path / f"{n}.tar"
        with tarfile.open(path, "w", format=layout) as archive:
            for split in ("train", "test"):
                member = tarfile.TarInfo(f"{split}/{'ä' * 120}/{name}")
                member.pax_headers = {"LIBARCHIVE.xattr.com.apple.quarantine": "a" * 100}
                member.size = len(content := packed(colour()))
                archive.addfile(member, io.BytesIO(content))
        import_dataset(path, f"mine-{n}")
        assert datasets.load(f"mine-{n}").class_names == ("ä" * 120,)


def test_an_xz_of_several_parts_and_a_tar_that_begins_like_a_zip_come_in(tmp_path: Path) -> None:
    plain = tarred(tmp_path / "a.tar", inside("PK", two_classes())).read_bytes()
    import_dataset(io.BytesIO(plain), "one")
    parts = lzma.compress(plain[:5000]) + bytes(8) + lzma.compress(plain[5000:]) + bytes(4)
    import_dataset(io.BytesIO(parts), "two")
    assert datasets.load("one").fingerprint == datasets.load("two").fingerprint


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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no colons in names")
@pytest.mark.parametrize("kind", ["a.zip", "a.tar", "a folder"])
def test_a_class_may_have_a_colon_in_its_name(tmp_path: Path, kind: str) -> None:
    names = ("1:1", ":red[x]", "a:b", "scale: 1:25")
    files = {f"{c}/{i}.png": colour() for c in names for i in "12"}
    import_dataset(MAKERS[kind](tmp_path / kind, files))
    assert datasets.load("mine").class_names == tuple(sorted(names))


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
    import_dataset(path)
    assert len(datasets.load("mine").train) == 6
    assert (
        "4 pictures are left out: 4 in the form of a link or a device (train/a/kind"
        in datasets.load("mine").notes[0]
    )
    assert not any(path.is_symlink() for path in (tmp_path / "data/mine").rglob("*"))


def test_links_in_a_zip_and_in_a_folder_are_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", two_classes())
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("train/a/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")
    import_dataset(path)
    assert len(datasets.load("mine").train) == 6
    folder = put(tmp_path / "folder", two_classes())
    (folder / "train/a/link.png").symlink_to(folder / "train/a/0.png")
    (folder / "train/c").symlink_to(folder / "train/a")
    import_dataset(folder, "other")
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


def raw_head(content: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    """A member of a tar that is not a file."""
    member = tarfile.TarInfo("head")
    member.type, member.size = kind, len(content)
    return member.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512)


def record(key: str, value: str) -> bytes:
    """Of a pax head; with three digits of length."""
    content = f" {key}={value}\n".encode()
    assert 97 <= len(content) < 997
    return b"%d" % (len(content) + 3) + content


def test_a_long_row_of_digits_in_a_tar_is_refused_at_once(tmp_path: Path) -> None:
    rest = tarred(tmp_path / "a.tar", two_classes(1)).read_bytes()
    assert "20,000 bytes" in refusal(io.BytesIO(raw_head(b"1" * 20_000) + rest))
    assert "255 digits in a row" in refusal(io.BytesIO(raw_head(b"1" * 4000) + rest))


def test_what_a_tar_says_of_all_files_is_not_kept(tmp_path: Path) -> None:
    heads = (raw_head(record(f"key{n}", "a" * 900), tarfile.XGLTYPE) for n in range(2000))
    nothing = tarfile.TarInfo("nothing.txt").tobuf(tarfile.USTAR_FORMAT)
    rest = tarred(tmp_path / "a.tar", two_classes(1)).read_bytes()
    packed_heads = io.BytesIO(b"".join(head + nothing for head in heads) + rest)
    tracemalloc.start()
    try:
        with unpacking.open_source(packed_heads) as files:
            assert sum(1 for _ in files) == 2004
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "keys",
    [
        {"GNU.sparse.size": "9", "GNU.sparse.numblocks": "0"},
        {"GNU.sparse.map": "0,9"},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"},
        {},
    ],
    ids=["0.0", "0.1", "1.0", "old"],
)
def test_a_file_with_gaps_is_refused(tmp_path: Path, keys: dict[str, str]) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("train/a/1.png")
        member.pax_headers, member.type = keys, tarfile.REGTYPE if keys else tarfile.GNUTYPE_SPARSE
        archive.addfile(member)
    assert "a sparse file" in refusal(path)


def test_a_zip_of_far_too_many_files_is_refused_before_they_are_listed(tmp_path: Path) -> None:
    row_ = b"PK\1\2" + struct.pack("<6H3I5H2I", 20, 20, *[0] * 7, 1, *[0] * 6) + b"a"
    n = 51_000_000 // len(row_)
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, n * len(row_), 4, 0)
    tracemalloc.start()
    try:
        assert "allowed: 50 MB" in refusal(io.BytesIO(b"PK\3\4" + row_ * n + end))
        assert tracemalloc.get_traced_memory()[1] < 160_000_000  # the file itself is in it
    finally:
        tracemalloc.stop()


def test_pictures_that_cannot_have_a_place_are_left_out_and_told(tmp_path: Path) -> None:
    odd = [f"train/{'d/' * 1500}x.png", f"train/a/{'x' * 300}.png", "train/a/0.png/x.png"]
    import_dataset(zipped(tmp_path / "a.zip", {**two_classes(), **{name: colour() for name in odd}}))
    data = datasets.load("mine")
    assert len(data.train) == 6
    assert data.notes[0].startswith("3 pictures are left out: 1 deeper than 7 folders (")
    assert "1 with a name longer than 255 bytes" in data.notes[0]
    assert "1 with the name of another file (train/a/0.png/x.png)" in data.notes[0]


def test_folders_in_folders_without_end_do_not_stop_what_comes_in_next(tmp_path: Path) -> None:
    (tmp_path / "data/.old.partial").mkdir(parents=True)
    here = Path.cwd()
    try:
        os.chdir(tmp_path / "data/.old.partial")
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)
    try:
        import_dataset(zipped(tmp_path / "a.zip", two_classes()))
    finally:  # Python itself cannot
        subprocess.run(["rm", "-rf", str(tmp_path / "data/.old.partial")], check=True)


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
    assert "'a.zip' is not a .zip or .tar" in refusal(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html><title>Log in</title>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ],
)
def test_what_is_no_archive_but_well_known_is_told_as_what_it_is(
    tmp_path: Path, content: bytes, what: str
) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    sentence = refusal(tmp_path / "a.zip")
    assert f"what was given is {what}" in sentence
    assert sentence.endswith("download the file itself")


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
            datasets.import_dataset(nothing, name)
    for name in ("here", "Here"):
        with pytest.raises(DatasetError, match="there is already a"):
            datasets.import_dataset(nothing, name)
    for side in (7, 65):
        with pytest.raises(ConfigError, match="allowed: 8 to 64"):
            datasets.import_dataset(nothing, "mine", side)


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


def test_a_pipe_and_a_device_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        assert "is not a file; allowed: a folder, a .zip or a .tar" in refusal(path)


def test_what_is_wrong_with_the_source_is_said_of_the_source(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_BZIP2) as packed_:
        packed_.writestr("train/a/1.png", packed(colour(40, 40)))
    content = bytearray(archive.getvalue())
    at = content.index(b"BZh") + 10
    content[at : at + 20] = bytes(20)
    sentence = refusal(io.BytesIO(bytes(content)))
    assert "'train/a/1.png' cannot be read" in sentence
    assert "make room" not in sentence


def test_a_refusal_speaks_of_what_was_given_and_not_of_a_folder_that_is_gone(tmp_path: Path) -> None:
    files = {f"{split}/a/1.png": b"nothing" for split in ("train", "test")}
    sentence = refusal(zipped(tmp_path / "a.zip", files))
    assert sentence.startswith("none of the pictures of train can be read")
    only = {"train/1.png": colour(), "test/1.png": colour()}
    assert "not in class folders" in refusal(put(tmp_path / "folder", only))
    two = {f"{top}/{name}": content for top in "ab" for name, content in two_classes(1).items()}
    assert "there are no pictures for train" in refusal(zipped(tmp_path / "b.zip", two))
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt])
def test_one_that_fails_while_it_is_opened_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", fail)
    with pytest.raises((error, DatasetError)):
        list(datasets.import_dataset(zipped(tmp_path / "a.zip", two_classes()), "mine"))
    assert left_behind(tmp_path) == []


# ---------------------------------------------------------------- stopped


def test_one_that_is_stopped_leaves_nothing_and_can_begin_again(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", two_classes())
    records = datasets.import_dataset(path, "mine")
    while not next(records).n_bytes:
        pass
    assert left_behind(tmp_path) != []
    with pytest.raises(DatasetError, match="another process is importing mine"):
        list(datasets.import_dataset(path, "mine"))
    records.close()
    assert left_behind(tmp_path) == []
    import_dataset(path)


def test_what_a_killed_process_has_left_is_no_data_set_and_goes(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", two_classes())
    code = f"""
import os, signal
from pathlib import Path
from autoenc import datasets
for record in datasets.import_dataset(Path({str(path)!r}), "mine"):
    if record.n_bytes:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, check=False)
    assert (tmp_path / "data/.mine.partial").is_dir()
    assert "mine" not in datasets.names()
    import_dataset(path, "other")  # whatever comes in next sweeps up
    assert not (tmp_path / "data/.mine.partial").exists()
    import_dataset(path)
