"""Which data sets there are, and what each of them holds."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from autoenc import datasets
from autoenc.errors import ConfigError
from tests.raw_files import REAL_DATA, own_folders, put, python, raw, small_files

__all__ = ["own_folders", "raw"]  # fixtures; every test here gets own_folders

needs_mnist = pytest.mark.skipif(
    not (REAL_DATA / "MNIST/raw/train-images-idx3-ubyte").is_file(),
    reason="MNIST is not here; set AUTOENC_DATA_DIR to the folder that holds MNIST/raw",
)


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
