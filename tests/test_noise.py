"""Noise is what it says: its mean, its spread, its limits, its seed."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.ndimage import gaussian_filter

from autoenc import metrics, noise
from autoenc.datasets import Dataset
from autoenc.schema import NOISES, Noise, psnr_of_mse
from autoenc.training import as_float

N = 40_000  # pixels: a mean over them is exact to a two-hundredth of one deviation
KINDS = sorted(NOISES)


def flat(value: float, channels: int = 1) -> torch.Tensor:
    return torch.full((4, channels, 100, 100), value)


def draws(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def with_noise(kind: str, level: float, x: torch.Tensor, seed: int = 0) -> torch.Tensor:
    return noise.corrupt(x, Noise(kind, level), draws(seed))


def test_every_kind_of_noise_has_its_corruption() -> None:
    assert set(noise.CORRUPTIONS) == set(NOISES)


# ---------------------------------------------------------------- each by its definition


@pytest.mark.parametrize("level", [0.01, 0.05, 0.1])
def test_gaussian_noise_on_grey_has_mean_zero_and_the_deviation_of_its_level(level: float) -> None:
    added = with_noise("gaussian", level, flat(0.5)) - 0.5
    assert abs(float(added.mean())) < 5 * level / N**0.5
    assert float(added.std()) == pytest.approx(level, rel=0.02)


def test_gaussian_noise_on_black_is_cut_to_half_of_its_power() -> None:
    """The negative half of the draws becomes 0: the mean square of what is left is level^2 / 2."""
    noisy = with_noise("gaussian", 0.1, flat(0))
    assert float(noisy.square().mean()) == pytest.approx(0.1**2 / 2, rel=0.03)


@pytest.mark.parametrize("level", [0.1, 0.5, 1.0])
def test_salt_and_pepper_touch_the_share_of_pixels_that_they_say_half_with_each(level: float) -> None:
    noisy = with_noise("salt-pepper", level, flat(0.5))
    black, white, left = (float((noisy == value).float().mean()) for value in (0, 1, 0.5))
    assert black == pytest.approx(level / 2, abs=0.01)
    assert white == pytest.approx(level / 2, abs=0.01)
    assert left == pytest.approx(1 - level, abs=0.01)


def test_salt_and_pepper_take_a_pixel_of_a_colour_image_as_a_whole() -> None:
    noisy = with_noise("salt-pepper", 0.3, flat(0.5, channels=3))
    assert torch.equal(noisy[:, 0], noisy[:, 1])
    assert torch.equal(noisy[:, 0], noisy[:, 2])


@pytest.mark.parametrize("brightness", [0.2, 0.5])
def test_speckle_is_as_strong_as_the_pixel_is_bright(brightness: float) -> None:
    noisy = with_noise("speckle", 0.1, flat(brightness))
    assert float(noisy.mean()) == pytest.approx(brightness, rel=0.01)
    assert float(noisy.std()) == pytest.approx(0.1 * brightness, rel=0.02)


@pytest.mark.parametrize(("level", "brightness"), [(0.1, 0.05), (0.1, 0.5), (0.5, 0.2)])
def test_shot_noise_counts_photons_as_poisson_says(level: float, brightness: float) -> None:
    photons = brightness / level**2
    counts = (with_noise("shot", level, flat(brightness)) / level**2).round().long().flatten()
    assert float(counts.double().mean()) == pytest.approx(photons, rel=0.03)
    assert float(counts.double().var()) == pytest.approx(photons, rel=0.05)
    for k in range(int(photons), int(photons) + 3):
        share = float((counts == k).double().mean())
        assert share == pytest.approx(stats.poisson.pmf(k, photons), abs=0.01)


@pytest.mark.parametrize("mean", [0.3, 5.0, 9.9, 10.1, 30.0, 1000.0])
def test_a_count_of_photons_is_the_quantile_of_poissons_distribution(mean: float) -> None:
    unit = torch.randn(20_000, generator=draws())
    x = torch.full((1, 1, 1, 20_000), 1.0)
    counts = noise.shot(x, mean**-0.5, unit.view(1, 1, 1, -1)) * mean
    expected = stats.poisson.ppf(stats.norm.cdf(unit.numpy()), mean)
    off = np.abs(counts.flatten().round().numpy() - expected)
    assert off.max() <= 1
    assert (off > 0).mean() < 0.01


def test_black_pixels_have_neither_speckle_nor_photons() -> None:
    for kind in ("speckle", "shot"):
        assert torch.equal(with_noise(kind, 0.5, flat(0)), flat(0))


def test_blur_is_the_gaussian_filter_of_another_library_away_from_the_edges() -> None:
    x = torch.rand(2, 3, 40, 40, generator=draws(3))
    blurred = with_noise("blur", 1.5, x)
    expected = gaussian_filter(x.numpy(), (0, 0, 1.5, 1.5), truncate=8)
    assert np.abs(blurred.numpy() - expected)[..., 12:-12, 12:-12].max() < 1e-5


def test_blur_leaves_grey_grey_to_the_very_edge() -> None:
    assert torch.allclose(with_noise("blur", 3.0, flat(0.7)), flat(0.7), atol=1e-5)


@pytest.mark.parametrize("level", [0.04, 0.25, 1.0])
def test_a_missing_block_covers_the_share_of_the_area_that_it_says(level: float) -> None:
    noisy = with_noise("block", level, torch.zeros(50, 3, 100, 60))
    covered = (noisy == noise.GREY).float().mean((1, 2, 3))
    assert torch.allclose(covered, torch.full((50,), level), atol=0.01)
    assert len({tuple(image.flatten().tolist()) for image in noisy[:, 0]}) > 20 or level == 1, "anywhere"


def test_a_missing_block_is_one_rectangle() -> None:
    (image,) = with_noise("block", 0.1, torch.zeros(1, 1, 30, 30))
    rows, columns = torch.where(image[0] == noise.GREY)
    height, width = int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1
    assert len(rows) == height * width
    assert height == width == round(30 * math.sqrt(0.1))


# ---------------------------------------------------------------- what all have in common


@pytest.mark.parametrize("kind", KINDS)
def test_noisy_pixels_stay_between_0_and_1(kind: str) -> None:
    x = torch.rand(4, 1, 50, 50, generator=draws(1))
    noisy = with_noise(kind, NOISES[kind].most, x)
    assert float(noisy.min()) >= 0
    assert float(noisy.max()) <= 1
    assert noisy.shape == x.shape


@pytest.mark.parametrize("kind", KINDS)
def test_almost_no_noise_is_almost_no_change(kind: str) -> None:
    x = torch.rand(4, 3, 50, 50, generator=draws(1))
    assert float((with_noise(kind, 1e-30, x) - x).abs().mean()) < 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_more_of_the_same_noise_is_a_worse_picture(kind: str) -> None:
    x = torch.rand(2, 1, 64, 64, generator=draws(1))
    levels = [share * NOISES[kind].most for share in (0.1, 0.3, 0.6, 1.0)]
    mses = [float(metrics.mse(x, with_noise(kind, level, x)).mean()) for level in levels]
    assert mses == sorted(mses)


@pytest.mark.parametrize("kind", sorted({*KINDS} - {"blur"}))
def test_the_same_generator_draws_the_same_noise_and_another_seed_another(kind: str) -> None:
    first, again, other = (with_noise(kind, 0.1, flat(0.4), seed) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_neighbouring_pixels_get_independent_noise() -> None:
    added = with_noise("gaussian", 0.1, flat(0.5)) - 0.5
    for shifted in (added[..., 1:], added[..., 1:, :], added[1:]):
        overlap = added[: len(shifted), :, : shifted.shape[2], : shifted.shape[3]]
        assert abs(float((overlap * shifted).mean())) < 5 * 0.1**2 / overlap.numel() ** 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_the_clean_images_are_left_as_they_are(kind: str) -> None:
    x = flat(0.4)
    with_noise(kind, 0.3, x)
    assert torch.equal(x, flat(0.4))


def test_without_noise_the_very_same_tensor_comes_back_and_nothing_is_drawn() -> None:
    x, generator = flat(0.5), draws()
    before = generator.get_state()
    assert noise.corrupt(x, None, generator) is x
    assert torch.equal(generator.get_state(), before)


def test_noise_up_to_a_level_gives_each_image_a_level_of_its_own_with_even_odds() -> None:
    x = torch.full((400, 1, 30, 30), 0.5)
    noisy = noise.corrupt(x, Noise("gaussian", 0.1, up_to=True), draws())
    levels = noisy.std((1, 2, 3))
    assert 0 < float(levels.min()) < 0.01
    assert 0.09 < float(levels.max()) < 0.11
    assert float(levels.mean()) == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize("kind", KINDS)
def test_a_level_for_each_image_is_the_noise_of_that_level(kind: str) -> None:
    x, unit = torch.rand(3, 1, 20, 20, generator=draws(1)), torch.randn(3, 1, 20, 20, generator=draws(2))
    levels = torch.tensor([0.1, 0.5, 0.9]).view(3, 1, 1, 1)
    together = noise.apply(kind, x, levels, unit)
    for i in range(3):
        alone = noise.apply(kind, x[i : i + 1], float(levels[i]), unit[i : i + 1])
        assert torch.allclose(together[i : i + 1], alone, atol=1e-6)


@pytest.mark.parametrize(("level", "psnr_db"), [(0.1, 22.7), (0.3, 13.3), (0.5, 9.4), (1.0, 6.0)])
def test_noisy_mnist_has_the_psnr_that_was_measured_before(
    mnist: Dataset, level: float, psnr_db: float
) -> None:
    """The figures that our denoising curves are drawn beside."""
    x = as_float(torch.from_numpy(mnist.test[:1000]))
    mse = float(metrics.mse(x, with_noise("gaussian", level, x)).mean())
    assert psnr_of_mse(mse) == pytest.approx(psnr_db, abs=0.1)
