"""Arrays that are damaged, huge or of another form: each is refused in one sentence, and nothing stays."""

import gzip
import io
import os
import pickle
import struct
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autoenc import datasets
from autoenc.datasets import unpacking
from autoenc.datasets.arrays import stored
from autoenc.errors import DatasetError
from tests.raw_files import images_file, left_behind, one_sentence, own_folders
from tests.test_datasets_arrays import KERAS, Y_TEST, X, Y, grey, npy, npz
from tests.test_datasets_importing import import_dataset, tarred, zipped

__all__ = ["own_folders"]  # a fixture


def refusal(tmp_path: Path, source: object) -> str:
    """The sentence; nothing may stay in the data folder."""
    with pytest.raises(DatasetError) as caught:
        list(datasets.import_dataset(source, "mine"))  # type: ignore[arg-type]
    assert left_behind(tmp_path) == []
    return one_sentence(caught.value)


def claiming(shape: tuple[int, ...], descr: str = "|u1", columns: bool = False) -> bytes:
    """A .npy file that claims this and holds a few bytes."""
    content = io.BytesIO()
    head = {"descr": descr, "fortran_order": columns, "shape": shape}
    np.lib.format.write_array_header_1_0(content, head)
    return content.getvalue() + bytes(100)


def head_of(text: bytes) -> bytes:
    """A .npy file with this head."""
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text


def one(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


# ---------------------------------------------------------------- heads that lie


HEADS: dict[str, tuple[bytes, str]] = {
    "100 GB": (claiming((100_000, 1000, 1000)), "claims 100.0 GB; allowed: 8.0 GB"),
    "more than there is": (claiming((1000, 28, 28)), "has 228 bytes where its head says (784,128)"),
    "less than there is": (npy(X) + b"more", "more bytes than its head says"),
    "a million million": (claiming((10**12, 28, 28)), "at most 2,000,000 images"),
    "overflow": (claiming((2**40, 2**40, 2**40)), "at most 2,000,000 images"),
    "a thousand digits": (
        head_of(b"{'descr':'|u1','fortran_order':False,'shape':(1" + b"0" * 900 + b",)}\n"),
        "...",
    ),
    "negative": (claiming((-1, 28, 28)), "claims the shape -1x28x28, which no array has"),
    "many dimensions": (claiming((1,) * 40), "at most 2,000,000 images"),
    "brackets": (head_of(b"(" * 5000 + b")" * 5000), "is a damaged .npy file; save it again"),
    "a program": (head_of(b"__import__('os').system('true')"), "is a damaged .npy file"),
    "cut in its head": (npy(X)[:40], "is a damaged .npy file"),
    "another version": (b"\x93NUMPY\7\0" + npy(X)[8:], "is a damaged .npy file"),
    "a long head": (b"\x93NUMPY\2\0" + struct.pack("<I", 2**31) + bytes(100), "is a damaged .npy file"),
    "dates": (npy(np.zeros((4, 8, 8), "M8[s]")), "holds 'datetime64[s]'; allowed: numbers or text"),
    "complex": (npy(np.zeros((4, 8, 8), np.complex64)), "holds 'complex64'"),
    "records": (npy(np.zeros((4, 8, 8), [("r", "u1"), ("g", "u1")])), "allowed: numbers or text"),
    "objects": (claiming((4, 8, 8), "|O"), "holds Python objects, which may hide a program"),
}


@pytest.mark.parametrize("wrong", HEADS)
@pytest.mark.parametrize("kind", ["npy", "npz", "tar", "inside"])
def test_a_head_that_lies_is_refused_before_memory_is_taken(tmp_path: Path, wrong: str, kind: str) -> None:
    content, words = HEADS[wrong]
    files = {"x_train.npy": content}
    path = tmp_path / f"a.{kind}"
    if kind == "npy":
        one(path, content)
    elif kind == "inside":
        zipped(path, {"all.npz": zipped(tmp_path / "all.npz", files).read_bytes()})
    else:
        (tarred if kind == "tar" else zipped)(path, files)
    tracemalloc.start()
    try:
        assert words in refusal(tmp_path, path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_no_pickle_is_ever_loaded(tmp_path: Path) -> None:
    class Program:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "ran"),)

    objects = np.empty((4, 8, 8), object)
    objects[...] = Program()
    content = io.BytesIO()
    np.save(content, objects, allow_pickle=True)
    assert "Python objects" in refusal(tmp_path, one(tmp_path / "a.npy", content.getvalue()))
    assert "is not a .zip or .tar" in refusal(tmp_path, one(tmp_path / "a.pkl", pickle.dumps(Program())))
    folder = tmp_path / "data/mine"
    folder.mkdir(parents=True)
    members = dict.fromkeys(
        (
            f"{key}.npy"
            for key in ("train_images", "train_labels", "test_images", "test_labels", "class_names")
        ),
        content.getvalue(),
    )
    zipped(folder / "arrays.npz", members)
    with pytest.raises(DatasetError, match="Python objects"):
        datasets.load("mine")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["npz", "gz"])
def test_what_unpacks_without_end_is_refused_where_its_head_ends(tmp_path: Path, kind: str) -> None:
    content = claiming((1000, 10, 10)) + bytes(300_000_000)
    path = tmp_path / f"images.npy.{kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(content, 1))
    else:
        zipped(path, {"images.npy": content})
    assert path.stat().st_size < 2_000_000
    tracemalloc.start()
    try:
        assert "more bytes than its head says" in refusal(tmp_path, path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_all_arrays_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = npz(tmp_path / "a.npz", {f"{i}": np.zeros(1) for i in range(1001)})
    assert "more than 1,000 arrays" in refusal(tmp_path, path)
    path = npz(tmp_path / "b.npz", {"a": X, "b": X, "c": X})
    with monkeypatch.context() as patch:
        patch.setattr("autoenc.datasets.arrays.receiving.MAX_BYTES", 2 * len(npy(X)))
        assert "c.npy claims 0.0 GB; allowed: 0.0 GB; save fewer images" in refusal(tmp_path, path)
    monkeypatch.setattr(stored, "MAX_BYTES", 900)  # the images to train have 960
    path = npz(tmp_path / "c.npz", {"images": X})
    assert "would take 0.0 GB" in refusal(tmp_path, path)


def test_a_zip_bomb_inside_an_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autoenc.datasets.receiving.MAX_BYTES", 1_000_000)
    inner = zipped(tmp_path / "inner.npz", {"x": bytes(3_000_000)}).read_bytes()
    large = b"PK\3\4" + bytes(3_000_000)
    path = zipped(tmp_path / "a.zip", {"a.npz": large})
    assert "a.npz unpacks to more than 0 GB; make it smaller" in refusal(tmp_path, path)
    assert "there are no pictures" in refusal(tmp_path, zipped(tmp_path / "b.zip", {"a.npz": inner}))


IDX = images_file(X)
IDX_FILES: dict[str, tuple[bytes, str]] = {
    "cut": (IDX[:-5], f"has {len(IDX) - 5:,} bytes where its head says ({len(IDX):,})"),
    "too long": (IDX + b"x", "more bytes than its head says"),
    "100 GB": (struct.pack(">4B3I", 0, 0, 8, 3, 2_000_000, 300, 300) + bytes(99), "claims 180.0 GB"),
    "many": (
        struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1) + bytes(99),
        "2,000,000 images",
    ),
    "cut in its head": (IDX[:9], "is cut off; download it again"),
}


@pytest.mark.parametrize("wrong", IDX_FILES)
@pytest.mark.parametrize("is_packed", [False, True])
def test_the_head_of_an_idx_file_is_compared_with_its_length(
    tmp_path: Path, wrong: str, is_packed: bool
) -> None:
    content, words = IDX_FILES[wrong]
    path = one(tmp_path / "train-images-idx3-ubyte", gzip.compress(content) if is_packed else content)
    assert words in refusal(tmp_path, path)


def test_a_gz_that_is_cut_or_damaged_is_refused(tmp_path: Path) -> None:
    content = gzip.compress(images_file(grey(200, 28, 28)))
    path = one(tmp_path / "train-images-idx3-ubyte.gz", content[:-3000])
    assert "train-images-idx3-ubyte.gz is a damaged .gz file; download it again" in refusal(tmp_path, path)
    broken = bytearray(content)
    broken[len(broken) // 2 :][:50] = bytes(50)
    broken[-8:-4] = bytes(4)  # the sum over the content
    assert "is a damaged .gz file" in refusal(tmp_path, one(path, bytes(broken)))


def test_an_npz_that_is_cut_or_damaged_is_refused(tmp_path: Path) -> None:
    path = npz(tmp_path / "a.npz", KERAS)
    content = path.read_bytes()
    assert "it is damaged" in refusal(tmp_path, one(path, content[:-100]))
    broken = content.replace(X.tobytes()[:20], bytes(20))
    assert "it is damaged" in refusal(tmp_path, one(path, broken))


# ---------------------------------------------------------------- arrays of another form


WRONG: dict[str, tuple[Mapping[str, np.ndarray], str]] = {
    "no images": ({"y_train": Y}, "there are no images in y_train.npy; they should be (N, H, W)"),
    "zero images": ({"images": X[:0], "labels": Y[:0]}, "images.npy has no images"),
    "one image": ({"images": X[:1], "labels": Y[:1]}, "none is left to test"),
    "one of each class": ({"images": X[:3], "labels": Y[:3]}, "has one image of each class"),
    "flat": ({"x_train": X.reshape(24, -1), "y_train": Y}, "reshape it to (N, H, W), as images are"),
    "five dimensions": ({"images": X[:, None, None]}, "allowed: (N, H, W), (N, H, W, 3) or (N, 3, H, W)"),
    "volumes": ({"images": np.zeros((9, 28, 28, 28), np.uint8)}, "allowed: (N, H, W), (N, H, W, 3)"),
    "RGBA": ({"images": np.zeros((9, 8, 8, 4), np.uint8)}, "has the shape 9x8x8x4; allowed"),
    "one photograph": ({"photo": np.zeros((480, 640, 3), np.uint8)}, "so sides of less than 4 pixels"),
    "no sides": ({"images": np.zeros((9, 0, 8), np.uint8)}, "so sides of less than 4 pixels"),
    "text": ({"images": np.full((9, 8, 8), "a")}, "there are no images in images.npy"),
    "labels too few": (
        {**KERAS, "y_train": Y[:-1]},
        "x_train.npy has 24 images and y_train.npy has 23 labels",
    ),
    "no labels for the test": (
        {k: KERAS[k] for k in ("x_train", "y_train", "x_test")},
        "x_test.npy has no labels",
    ),
    "only a test": ({"x_test": X, "y_test": Y}, "there are no images to train, only x_test.npy"),
    "two for one": (
        {"x_train": X, "train_images": X},
        "may both be the train images; import only one of them",
    ),
    "negative labels": ({"images": X, "labels": Y - 1}, "has a label -1; number the classes from 0"),
    "huge labels": ({"images": X, "labels": Y.astype(np.uint64) + 2**63}, "number the classes from 0"),
    "half labels": ({"images": X, "labels": Y + 0.5}, "labels that are not whole numbers"),
    "labels of nothing": (
        {"images": X, "labels": np.where(Y, Y, np.nan)},
        "labels that are not whole numbers",
    ),
    "infinite labels": ({"images": X, "labels": np.where(Y, Y, np.inf)}, "labels that are not whole numbers"),
    "several labels": ({"images": X, "labels": np.ones((24, 14), int)}, "has several labels for an image"),
    "no label": ({"images": X, "labels": np.zeros((24, 14), int)}, "has several labels for an image"),
    "masks as labels": ({"images": X, "labels": X}, "has 3 dimensions; labels should be one number an image"),
    "300 classes": ({"images": grey(300), "labels": np.arange(300)}, "there are 300 classes in labels.npy"),
    "numbers and text": ({**KERAS, "y_test": np.full(9, "a")}, "differ: numbers and texts; use one of them"),
    "NaN": ({"images": np.where(X > 9, X, np.nan)}, "pixels that are not numbers (NaN, infinity)"),
    "infinity": ({"images": np.where(X > 9, X, np.inf)}, "pixels that are not numbers (NaN, infinity)"),
    "normalised": ({"images": X / 60 - 2.1}, "run from -2.1 to 2.15; allowed: 0 to 255, 0 to 1 or -1 to 1"),
    "12 bits": ({"images": X.astype(np.uint16) * 16}, "run from 0 to 4,080; allowed"),
    "0 to 16": ({"images": (X // 16).astype(np.float64)}, "run from 0 to 15; allowed"),
    "negative": ({"images": X.astype(np.int16) - 128}, "run from -128 to 127; allowed"),
    "sizes of colours": (
        {**KERAS, "x_test": np.zeros((9, 2, 2), np.uint8)},
        "so sides of less than 4 pixels",
    ),
    "names too few": (
        {"images": X, "labels": Y, "class_names": np.array(["a"])},
        "has a label 2, names given: 1; give one for each label from 0",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_data_set_is_refused_in_a_sentence(tmp_path: Path, wrong: str) -> None:
    arrays, words = WRONG[wrong]
    assert words in refusal(tmp_path, npz(tmp_path / "a.npz", arrays))


def test_names_that_nobody_can_show_are_shown_without_harm(tmp_path: Path) -> None:
    names = np.array(["<b>\n\x1b[2J", "", "x" * 5000])
    import_dataset(npz(tmp_path / "a.npz", {**KERAS, "class_names": names}))
    first, second, third = datasets.load("mine").class_names
    assert (first.isprintable(), len(third) <= 100, second) == (True, True, "1")
    path = zipped(tmp_path / "b.zip", {"../../x_train.npy": npy(X), "/y_train.npy": npy(Y)})
    with pytest.raises(DatasetError, match="outside its own folder; it is not read"):
        list(datasets.import_dataset(path, "outside"))
    assert not (tmp_path / "x_train.npy").exists()


def test_grey_and_coloured_splits_are_one_coloured_set(tmp_path: Path) -> None:
    colours = np.stack([X, X[::-1], X], 3)
    import_dataset(npz(tmp_path / "a.npz", {**KERAS, "x_train": colours}))
    data = datasets.load("mine")
    assert data.image_shape == (3, 8, 6)
    assert np.array_equal(data.train[:, 1], X[::-1])
    assert data.test_labels.tolist() == Y_TEST.tolist()


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="this system has no limit on the size of files")
    path = npz(tmp_path / "a.npz", {"images": grey(500, 28, 28)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        assert "cannot be imported" in refusal(tmp_path, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_tar_of_arrays_unpacks_to_no_more_than_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MAX_BYTES", 5000)
    path = tarred(tmp_path / "a.tar.gz", {"images.npy": npy(grey(500))}, "w:gz")
    assert "unpacks to more than" in refusal(tmp_path, path)
