"""Recognisers as they learn: steps worked out by hand, calibration against other programs."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from scipy.special import log_softmax
from sklearn.metrics import accuracy_score, confusion_matrix
from torch import nn

from autoenc import recognition
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError
from autoenc.recognition import calibration, measuring, training
from autoenc.schema import Noise, Reading, RecogniserConfig
from tests.recognisers import QUICK, further, same, trained

# ---------------------------------------------------------------- how sure it may be


def test_two_scores_that_are_right_three_times_of_four_are_divided_until_it_is_75_percent_sure() -> None:
    scores, labels = torch.tensor([[4.0, 0.0]] * 4), torch.tensor([0, 0, 0, 1])
    # sigmoid(4 / T) = 3 / 4, so that T = 4 / ln 3
    assert calibration.fitted_temperature(scores, labels) == pytest.approx(4 / math.log(3), rel=1e-4)


def test_the_temperature_is_where_the_slope_of_the_likelihood_is_zero() -> None:
    draws = np.random.default_rng(0)
    labels = draws.integers(0, 5, 400)
    scores = draws.normal(0, 3, (400, 5)) + 4 * np.eye(5)[labels]

    def slope(temperature: float) -> float:
        """Of the cross-entropy, by 1 / T: the expected score less the score of the label."""
        p = np.exp(log_softmax(scores / temperature, axis=1))
        return float(((p * scores).sum(1) - scores[np.arange(400), labels]).mean())

    expected = brentq(slope, 0.1, 15)
    fitted = calibration.fitted_temperature(torch.from_numpy(scores), torch.from_numpy(labels))
    assert fitted == pytest.approx(expected, rel=1e-3)
    assert not 0.9 < fitted < 1.1


@pytest.mark.parametrize(
    "scores", [[[3.0, 1.0], [0.0, 9.0]], [[math.nan, 1.0], [0.0, 9.0]], [[math.inf, 0.0]] * 2]
)
def test_scores_without_a_best_temperature_stay_as_they_are(scores: list[list[float]]) -> None:
    assert calibration.fitted_temperature(torch.tensor(scores), torch.tensor([0, 1])) == 1.0


def test_bins_and_calibration_error_as_on_paper() -> None:
    sure = np.array([0.55, 0.58, 0.95, 1.0], np.float32)
    found = calibration.reliability(sure, np.array([True, False, True, True]), 1.5)
    assert [(b.confidence, b.accuracy, b.n_images) for b in found.bins] == [
        (pytest.approx(0.565), 0.5, 2),
        (pytest.approx(0.975), 1.0, 2),
    ]
    assert found.error == pytest.approx((2 * 0.065 + 2 * 0.025) / 4, abs=1e-6)
    assert found.temperature == 1.5


# ---------------------------------------------------------------- what was read, counted


def test_confusion_and_accuracy_are_those_of_scikit_learn() -> None:
    draws = np.random.default_rng(1)
    labels, read = draws.integers(0, 4, 200).astype(np.uint8), draws.integers(0, 4, 200)
    confusion = np.zeros((4, 4), np.int64)
    for part in np.array_split(np.arange(200), 3):
        measuring.add_to(confusion, labels[part], torch.eye(4)[torch.from_numpy(read[part])])
    reading = Reading(1.0, tuple(map(tuple, confusion.tolist())))
    assert np.array_equal(reading.confusion, confusion_matrix(labels, read))
    assert reading.accuracy == accuracy_score(labels, read)
    assert reading.n_images == 200


def test_the_most_frequent_mistake_comes_first_and_what_never_happened_not_at_all() -> None:
    reading = Reading(1.0, ((9, 1, 0), (4, 5, 0), (2, 0, 3)))
    assert reading.mistakes == ((1, 0, 4), (2, 0, 2), (0, 1, 1))
    assert reading.accuracy == 17 / 24


# ---------------------------------------------------------------- a step


def test_the_average_of_three_steps_is_what_paper_says() -> None:
    model, average = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    nn.init.zeros_(average.weight)
    expected = 0.0
    for n, (latest, share) in enumerate([(1.0, 9 / 11), (2.0, 9 / 12), (-1.0, 9 / 13)], 1):
        nn.init.constant_(model.weight, latest)
        training.move_average(average, model, n)
        expected += (latest - expected) * share
        assert average.weight.item() == pytest.approx(expected, rel=1e-6)
    training.move_average(average, model, 10**6)
    assert average.weight.item() == pytest.approx(expected + (-1 - expected) / 500, rel=1e-5)


def test_the_average_counts_batches_as_the_model_does() -> None:
    model, average = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    model(torch.randn(8, 2))
    training.move_average(average, model, 10**6)
    assert int(average.num_batches_tracked) == 1
    assert torch.allclose(average.running_mean, model.running_mean / 500)


def test_a_shifted_image_is_the_image_two_pixels_away_at_most_and_black_comes_in() -> None:
    x = torch.rand(70, 2, 28, 20, generator=torch.Generator().manual_seed(0)) + 0.1
    moved = training.shifted(x, torch.Generator().manual_seed(1))
    assert moved.shape == x.shape
    places = []
    for before, after in zip(x, moved, strict=True):
        fitting = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if torch.equal(after, translated(before, down, right))
        ]
        places += fitting
        assert len(fitting) == 1
    assert [len(set(group)) for group in (places[:32], places[32:64], places[64:])] == [1, 1, 1]
    assert len(set(places)) > 1


def translated(x: torch.Tensor, down: int, right: int) -> torch.Tensor:
    height, width = x.shape[1:]
    result = torch.zeros_like(x)
    result[:, max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)] = x[
        :, max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)
    ]
    return result


def test_an_image_of_few_pixels_stays_where_it_is() -> None:
    x = torch.rand(3, 1, 7, 40)
    assert training.shifted(x, torch.Generator()) is x


def test_memory_in_another_order_holds_the_same_images() -> None:
    for channels in (1, 3):
        x = torch.rand(2, channels, 5, 4)
        assert torch.equal(training.channels_last(x), x)
        assert training.channels_last(x).stride() == (20 * channels, 1, 4 * channels, channels)


# ---------------------------------------------------------------- a training


def test_the_same_config_gives_the_same_recogniser_and_another_seed_or_noise_another(digits: Dataset) -> None:
    first, state = trained(QUICK, digits)
    again, same_state = trained(QUICK, digits)
    assert again.step_losses == first.step_losses
    assert same(state, same_state)
    for other in (replace(QUICK, seed=1), replace(QUICK, noise=Noise("gaussian", 0.5, up_to=True))):
        recogniser, _ = trained(other, digits)
        assert recogniser.step_losses != first.step_losses
        assert recogniser.recogniser_id != first.recogniser_id


def test_two_epochs_continued_to_four_are_four_in_one_go_bit_for_bit(digits: Dataset) -> None:
    longer = replace(QUICK, epochs=4)
    whole, state = trained(longer, digits)
    part, part_state = trained(QUICK, digits)
    continued = further(replace(part, config=longer), part_state, digits)
    assert continued.step_losses == whole.step_losses
    assert continued.step_accuracies == whole.step_accuracies
    assert [e.test_loss for e in continued.epochs] == [e.test_loss for e in whole.epochs]
    assert same(part_state, state)


def test_images_that_are_held_out_decide_the_temperature_and_nothing_else(digits: Dataset) -> None:
    config = replace(QUICK, epochs=4)
    n_train, n_held_out = training.split(digits)
    assert (n_train, n_held_out) == (270, 30)
    images, labels = digits.train.copy(), digits.train_labels.copy()
    images[n_train:] = 255 - images[n_train:]
    labels[n_train:] = (labels[n_train:] + 1) % 10
    one, state = trained(config, digits)
    other, other_state = trained(config, replace(digits, train=images, train_labels=labels))
    assert other.step_losses == one.step_losses
    assert same(state, other_state)
    assert [e.test_accuracy for e in other.epochs] == [e.test_accuracy for e in one.epochs]
    assert [e.temperature for e in other.epochs] != [e.temperature for e in one.epochs]


def test_what_cannot_be_learnt_is_refused_before_anything_is_computed(digits: Dataset) -> None:
    one_class = replace(digits, train_labels=np.zeros_like(digits.train_labels))
    with pytest.raises(ConfigError, match="has one class; a recogniser needs images of at least two"):
        training.begin(QUICK, one_class)
    few = replace(digits, train=digits.train[:90], train_labels=digits.train_labels[:90])
    with pytest.raises(
        ConfigError, match="90 training images; a recogniser of 10 classes needs at least 100"
    ):
        recognition.check_readable(few)
    none = replace(digits, train=digits.train[:0], train_labels=digits.train_labels[:0])
    with pytest.raises(ConfigError, match="has no classes"):
        recognition.check_readable(none)


def test_whoever_follows_a_training_is_not_in_inference_mode(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "REPORT_SECONDS", 0.0)  # a sign of life for each chunk of test images
    state = training.begin(RecogniserConfig("digits", 1), digits, "cpu")
    records = [
        torch.is_inference_mode_enabled()
        for _ in training.train(state, digits, RecogniserConfig("digits", 1))
    ]
    assert len(records) > 4
    assert not any(records)
