"""Codes drawn at random: from what, and that they are what they are called."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from autoenc import plots
from autoenc.captions import latent_samples
from autoenc.captions.latent_samples import Invented
from autoenc.errors import ConfigError
from autoenc.latent import Codes, fit
from autoenc.latent.sampling import SOURCES, Box, StandardNormal, box, distribution, usual_source
from tests.runs import PLAIN

RNG = np.random.default_rng(0)
Z = np.asarray(RNG.standard_normal((500, 3)) @ [[2, 1, 0], [0, 1, 0], [0, 0, 5]] + [1, 2, 3], np.float32)
CODES = Codes(Z, np.arange(500) % 2)
NAMES = ("even", "odd", "nowhere")


def test_the_box_reaches_from_the_1st_to_the_99th_percentile_of_each_number() -> None:
    z = np.stack([np.arange(101), 10 * np.arange(101)], 1).astype(np.float32)
    limits = box(z)
    assert limits.low.tolist() == [1, 10]
    assert limits.high.tolist() == [99, 990]


def test_codes_of_a_box_are_spread_evenly_over_it() -> None:
    drawn = Box(np.array([-1, 5], np.float32), np.array([1, 9], np.float32)).draw(2000, seed=1)
    assert stats.kstest(drawn[:, 0], stats.uniform(-1, 2).cdf).pvalue > 0.01
    assert stats.kstest(drawn[:, 1], stats.uniform(5, 4).cdf).pvalue > 0.01


def test_codes_of_the_prior_are_standard_normal_and_independent() -> None:
    drawn = StandardNormal(3).draw(5000, seed=2)
    assert stats.kstest(drawn.ravel(), stats.norm.cdf).pvalue > 0.01
    assert np.abs(np.corrcoef(drawn.T) - np.eye(3)).max() < 0.05


@pytest.mark.parametrize("source", [*SOURCES, "odd"])
def test_equal_seeds_draw_equal_codes_and_others_draw_others(source: str) -> None:
    drawn = distribution(source, CODES, NAMES)
    assert np.array_equal(drawn.draw(4, 7), drawn.draw(4, 7))
    assert not np.array_equal(drawn.draw(4, 7), drawn.draw(4, 8))
    assert drawn.draw(4, 7).shape == (4, 3)
    assert drawn.draw(4, 7).dtype == np.float32


def test_the_gaussian_of_a_class_is_fitted_to_its_codes_only() -> None:
    apart = Codes(np.concatenate([Z, Z + 100]), np.repeat([0, 1], 500))
    drawn = distribution("odd", apart, NAMES).draw(2000, 0)
    assert drawn.mean(0) == pytest.approx(Z.mean(0) + 100, abs=0.5)
    assert np.cov(drawn.T) == pytest.approx(np.cov(Z.T), abs=2)


def test_an_unknown_source_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="'gauss'; known: gaussian, uniform, normal, or a class: even, odd"):
        distribution("gauss", CODES, NAMES)
    with pytest.raises(ConfigError, match="no training image of class 'nowhere'"):
        distribution("nowhere", CODES, NAMES)


# ---------------------------------------------------------------- covariance


def test_the_numbers_that_vary_most_come_in_their_order_with_their_own_covariance() -> None:
    indices, covariance = fit(Z).most_varied(2)
    assert indices.tolist() == [0, 2]  # variances 4, 2 and 25
    assert covariance == pytest.approx(np.cov(Z[:, [0, 2]].T, bias=True), rel=1e-3)


def test_codes_of_more_numbers_than_directions_have_a_covariance_of_some_of_them() -> None:
    spread = np.zeros(2000, np.float32)
    spread[[7, 900]] = 3, 5
    indices, covariance = fit(RNG.standard_normal((300, 2000)).astype(np.float32) * spread).most_varied(2)
    assert indices.tolist() == [7, 900]
    assert np.diag(covariance) == pytest.approx([9, 25], rel=0.3)


def test_the_chart_of_covariances_has_zero_in_the_middle_and_names_the_numbers_from_1() -> None:
    figure = plots.covariance(np.array([[4, -1], [-1, 2]], np.float32), [0, 6], "caption")
    (heat,), layout = figure.data, figure.layout
    assert (heat["zmin"], heat["zmax"]) == (-4, 4)
    assert np.asarray(heat["z"]) == pytest.approx(np.array([[4, -1], [-1, 2]]))
    assert heat["customdata"][0][1] == "1 and 7"
    assert list(layout.xaxis.ticktext) == ["1", "7"]
    assert layout.meta == {"caption": "caption", "name": "covariance"}


def covariance_caption(
    matrix: list[list[float]], n: int = 0, axes: int = 0, *, has_prior: bool = False
) -> str:
    array = np.array(matrix, np.float32).reshape(len(matrix), -1)
    n = n or len(matrix)
    return latent_samples.covariance_caption(array, n, axes or n, has_prior=has_prior)


def test_the_caption_of_covariances_says_how_codes_vary_and_hang_together() -> None:
    # A correlation of 1 / sqrt(4 x 1) = 0.5 between the first two, none else.
    caption = covariance_caption([[4, 1, 0], [1, 1, 0], [0, 0, 25]])
    assert caption.startswith(
        "The variances run from 1 to 25; two values correlate by 0.17 on average, by 0.5 at most."
    )
    assert "N(0, I)" not in caption


def test_the_caption_of_a_prior_counts_the_numbers_that_carry_nothing() -> None:
    caption = covariance_caption([[1, 0, 0], [0, 0.001, 0], [0, 0, 0.9]], has_prior=True)
    assert caption.endswith("no correlation. 1 code value carries nothing.")
    caption = covariance_caption([[0.001, 0, 0], [0, 0.001, 0], [0, 0, 0.9]], has_prior=True)
    assert caption.endswith("2 code values carry nothing.")


def test_codes_of_one_number_or_without_variance_have_captions_too() -> None:
    assert covariance_caption([[2.5]]) == "The code is one number, of variance 2.5."
    assert covariance_caption([[0, 0], [0, 0]]) == "All images have the same code."
    assert covariance_caption([[4, 0], [0, 0]]).startswith("The variances run from 0 to 4.")
    assert "64 directions" in covariance_caption([[4, 1], [1, 4]], 3136, 64)


# ---------------------------------------------------------------- what the recogniser makes of it

PLAIN_MODEL = Invented("MLP 16", "MLP", False, "gaussian", 256, 0.12, 0.57, 0.969)
VAE = Invented("VAE 16", "VAE", True, "normal", 256, 0.28, 0.72, 0.969)


def test_the_lesson_of_one_model_is_the_share_that_can_be_read_and_why() -> None:
    assert latent_samples.lesson(PLAIN_MODEL) == (
        "Of 256 images drawn from the Gaussian of its codes, the recogniser is sure of 12 %; of real test "
        "images, 96.9 %. Its code has holes: places between the codes of images, where the decoder never "
        "learnt to draw."
    )
    small = replace(PLAIN_MODEL, share=0.01, reconstructions=0.02)
    assert "only 2 % of its reconstructions too: this code is too small" in latent_samples.lesson(small)
    assert "a smaller beta" in latent_samples.lesson(VAE)
    assert "about as many as of its reconstructions" in latent_samples.lesson(replace(VAE, share=0.65))


@pytest.mark.parametrize("pair", [(PLAIN_MODEL, VAE), (VAE, PLAIN_MODEL)])
def test_the_lesson_of_two_models_begins_with_the_better_and_says_how_many_times(
    pair: tuple[Invented, Invented],
) -> None:
    lesson = latent_samples.lesson(*pair)
    assert lesson.startswith(
        "The recogniser is sure of 28 % of the images that VAE 16 invents from N(0, I), and"
    )
    assert lesson.endswith("2.3 times as many. Only the VAE was trained to leave no holes in its code.")


def test_two_models_that_are_alike_and_one_that_draws_nothing_legible_are_not_divided() -> None:
    alike = replace(PLAIN_MODEL, share=0.13)
    assert latent_samples.lesson(PLAIN_MODEL, alike).endswith("no great difference.")
    assert "times" not in latent_samples.lesson(VAE, replace(PLAIN_MODEL, share=0.0))


def test_under_a_picture_stands_what_it_is_taken_for_or_a_question_mark() -> None:
    read = np.array([1, 0, 2]), np.array([0.95, 0.89, 0.9], np.float32)
    assert latent_samples.notes(("cat", "dog", "a name that is very long"), *read) == (
        "dog",
        "?",
        "a name… long",
    )


@pytest.mark.parametrize("n", [1, 2, 40])
def test_few_codes_of_many_numbers_have_the_gaussian_of_their_singular_values(n: int) -> None:
    z = (RNG.standard_normal((n, 1500)) * np.linspace(0.1, 3, 1500) + 2).astype(np.float32)
    gaussian = fit(z)
    centred = z.astype(np.float64) - z.mean(0, dtype=np.float64)
    assert gaussian.mean == pytest.approx(z.mean(0), abs=1e-5)
    assert len(gaussian.variances) == n - 1
    wanted = np.linalg.svd(centred, compute_uv=False)[: n - 1] ** 2 / n
    assert gaussian.variances == pytest.approx(wanted, rel=1e-4)
    assert gaussian.axes @ gaussian.axes.T == pytest.approx(np.eye(n - 1), abs=1e-4)
    assert gaussian.draw(3, 0).shape == (3, 1500)


@pytest.mark.parametrize("n_values", [3, 1500])
def test_equal_seeds_draw_equal_codes_whichever_way_a_library_turns_the_axes(n_values: int) -> None:
    z = RNG.standard_normal((60, n_values)).astype(np.float32)
    gaussian = fit(z)
    largest = np.take_along_axis(gaussian.axes, np.abs(gaussian.axes).argmax(1)[:, None], 1)
    assert (largest > 0).all()


def test_a_model_with_a_prior_draws_from_it_and_others_from_the_gaussian_of_their_codes() -> None:
    assert usual_source(replace(PLAIN, model="vae")) == "normal"
    assert usual_source(PLAIN) == "gaussian"
