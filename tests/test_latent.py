"""Codes of a run, and a Gaussian of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture

from autoenc import latent, training
from autoenc.datasets import Dataset
from autoenc.errors import CodeError
from autoenc.inspection import Trained
from autoenc.latent.codes import MAX_NUMBERS, MIN_IMAGES
from autoenc.latent.gaussian import MAX_VALUES
from autoenc.schema import TrainConfig
from tests.runs import PLAIN, trained

CONV = TrainConfig("digits", "conv", 5, epochs=1)


@pytest.fixture(scope="module", params=[PLAIN, CONV], ids=["mlp", "conv"])
def opened(request: pytest.FixtureRequest, digits: Dataset) -> Trained:
    run, state = trained(request.param, digits)
    return Trained(run, digits, state.model.requires_grad_(False).eval())


def test_the_codes_of_the_test_images_are_what_the_encoder_makes_of_each(opened: Trained) -> None:
    codes, data = latent.test_codes(opened), opened.data
    assert len(codes) == len(data.test)
    assert codes.labels.tolist() == data.test_labels.tolist()
    for i in (0, 20, len(codes) - 1):
        z = opened.model.encoder(training.as_float(torch.from_numpy(data.test[i : i + 1]))).flatten()
        assert codes.z[i] == pytest.approx(z.numpy(), abs=1e-5)


def test_the_codes_of_training_images_are_those_of_the_first(opened: Trained) -> None:
    codes = latent.training_codes(opened)
    assert codes.z[:3] == pytest.approx(latent.codes_of(opened, opened.data.train[:3]), abs=1e-5)
    assert codes.labels[:50].tolist() == opened.data.train_labels[:50].tolist()


def test_of_a_code_with_very_many_numbers_fewer_images_are_taken(
    opened: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_latents = opened.run.model.n_latents
    monkeypatch.setattr("autoenc.latent.codes.MAX_NUMBERS", 40 * n_latents + 1)
    assert len(latent.test_codes(opened)) == 40
    monkeypatch.setattr("autoenc.latent.codes.MAX_NUMBERS", MAX_NUMBERS)
    monkeypatch.setattr("autoenc.latent.codes.affordable", lambda info: 0)
    assert len(latent.training_codes(opened)) == MIN_IMAGES


def test_codes_that_are_not_finite_are_told_of_in_a_sentence(digits: Dataset) -> None:
    run, state = trained(PLAIN, digits)
    broken = Trained(run, digits, state.model.requires_grad_(False))
    broken.model.encoder[1].bias[0] = torch.nan
    with pytest.raises(CodeError, match=f"codes of {run.run_id} are not finite numbers"):
        latent.test_codes(broken)


@pytest.mark.parametrize(("size", "is_possible"), [(1e14, True), (1e16, False), (1e30, False)])
def test_codes_whose_squares_do_not_fit_in_32_bits_are_told_of_in_a_sentence(
    digits: Dataset, size: float, is_possible: bool
) -> None:
    run, state = trained(PLAIN, digits)
    broken = Trained(run, digits, state.model.requires_grad_(False))
    broken.model.encoder[1].bias[0] = size
    if is_possible:
        z = latent.test_codes(broken).z
        assert np.isfinite(latent.fit(z).draw(5, 0)).all()
    else:
        with pytest.raises(CodeError, match=f"codes of {run.run_id} are too large: its training went wrong"):
            latent.test_codes(broken)


# ---------------------------------------------------------------- the Gaussian


def test_a_gaussian_of_four_codes_is_the_one_worked_out_on_paper() -> None:
    z = np.array([[0, 0], [4, 0], [0, 2], [4, 2]], np.float32)
    fitted = latent.fit(z)  # mean (2, 1); variances 4 and 1, by N and not by N - 1
    assert fitted.mean == pytest.approx([2, 1])
    assert fitted.covariance == pytest.approx(np.array([[4, 0], [0, 1]]), abs=1e-6)
    assert fitted.variances.tolist() == pytest.approx([4, 1])
    # (4 / 2, 0), (0, 3 / 1), and the root of 1 + 1
    away = np.array([[2, 1], [6, 1], [2, 4], [0, 0]], np.float32)
    assert fitted.distance(away) == pytest.approx([0, 2, 3, np.sqrt(2)], abs=1e-6)


def test_mean_and_covariance_are_those_of_another_implementation() -> None:
    rng = np.random.default_rng(0)
    z = (rng.standard_normal((500, 6)) @ rng.standard_normal((6, 6)) + 3).astype(np.float32)
    fitted, other = latent.fit(z), GaussianMixture(1, reg_covar=0).fit(z.astype(np.float64))
    assert fitted.mean == pytest.approx(other.means_[0], abs=1e-5)
    assert fitted.covariance == pytest.approx(other.covariances_[0], abs=1e-4)


def test_codes_that_are_drawn_have_the_mean_and_covariance_they_are_drawn_from() -> None:
    z = np.random.default_rng(1).multivariate_normal([1, -2], [[2, 1], [1, 3]], 2000).astype(np.float32)
    fitted = latent.fit(z)
    drawn = fitted.draw(200_000, seed=3)
    assert drawn.mean(0) == pytest.approx(fitted.mean, abs=0.02)
    assert np.cov(drawn.T) == pytest.approx(fitted.covariance, abs=0.05)
    assert np.array_equal(fitted.draw(5, seed=7), fitted.draw(5, seed=7))
    assert not np.array_equal(fitted.draw(5, seed=7), fitted.draw(5, seed=8))


def test_a_direction_in_which_no_code_varies_counts_for_nothing() -> None:
    z = np.random.default_rng(2).standard_normal((300, 3)).astype(np.float32)
    z[:, 1] = 5
    fitted = latent.fit(z)
    assert len(fitted.variances) == 2
    assert fitted.draw(20, seed=0)[:, 1] == pytest.approx(5, abs=1e-5)
    moved = z[:4] + np.array([0, 1, 0], np.float32)
    assert fitted.distance(moved) == pytest.approx(fitted.distance(z[:4]), abs=1e-4)


def test_a_single_code_and_equal_codes_are_a_point() -> None:
    for z in (np.ones((1, 4), np.float32), np.ones((9, 4), np.float32)):
        fitted = latent.fit(z)
        assert fitted.variances.size == 0
        assert fitted.draw(3, seed=0) == pytest.approx(np.ones((3, 4)))
        assert fitted.distance(z).tolist() == [0] * len(z)


def test_of_a_very_large_code_the_directions_of_the_largest_variance_are_found() -> None:
    rng = np.random.default_rng(4)
    n_values = MAX_VALUES + 100
    axis = rng.standard_normal(n_values)
    axis /= np.linalg.norm(axis)
    z = 10 * rng.standard_normal((400, 1)) * axis + 0.1 * rng.standard_normal((400, n_values))
    fitted = latent.fit(z.astype(np.float32))
    assert abs(fitted.axes[0] @ axis) == pytest.approx(1, abs=1e-3)
    assert fitted.variances[0] == pytest.approx((z @ axis).var(), rel=1e-3)


def test_a_run_of_another_seed_has_another_gaussian(digits: Dataset) -> None:
    """What is cached by run must differ by run."""
    fitted = []
    for seed in (0, 1):
        run, state = trained(replace(PLAIN, seed=seed), digits)
        one = Trained(run, digits, state.model.requires_grad_(False))
        fitted.append(latent.fit(latent.training_codes(one).z))
    assert not np.allclose(fitted[0].mean, fitted[1].mean)
