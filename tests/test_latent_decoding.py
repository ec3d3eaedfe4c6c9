"""Codes decoded, one by one and over a plane."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from autoenc import models
from autoenc.datasets import Dataset
from autoenc.errors import CodeError, ConfigError, ShapeError
from autoenc.inspection import Trained
from autoenc.latent import decode, sheet
from autoenc.latent import test_codes as codes_of_test
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


@pytest.mark.parametrize("model", [1], indirect=True)
def test_a_code_of_one_number_has_a_sheet_of_one_row(model: Trained) -> None:
    assert sheet(model, 5).shape == (1, SIDE, 5 * SIDE)


@pytest.mark.parametrize("model", [3], indirect=True)
def test_codes_that_are_all_the_same_are_drawn_alike_everywhere(model: Trained) -> None:
    with torch.no_grad():
        for weight in model.model.encoder.parameters():
            weight.zero_()
    drawn = sheet(model, 5).reshape(5, SIDE, 5, SIDE).transpose(0, 2, 1, 3)
    assert (drawn == drawn[0, 0]).all()


def test_a_sheet_of_no_pictures_is_refused(model: Trained) -> None:
    with pytest.raises(ConfigError, match="allowed: 1 and more"):
        sheet(model, 0)
