from dataclasses import replace

import numpy as np
import pytest
import torch

from autoenc import models
from autoenc.datasets import Dataset
from autoenc.errors import CodeError, ConfigError, ShapeError
from autoenc.inspection import Trained
from autoenc.latent import decode
from autoenc.latent import test_codes as codes_of_test
from autoenc.latent.sheet import sheet
from tests.runs import PLAIN, trained

SIDE = 28  # pixels of an image


@pytest.fixture
def model(digits: Dataset, request: pytest.FixtureRequest) -> Trained:
    """A model of digits with this many numbers in its code."""
    config = replace(PLAIN, latent_size=getattr(request, "param", 2), epochs=1)
    run, state = trained(config, digits)
    return Trained(run, digits, state.model.eval())


def test_the_picture_of_a_code_is_what_the_decoder_draws_rounded_to_8_bits(model: Trained) -> None:
    z = codes_of_test(model).z[:3]
    with torch.no_grad():
        wanted = model.model.decoder(torch.from_numpy(z)).mul(255).round().numpy().astype(np.uint8)
    assert np.array_equal(decode(model, z), wanted)


def test_no_code_is_rounded_before_it_is_drawn(digits: Dataset) -> None:
    config = replace(PLAIN, epochs=1, rate_weight=0.02)
    run, state = trained(config, digits)
    rated = Trained(run, digits, state.model.eval())
    near = np.array([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]], np.float32)  # all of them would be zero
    first, second = decode(rated, 3 * near)
    assert not np.array_equal(first, second)


def test_codes_with_channels_are_drawn_too(digits: Dataset) -> None:
    config = replace(PLAIN, model="conv", latent_size=2, epochs=1)
    run, state = trained(config, digits)
    conv = Trained(run, digits, state.model.eval())
    z = codes_of_test(conv).z[:2]
    assert z.shape == (2, models.describe(config, digits.image_shape).n_latents)
    assert decode(conv, z).shape == (2, *digits.image_shape)


def test_a_code_of_another_size_is_refused_with_both_sizes(model: Trained) -> None:
    with pytest.raises(ShapeError, match=r"\(1, 3\).*\(N, 2\)"):
        decode(model, np.zeros((1, 3), np.float32))


def test_a_decoder_that_draws_nan_is_refused(model: Trained) -> None:
    with torch.no_grad():
        next(model.model.decoder.parameters()).fill_(torch.nan)
    with pytest.raises(CodeError, match="its training went wrong"):
        decode(model, np.zeros((1, 2), np.float32))


def test_the_corners_of_a_sheet_of_two_numbers_are_the_corners_of_the_code(model: Trained) -> None:
    low, high = np.percentile(codes_of_test(model).z, (1, 99), axis=0)
    corners = [(low[0], high[1]), (high[0], high[1]), (low[0], low[1]), (high[0], low[1])]
    top_left, top_right, bottom_left, bottom_right = decode(model, np.array(corners, np.float32))
    grid = sheet(model, 3)
    assert grid.shape == (1, 3 * SIDE, 3 * SIDE)
    for corner, wanted in (
        (grid[:, :SIDE, :SIDE], top_left),
        (grid[:, :SIDE, -SIDE:], top_right),
        (grid[:, -SIDE:, :SIDE], bottom_left),
        (grid[:, -SIDE:, -SIDE:], bottom_right),
    ):
        # The percentiles are of other floats there: a pixel may be rounded to its neighbour.
        assert np.abs(corner.astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("model", [5], indirect=True)
def test_the_middle_of_a_larger_code_is_between_its_percentiles_in_the_plane_of_pca(model: Trained) -> None:
    z = codes_of_test(model).z.astype(np.float64)
    mean = z.mean(0)
    _, _, directions = np.linalg.svd(z - mean, full_matrices=False)  # another way than `fit` goes
    places = (z - mean) @ directions[:2].T
    middle = mean + np.percentile(places, (1, 99), axis=0).mean(0) @ directions[:2]
    (wanted,) = decode(model, middle[None].astype(np.float32))
    assert np.abs(sheet(model, 3)[:, SIDE:-SIDE, SIDE:-SIDE].astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("model", [1], indirect=True)
def test_a_code_of_one_number_has_a_sheet_of_one_row(model: Trained) -> None:
    assert sheet(model, 5).shape == (1, SIDE, 5 * SIDE)


@pytest.mark.parametrize("model", [3], indirect=True)
def test_codes_that_are_all_the_same_have_one_picture(model: Trained) -> None:
    with torch.no_grad():
        for weight in model.model.encoder.parameters():
            weight.zero_()
    assert sheet(model, 5).shape == (1, SIDE, SIDE)


def test_a_sheet_of_no_pictures_is_refused(model: Trained) -> None:
    with pytest.raises(ConfigError, match="allowed: 1 and more"):
        sheet(model, 0)
