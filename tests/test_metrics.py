"""Errors between images, by paper arithmetic and against an independent implementation."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some
from skimage.metrics import structural_similarity

from autoenc import metrics
from autoenc.errors import AutoencError, ShapeError

BLACK = torch.zeros(1, 1, 4, 4)


def test_mse_of_a_tenth_off_everywhere_is_a_hundredth() -> None:
    assert metrics.mse(BLACK, BLACK + 0.1).tolist() == pytest.approx([0.01])


def test_psnr_of_a_tenth_off_everywhere_is_20_db() -> None:
    assert metrics.psnr_db(BLACK, BLACK + 0.1).tolist() == pytest.approx([20])


def test_psnr_of_white_for_black_is_0_db() -> None:
    assert metrics.psnr_db(BLACK, BLACK + 1).tolist() == [0]


def test_psnr_of_an_image_that_came_back_exactly_is_infinite() -> None:
    assert metrics.psnr_db(BLACK + 0.3, BLACK + 0.3).tolist() == [math.inf]


def test_an_error_in_one_pixel_of_sixteen_counts_a_sixteenth() -> None:
    x_hat = BLACK.clone()
    x_hat[0, 0, 2, 1] = 1
    assert metrics.mse(BLACK, x_hat).tolist() == [1 / 16]


def test_every_image_has_its_own_error() -> None:
    x = torch.zeros(3, 2, 1, 1)
    x_hat = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]).reshape(3, 2, 1, 1)
    assert metrics.mse(x, x_hat).tolist() == [0, 0.5, 1]


images = some.arrays(np.float32, (3, 2, 4, 5), elements=st.floats(0, 1, width=32))


@given(images, images)
def test_mse_agrees_with_numpy(x: np.ndarray, x_hat: np.ndarray) -> None:
    expected = ((x.astype(np.float64) - x_hat) ** 2).reshape(3, -1).mean(axis=1)
    values = metrics.mse(torch.from_numpy(x), torch.from_numpy(x_hat))
    np.testing.assert_allclose(values.numpy(), expected, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 1, 4, 1), (1, 1, 1, 4), (2, 1, 4, 4), (1, 3, 4, 4), (1, 4, 4)])
def test_images_that_would_be_broadcast_are_refused(shape: tuple[int, ...]) -> None:
    for measure in (metrics.mse, metrics.psnr_db):
        with pytest.raises(ShapeError, match=r"\(1, 1, 4, 4\) and \(.*\) cannot be compared"):
            measure(BLACK, torch.zeros(shape))
    assert issubclass(ShapeError, AutoencError)


# ---------------------------------------------------------------- structural similarity


@pytest.mark.parametrize("shape", [(3, 1, 28, 28), (2, 3, 32, 20), (2, 1, 11, 13)])
def test_ssim_agrees_with_another_library(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    x = rng.random(shape, np.float32)
    x_hat = (x + 0.2 * rng.standard_normal(shape, np.float32)).clip(0, 1)
    options = {"data_range": 1, "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = [structural_similarity(a, b, channel_axis=0, **options) for a, b in zip(x, x_hat, strict=True)]
    values = metrics.ssim(torch.from_numpy(x), torch.from_numpy(x_hat))
    assert values.tolist() == pytest.approx(expected, abs=1e-5)


def test_ssim_of_an_image_that_came_back_exactly_is_1() -> None:
    x = torch.rand(2, 1, 8, 8)  # smaller than the usual window
    assert metrics.ssim(x, x).tolist() == pytest.approx([1, 1])


def test_ssim_of_flat_images_is_that_of_their_brightness_alone() -> None:
    """(2ab + c) / (a^2 + b^2 + c), c = 0.01^2, times 1."""
    x, x_hat = torch.full((1, 1, 16, 16), 0.2), torch.full((1, 1, 16, 16), 0.6)
    assert metrics.ssim(x, x_hat).tolist() == pytest.approx([0.2401 / 0.4001], rel=1e-4)


def test_ssim_of_images_of_other_shapes_is_refused() -> None:
    with pytest.raises(ShapeError):
        metrics.ssim(torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 8, 9))
