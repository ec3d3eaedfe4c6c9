"""Your own pictures as arrays, in a real browser: chosen, imported, refused."""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import FilePayload, Page, expect

from autoenc import datasets
from tests.browser.conftest import OpenPage
from tests.raw_files import images_file, labels_file


@pytest.fixture
def data(checkpoint_folder: Path) -> Iterator[Path]:
    """The data folder of the dashboard, which has no data sets for the other tests."""
    folder = checkpoint_folder / "no-data"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def digits() -> dict[str, np.ndarray]:
    """As Keras calls them."""
    of = datasets.load("digits")
    train, test = (of.train[:300, 0], of.train_labels[:300]), (of.test[:100, 0], of.test_labels[:100])
    return dict(zip(("x_train", "y_train", "x_test", "y_test"), (*train, *test), strict=True))


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def give(page: Page, name: str, *files: FilePayload) -> None:
    """Opens the form, chooses the files and presses Import."""
    page.get_by_role("button", name="Your own pictures").click()
    page.locator("[class*=st-key-own-file] input[type=file]").set_input_files(list(files))
    for file in files:
        expect(page.get_by_role("button", name=f"Remove {file['name']}")).to_be_visible()
    page.get_by_label("Name of the data set").fill(name)
    page.get_by_label("Name of the data set").press("Enter")
    page.locator(".st-key-own-go button").click()


def test_an_npz_of_keras_becomes_a_choice(open_page: OpenPage, data: Path) -> None:
    content = io.BytesIO()
    np.savez_compressed(content, **digits())  # type: ignore[arg-type]
    page = open_page("train")
    give(page, "keras", payload("mnist.npz", content.getvalue()))
    expect(page.get_by_text("Training images, 300 in all")).to_be_visible()
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("keras")
    assert (data / "keras/arrays.npz").is_file()


def test_on_a_phone_four_files_come_in_at_once_and_what_is_none_is_refused(
    open_page: OpenPage, data: Path
) -> None:
    of = digits()
    files = [
        payload(f"{split}-{kind}-ubyte.gz", gzip.compress(content))
        for split, x, y in (("train", "x_train", "y_train"), ("t10k", "x_test", "y_test"))
        for kind, content in (("images-idx3", images_file(of[x])), ("labels-idx1", labels_file(of[y])))
    ]
    page = open_page("train", phone=True)
    page.get_by_text("Settings", exact=True).last.click()
    give(page, "four", *files)
    expect(page.get_by_text("Training images, 300 in all")).to_be_visible()
    wrong = images_file(of["x_train"])[:-1]
    give(page, "wrong", payload("train-images-idx3-ubyte.gz", gzip.compress(wrong)))
    expect(page.get_by_text("download or save it again")).to_be_visible()
    assert [path.name for path in data.iterdir()] == ["four"]
