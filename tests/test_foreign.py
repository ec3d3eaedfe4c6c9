"""Pictures from outside through real models, against paper arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autoenc import foreign, plots
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError, ShapeError
from autoenc.foreign import standing, standing_words, tiles_words
from autoenc.inspection import Trained
from autoenc.pictures import tiled
from autoenc.schema import TrainConfig
from tests import runs

ERRORS = np.array([1, 2, 3, 4], np.float32) / 8


@pytest.fixture(scope="module", params=["mlp", "conv"])
def model(request: pytest.FixtureRequest, digits: Dataset) -> Trained:
    run, trainee = runs.trained(TrainConfig("digits", request.param, 3, epochs=1), digits)
    return Trained(run, digits, trainee.model.eval())


# ---------------------------------------------------------------- looking


def test_an_image_comes_back_as_the_model_draws_it(model: Trained, digits: Dataset) -> None:
    looked = foreign.look(model, digits.test[0])
    with torch.inference_mode():
        x = torch.from_numpy(digits.test[:1].copy()).double() / 255
        x_hat = model.model.double()(x)
        model.model.float()
    assert looked.mse == pytest.approx(float((x - x_hat).square().mean()), rel=1e-4)
    assert np.abs(looked.x_hat / 255 - x_hat[0].numpy()).max() < 0.51 / 255
    assert looked.code.ndim == (1 if model.run.config.model == "mlp" else 3)
    assert looked.code.size == model.run.model.n_latents
    assert looked.psnr_db == pytest.approx(-10 * np.log10(looked.mse))


def test_tiles_come_back_as_each_would_alone(model: Trained) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (3, 40, 61), np.uint8)
    tiles = tiled(picture, (1, 28, 28))
    looked = foreign.look_at_tiles(model, tiles)
    alone = [foreign.look(model, tile) for tile in tiles.images]
    assert looked.mse.tolist() == pytest.approx([one.mse for one in alone], rel=1e-4)
    assert looked.x_hat.shape == (1, 40, 61)
    assert np.abs(looked.x_hat[:, :28, :28].astype(int) - alone[0].x_hat).max() <= 1
    off = (looked.x_hat / 255 - tiles.picture / 255) ** 2
    assert looked.whole_mse == pytest.approx(off.mean(), rel=1e-2)  # of the rounded pictures


def test_the_error_of_a_picture_of_whole_tiles_is_their_mean(model: Trained) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (1, 56, 84), np.uint8)
    looked = foreign.look_at_tiles(model, tiled(picture, (1, 28, 28)))
    assert looked.whole_mse == pytest.approx(float(looked.mse.mean()), rel=1e-4)


def test_images_of_another_shape_are_refused(model: Trained) -> None:
    with pytest.raises(ShapeError, match=r"this model takes \(1, 28, 28\)"):
        foreign.look(model, np.zeros((1, 8, 8), np.uint8))


def test_a_small_model_has_all_its_tiles(model: Trained) -> None:
    assert 64 <= foreign.most_tiles(model.run.model) <= 600


@pytest.mark.parametrize("name", foreign.EXAMPLES)
def test_each_example_is_a_picture(name: str) -> None:
    picture = foreign.example(name)
    assert picture.dtype == np.uint8
    assert 200 < max(picture.shape) < 2000
    assert picture.std() > 20, "there is something in it"


def test_an_unknown_example_is_refused() -> None:
    with pytest.raises(ConfigError, match="known: face, "):
        foreign.example("../../etc/passwd")


# ---------------------------------------------------------------- where it stands


def test_an_error_is_counted_among_the_others() -> None:
    found = standing(2 / 8, ERRORS)
    assert (found.n, found.n_worse, found.n_better) == (4, 2, 1)
    assert (found.least, found.greatest) == (1 / 8, 4 / 8)
    assert not found.beyond_all


def test_what_is_worse_than_all_was_never_seen() -> None:
    words = standing_words(standing(1.0, ERRORS))
    assert words.startswith("Worse than all 4 test images, 2 times the error of the worst: ")
    assert words.endswith("this model has never seen such an image.")
    assert standing_words(standing(np.nan, ERRORS)).startswith("Worse than all 4 test images: ")
    assert "times" not in standing_words(standing(0.501, ERRORS))


@pytest.mark.parametrize(
    ("n_better", "said"),
    [
        (0, "Better than all 10,000 test images"),
        (1, "Better than over 99 % of the 10,000 test images"),
        (2700, "Better than 73 % of the 10,000 test images: nothing strange"),
        (8000, "Better than 20 % of the 10,000 test images: harder than most"),
        (9700, "Worse than 97 % of the 10,000 test images: at the edge"),
        (9999, "Worse than over 99 % of the 10,000 test images: at the edge"),
        (10_000, "Worse than all 10,000 test images"),
    ],
)
def test_the_share_is_said_as_it_is(n_better: int, said: str) -> None:
    errors = np.where(np.arange(10_000) < n_better, 0.01, 0.03)
    assert standing_words(standing(0.02, errors)).startswith(said)


def test_the_worst_test_image_itself_is_not_beyond_all() -> None:
    assert standing_words(standing(0.5, ERRORS)).startswith("Worse than 75 %")


def test_a_denoiser_s_test_images_were_noisy_and_that_is_said() -> None:
    assert standing_words(standing(0.2, ERRORS), noisy=True).endswith("this picture is not.)")


@pytest.mark.parametrize(
    ("tiles", "said"),
    [
        ([0.1, 0.2], "None of the 2 tiles is worse than all 4 test images."),
        ([0.1, 0.6, 0.2, 0.2], "1 of 4 tiles (25 %) is worse than all 4 test images."),
        ([0.7, 0.6], "All 2 tiles are worse than all 4 test images."),
        ([0.7], "The only tile is worse than all 4 test images."),
    ],
)
def test_tiles_that_are_worse_than_all_test_images_are_counted(tiles: list[float], said: str) -> None:
    assert tiles_words(0.3, np.array(tiles), ERRORS).startswith(said)


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        (0.3, "0.3, is less than that of 50 % of the test images; theirs reach from 0.12 to 0.5."),
        (0.6, "0.6, is more than that of any test image"),
        (0.1, "0.1, is less than that of any test image"),
        (0.5, "0.5, is no less than that of any test image"),
    ],
)
def test_the_whole_picture_is_placed_too(whole: float, said: str) -> None:
    assert said in tiles_words(whole, np.array([0.2]), ERRORS)


def test_figures_have_their_units() -> None:
    assert foreign.figures(0.01) == "MSE 0.01, PSNR 20.0 dB"
    assert foreign.figures(0) == "MSE 0, PSNR ∞ dB"


def test_nothing_to_compare_with_is_told() -> None:
    with pytest.raises(ShapeError):
        standing(0.1, np.empty(0))


# ---------------------------------------------------------------- the figure


def test_the_histogram_holds_every_test_image_once_and_the_marker_stands_at_the_error() -> None:
    test = np.array([0.01, 0.01, 0.02, 0.1], np.float32)
    histogram, marker = plots.error_among_tests(test, 0.3, said="far off").data
    assert sum(histogram.y) == pytest.approx(100)
    assert max(histogram.y) == 50
    assert histogram.x[0] <= 0.01
    assert list(marker.x) == [0.3, 0.3]
    figure = plots.error_among_tests(test, 0.3)
    low, high = (10**end for end in figure.layout.xaxis.range)
    assert low < 0.01
    assert high > 0.3


def test_tiles_are_a_histogram_of_their_own() -> None:
    figure = plots.error_among_tests(ERRORS, 0.3, tiles=np.array([0.2, 0.4], np.float32))
    assert [trace.name for trace in figure.data] == ["test images", "tiles", "whole picture"]
    assert sum(figure.data[1].y) == pytest.approx(100)


@pytest.mark.parametrize("mse", [0.0, np.nan, np.inf])
def test_an_error_that_no_axis_has_is_drawn_at_its_end(mse: float) -> None:
    marker = plots.error_among_tests(ERRORS, mse).data[-1]
    assert np.isfinite(marker.x).all()
    assert min(marker.x) > 0
