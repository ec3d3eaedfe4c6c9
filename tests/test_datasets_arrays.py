"""Arrays that other programs have saved become data sets: by their names and shapes, with the same pixels."""

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autoenc import datasets
from autoenc.errors import ConfigError, DatasetError
from autoenc.jobs import TrainJob
from autoenc.schema import TrainConfig
from tests.raw_files import (
    REAL_DATA,
    ROOT,
    images_file,
    labels_file,
    left_behind,
    own_folders,
    small_files,
)
from tests.test_datasets_folders import packed, put
from tests.test_datasets_importing import import_dataset, tarred, zipped

__all__ = ["own_folders"]  # a fixture

RNG = np.random.default_rng(0)
Arrays = Mapping[str, np.ndarray]


def grey(n: int, height: int = 8, width: int = 6) -> np.ndarray:
    """Pixels of which some are 0 and some 255."""
    images = RNG.integers(0, 256, (n, height, width), np.uint8)
    images[0, 0, :2] = 0, 255
    return images


def coloured(n: int) -> np.ndarray:
    return RNG.integers(0, 256, (n, 8, 6, 3), np.uint8)


X, Y = grey(24), np.arange(24) % 3
X_TEST, Y_TEST = grey(9), np.arange(9) % 3
KERAS = {"x_train": X, "y_train": Y, "x_test": X_TEST, "y_test": Y_TEST}


def npz(path: Path, arrays: Arrays) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def npys(arrays: Arrays) -> dict[str, Any]:
    return {f"{name}.npy": npy(array) for name, array in arrays.items()}


def imported(source: object, **more: Any) -> datasets.Dataset:
    import_dataset(source, **more)
    return datasets.load("mine")


def expect_keras(data: datasets.Dataset) -> None:
    """The data set is KERAS, in its order, without a word."""
    assert np.array_equal(data.train, X[:, np.newaxis])
    assert np.array_equal(data.test, X_TEST[:, np.newaxis])
    assert (data.train_labels.tolist(), data.test_labels.tolist()) == (Y.tolist(), Y_TEST.tolist())
    assert data.class_names == ("0", "1", "2")


# ---------------------------------------------------------------- layouts


IDX = {
    "train-images-idx3-ubyte": images_file(X),
    "train-labels-idx1-ubyte": labels_file(Y.astype(np.uint8)),
    "t10k-images-idx3-ubyte": images_file(X_TEST),
    "t10k-labels-idx1-ubyte": labels_file(Y_TEST.astype(np.uint8)),
}
EMNIST = {f"emnist-digits-{name.replace('t10k', 'test')}.gz": gzip.compress(c) for name, c in IDX.items()}
KMNIST = {
    f"kmnist-{split}-{what}.npz": (X, Y, X_TEST, Y_TEST)[i]
    for i, (split, what) in enumerate(
        (("train", "imgs"), ("train", "labels"), ("test", "imgs"), ("test", "labels"))
    )
}
RENAMED: dict[str, Callable[[str], str]] = {
    "Keras": str,
    "images of a split": lambda name: f"{name[2:]}_{'images' if name[0] == 'x' else 'labels'}",
    "splits of images": lambda name: f"{'images' if name[0] == 'x' else 'targets'}-{name[2:]}",
    "small and large": lambda name: f"{name[2:]}{name[0].upper()}",
    "folders": lambda name: f"{name[2:]}/{'images' if name[0] == 'x' else 'labels'}",
    "folders of splits as elsewhere": lambda name: (
        f"{'training' if 'train' in name else 'testing'}/{'img' if name[0] == 'x' else 'y'}"
    ),
}


@pytest.mark.parametrize("naming", RENAMED)
@pytest.mark.parametrize("kind", ["a folder", "a.zip", "a.tar", "one folder down"])
def test_arrays_are_known_by_the_words_in_their_names(tmp_path: Path, naming: str, kind: str) -> None:
    files = npys({RENAMED[naming](name): array for name, array in KERAS.items()})
    if kind == "one folder down":
        files = {f"data/{name}": content for name, content in files.items()}
    make = {"a.zip": zipped, "a.tar": tarred}.get(kind, put)
    data = imported(make(tmp_path / kind, files))
    expect_keras(data)
    assert data.notes == ()


@pytest.mark.parametrize("files", [IDX, {f"{k}.gz": gzip.compress(v) for k, v in IDX.items()}, EMNIST])
def test_idx_files_come_packed_or_not_in_a_folder_or_several_at_once(
    tmp_path: Path, files: Mapping[str, bytes]
) -> None:
    folder = put(tmp_path / "folder", files)
    expect_keras(imported(folder))
    import_dataset(sorted(folder.iterdir()), "several")
    expect_keras(datasets.load("several"))
    opened = []
    for path in folder.iterdir():
        file = io.BytesIO(path.read_bytes())
        file.name = path.name
        opened.append(file)
    import_dataset(opened, "opened")
    assert datasets.load("opened").fingerprint == datasets.load("mine").fingerprint


def test_npz_files_with_one_array_each_are_known_by_the_names_of_the_files(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in KMNIST]
    for path in paths:
        np.savez_compressed(path, KMNIST[path.name])
    expect_keras(imported(paths))
    import_dataset(zipped(tmp_path / "a.zip", {p.name: p.read_bytes() for p in paths}), "zip")
    expect_keras(datasets.load("zip"))


def test_medmnist_leaves_its_validation_out_and_that_is_said(tmp_path: Path) -> None:
    arrays = {
        "train_images": X,
        "train_labels": Y[:, np.newaxis],
        "val_images": X,
        "val_labels": Y[:, np.newaxis],
        "test_images": X_TEST,
        "test_labels": Y_TEST[:, np.newaxis].astype(np.uint8),
    }
    data = imported(npz(tmp_path / "breastmnist.npz", arrays))
    expect_keras(data)
    assert data.notes == ("arrays that are left out: val_images.npy, val_labels.npy",)


def test_without_a_test_the_validation_is_for_testing(tmp_path: Path) -> None:
    arrays = {"x_train": X, "y_train": Y, "x_val": X_TEST, "y_val": Y_TEST}
    data = imported(npz(tmp_path / "a.npz", arrays))
    expect_keras(data)
    assert data.notes == ("the images in x_val.npy are used for testing",)


@pytest.mark.parametrize(
    "names", [("images", "labels"), ("x", "y"), ("x_train", "y_train"), ("arr_0", "arr_1")]
)
def test_of_one_array_every_sixth_image_of_a_class_is_for_the_test(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    data = imported(npz(tmp_path / "a.npz", dict(zip(names, (X, Y), strict=True))))
    for_test = [3 * 5, 3 * 5 + 1, 3 * 5 + 2]  # the sixth of each class; the classes take turns
    assert np.array_equal(data.test[:, 0], X[for_test])
    assert np.array_equal(data.train[:, 0], np.delete(X, for_test, 0))
    assert data.test_labels.tolist() == [0, 1, 2]
    assert data.notes == ("of each class every 6th picture is used for testing",)


@pytest.mark.parametrize("kind", ["npy", "npz", "idx"])
def test_images_without_labels_are_of_one_class(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"faces.{kind}"
    path.write_bytes(npy(X) if kind == "npy" else images_file(X))
    data = imported(npz(path, {"faces": X}) if kind == "npz" else path)
    assert (len(data.train), len(data.test), data.class_names) == (20, 4, ("images",))
    assert data.notes[0] == "there are no labels: all images are of one class"


def test_images_that_lie_class_by_class_are_mixed(tmp_path: Path) -> None:
    labels = np.repeat([0, 1], 12)
    data = imported(npz(tmp_path / "a.npz", {**KERAS, "y_train": labels, "y_test": Y_TEST % 2}))
    assert data.train_labels.tolist() == [0, 1] * 12
    assert np.array_equal(data.train[:, 0], X.reshape(2, 12, 8, 6).swapaxes(0, 1).reshape(24, 8, 6))
    assert "sorted by class" in data.notes[0]


def test_pictures_beside_arrays_are_left_out_where_there_are_fewer_of_them(tmp_path: Path) -> None:
    picture = packed(grey(1)[0])
    data = imported(put(tmp_path / "a", {**npys(KERAS), "preview.png": picture, "README.md": b"x"}))
    expect_keras(data)
    assert any("1 beside arrays of more images (preview.png)" in note for note in data.notes)
    pictures = {f"{split}/a/{i}.png": picture for split in ("train", "test") for i in range(3)}
    import_dataset(put(tmp_path / "b", {**pictures, "features.npy": npy(np.zeros((6, 10)))}), "pictures")
    data = datasets.load("pictures")
    assert len(data.train) == 3
    assert "1 file is not a picture and is left out (features.npy)" in data.notes


# ---------------------------------------------------------------- pixels


@pytest.mark.parametrize("first", [False, True])
def test_colours_may_come_first_or_last_and_grey_in_colour_is_grey(tmp_path: Path, first: bool) -> None:
    x, x_test = coloured(24), coloured(9)
    grey_ones = np.repeat(X[..., np.newaxis], 3, 3), np.repeat(X_TEST[..., np.newaxis], 3, 3)
    for name, (train, test) in {"mine": (x, x_test), "grey": grey_ones}.items():
        arrays = [np.moveaxis(a, 3, 1) if first else a for a in (train, test)]
        path = npz(tmp_path / f"{name}.npz", {**KERAS, "x_train": arrays[0], "x_test": arrays[1]})
        import_dataset(path, name)
    data = datasets.load("mine")
    assert np.array_equal(data.train, x.transpose(0, 3, 1, 2))
    assert data.image_shape == (3, 8, 6)
    expect_keras(datasets.load("grey"))


NUMBERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "0 to 1": lambda x: (x / 255).astype(np.float32),
    "0 to 1, halves": lambda x: (x / 255).astype(np.float16),
    "-1 to 1": lambda x: x / 127.5 - 1,
    "0 to 255 as floats": lambda x: x.astype(np.float64),
    "big-endian": lambda x: x.astype(">i2"),
    "columns first": np.asfortranarray,
    "with a channel": lambda x: x[..., np.newaxis],
    "with a channel before": lambda x: x[:, np.newaxis],
}


@pytest.mark.parametrize("written", NUMBERS)
def test_pixels_are_the_same_however_they_are_written(tmp_path: Path, written: str) -> None:
    arrays = {**KERAS, "x_train": NUMBERS[written](X), "x_test": NUMBERS[written](X_TEST)}
    expect_keras(imported(npz(tmp_path / "a.npz", arrays)))


def test_masks_are_black_and_white(tmp_path: Path) -> None:
    for name, dtype in (("mine", np.bool_), ("bytes", np.uint8)):
        masks = {"images": (X > 127).astype(dtype), "labels": Y}
        import_dataset(npz(tmp_path / f"{name}.npz", masks), name)
        assert set(np.unique(datasets.load(name).train)) == {0, 255}


def test_large_images_and_those_of_two_sizes_are_resized_as_pictures_are(tmp_path: Path) -> None:
    large = {"images": np.full((24, 70, 90), 200, np.uint8), "labels": Y}
    data = imported(npz(tmp_path / "a.npz", large))
    assert data.image_shape == (1, 32, 32)
    assert set(np.unique(data.train)) == {200}
    assert data.notes[0] == "on import, cut to their centre square and resized to 32x32"
    import_dataset(npz(tmp_path / "b.npz", {**KERAS, "x_test": grey(9, 7, 7)}), "two")
    assert datasets.load("two").image_shape == (1, 32, 32)
    import_dataset(npz(tmp_path / "c.npz", KERAS), "chosen", side=12)
    assert datasets.load("chosen").image_shape == (1, 12, 12)
    import_dataset(npz(tmp_path / "d.npz", {"images": grey(24, 64, 64), "labels": Y}), "unchanged")
    assert datasets.load("unchanged").image_shape == (1, 64, 64)


# ---------------------------------------------------------------- labels


LABELS: dict[str, tuple[np.ndarray, tuple[str, ...]]] = {
    "bytes": (Y.astype(np.uint8), ("0", "1", "2")),
    "a column": (Y[:, np.newaxis], ("0", "1", "2")),
    "floats": (Y.astype(np.float32), ("0", "1", "2")),
    "big-endian": (Y.astype(">i8"), ("0", "1", "2")),
    "one-hot": (np.eye(3)[Y], ("0", "1", "2")),
    "from 1, as EMNIST's letters": (Y + 1, ("1", "2", "3")),
    "with gaps": (Y * 1000, ("0", "1000", "2000")),
    "text": (np.array(["ant", "bee", "cat"])[Y], ("ant", "bee", "cat")),
    "bytes of text": (np.array([b"ant", b"bee", b"c\xc3\xa4t"])[Y], ("ant", "bee", "cät")),
    "yes and no": (Y > 0, ("0", "1")),
}


@pytest.mark.parametrize("written", LABELS)
def test_labels_of_any_form_become_classes(tmp_path: Path, written: str) -> None:
    labels, class_names = LABELS[written]
    data = imported(npz(tmp_path / "a.npz", {"images": X, "labels": labels}))
    assert data.class_names == class_names
    indices = Y > 0 if written == "yes and no" else Y
    assert np.bincount(data.train_labels).sum() + len(data.test_labels) == 24
    assert [int(indices[0]), int(indices[1]), int(indices[2])] == data.train_labels[:3].tolist()


def test_classes_are_called_as_the_file_says_or_as_the_user_says(tmp_path: Path) -> None:
    names = np.array(["T-shirt", "Trouser", "Bag", "Boot"])
    path = npz(tmp_path / "a.npz", {**KERAS, "class_names": names})
    assert imported(path).class_names == ("T-shirt", "Trouser", "Bag", "Boot")
    list(datasets.import_dataset(path, "other", class_names=["a", "b", "c"]))
    assert datasets.load("other").class_names == ("a", "b", "c")
    with pytest.raises(DatasetError, match="has a label 2, names given: 2"):
        list(datasets.import_dataset(path, "third", class_names=["a", "b"]))
    pictures = {f"{c}/{i}.png": packed(grey(1)[0]) for c in "ab" for i in range(3)}
    with pytest.raises(DatasetError, match="called like their folders; rename these instead"):
        list(datasets.import_dataset(put(tmp_path / "p", pictures), "third", class_names=["a", "b"]))


# ---------------------------------------------------------------- what stays


def test_what_was_imported_is_a_data_set_in_later_processes_and_on_other_machines(tmp_path: Path) -> None:
    data = imported(npz(tmp_path / "a.npz", KERAS))
    folder = tmp_path / "data/mine"
    assert sorted(path.name for path in folder.iterdir()) == ["arrays.npz", "notes.txt"]
    with np.load(folder / "arrays.npz", allow_pickle=False) as file:
        assert np.array_equal(file["train_images"][:, 0], X)
    code = "from autoenc import datasets; print(datasets.load('mine').fingerprint)"
    there = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, check=True, capture_output=True, text=True
    )
    assert there.stdout.strip() == data.fingerprint
    info = datasets.info("mine")
    assert (info.n_train, info.n_test, info.image_shape, info.prepared) == (24, 9, (1, 8, 6), True)
    import_dataset(folder / "arrays.npz", "again")
    assert datasets.load("again").fingerprint == data.fingerprint


@pytest.mark.parametrize("content", [b"", b"PK\3\4 nothing", None, "cut"])
def test_a_damaged_file_in_the_data_folder_is_refused_and_the_others_stay(
    tmp_path: Path, content: bytes | str | None
) -> None:
    import_dataset(npz(tmp_path / "a.npz", KERAS))
    path = tmp_path / "data/mine/arrays.npz"
    if content is None:
        npz(path, KERAS)  # which is not as we write it
    else:
        path.write_bytes(path.read_bytes()[:-40] if isinstance(content, str) else content)
    with pytest.raises(DatasetError, match=r"is not as this program writes it: .*; move it elsewhere"):
        datasets.load("mine")
    (complaint,) = datasets.complaints()
    assert "is not as this program writes it" in complaint
    assert "mine" not in [info.name for info in datasets.catalogue()]
    assert "digits" in [info.name for info in datasets.catalogue()]


def test_a_label_without_a_class_in_the_data_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "data/mine"
    folder.mkdir(parents=True)
    arrays = {"train_images": X[:, np.newaxis], "train_labels": Y.astype(np.uint8)}
    arrays |= {"test_images": X_TEST[:, np.newaxis], "test_labels": Y_TEST.astype(np.uint8)}
    npz(folder / "arrays.npz", {**arrays, "class_names": np.array(["a", "b"])})
    with pytest.raises(DatasetError, match="a label 2 has no class"):
        datasets.load("mine")
    npz(folder / "arrays.npz", {**arrays, "class_names": np.array(["a", "b", "c"])})
    assert datasets.load("mine").class_names == ("a", "b", "c")


def test_a_model_is_trained_on_them(tmp_path: Path) -> None:
    digits = datasets.load("digits")
    arrays = {"x_train": digits.train[:, 0], "y_train": digits.train_labels}
    arrays |= {"x_test": digits.test[:, 0], "y_test": digits.test_labels}
    data = imported(npz(tmp_path / "digits.npz", arrays))
    assert data.fingerprint == digits.fingerprint
    losses = []
    for name in ("mine", "digits"):
        job = TrainJob(TrainConfig(name, latent_size=4, epochs=1, batch_size=128), "cpu")
        for _ in job.run():
            pass
        stored = job.stored()
        assert stored is not None
        assert stored.run is not None
        losses.append([epoch.test_loss for epoch in stored.run.epochs])
    assert losses[0] == losses[1]  # the same images in the same order


@pytest.mark.skipif(not (REAL_DATA / "MNIST/raw").is_dir(), reason="MNIST is not here; set AUTOENC_DATA_DIR")
def test_mnist_from_keras_is_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(REAL_DATA))
    mnist = datasets.load("mnist")
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "data"))
    arrays = {"x_train": mnist.train[:, 0], "y_train": mnist.train_labels}
    arrays |= {"x_test": mnist.test[:, 0], "y_test": mnist.test_labels}
    data = imported(npz(tmp_path / "mnist.npz", arrays))
    assert data.fingerprint == mnist.fingerprint
    assert data.class_names == mnist.class_names
    import_dataset(REAL_DATA / "MNIST/raw", "raw")
    assert datasets.load("raw").fingerprint == mnist.fingerprint


# ---------------------------------------------------------------- stopped


def test_records_tell_how_far_it_is_and_one_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    images = RNG.integers(0, 256, (4000, 28, 28), np.uint8)
    path = npz(tmp_path / "a.npz", {"images": images, "labels": np.arange(4000) % 10})
    fractions = [record.done for record in datasets.import_dataset(path, "whole")]
    assert fractions == sorted(fractions)
    assert len({f for f in fractions if 0 < f < 0.9}) > 10
    n_records = len(fractions)
    before = left_behind(tmp_path)
    for n in (3, n_records // 2, n_records - 3):
        records = datasets.import_dataset(path, "mine")
        for _ in range(n):
            next(records)
        assert left_behind(tmp_path) != before
        with pytest.raises(DatasetError, match="another process is importing mine"):
            list(datasets.import_dataset(path, "mine"))
        records.close()
        assert left_behind(tmp_path) == before
    import_dataset(path)


@pytest.mark.parametrize("n_records", [3, 30])
def test_a_killed_process_leaves_no_data_set(tmp_path: Path, n_records: int) -> None:
    images = RNG.integers(0, 256, (4000, 28, 28), np.uint8)
    path = npz(tmp_path / "a.npz", {"images": images, "labels": np.arange(4000) % 10})
    code = f"""
import os, signal
from pathlib import Path
from autoenc import datasets
for n, record in enumerate(datasets.import_dataset(Path({str(path)!r}), "mine")):
    if n == {n_records}:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, check=False)
    assert killed.returncode != 0
    assert "mine" not in datasets.names()
    import_dataset(path)
    assert left_behind(tmp_path) == ["mine", "mine/arrays.npz", "mine/notes.txt"]


def test_two_processes_import_two_sets_and_the_same_one_only_once(tmp_path: Path) -> None:
    path = npz(tmp_path / "a.npz", KERAS)
    command = [sys.executable, "-m", "autoenc", "data", "import", str(path), "--name"]
    running = [
        subprocess.Popen([*command, name], cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, text=True)
        for name in ("mine", "mine", "other")
    ]
    errors = [process.communicate()[1] for process in running]
    assert sorted(process.returncode for process in running) == [0, 0, 1]
    refusal = next(error for process, error in zip(running, errors, strict=True) if process.returncode)
    assert "another process is importing mine" in refusal or "there is already a mine" in refusal
    expect_keras(datasets.load("mine"))
    expect_keras(datasets.load("other"))


def test_the_command_line_takes_several_files_and_names(tmp_path: Path) -> None:
    files = small_files(n_train=60, n_test=20)
    paths = [str(path) for path in put(tmp_path / "raw", files).iterdir()]
    names = "zero,one,two,three,four,five,six,seven,eight,nine"
    command = [sys.executable, "-m", "autoenc", "data", "import", *paths, "--name", "mine", "--json"]
    done = subprocess.run(
        [*command, "--classes", names], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True
    )
    report = json.loads(done.stdout)
    assert (report["n_train"], report["n_test"], report["class_names"]) == (60, 20, names.split(","))


def test_several_archives_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file is given; choose one or more"):
        datasets.import_dataset([], "mine")
    archive = zipped(tmp_path / "a.zip", {"a/1.png": packed(X[0])})
    path = npz(tmp_path / "a.npz", KERAS)
    for sources in ([path, archive], [archive, path], [path, put(tmp_path / "f", npys(KERAS))]):
        with pytest.raises(DatasetError, match="among other files; import it without them"):
            list(datasets.import_dataset(sources, "mine"))
    assert left_behind(tmp_path) == []
    assert zipfile.is_zipfile(path)
