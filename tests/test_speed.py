"""How fast a machine trains: paper arithmetic, and a measurement that knows large from small."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from autoenc import models, speed
from autoenc.schema import TrainConfig
from autoenc.speed import Speed, epoch_seconds

CONFIG = TrainConfig(latent_size=32)
INFO = models.describe(CONFIG, (1, 28, 28))


def expected(config: TrainConfig = CONFIG, **coefficients: Any) -> float | None:
    measured = Speed(coefficients, 2) if coefficients else None
    return epoch_seconds(config, INFO, 60_000, 10_000, measured)


def test_nothing_is_expected_before_anything_was_measured() -> None:
    assert expected() is None
    assert expected(conv=(1.0, 0.0, 0.0)) is None


def test_a_second_a_step_is_469_seconds_an_epoch_of_mnist() -> None:
    assert expected(mlp=(1.0, 0.0, 0.0)) == pytest.approx(469)


def test_fewer_images_are_fewer_steps() -> None:
    assert expected(replace(CONFIG, train_images=1000), mlp=(1.0, 0.0, 0.0)) == pytest.approx(8)


def test_a_test_costs_a_third_of_the_multiplications_of_training() -> None:
    """60,000 images in 469 steps of 128 images, and 10,000 images forward only; 2 * 784 * 32 each."""
    per_image = 2 * 784 * 32
    assert expected(mlp=(0.0, 0.0, 1e-9)) == pytest.approx((469 * 128 + 10_000 / 3) * per_image * 1e-9)


def test_memory_counts_the_outputs_of_every_layer_and_the_parameters() -> None:
    outputs = 784 + 32 + 784 + 784 + 784  # flatten, linear, linear, sigmoid, unflatten
    training = 469 * (128 * outputs + 50_992)
    test = (10_000 * outputs + 50_992) / 3
    assert expected(mlp=(0.0, 1e-9, 0.0)) == pytest.approx((training + test) * 1e-9)


@pytest.fixture(scope="module")
def measured() -> Iterator[Speed]:
    threads = torch.get_num_threads()
    yield speed.measure(1)
    torch.set_num_threads(threads)


def test_a_measurement_covers_every_model_and_tells_its_threads(measured: Speed) -> None:
    assert set(measured.coefficients) == set(models.BUILDERS)
    assert measured.threads == 1
    for coefficients in measured.coefficients.values():
        assert len(coefficients) == 3
        assert all(0 <= c < 1 for c in coefficients)
        assert sum(coefficients) > 0


@pytest.mark.parametrize("model", ["mlp", "conv"])
def test_a_model_with_a_hundred_times_the_work_is_expected_to_take_longer(
    model: str, measured: Speed
) -> None:
    seconds = []
    for latent_size in (2, 200):
        config = TrainConfig(model=model, latent_size=latent_size)
        info = models.describe(config, (1, 28, 28))
        seconds.append(epoch_seconds(config, info, 60_000, 10_000, measured))
    small, large = seconds
    assert small is not None
    assert large is not None
    assert 0 < small < large


def test_a_measurement_that_nobody_wants_any_more_ends_between_two_models() -> None:
    asked: list[int] = []

    def stopped() -> bool:
        asked.append(1)
        return len(asked) == 3

    assert speed.measure(1, stopped) is None
    assert len(asked) == 3
