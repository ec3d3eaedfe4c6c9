"""Noise is what it says: its mean, its spread, its limits, its seed."""

import pytest
import torch

from autoenc import metrics, noise
from autoenc.datasets import Dataset
from autoenc.schema import NOISES, Noise, psnr_of_mse
from autoenc.training import as_float

N = 40_000  # pixels: a mean over them is exact to a two-hundredth of one deviation


def flat(value: float) -> torch.Tensor:
    return torch.full((4, 1, 100, 100), value)


def draws(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_every_kind_of_noise_has_its_corruption() -> None:
    assert set(noise.CORRUPTIONS) == set(NOISES)


@pytest.mark.parametrize("level", [0.01, 0.05, 0.1])
def test_gaussian_noise_on_grey_has_mean_zero_and_the_deviation_of_its_level(level: float) -> None:
    added = noise.gaussian(flat(0.5), level, draws()) - 0.5
    assert abs(float(added.mean())) < 5 * level / N**0.5
    assert float(added.std()) == pytest.approx(level, rel=0.02)


def test_noise_on_black_is_cut_to_half_of_its_power() -> None:
    """The negative half of the draws becomes 0: the mean square of what is left is level^2 / 2."""
    level = 0.1
    noisy = noise.gaussian(flat(0), level, draws())
    assert float(noisy.square().mean()) == pytest.approx(level**2 / 2, rel=0.03)


def test_noisy_pixels_stay_between_0_and_1() -> None:
    noisy = noise.gaussian(flat(0.5), 1.0, draws())
    assert float(noisy.min()) == 0
    assert float(noisy.max()) == 1


def test_neighbouring_pixels_get_independent_noise() -> None:
    added = noise.gaussian(flat(0.5), 0.1, draws()) - 0.5
    for shifted in (added[..., 1:], added[..., 1:, :], added[1:]):
        overlap = added[: len(shifted), :, : shifted.shape[2], : shifted.shape[3]]
        assert abs(float((overlap * shifted).mean())) < 5 * 0.1**2 / overlap.numel() ** 0.5


def test_the_same_generator_draws_the_same_noise_and_another_seed_another() -> None:
    first, again, other = (noise.gaussian(flat(0.5), 0.1, draws(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_clean_images_are_left_as_they_are() -> None:
    x = flat(0.5)
    noise.corrupt(x, Noise("gaussian", 0.3), draws())
    assert torch.equal(x, flat(0.5))


def test_without_noise_the_very_same_tensor_comes_back_and_nothing_is_drawn() -> None:
    x, generator = flat(0.5), draws()
    before = generator.get_state()
    assert noise.corrupt(x, None, generator) is x
    assert torch.equal(generator.get_state(), before)


def test_corrupt_adds_the_noise_it_is_told() -> None:
    told = noise.corrupt(flat(0.5), Noise("gaussian", 0.2), draws())
    assert torch.equal(told, noise.gaussian(flat(0.5), 0.2, draws()))


@pytest.mark.parametrize(("level", "psnr_db"), [(0.1, 22.7), (0.3, 13.3), (0.5, 9.4), (1.0, 6.0)])
def test_noisy_mnist_has_the_psnr_that_was_measured_before(
    mnist: Dataset, level: float, psnr_db: float
) -> None:
    """The figures that our denoising curves are drawn beside."""
    x = as_float(torch.from_numpy(mnist.test[:1000]))
    mse = float(metrics.mse(x, noise.gaussian(x, level, draws())).mean())
    assert psnr_of_mse(mse) == pytest.approx(psnr_db, abs=0.1)
