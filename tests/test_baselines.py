"""The baselines, against paper arithmetic and scikit-learn's PCA; what was found is found again."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn import decomposition

from autoenc import cache, datasets
from autoenc.baselines import BASELINES, MEAN_IMAGE, PCA, Baseline, comparable
from autoenc.datasets import Dataset
from autoenc.errors import AutoencError
from autoenc.jobs import BaselineJob
from autoenc.schema import BaselineCurve, Noise, State
from tests.sweep_points import pca

every_baseline = pytest.mark.parametrize("baseline", BASELINES.values(), ids=BASELINES)


def measured(baseline: Baseline, data: Dataset, n: int | None = None) -> BaselineCurve:
    *_, last = baseline.curves(data, n)
    return last


def losses(curve: BaselineCurve) -> dict[int, float]:
    return {point.n_latents: point.test_mse for point in curve.points}


def on_a_line(digits: Dataset) -> Dataset:
    """Images of one pixel pattern, dim or bright: one number says all."""
    brightness = np.arange(1, 201, dtype=np.uint8)
    images = np.zeros((200, 1, 2, 2), np.uint8)
    images[:, 0, 0, 0] = images[:, 0, 1, 1] = brightness
    labels = np.zeros(200, np.uint8)
    return replace(digits, train=images, train_labels=labels, test=images[:10], test_labels=labels[:10])


def test_images_on_a_line_need_one_number(digits: Dataset) -> None:
    assert losses(measured(PCA, on_a_line(digits))) == pytest.approx({1: 0, 2: 0, 3: 0, 4: 0}, abs=1e-9)


def test_the_mean_image_is_off_by_the_variance_around_it(digits: Dataset) -> None:
    """Two of four pixels, test images of brightness 1 to 10 around a mean of 100.5."""
    expected = np.mean(((np.arange(1, 11) - 100.5) / 255) ** 2) / 2
    assert losses(measured(MEAN_IMAGE, on_a_line(digits))) == pytest.approx({0: expected})


def test_the_errors_are_those_of_another_implementation(digits: Dataset) -> None:
    train, test = (images.reshape(len(images), -1) / 255 for images in (digits.train, digits.test))
    for k, mse in list(losses(measured(PCA, digits)).items())[::3]:
        fit = decomposition.PCA(k, svd_solver="full").fit(train)
        x_hat = fit.inverse_transform(fit.transform(test)).clip(0, 1)
        assert mse == pytest.approx(((test - x_hat) ** 2).mean(), rel=1e-3, abs=1e-7)


def test_more_numbers_never_do_worse_on_the_images_of_the_fit(digits: Dataset) -> None:
    curve = measured(PCA, replace(digits, test=digits.train, test_labels=digits.train_labels))
    assert all(np.diff([point.test_mse for point in curve.points]) <= 1e-9)


def test_a_part_of_the_training_images_has_a_fit_of_its_own_and_at_most_so_many_axes(digits: Dataset) -> None:
    part, whole = measured(PCA, digits, 20), measured(PCA, digits)
    assert (part.n_train_images, whole.n_train_images) == (20, len(digits.train))
    assert list(losses(part)) == [1, 2, 3, 4, 6, 8, 12, 16]
    assert losses(part)[16] > losses(whole)[16]


@every_baseline
def test_a_curve_grows_point_by_point_and_is_done_when_it_ends(baseline: Baseline, digits: Dataset) -> None:
    first, *grown, last = baseline.curves(digits)
    assert (first.points, first.done) == ((), 0)
    assert [len(curve.points) for curve in grown] == list(range(1, len(grown) + 1))
    done = [curve.done for curve in (first, *grown, last)]
    assert done == sorted(done)
    assert done.index(1.0) == len(done) - 1
    sizes = list(losses(last))
    assert sizes == sorted(set(sizes))


def test_a_curve_has_an_error_only_where_it_was_measured_and_one_without_a_code_everywhere() -> None:
    curve = pca({2: 0.05, 4: 1e-9, 8: float("nan")})
    assert [curve.mse_at(k) for k in (1, 2, 4, 8)] == [None, 0.05, None, None]
    assert curve.level is None
    without = replace(pca({0: 0.07}), has_code=False)
    assert [without.mse_at(k) for k in (1, 100)] == [0.07, 0.07]
    assert replace(without, points=()).mse_at(1) is None


def test_models_of_noisy_images_are_compared_with_the_mean_image_which_sees_none() -> None:
    clean, noisy = comparable(None), comparable(Noise("gaussian", 0.3))
    assert clean == tuple(BASELINES.values())
    assert [b for b in clean if b in (PCA, MEAN_IMAGE)] == [PCA, MEAN_IMAGE]
    assert noisy == tuple(b for b in clean if b.with_noise)
    assert MEAN_IMAGE in noisy
    assert PCA not in noisy


# ---------------------------------------------------------------- as a job


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path))
    return tmp_path


@every_baseline
def test_what_was_found_is_found_again_without_computing(folder: Path, baseline: Baseline) -> None:
    job = BaselineJob(baseline, "digits", 600)  # on all images it comes with the program
    assert job.stored() is None
    *_, measured = job.run()
    stored = job.stored()
    assert stored is not None
    assert (stored.state, stored.value) == (State.FINISHED, measured)
    assert BaselineJob(baseline, "digits", 500).stored() is None, "a fit on fewer images is another"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"sizes": [1], "test_mse": []}', "null", "\0"])
def test_a_damaged_file_of_the_cache_is_as_good_as_none(folder: Path, content: str) -> None:
    job = BaselineJob(PCA, "digits")
    list(job.run())
    (file,) = (folder / "results").iterdir()
    file.write_text(content)
    assert job.stored() is None
    list(job.run())
    assert job.stored() is not None


def test_a_file_of_the_cache_that_holds_no_number_is_as_good_as_none(folder: Path) -> None:
    job = BaselineJob(PCA, "digits")
    list(job.run())
    (file,) = (folder / "results").iterdir()
    name, values = file.stem, json.loads(file.read_text())["values"]
    cache.save(name, values | {"test_mse": [float("nan"), *values["test_mse"][1:]]})
    assert job.stored() is None


def test_a_digit_that_the_disk_has_changed_is_noticed_told_and_mended(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = BaselineJob(PCA, "digits")
    *_, measured = job.run()
    (file,) = (folder / "results").iterdir()
    text = file.read_text()
    digits = re.search(r'"test_mse": \[0\.(\d)', text)
    assert digits is not None
    at = digits.start(1)
    file.write_text(f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}")
    assert job.stored() is None
    assert file.name in caplog.text
    *_, again = job.run()
    assert again == measured
    stored = job.stored()
    assert stored is not None
    assert stored.value == measured


def test_the_result_of_one_name_is_not_that_of_another(folder: Path) -> None:
    cache.save("one", {"value": 1})
    (folder / "results/one.json").rename(folder / "results/other.json")
    assert cache.load_cached("other") is None


def test_a_cache_that_cannot_be_written_is_told_in_a_sentence(folder: Path) -> None:
    data = datasets.load("digits")
    (folder / "results").write_text("no folder")
    with pytest.raises(AutoencError, match=r"cannot write .*make room"):
        PCA.save(data, pca({1: 0.1}, "digits"))


def test_a_fit_that_an_earlier_version_kept_is_found(folder: Path) -> None:
    """Version 0.3 kept PCA and the mean image in one file."""
    data = datasets.load("digits")
    values = {"dataset": "digits", "n_train_images": len(data.train), "mean_image_mse": 0.07}
    cache.save(
        f"pca-{data.fingerprint}-{len(data.train)}",
        values | {"sizes": [1, 2], "test_mse": [0.05, 0.04], "done": 1.0},
    )
    stored = BaselineJob(PCA, "digits").stored()
    assert stored is not None
    assert isinstance(stored.value, BaselineCurve)
    assert losses(stored.value) == {1: 0.05, 2: 0.04}
