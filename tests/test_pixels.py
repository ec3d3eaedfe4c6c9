"""Numbers as pictures."""

import numpy as np
import pytest

from autoenc.schema import Images
from ui.components import pixels


def test_signed_values_have_two_colours_and_nothing_between() -> None:
    values = np.array([[[[2.0, 0.0, -2.0, -1.0]]]])
    (image,) = pixels.signed(values)
    colours = [tuple(int(c) for c in image[:, 0, i]) for i in range(4)]
    assert colours[:3] == [pixels.PLUS_COLOUR, pixels.ZERO_COLOUR, pixels.MINUS_COLOUR]
    halfway = [(a + b) / 2 for a, b in zip(pixels.ZERO_COLOUR, pixels.MINUS_COLOUR, strict=True)]
    assert colours[3] == pytest.approx(halfway, abs=0.5)


def test_each_signed_image_is_measured_by_its_own_greatest() -> None:
    small_and_large = np.array([[[[0.001]]], [[[1000.0]]]])
    first, second = pixels.signed(small_and_large)
    assert np.array_equal(first, second)


def test_weights_of_zero_alone_are_grey_and_no_division_by_zero() -> None:
    assert set(pixels.signed(np.zeros((2, 1, 3, 3))).ravel()) == {pixels.ZERO_COLOUR[0]}
    assert pixels.bright(np.zeros((2, 3, 3))).max() == 0


def test_bright_images_reach_white_at_their_own_greatest() -> None:
    assert pixels.bright(np.array([[[0.0, 1.0, 2.0]]])).tolist() == [[[[0, 128, 255]]]]


def test_a_vector_becomes_a_near_square() -> None:
    assert pixels.mosaic(np.arange(5.0)).tolist() == [[[0, 64, 128], [191, 255, 0]]]
    assert pixels.mosaic(np.ones(1)).shape == (1, 1, 1)
    assert pixels.mosaic(np.ones(32)).shape == (1, 4, 8)
    assert pixels.mosaic(np.ones(784)).shape == (1, 28, 28)


def test_channels_stand_side_by_side_and_no_more_than_asked_for() -> None:
    maps = np.zeros((20, 3, 4))
    maps[1] = 1.0
    image = pixels.mosaic(maps, most=4)
    assert image.shape == (1, 2 * 4, 2 * 5)
    assert image[0, :3, 5:9].min() == 255  # the second one, right of the first
    assert image.sum() == 255 * 12


def test_a_film_is_its_frames() -> None:
    frames = [Images((1, 1, 1, 2), bytes([i, 255])) for i in range(3)]
    assert pixels.film(frames)[:, 0, 0, 0].tolist() == [[0, 255], [1, 255], [2, 255]]


def test_heat_goes_from_black_over_its_colour_to_white() -> None:
    shown = pixels.heat(np.array([[0, 0.25, 0.5, 0.75, 1]]), "#c86400")
    assert shown[:, 0].T.tolist() == [
        [0, 0, 0],
        [100, 50, 0],
        [200, 100, 0],
        [228, 178, 128],
        [255, 255, 255],
    ]
