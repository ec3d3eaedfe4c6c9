"""Raw files that are missing, cut, wrong or made to do damage: refused in a sentence that names the file."""

from __future__ import annotations

import gzip
import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from autoenc import datasets
from autoenc.errors import DatasetMissing
from tests.raw_files import (
    Trap,
    images_file,
    one_sentence,
    own_folders,
    prepared_folders,
    put,
    raw,
    refusal,
    small_files,
)

__all__ = ["own_folders", "raw"]  # fixtures; every test here gets own_folders


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


def test_a_web_page_in_the_place_of_a_raw_file_is_told_as_one(raw: Path) -> None:
    (raw / "t10k-images-idx3-ubyte").write_bytes(b"<html><title>Log in</title></html>")
    assert "t10k-images-idx3-ubyte is a web page" in refusal()


def test_a_raw_file_that_is_still_packed_is_told(raw: Path) -> None:
    (raw / "t10k-images-idx3-ubyte").rename(raw / "t10k-images-idx3-ubyte.gz")
    sentence = refusal()
    assert "t10k-images-idx3-ubyte of mnist is still packed" in sentence
    assert f"`gunzip --keep {raw / 't10k-images-idx3-ubyte.gz'}`" in sentence


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
