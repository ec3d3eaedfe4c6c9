"""A code under the hand: which values matter, what the rest is folded into, how far it is from others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from autoenc import latent, models
from autoenc.captions import latent_bars
from autoenc.datasets import Dataset
from autoenc.errors import CodeError, ShapeError
from autoenc.inspection import Trained
from autoenc.latent import Codes, Gaussian
from autoenc.latent.handles import N_GROUPS, N_SINGLE, importance
from autoenc.models import Autoencoder
from autoenc.schema import Images, Run, TrainConfig
from ui.components.code_bars import Bar, Bars, CodeScene, FeatureMaps, message, read_moved
from ui.latent import bars as bars_page


def of_decoder(decoder: nn.Module, latent_size: int, digits: Dataset) -> Trained:
    """A run whose decoder is this one: row by row it draws 28 x 28 pixels."""
    config = TrainConfig("digits", latent_size=latent_size)
    info = models.describe(config, digits.image_shape)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, latent_size))
    drawing = nn.Sequential(decoder, nn.Unflatten(1, (1, 28, 28)))
    run = Run("made", config, "", info, 1, "cpu", {}, Images((0, 1, 1, 1), b""))
    return Trained(run, digits, Autoencoder(encoder, drawing).requires_grad_(False))


def linear(weights: np.ndarray) -> nn.Linear:
    """Values (K,) -> 784 pixels."""
    layer = nn.Linear(weights.shape[0], 784, bias=False)
    layer.weight = nn.Parameter(torch.from_numpy(weights.T.astype(np.float32)))
    return layer


def codes(z: np.ndarray) -> Codes:
    return Codes(z.astype(np.float32), np.zeros(len(z), np.intp))


# ---------------------------------------------------------------- what matters


def test_importance_of_what_is_not_finite_is_told_of_in_a_sentence(digits: Dataset) -> None:
    trained = of_decoder(linear(np.full((3, 784), np.nan)), 3, digits)
    with pytest.raises(CodeError, match=r"pictures drawn by .* are not finite numbers"):
        importance(trained, np.ones((5, 3), np.float32), np.ones(3, np.float32))


def test_importance_of_a_linear_decoder_is_the_square_of_spread_times_weight(digits: Dataset) -> None:
    weights = np.zeros((3, 784))
    weights[0, :] = 1  # every pixel by the value
    weights[1, :196] = 2  # a quarter of the pixels by twice the value
    trained = of_decoder(linear(weights), 3, digits)
    spread = np.array([0.5, 3, 7], np.float32)
    matters = importance(trained, np.ones((5, 3), np.float32), spread)
    # 0.5^2 on all pixels; (3 * 2)^2 on a quarter; a value that draws nothing
    assert matters == pytest.approx([0.25, 9, 0])


def test_the_value_that_changes_the_picture_most_has_the_first_bar(digits: Dataset) -> None:
    weights = np.repeat(np.array([[1.0], [5.0], [3.0]]), 784, 1)
    z = np.random.default_rng(0).normal(0, 1, (500, 3))
    of_run = latent.handles_of(of_decoder(linear(weights), 3, digits), codes(z))
    assert of_run.values.tolist() == [1, 2, 0]
    assert of_run.n_rest == 0
    low, high = of_run.usual[0]
    assert low == pytest.approx(np.percentile(z[:, 1], 0.5), rel=1e-4)
    assert high == pytest.approx(np.percentile(z[:, 1], 99.5), rel=1e-4)
    assert of_run.positions(codes(z).z[3]) == pytest.approx(z[3, [1, 2, 0]], rel=1e-5)


def test_a_large_code_folds_what_matters_least_into_its_principal_directions(digits: Dataset) -> None:
    k = 60
    rng = np.random.default_rng(0)
    rest = np.outer(rng.normal(0, 2, 400), np.ones(k - N_SINGLE))  # those move together, and only so
    z = np.concatenate([rng.normal(0, 1, (400, N_SINGLE)), rest], 1)
    weights = np.ones((k, 784))
    weights[N_SINGLE:] = 0.01
    of_run = latent.handles_of(of_decoder(linear(weights), k, digits), codes(z))
    assert sorted(of_run.values) == list(range(N_SINGLE))
    assert of_run.rest_share == pytest.approx(1)
    assert 1 <= len(of_run.axes) <= N_GROUPS
    assert not of_run.axes[:, :N_SINGLE].any()
    assert np.abs(of_run.axes[0, N_SINGLE:]) == pytest.approx(rest.std(0), rel=1e-3)
    moved = of_run.mean + 1.5 * of_run.axes[0]
    assert of_run.positions(moved)[N_SINGLE] == pytest.approx(1.5, rel=1e-4)


def test_a_value_that_is_the_same_for_all_images_can_be_moved_nevertheless(digits: Dataset) -> None:
    z = np.random.default_rng(0).normal(0, 1, (100, 2))
    z[:, 1] = 4
    of_run = latent.handles_of(of_decoder(linear(np.ones((2, 784))), 2, digits), codes(z))
    low, high = of_run.usual[of_run.values.tolist().index(1)]
    assert low < 4 < high


# ---------------------------------------------------------------- how far it is


def test_the_distance_follows_the_hand_as_the_gaussian_says() -> None:
    rng = np.random.default_rng(3)
    z = (rng.normal(0, 1, (300, 5)) @ rng.normal(0, 1, (5, 5))).astype(np.float32)
    gaussian = latent.fit(z)
    directions = rng.normal(0, 1, (4, 5)).astype(np.float32)
    distance = latent.distance_from(gaussian, z[7], directions)
    steps = np.array([1.5, -2, 0, 3], np.float32)
    moved = z[7] + steps @ directions
    assert distance.of(np.zeros(4, np.float32)) == pytest.approx(gaussian.distance(z[7:8])[0], rel=1e-4)
    assert distance.of(steps) == pytest.approx(gaussian.distance(moved[None])[0], rel=1e-4)


def test_three_standard_deviations_of_one_value_and_four_of_another_are_five() -> None:
    gaussian = Gaussian(
        np.array([1, 1], np.float32), np.eye(2, dtype=np.float32), np.array([4, 9], np.float32)
    )
    distance = latent.distance_from(
        gaussian, np.array([1, 1], np.float32), np.diag([2, 3]).astype(np.float32)
    )
    assert distance.of(np.array([3, 4], np.float32)) == pytest.approx(5)


def test_words_say_how_rare_a_distance_is_and_where_nothing_lives() -> None:
    words = latent_bars.distance_words([float(i) for i in range(1, 101)], "digit")

    def said(distance: float) -> str:
        return next(text for limit, text in words if distance <= limit)

    assert said(10).startswith("Many digits live here")
    assert said(70).startswith("Ordinary")
    assert said(95) == "Rare: farther out than 9 of 10 training digits."
    assert said(99.9) == "Very rare: farther out than 99 of 100 training digits."
    assert said(100.5).startswith("No digit lives here")
    assert "100 training digits" in said(1e30)


def test_only_classes_that_are_digits_are_called_digits() -> None:
    assert latent_bars.noun([str(i) for i in range(10)]) == "digit"
    assert latent_bars.noun(["airplane", "7"]) == "image"
    assert latent_bars.noun([]) == "image"


def test_the_lesson_names_the_value_that_matters_most_or_says_that_none_does() -> None:
    assert "Value 7 matters most" in latent_bars.bars_caption([7, 1, 2], [9, 3, 1], 3)
    assert "3 times as much" in latent_bars.bars_caption([7, 1, 2], [9, 3, 1], 3)
    assert "about equally" in latent_bars.bars_caption([7, 1, 2], [1.1, 1, 1], 3)
    assert "one value" in latent_bars.bars_caption([1], [1.0], 1)
    assert "no number" not in latent_bars.bars_caption([2, 1], [0, 0], 2)
    assert latent_bars.groups_caption(0, 0, 0) == ""
    assert "the other 48 values" in latent_bars.groups_caption(16, 48, 0.4)


def test_codes_that_are_no_numbers_are_one_sentence(digits: Dataset) -> None:
    trained = of_decoder(linear(np.ones((2, 784))), 2, digits)
    trained.model.encoder[1].bias.fill_(float("nan"))
    with pytest.raises(CodeError, match="not finite numbers: its training went wrong"):
        latent.codes_of(trained, digits.test[:1])


# ---------------------------------------------------------------- codes of maps


@pytest.mark.parametrize(
    ("layers", "stride", "size"), [(1, 2, (4, 4)), (2, 2, (10, 10)), (1, 1, (3, 3)), (3, 1, (7, 7))]
)
def test_a_place_draws_just_the_pixels_that_it_reaches(
    layers: int, stride: int, size: tuple[int, int], digits: Dataset
) -> None:
    shape = (1, 40, 32)
    config = TrainConfig("digits", "conv", 3, layers=layers, stride=stride)
    model = models.build(config, shape).requires_grad_(False)
    for parameter in model.decoder.parameters():
        parameter.abs_()  # so that nothing is lost in a ReLU
    _, rows, columns = models.describe(config, shape).code_shape
    reach = latent.reach(model.drawing)
    assert reach.size == size
    for row, column in ((rows // 2, columns // 2), (0, columns - 1)):
        z = torch.ones(2, 3, rows, columns)
        z[1, 1, row, column] += 5
        untouched, moved = model.drawing[:-1](z)  # before the sigmoid, which may be at its end
        at = np.argwhere((moved - untouched)[0].numpy() != 0)
        first = [max(0, reach.first[i] + p * reach.stride[i]) for i, p in enumerate((row, column))]
        last = [
            min(shape[1 + i] - 1, reach.last[i] + p * reach.stride[i]) for i, p in enumerate((row, column))
        ]
        assert at.min(0).tolist() == first
        assert at.max(0).tolist() == last


def test_channels_are_ordered_by_how_much_they_vary(digits: Dataset) -> None:
    config = TrainConfig("digits", "conv", 3)
    info = models.describe(config, digits.image_shape)
    run = Run("made", config, "", info, 1, "cpu", {}, Images((0, 1, 1, 1), b""))
    trained = Trained(run, digits, models.build(config, digits.image_shape))
    z = np.random.default_rng(0).normal(0, 1, (50, *info.code_shape)) * np.array([2, 9, 4])[:, None, None]
    of_run = latent.channels(trained, codes(z.reshape(50, -1)))
    assert of_run.order.tolist() == [1, 2, 0]
    assert of_run.usual[1, 1] == pytest.approx(np.percentile(z[:, 1], 99.5), rel=1e-4)


def test_channels_that_are_always_zero_can_be_moved(digits: Dataset) -> None:
    config = TrainConfig("digits", "conv", 2)
    info = models.describe(config, digits.image_shape)
    run = Run("made", config, "", info, 1, "cpu", {}, Images((0, 1, 1, 1), b""))
    trained = Trained(run, digits, models.build(config, digits.image_shape))
    z = np.zeros((10, *info.code_shape))
    assert latent.channels(trained, codes(z.reshape(10, -1))).usual.tolist() == [[0, np.float32(0.1)]] * 2
    z[:, 1] = np.linspace(0, 8, 10)[:, None, None]
    of_run = latent.channels(trained, codes(z.reshape(10, -1)))
    assert of_run.usual[0, 1] == pytest.approx(0.1 * of_run.usual[1, 1], rel=0.02)


# ---------------------------------------------------------------- what goes to the browser and comes back

BARS = (Bar("2", "Value 2", 0.5, -1, 1, 0.4, 1), Bar("g1", "Group 1", 0.0, -2, 2, 1, None))


def scene(**changes: object) -> CodeScene:
    axes = np.array([[3, 0, 4]], np.float32)
    touch = Bars(BARS, axes, 1.0, np.zeros(2, np.float32), np.eye(2, dtype=np.float32), [(np.inf, "here")])
    z = np.array([1, 0.5, 2], np.float32)
    return replace(CodeScene("it", np.zeros((1, 8, 8), np.uint8), z, touch), **changes)


def test_what_a_browser_sends_is_bars_of_this_code_or_nothing() -> None:
    sent = {"of": "it", "moved": {"2": 1, "g1": -0.5, "g9": 1, "1": 3, "<b>": 2, "9" * 5000: 1}}
    assert read_moved(sent, scene()) == {"2": 1.0, "g1": -0.5}
    for value in (float("nan"), float("inf"), 1e39, "1", None, [1]):
        assert read_moved({"of": "it", "moved": {"2": value}}, scene()) == {}
    for other in (None, 7, [], {}, {"of": "other", "moved": {}}, {"of": "it"}, {"of": "it", "moved": [1]}):
        assert read_moved(other, scene()) is None


def test_a_code_is_what_its_bars_make_of_it() -> None:
    assert scene().code({}).tolist() == [1, 0.5, 2]
    assert scene().code({"2": 9}).tolist() == [1, 9, 2]
    assert scene().code({"g1": 2, "nonsense": 4}).tolist() == [7, 0.5, 10]
    maps = FeatureMaps((1, 1, 3), (0,), np.array([[0, 1]], np.float32), (2, 2), (-1, -1), (2, 2))
    assert read_moved({"of": "it", "moved": {"2": 4, "9" * 5000: 1}}, scene(touch=maps)) == {"2": 4.0}
    assert scene(touch=maps).code({"2": 4, "3": 1, "-1": 1}).tolist() == [1, 0.5, 4]
    assert message(scene(touch=maps), {}, "key", 0, None, None)


def test_images_and_codes_that_are_none_are_refused() -> None:
    for changes in (
        {"x": np.zeros((8, 8), np.uint8)},
        {"x": np.zeros((1, 8, 8), np.float32)},
        {"z": np.array([1, np.nan, 2], np.float32)},
        {"z": np.zeros((1, 3), np.float32)},
    ):
        with pytest.raises(ShapeError):
            scene(**changes)


def test_an_address_of_bars_reads_as_it_was_written() -> None:
    moved = bars_page._moved("18:1.25,g1:-0.5")
    assert moved.where == {"18": 1.25, "g1": -0.5}
    assert bars_page._text(moved) == "18:1.25,g1:-0.5"
    assert bars_page._text(bars_page._moved("7:12345.5")) == "7:12345.5"
