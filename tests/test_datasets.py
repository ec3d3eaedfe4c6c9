"""What the data sets hold, how they are prepared and downloaded, and what happens when something is wrong."""

import gzip
import hashlib
import json
import os
import pickle
import socket
import struct
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Event, Thread

import numpy as np
import pytest
import torch
from PIL import Image

from autoenc import datasets
from autoenc.datasets import storing
from autoenc.errors import ConfigError, DatasetError, DatasetMissing

ROOT = Path(__file__).parents[1]
REAL_DATA = Path(os.environ.get("AUTOENC_DATA_DIR") or ROOT / "data").absolute()

needs_mnist = pytest.mark.skipif(
    not (REAL_DATA / "MNIST/raw/train-images-idx3-ubyte").is_file(),
    reason="MNIST is not here; set AUTOENC_DATA_DIR to the folder that holds MNIST/raw",
)


# ---------------------------------------------------------------- small raw files


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


def prepared_folders(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache/datasets").iterdir() if path.is_dir())


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


def python(code: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


# ---------------------------------------------------------------- the list


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    message = "unknown dataset 'minst'; known: mnist, fashion-mnist, kmnist, digits, cifar10, cifar100, svhn"
    for refuse in (datasets.load, datasets.check_name, datasets.download):
        with pytest.raises(ConfigError, match=message):
            refuse("minst")


def test_every_known_name_passes_the_check() -> None:
    for name in datasets.names():
        datasets.check_name(name)


def test_the_catalogue_tells_what_is_present(raw: Path) -> None:
    rows = {info.name: info for info in datasets.catalogue()}
    assert tuple(rows) == datasets.names()
    assert {name for name, row in rows.items() if row.present} == {"mnist", "digits", "photos"}
    assert {name for name, row in rows.items() if not row.downloadable} == {"digits", "photos"}
    assert (rows["mnist"].n_train, rows["mnist"].n_test, rows["mnist"].image_shape) == (
        60_000,
        10_000,
        (1, 28, 28),
    )
    assert (rows["mnist"].default_epochs, rows["digits"].default_epochs) == (10, 100)
    (raw / "t10k-labels-idx1-ubyte").unlink()
    assert not datasets.catalogue()[0].present


def test_the_default_is_mnist_where_it_is_and_digits_elsewhere(raw: Path) -> None:
    assert datasets.default_name() == "mnist"
    (raw / "train-images-idx3-ubyte").unlink()
    assert datasets.default_name() == "digits"


def test_neither_the_catalogue_nor_a_prepared_data_set_imports_anything_heavy(raw: Path) -> None:
    datasets.load("mnist")
    code = """
import sys
from autoenc import datasets
from autoenc.datasets import storing
datasets.catalogue(), datasets.default_name(), datasets.load("mnist").train.mean()
print(*{"torch", "torchvision", "sklearn", "PIL"} & set(sys.modules))
"""
    assert python(code).communicate()[0].strip() == ""


# ---------------------------------------------------------------- what is in them


def test_the_arrays_are_those_of_the_raw_files(raw: Path) -> None:
    data = datasets.load("mnist")
    train = (raw / "train-images-idx3-ubyte").read_bytes()[16:]
    assert data.train.shape == (300, 1, 28, 28)
    assert data.test.shape == (100, 1, 28, 28)
    assert data.image_shape == (1, 28, 28)
    assert data.train.tobytes() == train
    assert data.test_labels.tobytes() == (raw / "t10k-labels-idx1-ubyte").read_bytes()[8:]
    assert {array.dtype for array in (data.train, data.train_labels, data.test, data.test_labels)} == {
        np.dtype("u1")
    }


@pytest.mark.parametrize(("name", "folder"), [("fashion-mnist", "FashionMNIST"), ("kmnist", "KMNIST")])
def test_the_siblings_of_mnist_are_read_from_their_own_folders(
    tmp_path: Path, name: str, folder: str
) -> None:
    put(tmp_path / "data" / folder / "raw", small_files(seed=3))
    data = datasets.load(name)
    assert (data.name, len(data.train), len(data.class_names)) == (name, 300, 10)


@needs_mnist
def test_mnist_has_its_published_size_mean_and_deviation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(REAL_DATA))
    data = datasets.load("mnist")
    assert (data.train.shape, data.test.shape) == ((60_000, 1, 28, 28), (10_000, 1, 28, 28))
    assert data.train.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    histogram = np.bincount(data.train.ravel(), minlength=256) / data.train.size
    levels = np.arange(256) / 255
    assert np.sqrt(histogram @ levels**2 - (histogram @ levels) ** 2) == pytest.approx(0.3081, abs=5e-5)
    assert data.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]


def test_digits_need_neither_files_nor_a_connection() -> None:
    data = datasets.load("digits")
    assert (data.train.shape, data.test.shape) == ((1_437, 1, 28, 28), (360, 1, 28, 28))
    assert data.train_labels[:10].tolist() == list(range(10))
    assert data.title == "UCI handwritten digits, 8x8 enlarged to 28x28"
    assert next(info for info in datasets.catalogue() if info.name == "digits").title == data.title


def test_enlarged_digits_still_show_the_small_ones() -> None:
    from sklearn.datasets import load_digits

    small = load_digits().images  # (1797, 8, 8), 0..16
    blocks = np.kron(small, np.ones((1, 7, 7))).reshape(-1, 28, 2, 28, 2).mean((2, 4)) * 255 / 16
    data = datasets.load("digits")
    enlarged = np.concatenate([data.train, data.test])[:, 0].astype(float)
    assert enlarged.max() == 255
    assert abs(enlarged.mean() - blocks.mean()) < 2
    assert np.corrcoef(enlarged.ravel(), blocks.ravel())[0, 1] > 0.95


def test_torch_takes_the_arrays_without_a_warning_and_writing_changes_no_file(raw: Path) -> None:
    data = datasets.load("mnist")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.from_numpy(data.train).fill_(7)
    assert (data.train == 7).all()
    assert not (datasets.load("mnist").train == 7).all()


def test_the_fingerprint_is_that_of_the_data_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "data/MNIST/raw", small_files())
    here = datasets.load("mnist")
    put(tmp_path / "elsewhere/MNIST/raw", small_files())
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "elsewhere"))
    assert datasets.load("mnist").fingerprint == here.fingerprint
    changed = small_files()
    labels = changed["t10k-labels-idx1-ubyte"]
    changed["t10k-labels-idx1-ubyte"] = labels[:-1] + bytes([(labels[-1] + 1) % 10])
    put(tmp_path / "elsewhere/MNIST/raw", changed)
    assert datasets.load("mnist").fingerprint != here.fingerprint


def test_the_fingerprint_is_a_sha256_over_shapes_and_bytes(raw: Path) -> None:
    data = datasets.load("mnist")
    digest = hashlib.sha256()
    for file, shape in (
        ("train-images-idx3-ubyte", "(300, 1, 28, 28)"),
        ("train-labels-idx1-ubyte", "(300,)"),
        ("t10k-images-idx3-ubyte", "(100, 1, 28, 28)"),
        ("t10k-labels-idx1-ubyte", "(100,)"),
    ):
        n_header = 16 if "images" in file else 8
        digest.update(shape.encode() + (raw / file).read_bytes()[n_header:])
    assert data.fingerprint == digest.hexdigest()[:16]


# ---------------------------------------------------------------- the cache


def test_two_processes_that_prepare_at_the_same_time_make_one_folder(tmp_path: Path) -> None:
    code = """
import sklearn.datasets
from autoenc import datasets
from autoenc.datasets import storing
print("ready", flush=True)
input()
print(datasets.load("digits").fingerprint)
"""
    processes = [python(code) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    fingerprints = {process.communicate()[0] for process in processes}
    assert fingerprints == {f"{datasets.load('digits').fingerprint}\n"}
    assert len(prepared_folders(tmp_path)) == 1


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


class Trap:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


BREAK = {
    "a cut array": lambda folder: cut_in_half(folder / "train.npy"),
    "an empty array": lambda folder: (folder / "test.npy").write_bytes(b""),
    "a missing array": lambda folder: (folder / "train_labels.npy").unlink(),
    "an array of another type": lambda folder: np.save(folder / "test_labels.npy", np.zeros(100)),
    "an array of another length": lambda folder: np.save(folder / "test_labels.npy", np.zeros(99, np.uint8)),
    "a number for an array": lambda folder: np.save(folder / "test_labels.npy", np.uint8(3)),
    "an array of objects": lambda folder: np.save(
        folder / "test.npy", np.array([Trap(folder.parent / "sprung")])
    ),
    "a pickle": lambda folder: (folder / "test.npy").write_bytes(
        pickle.dumps(Trap(folder.parent / "sprung"))
    ),
    "a folder for an array": lambda folder: ((folder / "test.npy").unlink(), (folder / "test.npy").mkdir()),
    "no meta.json": lambda folder: (folder / "meta.json").unlink(),
    "garbage for meta.json": lambda folder: (folder / "meta.json").write_bytes(b"\xff{["),
    "a list for meta.json": lambda folder: (folder / "meta.json").write_text("[1]"),
    "a number for the fingerprint": lambda folder: (folder / "meta.json").write_text(
        '{"fingerprint": 1234567890123456}'
    ),
}


@pytest.mark.parametrize("way", BREAK)
def test_a_broken_cache_folder_is_written_anew(tmp_path: Path, raw: Path, way: str) -> None:
    data = datasets.load("mnist")
    fingerprint, pixels = data.fingerprint, data.train.tobytes()
    del data  # a mapped file that is cut ends the process that reads it: no code of ours ever cuts one
    (name,) = prepared_folders(tmp_path)
    folder = tmp_path / "cache/datasets" / name
    BREAK[way](folder)
    after = datasets.load("mnist")
    assert after.fingerprint == fingerprint
    assert after.train.tobytes() == pixels
    assert prepared_folders(tmp_path) == [name]
    assert json.loads((folder / "meta.json").read_text())["fingerprint"] == fingerprint


def invert(path: Path) -> None:
    """The second half of the bytes, in place, as a disk that errs: type and shape stay."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle:] = bytes(255 - value for value in data[middle:])
    with path.open("r+b") as file:
        file.write(data)


def zeros(path: Path) -> None:
    """What a power cut may leave behind a header that was written."""
    header = path.read_bytes()[:128]
    path.write_bytes(header + bytes(path.stat().st_size - len(header)))


DAMAGE = {
    "inverted training images": lambda folder: invert(folder / "train.npy"),
    "inverted test images": lambda folder: invert(folder / "test.npy"),
    "inverted labels": lambda folder: invert(folder / "train_labels.npy"),
    "zeros": lambda folder: zeros(folder / "train.npy"),
    "whole images missing": lambda folder: [
        np.save(folder / f"{name}.npy", np.load(folder / f"{name}.npy")[:60])
        for name in ("test", "test_labels")
    ],
    "the fingerprint of other data": lambda folder: (folder / "meta.json").write_text(
        json.dumps({"fingerprint": "0123456789abcdef"})
    ),
}


@pytest.mark.parametrize("way", DAMAGE)
def test_damage_that_leaves_types_and_shapes_is_found_mended_and_told(
    tmp_path: Path, raw: Path, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    data = datasets.load("mnist")
    fingerprint, pixels = data.fingerprint, data.train.tobytes()
    (name,) = prepared_folders(tmp_path)
    DAMAGE[way](tmp_path / "cache/datasets" / name)
    del data
    after = datasets.load("mnist")
    assert (after.fingerprint, after.train.tobytes(), len(after.test)) == (fingerprint, pixels, 100)
    assert "the prepared images of mnist" in caplog.text
    (row,) = (info for info in datasets.catalogue() if info.name == "mnist")
    assert row.notes == after.notes
    assert "was damaged; it was made again on 20" in after.notes[-1]


def test_damage_is_found_by_a_process_that_has_compared_the_files_before(
    tmp_path: Path, raw: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fingerprint = datasets.load("mnist").fingerprint
    (name,) = prepared_folders(tmp_path)
    folder = tmp_path / "cache/datasets" / name
    for file in folder.iterdir():  # long ago, so that the process trusts its clock
        os.utime(file, (1e9, 1e9))
    datasets.load("mnist")
    assert caplog.text == ""
    invert(folder / "test.npy")
    assert datasets.load("mnist").fingerprint == fingerprint
    assert "damaged" in caplog.text


def test_threads_that_open_the_same_files_have_them_compared_once(
    tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets.load("mnist")
    (name,) = prepared_folders(tmp_path)
    for file in (tmp_path / "cache/datasets" / name).iterdir():
        os.utime(file, (1e9, 1e9))
    compared, together, original = list[int](), Barrier(4), storing.fingerprint_of

    def counted(arrays: Iterable[np.ndarray]) -> str:
        compared.append(1)
        Event().wait(0.05)  # long enough for the others to come
        return original(arrays)

    def load(_: int) -> str:
        together.wait()
        return datasets.load("mnist").fingerprint

    monkeypatch.setattr(storing, "fingerprint_of", counted)
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(load, range(4)))) == 1
    assert len(compared) == 1


def test_an_image_folder_that_was_damaged_is_mended_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for split in ("train", "test"):
        for i in range(3):
            path = tmp_path / f"data/mine/{split}/a/{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((8, 8), 40 * i, np.uint8)).save(path)
    before = datasets.load("mine").train.tobytes()
    (name,) = prepared_folders(tmp_path)
    meta = tmp_path / "cache/datasets" / name / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {"n_train": 7}))
    after = datasets.load("mine")
    assert (after.train.tobytes(), len(after.train)) == (before, 3)
    assert "damaged" in caplog.text
    assert json.loads(meta.read_text())["n_train"] == 3


def test_a_known_set_with_another_number_of_images_says_so(raw: Path) -> None:
    (note,) = datasets.load("mnist").notes
    assert note == (
        "the files on this machine hold 300 training and 100 test images; "
        "the published set has 60,000 training and 10,000 test images"
    )
    assert datasets.load("digits").notes == ()


def test_raw_files_that_change_are_noticed_and_the_old_folder_goes(tmp_path: Path, raw: Path) -> None:
    before = datasets.load("mnist").fingerprint
    (old,) = prepared_folders(tmp_path)
    put(raw, small_files(seed=1))
    assert datasets.load("mnist").fingerprint != before
    (new,) = prepared_folders(tmp_path)
    assert new != old


def test_what_a_killed_process_left_is_removed_and_other_folders_are_not(tmp_path: Path, raw: Path) -> None:
    cache = tmp_path / "cache/datasets"
    for name in (
        "mnist-0123456789abcdef",
        "mnist-0123456789abcdef.partial",
        "mnist-mine",
        "kmnist-0123456789abcdef",
    ):
        (cache / name).mkdir(parents=True)
    datasets.load("mnist")
    folders = prepared_folders(tmp_path)
    assert len(folders) == 3
    assert {"mnist-mine", "kmnist-0123456789abcdef"} < set(folders)


def test_a_truncated_raw_file_is_not_hidden_by_the_cache(raw: Path) -> None:
    datasets.load("mnist")
    cut_in_half(raw / "train-images-idx3-ubyte")
    assert "train-images-idx3-ubyte" in refusal()


def test_a_cache_folder_that_cannot_be_written_is_named_in_one_sentence(
    tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "file/cache"))
    sentence = refusal()
    assert "AUTOENC_CACHE_DIR" in sentence
    assert str(tmp_path / "file/cache") in sentence


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Writing more than 60,000 bytes to a file fails, as on a full disk."""
    resource = pytest.importorskip("resource", reason="this system has no limit on the size of files")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(
    tmp_path: Path, raw: Path, full_disk: None
) -> None:
    assert "AUTOENC_CACHE_DIR" in refusal()
    assert prepared_folders(tmp_path) == []


# ---------------------------------------------------------------- what is wrong with the raw files


def test_missing_files_are_one_sentence_that_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(DatasetMissing) as caught:
        datasets.load("mnist")
    sentence = one_sentence(caught.value)
    assert sentence.startswith(f"mnist is not in {tmp_path}/data/MNIST/raw; ")
    assert "python -m autoenc data download mnist" in sentence
    assert "digits" in sentence


def test_one_missing_file_is_named(raw: Path) -> None:
    (raw / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(DatasetMissing, match="t10k-images-idx3-ubyte of mnist is not in"):
        datasets.load("mnist")


@pytest.mark.parametrize("name", list(small_files()))
@pytest.mark.parametrize("n_bytes", [0, 3, 10, 100])
def test_a_truncated_file_is_refused_in_one_sentence(raw: Path, name: str, n_bytes: int) -> None:
    (raw / name).write_bytes((raw / name).read_bytes()[:n_bytes])
    sentence = refusal()
    assert f"{raw / name} " in sentence
    assert "python -m autoenc data download mnist" in sentence


def rewrite(files: dict[str, bytes], what: str) -> str:
    """Breaks the files in one way; returns the name of the file that the sentence must name."""
    train_images, train_labels, test_images, test_labels = files
    rng = np.random.default_rng(5)
    if what == "a page of a web site":
        files[train_images] = b"<html>Please log in to the network</html>" * 1000
    elif what == "still packed":
        files[train_images] = gzip.compress(files[train_images])
    elif what == "images for labels":
        files[train_labels] = files[train_images]
    elif what == "labels for images":
        files[train_images] = files[train_labels]
    elif what == "labels of the other split":
        files[train_labels], files[test_labels] = files[test_labels], files[train_labels]
    elif what == "images of the other split":
        files[train_images], files[test_images] = files[test_images], files[train_images]
    elif what == "images of another size":
        files[train_images] = images_file(rng.integers(0, 256, (300, 32, 32), np.uint8))
    elif what == "no images":
        files[train_images] = images_file(np.zeros((0, 28, 28), np.uint8))
    elif what == "floating-point numbers":
        files[train_images] = struct.pack(">4B3I", 0, 0, 13, 3, 1, 28, 28) + bytes(4 * 784)
    elif what == "one byte too many":
        files[train_images] += b"\0"
    elif what == "a header of astronomic numbers":
        files[train_images] = struct.pack(">4B3I", 0, 0, 8, 3, *[2**32 - 1] * 3) + bytes(1000)
    elif what == "a label above nine":
        files[train_labels] = files[train_labels][:-1] + bytes([200])
        return train_labels
    return train_labels if what == "images for labels" else train_images


@pytest.mark.parametrize(
    "what",
    [
        "a page of a web site",
        "still packed",
        "images for labels",
        "labels for images",
        "labels of the other split",
        "images of the other split",
        "images of another size",
        "no images",
        "floating-point numbers",
        "one byte too many",
        "a header of astronomic numbers",
        "a label above nine",
    ],
)
def test_a_wrong_raw_file_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, raw: Path, what: str
) -> None:
    files = small_files()
    guilty = rewrite(files, what)
    put(raw, files)
    sentence = refusal()
    assert str(raw / guilty) in sentence
    assert "python -m autoenc data download mnist" in sentence
    assert not (tmp_path / "cache/datasets").exists() or prepared_folders(tmp_path) == []


def test_a_sparse_file_of_a_terabyte_is_refused_before_it_is_read(raw: Path) -> None:
    path = raw / "train-images-idx3-ubyte"
    path.write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, 2**30, 28, 28))
    try:
        os.truncate(path, 16 + 2**30 * 784)
    except OSError as error:
        pytest.skip(f"this file system has no files that large: {error}")
    assert f"{path} has 841,813,590,032 bytes" in refusal()


def test_pickles_that_old_torchvision_left_are_never_opened(tmp_path: Path, raw: Path) -> None:
    processed = tmp_path / "data/MNIST/processed"
    processed.mkdir()
    for name in ("training.pt", "test.pt"):
        (processed / name).write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    assert len(datasets.load("mnist").train) == 300
    assert not (tmp_path / "sprung").exists()


# ---------------------------------------------------------------- download


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


def left_behind(tmp_path: Path) -> list[str]:
    """Every file and folder below the data folder."""
    data = tmp_path / "data"
    return sorted(str(path.relative_to(data)) for path in data.rglob("*"))


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


def test_a_web_page_in_the_place_of_a_raw_file_is_told_as_one(raw: Path) -> None:
    (raw / "t10k-images-idx3-ubyte").write_bytes(b"<html><title>Log in</title></html>")
    assert "t10k-images-idx3-ubyte is a web page" in refusal()


def test_a_raw_file_that_is_still_packed_is_told(raw: Path) -> None:
    (raw / "t10k-images-idx3-ubyte").rename(raw / "t10k-images-idx3-ubyte.gz")
    sentence = refusal()
    assert "t10k-images-idx3-ubyte of mnist is still packed" in sentence
    assert f"`gunzip --keep {raw / 't10k-images-idx3-ubyte.gz'}`" in sentence


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
