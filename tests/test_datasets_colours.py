"""CIFAR and SVHN in the files of torchvision's layout, and the patches of photographs."""

import hashlib
import io
import pickle
import struct
import tarfile
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from scipy.io import savemat

from autoenc import datasets
from autoenc.errors import DatasetError, DatasetMissing
from tests.raw_files import Mirror, Trap, left_behind, one_sentence, own_folders

__all__ = ["own_folders"]  # a fixture that every test here gets

RNG = np.random.default_rng(0)


def text(value: bytes) -> bytes:
    """As Python 2 pickled its strings."""
    if len(value) < 256:
        return b"U" + bytes([len(value)]) + value
    return b"T" + struct.pack("<i", len(value)) + value


def batch(images: np.ndarray, labels: list[int], key: bytes = b"labels", by_columns: bool = False) -> bytes:
    """A file of CIFAR as Python 2 and its NumPy wrote them, byte for byte but for the numbers."""
    numbers = b"".join(b"K" + bytes([label]) for label in labels)
    dtype = (
        b"cnumpy\ndtype\n"
        + text(b"u1")
        + b"K\0K\x01\x87R(K\x03"
        + text(b"|")
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
    )
    shape = b"J" + struct.pack("<i", len(images)) + b"J" + struct.pack("<i", 3072) + b"\x86"
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85" + text(b"b") + b"\x87R(K\x01"
    array += shape + dtype + (b"\x88" if by_columns else b"\x89") + text(images.tobytes()) + b"tb"
    names = b"](" + b"".join(text(b"a_%i.png" % i) for i in range(len(labels))) + b"e"
    items = [(b"batch_label", text(b"training batch")), (key, b"](" + numbers + b"e"), (b"data", array)]
    written = b"".join(text(name) + value for name, value in [*items, (b"filenames", names)])
    return b"\x80\x02}(" + written + b"u."


def pixels(n: int) -> np.ndarray:
    return RNG.integers(0, 256, (n, 3, 32, 32), np.uint8)


@pytest.fixture
def cifar(tmp_path: Path) -> tuple[Path, list[np.ndarray]]:
    """The folder of a small CIFAR-10, and the images of its six files."""
    folder = tmp_path / "data/cifar-10-batches-py"
    folder.mkdir(parents=True)
    parts = [pixels(4) for _ in range(6)]
    for i, (name, images) in enumerate(
        zip((*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"), parts, strict=True)
    ):
        (folder / name).write_bytes(batch(images, [i, 9, 0, 1]))
    return folder, parts


def refusal(name: str) -> str:
    with pytest.raises(DatasetError) as caught:
        datasets.load(name)
    return one_sentence(caught.value)


# ---------------------------------------------------------------- CIFAR


def test_a_file_written_here_is_a_pickle_such_as_python_2_wrote() -> None:
    images = pixels(3)
    loaded = pickle.loads(batch(images, [1, 2, 3]), encoding="latin1")  # noqa: S301
    assert np.array_equal(loaded["data"].reshape(images.shape), images)
    assert loaded["labels"] == [1, 2, 3]


def test_cifar10_is_read_from_its_six_files(cifar: tuple[Path, list[np.ndarray]]) -> None:
    _, parts = cifar
    data = datasets.load("cifar10")
    assert np.array_equal(data.train, np.concatenate(parts[:5]))
    assert np.array_equal(data.test, parts[5])
    assert data.train_labels[::4].tolist() == [0, 1, 2, 3, 4]
    assert data.test_labels.tolist() == [5, 9, 0, 1]
    assert data.class_names[5] == "dog"


def test_cifar100_has_the_hundred_fine_classes(tmp_path: Path) -> None:
    folder = tmp_path / "data/cifar-100-python"
    folder.mkdir(parents=True)
    train, test = pixels(5), pixels(2)
    (folder / "train").write_bytes(batch(train, [0, 99, 49, 19, 3], b"fine_labels"))
    (folder / "test").write_bytes(batch(test, [7, 8], b"fine_labels"))
    data = datasets.load("cifar100")
    assert np.array_equal(data.train, train)
    assert data.train_labels.tolist() == [0, 99, 49, 19, 3]
    assert (len(data.class_names), len(set(data.class_names))) == (100, 100)
    assert [data.class_names[i] for i in (0, 1, 99)] == ["apple", "aquarium fish", "worm"]
    assert "cifar-100-python" not in datasets.names()


def test_a_pickle_that_would_run_a_program_does_not(
    cifar: tuple[Path, list[np.ndarray]], tmp_path: Path
) -> None:
    folder, _ = cifar
    (folder / "data_batch_2").write_bytes(pickle.dumps([Trap(tmp_path / "sprung"), bytes(4000)], protocol=2))
    assert str(folder / "data_batch_2") in refusal("cifar10")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "content",
    [
        batch(pixels(4), [1, 2, 3, 4])[:5000],
        batch(pixels(4), [1, 2, 3]),
        batch(pixels(4), [1, 2, 3, 10]),
        batch(pixels(4), [1, 2, 3, 77]).replace(b"K\x4d", b"M\x2c\x01"),
        batch(pixels(4), [1, 2, 3, 77]).replace(b"K\x4d", b"J\xfb\xff\xff\xff"),
        batch(pixels(4), [1, 2, 3, 4]).replace(b"K\x04e", b"K\x04" * 60_001 + b"e"),
        b"\x80\x02" + b"(" * 1_100_000 + b".",
        batch(pixels(4), [1, 2, 3, 4], by_columns=True),
        batch(pixels(4).ravel()[:-1], [1, 2, 3, 4]),
        b"<html>" * 1000,
        b"",
    ],
    ids=[
        "cut",
        "a label less",
        "a label of ten",
        "of 300",
        "of -5",
        "60,001 of them",
        "brackets",
        "by columns",
        "a byte less",
        "a web page",
        "empty",
    ],
)
def test_a_wrong_file_of_cifar_is_named(cifar: tuple[Path, list[np.ndarray]], content: bytes) -> None:
    folder, _ = cifar
    (folder / "test_batch").write_bytes(content)
    sentence = refusal("cifar10")
    assert str(folder / "test_batch") in sentence
    assert "python -m autoenc data download cifar10" in sentence


def test_what_is_missing_says_how_to_get_it() -> None:
    for name in ("cifar10", "cifar100", "svhn"):
        with pytest.raises(DatasetMissing, match=f"data download {name}"):
            datasets.load(name)


# ---------------------------------------------------------------- SVHN


def test_svhn_is_read_and_its_ten_is_a_zero(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    train, test = pixels(4), pixels(2)
    for name, images, labels in (("train", train, [1, 10, 9, 2]), ("test", test, [10, 3])):
        matrices = {"X": images.transpose(2, 3, 1, 0), "y": np.array(labels, np.uint8)[:, None]}
        savemat(folder / f"{name}_32x32.mat", matrices, do_compression=True)
    data = datasets.load("svhn")
    assert np.array_equal(data.train, train)
    assert (data.train_labels.tolist(), data.test_labels.tolist()) == ([1, 0, 9, 2], [0, 3])
    savemat(folder / "test_32x32.mat", {"X": test, "y": np.ones((2, 1))})
    assert "test_32x32.mat cannot be read" in refusal("svhn")
    (folder / "test_32x32.mat").write_bytes(b"MATLAB 4.2" * 1000)
    assert "is not a MATLAB 5.0 file" in refusal("svhn")


X = pixels(4).transpose(2, 3, 1, 0)
Y = np.ones((4, 1))
WRONG: dict[str, dict[str, object]] = {
    "lists for pixels": {"X": np.full((32, 32, 3, 4), "a", object), "y": Y},
    "labels in a list": {"X": X, "y": Y.astype(object)},
    "pixels with fractions": {"X": X.astype(float), "y": Y},
    "a label with a fraction": {"X": X, "y": Y * 1.5},
    "a label that is no number": {"X": X, "y": Y * np.nan},
    "a label of eleven": {"X": X, "y": Y * 11},
    "a label of zero": {"X": X, "y": Y * 0},
    "a label less": {"X": X, "y": Y[1:]},
}


@pytest.mark.parametrize("matrices", WRONG.values(), ids=WRONG)
def test_a_wrong_file_of_svhn_is_named(tmp_path: Path, matrices: dict[str, object]) -> None:
    (tmp_path / "data").mkdir()
    savemat(tmp_path / "data/test_32x32.mat", {"X": X, "y": Y})
    savemat(tmp_path / "data/train_32x32.mat", matrices)
    assert "train_32x32.mat cannot be read" in refusal("svhn")


def test_a_file_of_svhn_with_a_matrix_twice_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    savemat(folder / "test_32x32.mat", {"X": X, "y": Y})
    other = io.BytesIO()
    savemat(other, {"X": np.zeros((5, 1), np.uint8)})
    whole = other.getvalue() + (folder / "test_32x32.mat").read_bytes()[128:]  # the head has 128 bytes
    (folder / "train_32x32.mat").write_bytes(whole)
    assert "train_32x32.mat cannot be read" in refusal("svhn")


# ---------------------------------------------------------------- download


@pytest.fixture
def archive(cifar: tuple[Path, list[np.ndarray]]) -> bytes:
    """As CIFAR-10 is published; the folder is gone."""
    folder, _ = cifar
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(folder, folder.name)
        tar.addfile(tarfile.TarInfo("../outside"))
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    return packed.getvalue()


@pytest.fixture
def server(archive: bytes) -> Iterator[str]:
    mat = b"MATLAB 5.0 MAT-file" + bytes(1000)
    files = {"cifar.tar.gz": archive, "train_32x32.mat": mat, "test_32x32.mat": mat}
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Mirror, files)) as http:
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/good/"
        http.shutdown()
        thread.join()


def test_an_archive_is_downloaded_checked_and_unpacked(tmp_path: Path, archive: bytes, server: str) -> None:
    resources = [("cifar.tar.gz", hashlib.md5(archive).hexdigest())]
    records = list(datasets.download("cifar10", [server], resources))
    assert (records[-1].done, records[-1].n_bytes) == (1, len(archive))
    assert len(datasets.load("cifar10").train) == 20
    assert [name for name in left_behind(tmp_path) if "/" not in name] == ["cifar-10-batches-py"]
    assert not list(tmp_path.rglob("outside"))


def test_another_archive_than_the_published_one_is_refused(tmp_path: Path, server: str) -> None:
    with pytest.raises(DatasetError, match=r"gave a different cifar\.tar\.gz"):
        list(datasets.download("cifar10", [server], [("cifar.tar.gz", "0" * 32)]))
    assert left_behind(tmp_path) == []


def test_files_that_are_not_packed_stay_as_they_are(tmp_path: Path, server: str) -> None:
    md5 = hashlib.md5(b"MATLAB 5.0 MAT-file" + bytes(1000)).hexdigest()
    list(datasets.download("svhn", [server], [("train_32x32.mat", md5), ("test_32x32.mat", md5)]))
    assert left_behind(tmp_path) == ["test_32x32.mat", "train_32x32.mat"]


def test_torchvision_names_what_is_downloaded(tmp_path: Path) -> None:
    """Nobody answers: the sentence names the first mirror and file that were asked for."""
    from autoenc.datasets import downloading
    from autoenc.datasets.registry import dataset_spec

    for name, files in (
        ("cifar10", ["cifar-10-python.tar.gz"]),
        ("cifar100", ["cifar-100-python.tar.gz"]),
        ("svhn", ["test_32x32.mat", "train_32x32.mat"]),
    ):
        (mirror,), resources = downloading._declared(dataset_spec(name))
        assert mirror.startswith("http")
        assert mirror.endswith("/")
        assert [file for file, _ in resources] == files
        assert all(len(md5) == 32 for _, md5 in resources)


# ---------------------------------------------------------------- photographs


def test_patches_are_pieces_of_the_photographs() -> None:
    from skimage.data import astronaut, coffee

    data = datasets.load("photos")
    info = next(info for info in datasets.catalogue() if info.name == "photos")
    assert (len(data.train), len(data.test)) == (info.n_train, info.n_test)
    assert (data.image_shape, info.image_shape) == ((3, 32, 32), (3, 32, 32))
    for images, labels, photograph, step in (
        (data.train, data.train_labels, astronaut(), 16),
        (data.test, data.test_labels, coffee(), 32),
    ):
        name = "astronaut" if photograph.shape[0] == 512 else "coffee"
        patches = {patch.tobytes() for patch in images[labels == data.class_names.index(name)]}
        for top, left in ((0, 0), (64, 160), (320, 96)):
            assert top % step == left % step == 0
            patch = photograph[top : top + 32, left : left + 32].transpose(2, 0, 1)
            assert np.ascontiguousarray(patch).tobytes() in patches


def test_no_photograph_is_in_both_splits_and_the_first_images_are_a_fair_sample() -> None:
    data = datasets.load("photos")
    assert not {*data.train_labels.tolist()} & {*data.test_labels.tolist()}
    shares = [
        np.bincount(labels, minlength=7) / len(labels)
        for labels in (data.train_labels, data.train_labels[:500])
    ]
    assert np.allclose(*shares, atol=0.01)
    means = [images.mean() for images in (data.train, data.train[:500])]
    assert means[1] == pytest.approx(means[0], rel=0.05)


def test_a_digit_reader_is_not_asked_for_classes_that_it_has_never_seen() -> None:
    from autoenc.captions.images import Reader

    data = datasets.load("photos")
    assert not Reader(data.train[:500], data.train_labels[:500], data.test_labels).reliable
    one_class = np.zeros(100, np.uint8)
    assert not Reader(data.train[:100], one_class).reliable
