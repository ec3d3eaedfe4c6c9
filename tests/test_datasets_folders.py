"""Image folders are data sets: their order, their sizes, what is left out and told, what is refused."""

import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autoenc import datasets
from autoenc.datasets import folders
from autoenc.errors import ConfigError, DatasetError, DatasetUnknown
from tests.raw_files import REAL_DATA, one_sentence, own_folders, prepared_folders

__all__ = ["own_folders"]  # a fixture that every test here gets

RNG = np.random.default_rng(0)
Picture = np.ndarray


def colour(height: int = 8, width: int = 8) -> Picture:
    return RNG.integers(0, 256, (height, width, 3), np.uint8)


def grey(height: int = 8, width: int = 8) -> Picture:
    return RNG.integers(0, 256, (height, width), np.uint8)


def packed(picture: Picture) -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


def put(folder: Path, files: Mapping[str, Picture | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else packed(content))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a data set called mine, which is not there yet."""
    return tmp_path / "data/mine"


def two_classes(n: int = 3, picture: Picture | None = None) -> dict[str, Picture | bytes]:
    made = (lambda: colour()) if picture is None else (lambda: picture)
    return {f"{split}/{c}/{i}.png": made() for split in ("train", "test") for c in "ab" for i in range(n)}


def refusal() -> str:
    with pytest.raises(DatasetError) as caught:
        datasets.load("mine")
    return one_sentence(caught.value)


def row(name: str = "mine") -> datasets.DatasetInfo:
    return next(info for info in datasets.catalogue() if info.name == name)


# ---------------------------------------------------------------- what is in it


def test_the_arrays_are_the_pictures(folder: Path) -> None:
    files = {
        "train/cat/x.png": colour(5, 7),
        "train/dog/y.png": colour(5, 7),
        "test/dog/z.png": colour(5, 7),
    }
    put(folder, files)
    data = datasets.load("mine")
    assert data.class_names == ("cat", "dog")
    assert data.image_shape == (3, 5, 7)
    assert (data.train_labels.tolist(), data.test_labels.tolist()) == ([0, 1], [1])
    expected = [picture.transpose(2, 0, 1) for picture in files.values()]
    assert np.array_equal(data.train, np.stack(expected[:2]))
    assert np.array_equal(data.test, np.stack(expected[2:]))
    assert (data.title, data.notes) == ("mine", ())


def test_classes_are_interleaved_evenly_and_their_files_sorted(folder: Path) -> None:
    """Four of a, two of b: the middles of their shares of the whole are 1/8 3/8 5/8 7/8 and 2/8 6/8."""
    levels = {"a": (1, 2, 3, 4), "b": (11, 12)}
    files = {
        f"{split}/{c}/{value:02}.png": np.full((4, 4), value, np.uint8)
        for split in ("train", "test")
        for c, values in levels.items()
        for value in values
    }
    put(folder, dict(reversed(files.items())))
    assert datasets.load("mine").train[:, 0, 0, 0].tolist() == [1, 11, 2, 3, 12, 4]


def test_pictures_that_are_all_grey_have_one_channel(folder: Path) -> None:
    put(folder, two_classes(picture=grey()))
    assert datasets.load("mine").image_shape == (1, 8, 8)


def test_a_grey_picture_among_coloured_ones_is_grey_in_all_three_channels(folder: Path) -> None:
    put(folder, {**two_classes(), "train/a/0.png": grey()})
    first = datasets.load("mine").train[0]
    assert (first == first[0]).all()


def test_pictures_of_several_sizes_are_cut_to_their_centre_square_and_resized(folder: Path) -> None:
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = (200, 100, 50)  # what is beside the square in the centre is black
    put(folder, {**two_classes(), "train/a/0.png": wide})
    data = datasets.load("mine")
    assert data.image_shape == (3, 32, 32)
    assert (data.train[0] == np.array([200, 100, 50])[:, None, None]).all()
    assert data.title == "mine, resized to 32x32"
    assert "centre square" in data.source


@pytest.mark.parametrize(("side", "expected"), [(64, 64), (65, 32)])
def test_small_pictures_stay_as_they_are_and_large_ones_do_not(
    folder: Path, side: int, expected: int
) -> None:
    put(folder, two_classes(1, grey(side, side)))
    assert datasets.load("mine").image_shape == (1, expected, expected)


def test_broken_files_are_left_out_counted_and_named_as_plain_text(folder: Path) -> None:
    broken = {f"train/a/<b>{i}<i> *.png": b"\x89PNG\r\n\x1a\nnothing" for i in range(5)}
    put(folder, {**two_classes(), **broken, "train/a/Thumbs.db": b"no picture at all"})
    data = datasets.load("mine")
    assert len(data.train) == 6
    (note,) = data.notes
    assert note.startswith("5 files cannot be read and are left out: train/a/<b>0<i> *.png, ")
    assert note.endswith(" and 2 more")
    assert row().notes == data.notes


def test_a_folder_of_one_class_is_used_and_told(folder: Path) -> None:
    put(folder, {"train/a/1.png": colour(), "test/a/1.png": colour()})
    assert datasets.load("mine").notes == ("all images are of one class",)


def test_classes_that_vanish_are_named(folder: Path) -> None:
    files = {**two_classes(), "train/cat/2019/1.png": colour(), "train/a/old/1.png": colour()}
    put(folder, {**files, "test/film/1.mp4": b"x"})
    data = datasets.load("mine")
    assert data.class_names == ("a", "b")
    assert data.notes == (
        "folders without pictures are not classes: cat, film",
        "pictures in folders inside a class are left out: train/a, train/cat",
        "1 file is not a picture and is left out: test/film/1.mp4",
    )


def test_pictures_are_taken_whatever_they_are_called_and_the_rest_is_counted_and_named(folder: Path) -> None:
    put(folder, {**two_classes(1), "train/a/noext": colour(), "train/a/photo.jpg_large": colour()})
    put(
        folder,
        {"train/a/clip.mp4": b"\0\0\0\x18ftypisom", "test/b/run.sh": b"", "train/beside.png": colour()},
    )
    put(folder, {f"train/a/{name}": b"x" for name in (".DS_Store", "Thumbs.db", "desktop.ini")})
    put(folder, {"valid/a/1.png": colour(), "top.jpg": colour(), "README.md": b"how it was made"})
    info = row()
    data = datasets.load("mine")
    assert (info.n_train, len(data.train), len(data.test)) == (4, 4, 2)
    assert data.notes == (
        "files outside the class folders are left out: valid/, top.jpg, train/beside.png",
        "2 files are not pictures and are left out: train/a/clip.mp4, test/b/run.sh",
    )
    put(folder, {"train/b/notes": b"text"})
    assert "3 files are not pictures" in datasets.load("mine").notes[1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_classes_whose_names_look_alike_are_told_apart(folder: Path) -> None:
    alike = ("a\nb", "a\tb", "a b", "a  b", "a\rb (2)")
    put(folder, {f"{split}/{c}/1.png": colour() for split in ("train", "test") for c in alike})
    names = datasets.load("mine").class_names
    assert len(set(names)) == 5
    assert len({" ".join(name.split()) for name in names}) == 5
    assert sorted(names)[:2] == ["a  b", "a b (2)"]


def test_odd_names_are_text(folder: Path) -> None:
    odd = ("grün und blau", "<img src=x onerror=alert(1)>", "*a* $b$", "line\nbreak")
    put(folder, {f"{split}/{c}/ä ö.PNG": colour() for split in ("train", "test") for c in odd})
    assert datasets.load("mine").class_names == tuple(
        c.replace("\n", "\N{REPLACEMENT CHARACTER}") for c in sorted(odd)
    )


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_are_not_followed(tmp_path: Path, folder: Path) -> None:
    secret = put(tmp_path / "secret", {"c/1.png": colour(), "1.png": colour()})
    put(folder, two_classes())
    (folder / "train/a/link.png").symlink_to(secret / "1.png")
    (folder / "train/c").symlink_to(secret / "c")
    (tmp_path / "data/other").symlink_to(folder)
    data = datasets.load("mine")
    assert (len(data.train), data.class_names) == (6, ("a", "b"))
    assert data.notes == ("links are not followed: train/c, train/a/link.png",)
    put(folder, {"test/c/1.png": colour()})
    assert len(datasets.load("mine").train) == 6
    assert "other" not in datasets.names()


# ---------------------------------------------------------------- the list and the cache


def test_an_image_folder_is_listed_before_and_after_it_is_prepared(folder: Path) -> None:
    put(folder, two_classes())
    assert datasets.names()[-1] == "mine"
    before = row()
    assert (before.present, before.prepared, before.downloadable) == (True, False, False)
    assert (before.n_train, before.n_test) == (6, 6)
    datasets.load("mine")
    after = row()
    assert (after.prepared, after.image_shape, after.n_train) == (True, (3, 8, 8), 6)


def test_a_folder_that_changes_is_prepared_anew(tmp_path: Path, folder: Path) -> None:
    put(folder, two_classes())
    before = datasets.load("mine").fingerprint
    (old,) = prepared_folders(tmp_path)
    put(folder, {"train/b/new.png": colour()})
    assert not row().prepared
    after = datasets.load("mine")
    assert (len(after.train), after.fingerprint != before) == (7, True)
    assert old not in prepared_folders(tmp_path)


def test_a_folder_that_has_gone_is_unknown(folder: Path) -> None:
    put(folder, two_classes())
    datasets.load("mine")
    folder.rename(folder.with_name(".gone"))
    with pytest.raises(DatasetUnknown, match="unknown dataset 'mine'"):
        datasets.load("mine")


def test_folders_whose_names_no_data_set_can_have_are_told(tmp_path: Path) -> None:
    for name in ("two words", "DIGITS", "MNIST", "fine"):
        put(tmp_path / "data" / name, two_classes(1))
    spaces, digits = sorted(map(one_sentence, map(ValueError, datasets.complaints())), reverse=True)
    assert "'two words' is not a name for a data set" in spaces
    assert "'DIGITS' is the name of a built-in data set" in digits
    assert datasets.names()[-1] == "fine"
    with pytest.raises(ConfigError):
        datasets.load("two words")


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("files", "caption"),
    [
        ({"train/a/readme.txt": b"x", "test/a/x.txt": b"x"}, "has no pictures; "),
        ({"train/a/1.png": colour()}, "has no pictures for test; "),
        ({"test/a/1.png": colour()}, "has no pictures for train; "),
        (
            {f"{s}/{i}/1.png": b"x" for s in ("train", "test") for i in range(256)},
            "has 256 classes; allowed: at most 255",
        ),
        ({"train/a/1.png": b"x", "test/a/1.png": colour()}, "none of the pictures of "),
        ({"train/a/1.png": colour(), "test/a/1.png": b"x"}, "none of the pictures of "),
    ],
)
def test_what_is_no_data_set_is_refused_in_one_sentence(
    folder: Path, files: dict[str, Picture | bytes], caption: str
) -> None:
    put(folder, files)
    sentence = refusal()
    assert str(folder) in sentence
    assert caption in sentence


def test_more_pixels_than_memory_is_given_are_refused_before_they_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autoenc.datasets import decoding

    monkeypatch.setattr(decoding, "MAX_SPLIT_BYTES", 10_000)
    put(folder, two_classes())
    assert "the 6 pictures of " in refusal()


# ---------------------------------------------------------------- real pictures


@pytest.mark.skipif(
    not (REAL_DATA / "cifar10-images.tar.xz").is_file(), reason="the CIFAR-10 image folder is not here"
)
def test_real_pictures_are_those_that_another_reader_finds(folder: Path) -> None:
    """The first members of the archive, in train and in test."""
    folder.mkdir(parents=True)
    with tarfile.open(REAL_DATA / "cifar10-images.tar.xz", "r|xz") as archive:
        names = []
        while len(names) < 40 and (member := archive.next()) is not None:
            if member.isreg() and (file := archive.extractfile(member)) is not None:
                content, (_, _, c, name) = file.read(), member.name.split("/")
                put(folder, {f"train/{c}/{name}": content, f"test/{c}/{name}": content})
                names.append(f"{c}/{name}")
    data = datasets.load("mine")
    assert data.image_shape == (3, 32, 32)
    one_class = len(data.class_names) == 1
    expected = [np.asarray(Image.open(folder / "train" / name).convert("RGB")) for name in sorted(names)]
    assert one_class
    assert np.array_equal(data.train, np.stack(expected).transpose(0, 3, 1, 2))


def test_a_folder_that_nobody_may_look_into_is_no_data_set_and_no_error(tmp_path: Path) -> None:
    put(tmp_path / "data/mine", two_classes(1))
    closed = tmp_path / "data/lost+found"
    closed.mkdir(mode=0)
    try:
        assert "mine" in [info.name for info in datasets.catalogue()]
        assert datasets.complaints() == ()
    finally:
        closed.chmod(0o700)
    assert not folders._is_folder(Path("x" * 300))  # where the system itself refuses to look
