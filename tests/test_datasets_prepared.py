"""Prepared arrays are kept for the next run: damage is found and mended, nothing half-written stays."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import numpy as np
import pytest
from PIL import Image

from autoenc import datasets
from autoenc.datasets import storing
from tests.raw_files import (
    Trap,
    cut_in_half,
    full_disk,
    own_folders,
    prepared_folders,
    put,
    python,
    raw,
    refusal,
    small_files,
)

__all__ = ["full_disk", "own_folders", "raw"]  # fixtures; every test here gets own_folders


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


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(
    tmp_path: Path, raw: Path, full_disk: None
) -> None:
    assert "AUTOENC_CACHE_DIR" in refusal()
    assert prepared_folders(tmp_path) == []
