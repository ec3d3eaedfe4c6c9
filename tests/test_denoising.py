"""Methods of denoising: filters against paper arithmetic and each other, models, curves, what is kept."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression

from autoenc import checkpoints, datasets, denoising, metrics, noise
from autoenc.cache import save
from autoenc.datasets import Dataset
from autoenc.denoising import classical, measuring
from autoenc.errors import AutoencError, CheckpointError, ConfigError, RunUnknown
from autoenc.jobs import CurveJob, TrainJob
from autoenc.schema import (
    CLASSICAL_METHODS,
    METHODS,
    NOISES,
    Curve,
    Quality,
    Run,
    State,
    TrainConfig,
    check_levels,
    psnr_of_mse,
    usual_levels,
)
from autoenc.training import as_float, seeded

QUICK = TrainConfig("digits", latent_size=16, epochs=3)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def run_id() -> str:
    *_, run = (record for record in TrainJob(QUICK, "cpu").run() if isinstance(record, Run))
    return run.run_id


def noisy(data: Dataset, kind: str, level: float, n: int = 60) -> tuple[torch.Tensor, torch.Tensor]:
    x = as_float(torch.from_numpy(data.test[:n]))
    return x, noise.apply(kind, x, level, torch.randn(x.shape, generator=seeded("cpu", 7, 0, "tests")))


def psnr(x: torch.Tensor, x_hat: torch.Tensor) -> float:
    return psnr_of_mse(float(metrics.mse(x, x_hat).mean()))


def measured(method: str, data: Dataset, kind: str = "gaussian", levels: tuple[float, ...] = (0.3,)) -> Curve:
    *_, curve = measuring.measure(method, data, kind, levels)
    return curve


# ---------------------------------------------------------------- classical methods


@pytest.mark.parametrize("method", CLASSICAL_METHODS)
def test_each_classical_method_takes_some_noise_away(digits: Dataset, method: str) -> None:
    x, x_noisy = noisy(digits, "gaussian", 0.3)
    x_hat = classical.fitted(method, digits, "gaussian", 0.3)(x_noisy)
    assert x_hat.shape == x.shape
    assert 0 <= float(x_hat.min()) <= float(x_hat.max()) <= 1
    assert psnr(x, x_hat) > psnr(x, x_noisy) + 2


@pytest.mark.parametrize("method", CLASSICAL_METHODS)
def test_colour_images_are_filtered_channel_by_channel_in_their_places(digits: Dataset, method: str) -> None:
    """Three equal channels, differing in brightness: what comes back has the same order."""
    shades = np.array([1.0, 0.6, 0.2]).reshape(3, 1, 1)
    train, test = ((x[..., ::2, ::2] * shades).astype(np.uint8) for x in (digits.train, digits.test))
    colour = replace(digits, train=train, test=test)
    x, x_noisy = noisy(colour, "gaussian", 0.1)
    x_hat = classical.fitted(method, colour, "gaussian", 0.1)(x_noisy)
    assert x_hat.shape == x.shape
    assert psnr(x, x_hat) > psnr(x, x_noisy)
    brightness = x_hat.mean((0, 2, 3))
    assert brightness[0] > brightness[1] > brightness[2]


def test_the_median_filter_takes_the_median_of_each_pixel_and_those_around_it(digits: Dataset) -> None:
    _, x_noisy = noisy(digits, "salt-pepper", 0.2, n=4)
    x_hat = classical.fitted("median", digits, "salt-pepper", 0.2)(x_noisy).numpy()
    candidates = []
    for size in (3, 5, 7):
        margin = size // 2
        wide = np.pad(x_noisy, [(0, 0), (0, 0), (margin, margin), (margin, margin)], mode="symmetric")
        around = np.lib.stride_tricks.sliding_window_view(wide, (size, size), axis=(2, 3))
        candidates.append(np.median(around, axis=(4, 5)))
    assert any(np.allclose(x_hat, candidate) for candidate in candidates)


def test_the_affine_filter_is_the_regression_of_clean_on_noisy_pixels(digits: Dataset) -> None:
    small = replace(digits, train=digits.train[..., ::4, ::4].copy(), test=digits.test[..., ::4, ::4].copy())
    x, x_noisy = classical.noisy_pairs(small, "gaussian", 0.3, len(small.train))
    expected = LinearRegression().fit(x_noisy.flatten(1).numpy(), x.flatten(1).numpy())
    _, new = noisy(small, "gaussian", 0.3)
    predicted = expected.predict(new.flatten(1).numpy()).clip(0, 1)
    found = classical.affine(small, "gaussian", 0.3)(new).flatten(1).numpy()
    assert np.abs(found - predicted).max() < 0.01


def test_without_noise_the_affine_filter_hardly_changes_the_images_it_was_fitted_on(digits: Dataset) -> None:
    x = as_float(torch.from_numpy(digits.train[:50]))
    assert psnr(x, classical.affine(digits, "gaussian", 1e-3)(x)) > 35


def test_a_filter_is_as_strong_as_its_noise_needs(digits: Dataset) -> None:
    weak, strong = (classical.fitted("tv", digits, "gaussian", level) for level in (0.05, 0.6))
    assert weak.keywords["strength"] < strong.keywords["strength"]  # type: ignore[attr-defined]


def test_an_unknown_method_is_refused_with_the_known_ones(digits: Dataset) -> None:
    with pytest.raises(ConfigError, match="unknown method 'magic'; known: noisy, affine, median, tv, nlm"):
        classical.fitted("magic", digits, "gaussian", 0.3)


def test_the_best_affine_filter_reaches_on_mnist_what_was_measured_before(mnist: Dataset) -> None:
    """20.5 dB at 0.3, with all training images; ours is fitted on a third of them."""
    x, x_noisy = noisy(mnist, "gaussian", 0.3, n=1000)
    assert psnr(x, classical.affine(mnist, "gaussian", 0.3)(x_noisy)) == pytest.approx(20.5, abs=0.25)


# ---------------------------------------------------------------- curves


def test_the_noisy_curve_is_the_error_of_the_noise_itself(digits: Dataset) -> None:
    curve = measured("noisy", digits, levels=(0.1, 0.5))
    for point in curve.points:
        x = as_float(torch.from_numpy(digits.test))
        x_noisy = noise.apply("gaussian", x, point.level, measuring.test_unit(x, 0))
        assert point.psnr_db == pytest.approx(psnr(x, x_noisy), abs=1e-4)
        assert point.ssim == pytest.approx(float(metrics.ssim(x, x_noisy).mean()), abs=1e-5)
        each = metrics.psnr_db(x, x_noisy).numpy()
        assert (each < point.psnr_low).mean() == pytest.approx(0.1, abs=0.03)
        assert (each > point.psnr_high).mean() == pytest.approx(0.1, abs=0.03)


def test_a_curve_grows_level_by_level_and_is_done_at_its_end(digits: Dataset) -> None:
    seen = list(measuring.measure("noisy", digits, "gaussian", (0.1, 0.2, 0.3)))
    assert [len(curve.points) for curve in seen] == [0, 0, 1, 1, 2, 2, 3]
    assert [curve.done for curve in seen] == sorted(curve.done for curve in seen)
    assert (seen[0].done, seen[-1].done) == (0, 1)


def test_the_noise_of_a_test_image_depends_on_its_number_alone(digits: Dataset) -> None:
    x = as_float(torch.from_numpy(digits.test))
    assert torch.equal(measuring.test_unit(x, 0), measuring.test_unit(x, 0))
    assert torch.equal(measuring.test_unit(x, 0)[:10], measuring.test_unit(x[:10], 0))
    assert not torch.equal(measuring.test_unit(x, 0), measuring.test_unit(x, 1000))


def test_slow_filters_are_measured_on_the_first_thousand_images(digits: Dataset) -> None:
    many = replace(digits, test=np.concatenate([digits.test] * 17)[:1010])
    assert measured("median", many).n_images == 1000
    assert measured("noisy", many).n_images == 1010


def test_a_picture_that_comes_back_exactly_counts_100_db(digits: Dataset) -> None:
    curve = measured("noisy", digits, "blur", (0.05,))  # of a twentieth of a pixel
    assert curve.points[0].psnr_db == pytest.approx(100)


def test_a_model_is_measured_on_the_pixels_that_every_method_is_given(run_id: str) -> None:
    data = datasets.load("digits")
    (point,) = measured(run_id, data).points
    x = as_float(torch.from_numpy(data.test))
    model = measuring.opened(run_id, data).model
    with torch.no_grad():
        x_hat = model(noise.apply("gaussian", x, 0.3, measuring.test_unit(x, 0)))
    assert point.psnr_db == pytest.approx(psnr(x, x_hat), abs=1e-4)


def test_a_run_of_other_images_is_refused(run_id: str, digits: Dataset) -> None:
    with pytest.raises(ConfigError, match=f"{run_id} was trained on digits; choose a run of mnist"):
        measuring.opened(run_id, replace(digits, name="mnist", fingerprint="0" * 16))


def test_a_run_that_is_not_finished_is_refused() -> None:
    job = TrainJob(replace(QUICK, epochs=50), "cpu")
    records = job.run()
    for record in records:
        if getattr(record, "epoch", 0) == 2:
            break
    records.close()
    with pytest.raises(AutoencError, match=r"has \d+ of 50 epochs; train it to the end first"):
        measuring.opened(job.job_id, datasets.load("digits"))


def test_a_run_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(RunUnknown, match="no run digits-mlp-k1-e1-00000000"):
        measured("digits-mlp-k1-e1-00000000", datasets.load("digits"))


# ---------------------------------------------------------------- as a job


@pytest.mark.parametrize(
    "wrong",
    [
        *((), (0.0,), (1e-4,), (-1.0,), (1.5,), (float("nan"),), (float("inf"),), (True,), ("0.1",)),
        tuple(np.linspace(0.1, 1, 101).tolist()),
    ],
)
def test_levels_that_are_not_allowed_are_refused(wrong: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="noise level"):
        CurveJob("digits", "gaussian", "noisy", wrong)


def test_levels_are_put_in_order_once_each() -> None:
    assert check_levels("gaussian", (0.5, 0.1, 0.5)) == (0.1, 0.5)
    assert check_levels("gaussian", (0.1, 0.1000000001, 1.0000001)) == (0.1, 1)  # written, they look alike
    one, other = (CurveJob("digits", "gaussian", "noisy", levels) for levels in ((0.1, 0.5), (0.5, 0.1, 0.5)))
    assert one == other
    assert one.job_id == other.job_id


@pytest.mark.parametrize("kind", sorted(NOISES))
def test_the_usual_levels_of_each_noise_are_allowed_and_reach_the_largest(kind: str) -> None:
    levels = usual_levels(kind)
    assert check_levels(kind, levels) == levels
    assert levels[-1] == NOISES[kind].most


def test_what_was_measured_is_found_again_without_measuring(cache: Path) -> None:
    job = CurveJob("digits", "gaussian", "noisy", (0.1, 0.3))
    assert job.stored() is None
    *_, curve = job.run()
    stored = job.stored()
    assert stored is not None
    assert (stored.state, stored.value) == (State.FINISHED, curve)
    for other in ({"levels": (0.1,)}, {"noise": "speckle"}, {"method": "median"}):
        assert replace(job, **other).stored() is None  # type: ignore[arg-type]


def test_a_run_that_is_trained_anew_is_measured_anew(cache: Path, run_id: str) -> None:
    before = CurveJob("digits", "gaussian", run_id, (0.3,))
    *_, old = before.run()
    checkpoints.delete(run_id)
    with pytest.raises(RunUnknown, match="no run"):
        CurveJob("digits", "gaussian", run_id, (0.3,))
    *_, run = (record for record in TrainJob(QUICK, "cpu").run() if isinstance(record, Run))
    assert run.run_id == run_id
    after = CurveJob("digits", "gaussian", run_id, (0.3,))
    assert after.job_id != before.job_id
    assert after.stored() is None
    with pytest.raises(CheckpointError, match=r"another run has replaced \S+; measure it again"):
        next(before.run())
    stored = before.stored()
    assert stored is not None
    assert stored.value == old


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"points": 3}', '{"points": [{"level": 0.1}]}', "null"])
def test_a_damaged_curve_in_the_cache_is_as_good_as_none(cache: Path, damage: str) -> None:
    job = CurveJob("digits", "gaussian", "noisy", (0.1,))
    list(job.run())
    (file,) = (cache / "results").glob("curve*.json")
    file.write_text(damage)
    assert job.stored() is None


def test_a_curve_that_holds_no_number_is_as_good_as_none(cache: Path) -> None:
    job = CurveJob("digits", "gaussian", "noisy", (0.1,))
    list(job.run())
    (file,) = (cache / "results").glob("curve*.json")
    values = json.loads(file.read_text())["values"]
    values["points"][0]["ssim"] = float("nan")
    save(file.stem, values)
    assert job.stored() is None


def test_a_curve_that_was_stopped_half_way_is_not_kept(cache: Path) -> None:
    job = CurveJob("digits", "gaussian", "noisy", (0.1, 0.3))
    records = job.run()
    next(records)
    records.close()
    assert job.stored() is None


# ---------------------------------------------------------------- a few images, to look at


def test_looking_at_images_measures_what_is_shown(digits: Dataset) -> None:
    x, unit = digits.test[:5], denoising.unit_noise((5, *digits.image_shape), seed=3)
    shown = denoising.denoised(x, unit, "gaussian", 0.2, denoising.denoiser("noisy", digits, "gaussian", 0.2))
    error = (shown.x_hat / 255 - x / 255) ** 2
    assert shown.psnr_db == pytest.approx(-10 * np.log10(error.mean((1, 2, 3))), abs=0.1)
    assert shown.mean_psnr_db == pytest.approx(psnr_of_mse(float(error.mean())), abs=0.1)
    assert len(shown.ssim) == 5
    assert shown.mean_ssim == pytest.approx(np.mean(shown.ssim))


def test_no_noise_at_all_leaves_the_images_as_they_are(digits: Dataset) -> None:
    x, unit = digits.test[:5], denoising.unit_noise((5, *digits.image_shape), seed=3)
    shown = denoising.denoised(x, unit, "gaussian", 0, lambda given: given)
    assert np.array_equal(shown.x_hat, x)


def test_every_method_has_a_name() -> None:
    assert {"noisy", *CLASSICAL_METHODS} == set(METHODS)
    assert Quality(0.1, 0.01, 19, 21, 0.8, 0.7, 0.9).psnr_db == pytest.approx(20)


def test_the_affine_filter_is_prompt_for_digits_and_not_for_colour_images() -> None:
    assert "affine" in denoising.prompt((1, 28, 28))
    assert "affine" not in denoising.prompt((3, 32, 32))
    assert "median" in denoising.prompt((3, 32, 32))
