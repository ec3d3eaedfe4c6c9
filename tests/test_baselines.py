"""PCA and the mean image, against paper arithmetic and scikit-learn's PCA."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from autoenc import baselines, datasets
from autoenc.cache import keep, kept
from autoenc.datasets import Dataset
from autoenc.errors import AutoencError
from autoenc.jobs import PcaJob
from autoenc.schema import Pca, State


def fitted(data: Dataset, n: int | None = None) -> Pca:
    *_, last = baselines.pca(data, n)
    return last


def on_a_line(digits: Dataset) -> Dataset:
    """Images of one pixel pattern, dim or bright: one number says all."""
    brightness = np.arange(1, 201, dtype=np.uint8)
    images = np.zeros((200, 1, 2, 2), np.uint8)
    images[:, 0, 0, 0] = images[:, 0, 1, 1] = brightness
    labels = np.zeros(200, np.uint8)
    return replace(digits, train=images, train_labels=labels, test=images[:10], test_labels=labels[:10])


def test_images_on_a_line_need_one_number(digits: Dataset) -> None:
    found = fitted(on_a_line(digits))
    assert found.sizes == (1, 2, 3, 4)
    assert found.test_mse == pytest.approx((0, 0, 0, 0), abs=1e-9)


def test_the_mean_image_is_off_by_the_variance_around_it(digits: Dataset) -> None:
    """Two of four pixels, test images of brightness 1 to 10 around a mean of 100.5."""
    expected = np.mean(((np.arange(1, 11) - 100.5) / 255) ** 2) / 2
    assert fitted(on_a_line(digits)).mean_image_mse == pytest.approx(expected)


def test_the_errors_are_those_of_another_implementation(digits: Dataset) -> None:
    train, test = (images.reshape(len(images), -1) / 255 for images in (digits.train, digits.test))
    found = fitted(digits)
    for k, mse in zip(found.sizes[::3], found.test_mse[::3], strict=True):
        theirs = PCA(k, svd_solver="full").fit(train)
        x_hat = theirs.inverse_transform(theirs.transform(test)).clip(0, 1)
        assert mse == pytest.approx(((test - x_hat) ** 2).mean(), rel=1e-3, abs=1e-7)


def test_more_numbers_never_do_worse_on_the_images_of_the_fit(digits: Dataset) -> None:
    mse = fitted(replace(digits, test=digits.train, test_labels=digits.train_labels)).test_mse
    assert all(np.diff(mse) <= 1e-9)


def test_a_part_of_the_training_images_has_a_fit_of_its_own_and_at_most_so_many_axes(digits: Dataset) -> None:
    part, whole = fitted(digits, 20), fitted(digits)
    assert (part.n_train_images, whole.n_train_images) == (20, len(digits.train))
    assert part.sizes == (1, 2, 3, 4, 6, 8, 12, 16)
    assert part.test_mse[-1] > whole.test_mse[part.sizes.index(16)]


# ---------------------------------------------------------------- as a job


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_what_was_found_is_found_again_without_computing(cache: Path) -> None:
    job = PcaJob("digits")
    assert job.stored() is None
    *_, found = job.run()
    stored = job.stored()
    assert stored is not None
    assert (stored.state, stored.value) == (State.FINISHED, found)
    assert PcaJob("digits", 500).stored() is None, "a fit on fewer images is another"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"sizes": [1], "test_mse": []}', "null", "\0"])
def test_a_damaged_file_of_the_cache_is_as_good_as_none(cache: Path, content: str) -> None:
    job = PcaJob("digits")
    list(job.run())
    (file,) = (cache / "results").iterdir()
    file.write_text(content)
    assert job.stored() is None
    list(job.run())
    assert job.stored() is not None


def test_a_file_of_the_cache_that_holds_no_number_is_as_good_as_none(cache: Path) -> None:
    job = PcaJob("digits")
    list(job.run())
    (file,) = (cache / "results").iterdir()
    name, values = file.stem, json.loads(file.read_text())["values"]
    keep(name, values | {"mean_image_mse": float("nan")})
    assert job.stored() is None


def test_a_digit_that_the_disk_has_changed_is_noticed_told_and_mended(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = PcaJob("digits")
    *_, found = job.run()
    (file,) = (cache / "results").iterdir()
    text = file.read_text()
    digits = re.search(r'"mean_image_mse": 0\.(\d)', text)
    assert digits is not None
    at = digits.start(1)
    file.write_text(f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}")
    assert job.stored() is None
    assert file.name in caplog.text
    *_, again = job.run()
    assert again == found
    stored = job.stored()
    assert stored is not None
    assert stored.value == found


def test_the_result_of_one_name_is_not_that_of_another(cache: Path) -> None:
    keep("one", {"value": 1})
    (cache / "results/one.json").rename(cache / "results/other.json")
    assert kept("other") is None


def test_a_cache_that_cannot_be_written_is_told_in_a_sentence(cache: Path) -> None:
    data = datasets.load("digits")
    (cache / "results").write_text("no folder")
    with pytest.raises(AutoencError, match=r"cannot write .*make room"):
        baselines.keep_pca(data, Pca("digits", 20, 0.1, (1,), (0.1,), 1.0))
