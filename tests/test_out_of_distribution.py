"""Pictures from outside through real models, against paper arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autoenc import out_of_distribution, plots
from autoenc.captions.out_of_distribution import figures, picture_caption, tiles_caption
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError, ShapeError
from autoenc.inspection import Trained
from autoenc.out_of_distribution import (
    Reconstruction,
    TestErrors,
    TileReconstructions,
    loss_shares,
    rank_error,
)
from autoenc.out_of_distribution.error_rank import plain_mse
from autoenc.pictures import tiled
from autoenc.schema import TrainConfig
from tests import runs

ERRORS = np.array([1, 2, 3, 4], np.float32) / 8


@pytest.fixture(scope="module", params=["mlp", "conv"])
def model(request: pytest.FixtureRequest, digits: Dataset) -> Trained:
    run, state = runs.trained(TrainConfig("digits", request.param, 3, epochs=1), digits)
    return Trained(run, digits, state.model.eval())


# ---------------------------------------------------------------- looking


def test_an_image_comes_back_as_the_model_draws_it(model: Trained, digits: Dataset) -> None:
    reconstruction = out_of_distribution.reconstruct(model, digits.test[0])
    with torch.inference_mode():
        x = torch.from_numpy(digits.test[:1].copy()).double() / 255
        x_hat = model.model.double()(x)
        model.model.float()
    assert reconstruction.mse == pytest.approx(float((x - x_hat).square().mean()), rel=1e-4)
    assert np.abs(reconstruction.x_hat / 255 - x_hat[0].numpy()).max() < 0.51 / 255
    assert reconstruction.code.ndim == (1 if model.run.config.model == "mlp" else 3)
    assert reconstruction.code.size == model.run.model.n_latents
    assert reconstruction.psnr_db == pytest.approx(-10 * np.log10(reconstruction.mse))


def test_tiles_come_back_as_each_would_alone(model: Trained) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (3, 40, 61), np.uint8)
    tiles = tiled(picture, (1, 28, 28))
    reconstruction = out_of_distribution.reconstruct_tiles(model, tiles)
    alone = [out_of_distribution.reconstruct(model, tile) for tile in tiles.images]
    assert reconstruction.mse.tolist() == pytest.approx([one.mse for one in alone], rel=1e-4)
    assert reconstruction.x_hat.shape == (1, 40, 61)
    assert np.abs(reconstruction.x_hat[:, :28, :28].astype(int) - alone[0].x_hat).max() <= 1
    off = (reconstruction.x_hat / 255 - tiles.picture / 255) ** 2
    assert reconstruction.whole_mse == pytest.approx(off.mean(), rel=1e-2)  # of the rounded pictures


def test_the_error_of_a_picture_of_whole_tiles_is_their_mean(model: Trained) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (1, 56, 84), np.uint8)
    reconstruction = out_of_distribution.reconstruct_tiles(model, tiled(picture, (1, 28, 28)))
    assert reconstruction.whole_mse == pytest.approx(float(reconstruction.mse.mean()), rel=1e-4)


def test_images_of_another_shape_are_refused(model: Trained) -> None:
    with pytest.raises(ShapeError, match=r"this model takes \(1, 28, 28\)"):
        out_of_distribution.reconstruct(model, np.zeros((1, 8, 8), np.uint8))


def test_a_small_model_has_all_its_tiles(model: Trained) -> None:
    assert 64 <= out_of_distribution.most_tiles(model.run.model) <= 600


@pytest.mark.parametrize("name", out_of_distribution.EXAMPLES)
def test_each_example_is_a_picture(name: str) -> None:
    picture = out_of_distribution.example(name)
    assert picture.dtype == np.uint8
    assert 200 < max(picture.shape) < 2000
    assert picture.std() > 20, "there is something in it"


def test_an_unknown_example_is_refused() -> None:
    with pytest.raises(ConfigError, match="known: face, "):
        out_of_distribution.example("../../etc/passwd")


# ---------------------------------------------------------------- where it stands


def test_a_loss_is_counted_among_the_others() -> None:
    rank = rank_error(2 / 8, ERRORS)
    assert (rank.n, rank.n_worse, rank.n_better) == (4, 2, 1)
    assert (rank.least, rank.greatest) == (1 / 8, 4 / 8)
    assert not rank.beyond_all
    assert rank_error(np.nan, ERRORS).beyond_all


def test_nothing_to_compare_with_is_told() -> None:
    with pytest.raises(ShapeError):
        rank_error(0.1, np.empty(0))


def test_a_loss_is_a_share_of_the_error_of_a_plain_square() -> None:
    """Half black, half white is off by 1/4 from its mean; a tone of its own in each channel by nothing."""
    halves = np.zeros((1, 3, 8, 8), np.uint8)
    halves[:, :, :4] = 255
    tones = np.broadcast_to(np.array([0, 100, 255], np.uint8)[:, None, None], (1, 3, 8, 8))
    assert plain_mse(np.concatenate([halves, tones])) == pytest.approx([0.25, 0])
    assert loss_shares(np.array([0.05]), halves) == pytest.approx([0.2])


def test_a_model_is_useful_where_it_is_clearly_better_than_the_mean_image(digits: Dataset) -> None:
    x, mean = digits.test / 255, digits.train.mean(0) / 255
    mean_image = ((x - mean) ** 2).mean((1, 2, 3))
    assert not out_of_distribution.test_errors(0.95 * mean_image, digits).is_useful
    errors = out_of_distribution.test_errors(0.5 * mean_image, digits)
    assert errors.is_useful
    assert errors.contrast_lost == pytest.approx(0.5 * mean_image / x.var((1, 2, 3)))


# ---------------------------------------------------------------- what is said of it


def half(contrast: int) -> np.ndarray:
    """Above this many steps darker than the middle, below as much brighter: the variance is their square."""
    x = np.full((1, 28, 28), 128 - contrast, np.uint8)
    x[:, 14:] = 128 + contrast
    return x


def sentence_of(x: np.ndarray, x_hat: np.ndarray, tests: np.ndarray = ERRORS, useful: bool = True) -> str:
    mse = float(((x / 255 - x_hat / 255) ** 2).mean())
    return picture_caption(Reconstruction(x, x_hat, np.zeros(1, np.float32), mse), TestErrors(tests, useful))


def test_a_cat_that_comes_back_as_a_plain_square_is_lost_however_small_its_error() -> None:
    """A contrast of 20 steps is an MSE of 0.006: less than most digits have."""
    words = sentence_of(half(20), half(0))
    assert words.startswith("The model returned a plain square: the picture is lost (its error: 0.0")
    assert "easier" not in words
    assert sentence_of(half(20), np.zeros((1, 28, 28), np.uint8)).startswith(
        "The model returned a black square"
    )


def test_what_is_further_off_than_a_plain_square_is_no_success() -> None:
    words = sentence_of(half(20), half(20)[:, ::-1])
    assert words.startswith("A plain square would be closer: what this model has learnt does not help")


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (80, "4 % of the contrast is lost, less than in all 4 test images: easier than any test image"),
        (61, "15 % of the contrast is lost, less than in 75 % of the 4 test images: within its usual error"),
        (38, "38 % of the contrast is lost, more than in 75 % of the 4 test images: harder than most"),
        (25, "56 % of the contrast is lost, more than in all 4 test images: harder than any test image"),
    ],
)
def test_the_same_error_in_contrast_is_the_same_verdict_whatever_the_contrast(
    back: float, words: str
) -> None:
    """Of 0.5 of contrast 0.4 come back: a fifth is off, 4 % of the square."""
    assert sentence_of(half(100), half(back)).startswith(words)


def test_the_share_of_test_images_is_said_as_it_is() -> None:
    many = np.where(np.arange(10_000) < 9_999, 0.01, 0.9)
    assert "more than in over 99 % of the 10,000 test images: harder than almost all" in sentence_of(
        half(100), half(80), many
    )


def test_a_picture_without_contrast_is_no_test() -> None:
    assert sentence_of(half(0), half(1)).startswith("No verdict: this picture is almost one plain tone")
    words = sentence_of(half(0), np.zeros((1, 28, 28), np.uint8))
    assert words.endswith("and the model does not even reproduce that tone.")


def test_a_model_that_has_learnt_nothing_gives_no_verdict() -> None:
    words = sentence_of(half(100), half(80), useful=False)
    assert words.startswith("No verdict: even for its own test images this model is hardly better than")


def test_a_denoiser_s_test_images_were_noisy_and_that_is_said() -> None:
    reconstruction = Reconstruction(half(100), half(80), np.zeros(1, np.float32), 0.002)
    assert picture_caption(reconstruction, TestErrors(ERRORS, True), noisy=True).endswith(
        "this picture is not.)"
    )


def tiles_said(*lost: float, tests: np.ndarray = ERRORS, plain: int = 0) -> str:
    """A row of tiles of great contrast, of which the model has lost these shares, and some of one tone."""
    picture = np.concatenate([half(127)] * len(lost) + [half(0)] * plain, axis=2)
    variance = float(plain_mse(half(127)[None])[0])
    mse = np.array([*(share * variance for share in lost), *[0.0] * plain], np.float32)
    reconstruction = TileReconstructions(tiled(picture, (1, 28, 28)), picture, mse, float(mse.mean()))
    return tiles_caption(reconstruction, TestErrors(tests, True))


def test_tiles_that_lose_more_than_all_test_images_are_counted() -> None:
    worst = "more contrast than the worst of 4 test images."
    assert tiles_said(0.1, 0.2).startswith(f"None of 2 tiles loses {worst} Of the whole picture 15 %")
    assert tiles_said(0.1, 0.6, 0.2, 0.3).startswith(f"1 of 4 tiles loses {worst} Of the whole picture 30 %")
    assert tiles_said(0.7, 0.6).startswith(f"2 of 2 tiles lose {worst}")
    assert tiles_said(0.7).startswith(f"1 of 1 tile loses {worst}")


def test_where_a_test_image_itself_is_lost_tiles_are_measured_by_the_plain_square() -> None:
    words = tiles_said(3, 7, 0.5, tests=np.array([0.1, 40]))
    assert words.startswith(
        "A plain square would be closer in 2 of 3 tiles. For the whole picture, plain tiles "
    )
    assert words.endswith("the model has 3.5 times their error.")


def test_tiles_of_one_tone_are_not_counted() -> None:
    assert tiles_said(0.2, plain=2).endswith("Not counted: 2 tiles of one plain tone.")
    assert tiles_said(plain=2).startswith("No verdict: every tile is almost one plain tone")


def test_figures_have_their_units() -> None:
    assert figures(0.01) == "MSE 0.01, PSNR 20.0 dB"
    assert figures(0) == "MSE 0, PSNR ∞ dB"


# ---------------------------------------------------------------- the figure


def test_the_histogram_holds_every_test_image_once_and_the_marker_stands_at_the_error() -> None:
    test = np.array([0.01, 0.01, 0.02, 0.1], np.float32)
    histogram, marker = plots.loss_among_tests(test, 0.3, caption="far off").data
    assert sum(histogram.y) == pytest.approx(100)
    assert max(histogram.y) == 50
    assert histogram.x[0] <= 0.01
    assert list(marker.x) == [0.3, 0.3]
    figure = plots.loss_among_tests(test, 0.3)
    low, high = (10**end for end in figure.layout.xaxis.range)
    assert low < 0.01
    assert high > 0.3


def test_tiles_are_a_histogram_of_their_own() -> None:
    figure = plots.loss_among_tests(ERRORS, 0.3, tiles=np.array([0.2, 0.4], np.float32))
    assert [trace.name for trace in figure.data] == ["test images", "tiles", "whole picture"]
    assert sum(figure.data[1].y) == pytest.approx(100)


@pytest.mark.parametrize("mse", [0.0, np.nan, np.inf])
def test_an_error_that_no_axis_has_is_drawn_at_its_end(mse: float) -> None:
    marker = plots.loss_among_tests(ERRORS, mse).data[-1]
    assert np.isfinite(marker.x).all()
    assert min(marker.x) > 0
