"""Where a model errs: by class, by channel, in brightness and in colour."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from autoenc import datasets, inspection, metrics, plots
from autoenc.captions.errors import class_caption, colour_caption
from autoenc.datasets import Dataset
from autoenc.errors import ShapeError
from autoenc.inspection import ClassError, ColourError, Reconstructions

GREY = torch.full((2, 3, 4, 4), 0.5)


def shifted(channel: int, by: float) -> torch.Tensor:
    other = GREY.clone()
    other[:, channel] += by
    return other


# ---------------------------------------------------------------- measures


def test_the_error_of_each_channel_is_its_own_and_their_mean_is_that_of_the_image() -> None:
    x_hat = shifted(2, 0.3)
    assert metrics.mse_by_channel(GREY, x_hat).tolist() == [pytest.approx([0, 0, 0.09])] * 2
    assert torch.allclose(metrics.mse_by_channel(GREY, x_hat).mean(1), metrics.mse(GREY, x_hat))
    with pytest.raises(ShapeError):
        metrics.mse_by_channel(GREY, x_hat[:, :1])


def test_a_grey_pixel_has_brightness_and_no_colour() -> None:
    brightness, blue, red = metrics.brightness_and_colour(GREY).unbind(1)
    assert torch.allclose(brightness, torch.tensor(0.5))
    assert blue.abs().max() < 1e-6
    assert red.abs().max() < 1e-6


def test_pure_blue_is_as_blue_as_can_be() -> None:
    blue = torch.zeros(1, 3, 1, 1)
    blue[0, 2] = 1
    coordinates = metrics.brightness_and_colour(blue).flatten().tolist()
    assert coordinates == pytest.approx([0.114, 0.5, -0.114 / 1.402])  # ITU-R BT.601
    with pytest.raises(ShapeError):
        metrics.brightness_and_colour(blue[:, :1])


# ---------------------------------------------------------------- of a data set


@pytest.fixture(scope="module")
def photos() -> Dataset:
    return datasets.load("photos")


def made(data: Dataset, x_hat: np.ndarray) -> Reconstructions:
    off = (data.test[: len(x_hat)] / 255.0 - x_hat / 255.0) ** 2
    return Reconstructions(
        None, x_hat, off.mean((1, 2, 3)).astype(np.float32), off.mean((2, 3)).astype(np.float32)
    )


def test_a_model_that_draws_grey_loses_all_colour_and_no_brightness(photos: Dataset) -> None:
    x = photos.test[:200].astype(np.float64)
    brightness = 0.299 * x[:, 0] + 0.587 * x[:, 1] + 0.114 * x[:, 2]
    grey = np.repeat(brightness.round().astype(np.uint8)[:, None], 3, axis=1)
    error = inspection.colour_error(made(photos, grey), photos)
    assert error is not None
    assert error.brightness_lost < 1e-3
    assert error.colour_lost > 0.9  # not 1: it is measured around the mean image, which has colour
    assert "it spends its code on brightness first" in colour_caption(error)


def test_the_mean_image_loses_all_that_sets_images_apart(photos: Dataset) -> None:
    mean = photos.test[:200].mean(0).round().astype(np.uint8)
    error = inspection.colour_error(made(photos, np.repeat(mean[None], 200, axis=0)), photos)
    assert error is not None
    assert (error.brightness_lost, error.colour_lost) == (
        pytest.approx(1, abs=0.01),
        pytest.approx(1, abs=0.01),
    )
    assert "about as much of each" in colour_caption(error)


def test_images_without_colours_have_no_error_in_colour(digits: Dataset) -> None:
    assert inspection.colour_error(made(digits, digits.test), digits) is None


def test_classes_stand_by_their_error_and_those_without_images_are_left_out(digits: Dataset) -> None:
    labels = np.array([3, 3, 7], np.uint8)
    data = replace(digits, test=digits.test[:3], test_labels=labels)
    mse = np.array([0.04, 0.02, 0.01], np.float32)
    errors = inspection.class_errors(Reconstructions(None, data.test, mse, mse[:, None]), data)
    assert [(e.name, e.n_images, round(e.mse, 6)) for e in errors] == [("7", 1, 0.01), ("3", 2, 0.03)]
    assert class_caption(errors) == "Easiest: 7. Hardest: 3, with 3 times the error."


def test_classes_that_hardly_differ_and_a_single_class_are_told_so() -> None:
    alike = [ClassError(0, "cat", 5, 0.01), ClassError(1, "dog", 5, 0.0105)]
    assert class_caption(alike) == "The model reconstructs all classes about equally well."
    assert class_caption(alike[:1]) == ""


def test_the_channel_that_is_drawn_worst_is_named() -> None:
    sentence = colour_caption(ColourError((0.01, 0.012, 0.02), 0.3, 0.1))
    assert sentence.startswith("Blue has the largest error: 2 times that of red.")
    assert "30 % in brightness and 10 % in colour" in sentence
    assert "more brightness than colour" in sentence


# ---------------------------------------------------------------- figures


def test_bars_stand_in_the_order_given_with_their_names() -> None:
    figure = plots.error_by_class(["cat", "dog"], [0.01, 0.02], 0.015, caption="so")
    (bars,) = figure.data
    assert list(bars.x) == [0.01, 0.02]
    assert list(figure.layout.yaxis.ticktext) == ["cat", "dog"]
    assert bars.textposition == "outside"
    assert figure.layout.xaxis.range[1] > 0.022, "with room for the number of the longest bar"
    assert figure.layout.shapes[0].x0 == 0.015
    assert figure.layout.meta["caption"] == "so"
    assert plots.error_by_channel(inspection.CHANNELS, (0.1, 0.2, 0.3)).to_json()


def test_long_names_stand_beside_their_bars_without_their_middle_and_whole_under_the_pointer() -> None:
    names = ["cat", "n02085620-Chihuahua-and-more", "日本語のとても長いクラス名", "<b>x</b> & y"]
    figure = plots.error_by_class(names, [0.1] * 4, 0.1)
    labels = figure.layout.yaxis.ticktext
    assert labels == ("cat", "n020856…d-more", "日本語…ラス名", "&lt;b&gt;x&lt;/b&gt; &amp; y")
    assert figure.data[0].customdata[1] == names[1]
    assert figure.layout.margin.l >= 24 + 14 * 10  # fourteen letters of ten pixels
