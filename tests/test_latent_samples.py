"""Codes drawn at random: from what, and that they are what they are called."""

import numpy as np
import pytest
from scipy import stats

from autoenc.errors import ConfigError
from autoenc.latent import Codes
from autoenc.latent.sampling import SOURCES, Box, StandardNormal, box, distribution

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
