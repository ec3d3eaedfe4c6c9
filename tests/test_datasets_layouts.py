"""Folders as Hugging Face and Keras have them: splits of any name, labels of folders or of a table."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from autoenc import datasets
from autoenc.errors import DatasetError
from tests.raw_files import left_behind, one_sentence, own_folders
from tests.test_datasets_folders import colour, packed, put
from tests.test_datasets_importing import import_dataset, tarred, zipped

__all__ = ["own_folders"]  # a fixture

Files = Mapping[str, bytes]


def pictures(*folders: str, n: int = 3) -> dict[str, bytes]:
    return {f"{folder}/{i}.png": packed(colour()) for folder in folders for i in range(n)}


def table(rows: Mapping[str, object], lines: bool = False, label: str = "label") -> bytes:
    if lines:
        return "\n".join(json.dumps({"file_name": name, label: of}) for name, of in rows.items()).encode()
    return "".join(
        f"{row}\r\n" for row in (f"file_name,{label}", *(f"{k},{v}" for k, v in rows.items()))
    ).encode()


def imported(source: object, name: str = "mine") -> datasets.Dataset:
    import_dataset(source, name)
    return datasets.load(name)


def refusal(tmp_path: Path, source: object) -> str:
    with pytest.raises(DatasetError) as caught:
        import_dataset(source)
    assert left_behind(tmp_path) == []
    return one_sentence(caught.value)


# ---------------------------------------------------------------- splits


@pytest.mark.parametrize(
    "test", ["val", "valid", "validation", "dev", "test", "testing", "eval", "Evaluation"]
)
@pytest.mark.parametrize("train", ["train", "training", "Train"])
def test_splits_are_known_by_all_names_that_others_give_them(tmp_path: Path, train: str, test: str) -> None:
    files = pictures(f"top/{train}/cat", f"top/{train}/dog", f"top/{test}/cat", f"top/{test}/dog", n=2)
    data = imported(zipped(tmp_path / "a.zip", files))
    assert (len(data.train), len(data.test), data.class_names) == (4, 4, ("cat", "dog"))
    said = f"the pictures in {test} are used for testing"
    assert (said in data.notes) == (test.lower() in ("val", "valid", "validation", "dev"))


def test_only_a_training_folder_gives_a_sixth_to_the_test(tmp_path: Path) -> None:
    data = imported(put(tmp_path / "a", pictures("train/cat", "train/dog", n=6)))
    assert (len(data.train), len(data.test), data.class_names) == (10, 2, ("cat", "dog"))
    assert data.notes == ("of each class every 6th picture is used for testing",)


def test_of_test_and_validation_the_validation_is_left_out_and_that_is_said(tmp_path: Path) -> None:
    data = imported(put(tmp_path / "a", pictures("train/a", "validation/a", "test/a", n=2)))
    assert (len(data.train), len(data.test)) == (2, 2)
    assert "2 pictures are left out: 2 in none of the class folders (validation/a/" in data.notes[0]


def test_a_folder_of_keras_with_other_files_in_it_comes_in(tmp_path: Path) -> None:
    files = {
        **pictures("flower_photos/roses", "flower_photos/tulips", n=6),
        "flower_photos/LICENSE.txt": b"x",
    }
    data = imported(tarred(tmp_path / "flower_photos.tgz", files, "w:gz"))
    assert (data.class_names, len(data.train), len(data.test)) == (("roses", "tulips"), 10, 2)


# ---------------------------------------------------------------- metadata


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("kind", ["folder", "zip", "table first"])
def test_a_table_gives_the_labels(tmp_path: Path, lines: bool, kind: str) -> None:
    name = "metadata.jsonl" if lines else "metadata.csv"
    files = pictures("train", n=4) | pictures("validation", n=2)
    tables = {
        f"train/{name}": table({"0.png": "cat", "1.png": "dog", "2.png": "cat", "3.png": "dog"}, lines),
        f"validation/{name}": table({"0.png": "dog", "1.png": "cat"}, lines),
    }
    files = tables | files if kind == "table first" else files | tables
    source = put(tmp_path / "a", files) if kind == "folder" else zipped(tmp_path / "a.zip", files)
    data = imported(source)
    assert data.class_names == ("cat", "dog")
    assert (np.bincount(data.train_labels).tolist(), len(data.test)) == ([2, 2], 2)
    assert data.notes == ("the pictures in validation are used for testing",)
    mine = tmp_path / "data/mine"
    assert (mine / "train/dog/1.png").read_bytes() == files["train/1.png"]
    assert (mine / "test/cat/1.png").read_bytes() == files["validation/1.png"]


def test_a_table_at_the_top_may_name_folders_and_numbers(tmp_path: Path) -> None:
    files = pictures("images/first", "images/second", n=6)
    rows = {f"images/{part}/{i}.png": int(part == "second") for part in ("first", "second") for i in range(6)}
    data = imported(put(tmp_path / "a", {**files, "metadata.jsonl": table(rows, lines=True)}))
    assert (data.class_names, len(data.train), len(data.test)) == (("0", "1"), 10, 2)
    kept = [
        path.relative_to(tmp_path / "data/mine").as_posix()
        for path in (tmp_path / "data/mine").rglob("*.png")
    ]
    assert "train/0/images_first_0.png" in kept


def test_a_picture_without_a_row_is_left_out_and_a_row_without_a_picture_does_not_matter(
    tmp_path: Path,
) -> None:
    files = pictures("train", "test", n=3)
    rows = {"0.png": "a", "1.png": "b", "gone.png": "a", "../test/2.png": "b", "/etc/passwd": "a"}
    tables = {"train/metadata.csv": table(rows), "test/metadata.csv": table({"0.png": "a", "1.png": "b"})}
    data = imported(put(tmp_path / "a", {**files, **tables}))
    assert (len(data.train), len(data.test)) == (2, 3)
    assert data.notes == ("1 picture is left out: 1 without a label in the metadata (train/2.png)",)


def test_a_table_without_labels_leaves_the_folders_as_they_are(tmp_path: Path) -> None:
    files = {**pictures("train/a", "test/a"), "train/metadata.csv": table({"a/0.png": "a cat"}, label="text")}
    assert imported(put(tmp_path / "a", files)).class_names == ("a",)


TABLES: dict[str, tuple[bytes, str]] = {
    "a folder in a label": (
        table({"0.png": "a/b"}),
        "has the label 'a/b', which is no name for a folder; rename it",
    ),
    "a way out": (table({"0.png": ".."}), "which is no name for a folder"),
    "no label": (table({"0.png": ""}), "which is no name for a folder"),
    "no UTF-8": (
        b"file_name,label\n0.png,\xff\n",
        "train/metadata.csv is not a table of file_name and label",
    ),
    "a long field": (b'file_name,label\n0.png,"' + b"x" * 200_000, "is not a table of file_name and label"),
    "only case": (table({"0.png": "Cat", "1.png": "cat"}), "differ only in capital letters"),
}


@pytest.mark.parametrize("wrong", TABLES)
def test_a_wrong_table_is_refused(tmp_path: Path, wrong: str) -> None:
    content, words = TABLES[wrong]
    files = {**pictures("train", "test"), "train/metadata.csv": content}
    assert words in refusal(tmp_path, put(tmp_path / "a", files))


@pytest.mark.parametrize(
    "content", [b"{", b"[1]", b"[" * 100_000, b'{"file_name": "0.png", "label": "x"}\nnot']
)
def test_wrong_lines_are_refused(tmp_path: Path, content: bytes) -> None:
    files = {**pictures("train", "test"), "train/metadata.jsonl": content}
    assert "metadata.jsonl is not a table of file_name and label" in refusal(
        tmp_path, put(tmp_path / "a", files)
    )


def test_a_table_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autoenc.datasets.metadata.MAX_TABLE_BYTES", 100_000)
    files = {**pictures("train", "test"), "train/metadata.csv": b"file_name,label\n" * 10_000}
    assert "train/metadata.csv has more than 0 MB; import fewer pictures" in refusal(
        tmp_path, zipped(tmp_path / "a.zip", files)
    )
