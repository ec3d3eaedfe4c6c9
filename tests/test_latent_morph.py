"""From image to image and sums of codes: the library, the words, the film, and what a browser may send."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from autoenc import models, morph_film
from autoenc.captions.latent_arithmetic import arithmetic_caption, guesses_caption, result_caption
from autoenc.captions.latent_morph import MiddleRead, MiddlesRead, halfway_caption, middles_caption
from autoenc.datasets import Dataset
from autoenc.errors import CodeError, ConfigError, ShapeError
from autoenc.inspection import Trained
from autoenc.latent import Codes, arithmetic, codes_of, decode, morphing
from autoenc.latent.arithmetic import Sum
from autoenc.schema import Images, Run, TrainConfig
from ui.components import live_walk as component
from ui.components.live_walk import Rested, Walk, WalkScene

CONFIGS = [
    TrainConfig("digits", "mlp", 1),
    TrainConfig("digits", "mlp", 6, rate_weight=0.1),
    TrainConfig("digits", "conv", 3),
]


def built(config: TrainConfig, digits: Dataset) -> Trained:
    torch.manual_seed(0)
    model = models.build(config, digits.image_shape).requires_grad_(False)
    info = models.describe(config, digits.image_shape)
    return Trained(Run("made", config, "", info, 1, "cpu", {}, Images((0, 1, 1, 1), b"")), digits, model)


@pytest.fixture(params=CONFIGS, ids=lambda config: f"{config.model} {config.latent_size}")
def trained(request: pytest.FixtureRequest, digits: Dataset) -> Trained:
    return built(request.param, digits)


# ---------------------------------------------------------------- from image to image


def test_a_code_is_drawn_as_the_model_draws_it_without_rounding(trained: Trained) -> None:
    z = codes_of(trained, trained.data.test[:5])
    with torch.inference_mode():
        expected = trained.model.draw(torch.from_numpy(z).reshape(5, *trained.run.model.code_shape))
    assert np.abs(decode(trained, z) / 255 - expected.numpy()).max() <= 0.5 / 255 + 1e-6


def test_the_way_is_straight_from_its_first_to_its_last_code() -> None:
    first, last = np.float32([0, 4]), np.float32([2, 0])
    way = morphing.between(first, last, np.array([0, 0.25, 1]))
    assert way.tolist() == [[0, 4], [0.5, 3], [2, 0]]


def test_halfway_through_the_pixels_is_their_mean_rounded_up() -> None:
    first, last = np.full((1, 1, 2), 10, np.uint8), np.array([[[255, 11]]], np.uint8)
    assert morphing.pixels_between(first, last, np.array([0.5])).tolist() == [[[[133, 11]]]]


def test_the_middles_are_of_different_classes_and_the_ways_apart_as_they_are(trained: Trained) -> None:
    middles = morphing.middles(trained, n=40)
    first, last = middles.pairs.T
    labels = trained.data.test_labels
    assert (labels[first] != labels[last]).all()
    x = trained.data.test.astype(float)
    assert np.abs(middles.through_pixels - (x[first] + x[last]) / 2).max() <= 0.5
    pairs = zip(middles.through_code, middles.through_pixels, x[first], x[last], strict=True)
    rms = [np.sqrt(((a - b.astype(float)) ** 2).mean() / ((c - d) ** 2).mean()) for a, b, c, d in pairs]
    assert middles.apart == pytest.approx(np.mean(rms), rel=1e-5)


def test_the_pairs_to_begin_with_are_of_different_images_that_come_back_well(trained: Trained) -> None:
    pairs = morphing.first_pairs(trained).pairs
    assert 0 < len(pairs) <= morphing.N_BEST * (morphing.N_BEST - 1) // 2
    assert len(np.unique(pairs)) <= morphing.N_BEST
    labels = trained.data.test_labels
    assert (labels[pairs[:, 0]] != labels[pairs[:, 1]]).all()


def test_a_morph_needs_two_test_images(digits: Dataset) -> None:
    one = replace(digits, test=digits.test[:1], test_labels=digits.test_labels[:1])
    with pytest.raises(ConfigError, match="needs two test images"):
        morphing.first_pairs(built(CONFIGS[0], one))


def test_what_is_drawn_halfway_without_finite_numbers_is_told_of_in_a_sentence(digits: Dataset) -> None:
    broken = built(CONFIGS[0], digits)
    broken.model.decoder[0].bias[:] = torch.nan
    with pytest.raises(CodeError, match=r"pictures drawn by .* are not finite numbers"):
        morphing.middles(broken)


def test_a_training_image_is_not_unlike_the_training_images(trained: Trained) -> None:
    images = trained.data.train[[3, 8]]
    assert morphing.unlike_images(trained, images).max() < 0.5
    assert morphing.unlike_images(trained, 255 - images).min() > 10


# ---------------------------------------------------------------- sums


def test_the_mean_code_of_a_class_is_that_of_its_images_and_no_number_without_any() -> None:
    codes = Codes(np.float32([[1, 2], [3, 4], [9, 9]]), np.array([0, 0, 2]))
    means = arithmetic.class_means(codes, 3)
    assert means[[0, 2]].tolist() == [[2, 3], [9, 9]]
    assert np.isnan(means[1]).all()


def test_a_sum_adds_the_difference_of_two_classes_as_often_as_it_is_strong() -> None:
    means = np.float32([[1, 1], [3, 0]])
    z = np.float32([10, 10])
    assert arithmetic.code_of(Sum(0, plus=1, minus=0), z, means).tolist() == [12, 9]
    assert arithmetic.code_of(Sum(0, plus=1, minus=0), z, means, 0.5).tolist() == [11, 9.5]


def test_random_sums_take_the_class_of_their_image_away_and_add_another(digits: Dataset) -> None:
    info = models.describe(CONFIGS[1], digits.image_shape)
    means = np.zeros((10, 6), np.float32)
    means[4] = np.nan  # no image of it was trained on
    sums = arithmetic.random_sums(digits.test_labels, means, info)
    assert len(sums) == arithmetic.N_SUMS
    assert sums == arithmetic.random_sums(digits.test_labels, means, info)
    for one in sums:
        assert digits.test_labels[one.image] == one.minus != one.plus
        assert 4 not in (one.plus, one.minus)


def test_sums_need_two_classes(digits: Dataset) -> None:
    info = models.describe(CONFIGS[1], digits.image_shape)
    with pytest.raises(ConfigError, match="two classes; this data set has 1"):
        arithmetic.random_sums(np.zeros(5, np.intp), np.zeros((1, 6), np.float32), info)


def test_riddles_are_all_sums_with_surprises_among_them() -> None:
    sums = [Sum(i, plus=1, minus=0) for i in range(8)]
    read = [1, 1, 1, 1, 1, 0, 7, 0]
    order = arithmetic.riddles(sums, read)
    assert sorted(order, key=lambda one: one.image) == sums
    assert [read[one.image] == 1 for one in order[:6]] == [True, True, False] * 2
    assert arithmetic.riddles(sums, None) == tuple(sums)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("code", "pixels", "says"),
    [(80, 20, "clearer than a fade"), (20, 80, "never learnt"), (50, 52, "neither way is clearer")],
)
def test_the_caption_tells_which_way_is_clearer(code: int, pixels: int, says: str) -> None:
    caption = middles_caption(0.5, MiddlesRead(100, code, pixels))
    assert says in caption
    assert f"in {code} % of 100 pairs through the code, in {pixels} % through the pixels" in caption
    assert "fading the pixels" not in caption


def test_a_code_that_fades_like_pixels_is_called_so() -> None:
    assert "differ by only 12 %" in middles_caption(0.12, None)


def test_halfway_both_readings_are_said_and_nothing_without_a_recogniser() -> None:
    caption = halfway_caption("this 3", "your drawing", MiddleRead("8", 0.97), MiddleRead("3", 0.412))
    assert caption == (
        "Halfway between this 3 and your drawing, the recogniser reads an 8 (97 % sure) through the code and "
        "a 3 (41 % sure) through the pixels."
    )
    assert halfway_caption("this 3", "this 4", None, None) == ""


@pytest.mark.parametrize(
    ("n", "says"), [(150, "75 % of 200"), (60, "only roughly a direction"), (10, "hardly a direction")]
)
def test_the_caption_tells_how_often_a_sum_comes_out(n: int, says: str) -> None:
    assert says in arithmetic_caption(200, n)
    assert "%" not in arithmetic_caption(200, None)


def test_a_guess_is_right_if_it_is_what_is_read() -> None:
    assert result_caption("8", "8", 0.9, "8") == (
        "It is read as an 8, 90 % sure: the class that was added. Your guess was right."
    )
    assert result_caption("9", "8", None, "9") == "It is read as an 8, not as a 9. Your guess was a 9."
    assert result_caption("9", "8", None, None) == "It is read as an 8, not as a 9."
    assert guesses_caption(0, 1) == "0 of 1 guess right so far."
    assert guesses_caption(0, 0) == ""


# ---------------------------------------------------------------- the film


@pytest.mark.parametrize(("channels", "off"), [(1, 0), (3, 6)])  # colours have a palette
def test_the_film_goes_to_the_last_picture_and_back(channels: int, off: int) -> None:
    way = np.linspace(0, 255, 5).astype(np.uint8)[:, None, None, None].repeat(channels, 1)
    code = np.broadcast_to(way, (5, channels, 8, 8)).copy()
    with Image.open(io.BytesIO(morph_film.gif(code, 255 - code))) as film:
        assert film.n_frames == 8  # type: ignore[attr-defined]
        assert film.width >= 2 * 240
        levels = []
        for i in range(8):
            film.seek(i)
            pixels = np.asarray(film.convert("L")).astype(int)
            middle = pixels[pixels.shape[0] * 2 // 3]
            levels.append((middle[film.width // 4], middle[film.width * 3 // 4]))
    expected = [0, 63, 127, 191, 255, 191, 127, 63]
    assert np.abs(np.array(levels) - [(level, 255 - level) for level in expected]).max() <= off


# ---------------------------------------------------------------- what a browser may send

WALK = Walk("of it", start=4, plus=5, minus=4, level=50)


def test_what_has_come_to_rest_is_taken() -> None:
    rested = {"kind": "of it", "a": 1, "b": -1, "level": 100}
    assert component._rested(rested, WALK) == Rested(1, -1, 100)


@pytest.mark.parametrize(
    "rested",
    [
        None,
        7,
        {},
        {"kind": "of another", "a": 1, "b": 2, "level": 3},
        {"kind": "of it", "a": 1, "b": 2, "level": 101},
        {"kind": "of it", "a": 1, "b": 2, "level": -1},
        {"kind": "of it", "a": "1", "b": 2, "level": 3},
        {"kind": "of it", "a": 1, "b": None, "level": 3},
        {"kind": "of it", "a": 1, "b": 2, "level": 3.5},
    ],
)
def test_nonsense_from_a_browser_is_no_rest(rested: Any) -> None:
    assert component._rested(rested, WALK) is None


def test_a_slider_stands_between_its_ends() -> None:
    with pytest.raises(ConfigError, match="101 %; allowed: 0 to 100"):
        Walk("of it", 0, 1, 0, 101)


def test_a_scene_has_a_finite_code_and_a_title_for_each_image(digits: Dataset) -> None:
    x, z = np.array(digits.test[:2]), np.zeros((2, 3), np.float32)
    scene = WalkScene((0, 1), ("a", "b"), x, z)
    assert scene.id == WalkScene((0, 1), ("a", "b"), x.copy(), z.copy()).id
    assert scene.id != WalkScene((0, 2), ("a", "b"), x, z).id
    for numbers, titles, codes in (
        ((0, 0), ("a", "b"), z),
        ((0, 1), ("a",), z),
        ((0, 1), ("a", "b"), z[:1]),
        ((0, 1), ("a", "b"), z + np.float32(np.nan)),
        ((0, 1), ("a", "b"), z.astype(np.float64)),
    ):
        with pytest.raises(ShapeError, match="a walk has images"):
            WalkScene(numbers, titles, x, codes)
