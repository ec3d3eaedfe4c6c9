"""The loop: what it reaches on the real MNIST, what its losses mean, that it repeats to the last bit."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from autoenc import devices, memory, models, noise, training
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError, TrainingDiverged
from autoenc.schema import EpochRecord, Heartbeat, Noise, StepRecord, TrainConfig
from autoenc.stopwatch import Stopwatch
from autoenc.training import TrainState, begin, seeded, train

NOISY = Noise("gaussian", 0.3)
TINY = TrainConfig(dataset="digits", latent_size=8, epochs=2)
STANDING_STILL = 1e-30  # a learning rate that moves no float32 weight


@dataclass
class Outcome:
    """All that a training gave, in the order in which it came."""

    state: TrainState
    records: Sequence[StepRecord | Heartbeat | EpochRecord]

    @property
    def epochs(self) -> list[EpochRecord]:
        return [record for record in self.records if isinstance(record, EpochRecord)]

    @property
    def step_losses(self) -> list[float]:
        return [loss for record in self.records if isinstance(record, StepRecord) for loss in record.losses]

    @property
    def losses(self) -> list[float]:
        """Every figure that must come out the same."""
        return [*self.step_losses, *(x for e in self.epochs for x in (e.train_loss, e.test_loss))]

    @property
    def weights(self) -> Tensor:
        return torch.cat([p.detach().flatten() for p in self.state.model.parameters()])


def trained(config: TrainConfig, data: Dataset, state: TrainState | None = None) -> Outcome:
    state = state or begin(config, data, "cpu")
    return Outcome(state, list(train(state, data, config)))


def as_pixels(images: np.ndarray) -> np.ndarray:
    """uint8 -> float64 in [0, 1], only with numpy."""
    return images.astype(np.float64) / 255


def image_errors(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """(N,) mean squared error of each image, in float64."""
    x = as_pixels(images)
    with torch.no_grad():
        x_hat = model(torch.from_numpy(x.astype(np.float32))).numpy()
    return ((x_hat.astype(np.float64) - x) ** 2).reshape(len(x), -1).mean(axis=1)


# ---------------------------------------------------------------- the real MNIST, seed 0


@pytest.fixture(scope="module", autouse=True)
def _memory_as_in_a_job() -> None:
    memory.keep_freed()


@pytest.fixture(scope="module")
def mlp_1(mnist: Dataset) -> Outcome:
    return trained(TrainConfig(latent_size=1, epochs=3), mnist)


@pytest.fixture(scope="module")
def mlp_128(mnist: Dataset) -> Outcome:
    return trained(TrainConfig(latent_size=128, epochs=2), mnist)


@pytest.fixture(scope="module")
def conv_16(mnist: Dataset) -> Outcome:
    return trained(TrainConfig(model="conv", latent_size=16, epochs=2), mnist)


def test_an_mlp_of_latent_size_1_reaches_a_loss_of_0_069_in_three_epochs(mlp_1: Outcome) -> None:
    """Seeds 0 and 1: train .0678 and .0676, test .0672 and .0670; after ten epochs .0637 and .0639."""
    assert mlp_1.epochs[-1].train_loss <= 0.069
    assert mlp_1.epochs[-1].test_loss <= 0.069


def test_an_mlp_of_latent_size_128_reaches_a_test_mse_of_0_0078_in_two_epochs(mlp_128: Outcome) -> None:
    assert mlp_128.epochs[-1].test_loss <= 0.0078


def test_a_conv_of_latent_size_16_reaches_a_test_mse_of_0_0016_in_two_epochs(conv_16: Outcome) -> None:
    assert conv_16.epochs[-1].test_loss <= 0.0016


def test_the_loss_of_every_epoch_is_below_that_of_the_one_before(mlp_1: Outcome) -> None:
    train_losses = [epoch.train_loss for epoch in mlp_1.epochs]
    assert train_losses == sorted(train_losses, reverse=True)


def test_an_epoch_of_mnist_has_469_steps_told_in_several_records(conv_16: Outcome) -> None:
    assert len(conv_16.step_losses) == 2 * 469
    assert sum(isinstance(record, StepRecord) for record in conv_16.records) > 2


def test_no_linear_code_of_one_number_can_do_better_than_pca(mlp_1: Outcome) -> None:
    """PCA with one component leaves 0.0607: a figure below it would be too good to be true."""
    assert mlp_1.epochs[-1].test_loss > 0.0607


@pytest.mark.parametrize("of", ["mlp_128", "conv_16"])
def test_the_test_loss_of_mnist_is_the_mean_that_numpy_finds(
    of: str, mnist: Dataset, request: pytest.FixtureRequest
) -> None:
    outcome: Outcome = request.getfixturevalue(of)
    expected = np.concatenate(
        [image_errors(outcome.state.model, mnist.test[i : i + 2500]) for i in range(0, 10_000, 2500)]
    )
    assert outcome.epochs[-1].test_loss == pytest.approx(expected.mean(), rel=1e-5)


# ---------------------------------------------------------------- what the losses mean


@pytest.mark.parametrize("setting", [{"model": "mlp"}, {"model": "conv", "latent_size": 2}])
def test_the_train_loss_is_the_mean_over_images_though_the_last_batch_is_smaller(
    digits: Dataset, setting: dict[str, Any]
) -> None:
    config = TrainConfig(dataset="digits", epochs=1, batch_size=128, learning_rate=STANDING_STILL, **setting)
    outcome = trained(config, digits)
    errors = image_errors(models.build(config, digits.image_shape), digits.train)
    assert outcome.epochs[0].train_loss == pytest.approx(errors.mean(), rel=1e-6)
    # 300 = 128 + 128 + 44, each in the order of the epoch's shuffle
    order = torch.randperm(300, generator=seeded("cpu", 0, 1, "shuffle")).numpy()
    steps = [errors[order[a:b]].mean() for a, b in ((0, 128), (128, 256), (256, 300))]
    assert outcome.step_losses == pytest.approx(steps, rel=1e-5)
    assert np.mean(steps) != pytest.approx(errors.mean(), rel=1e-4)  # the mean of the steps is another figure


def test_a_train_loss_counts_the_images_that_are_used_alone(digits: Dataset) -> None:
    config = replace(TINY, epochs=1, learning_rate=STANDING_STILL, train_images=50, batch_size=50)
    errors = image_errors(models.build(config, digits.image_shape), digits.train[:50])
    assert trained(config, digits).epochs[0].train_loss == pytest.approx(errors.mean(), rel=1e-6)


def test_a_test_set_gone_through_in_chunks_gives_the_mean_of_the_whole_set(digits: Dataset) -> None:
    """128 channels at stride 1 allow 29 images at once: 60 images are chunks of 29, 29 and 2."""
    config = replace(TINY, model="conv", latent_size=128, stride=1, train_images=16, batch_size=16)
    outcome = trained(replace(config, epochs=1, learning_rate=STANDING_STILL), digits)
    errors = image_errors(outcome.state.model, digits.test)
    assert outcome.epochs[0].test_loss == pytest.approx(errors.mean(), rel=1e-6)


@pytest.mark.parametrize("model", ["mlp", "conv"])
def test_a_denoiser_draws_about_the_mean_grey_before_it_has_learnt_anything(
    digits: Dataset, model: str
) -> None:
    """From one half down to the black of most pixels is a way on which many a model dies."""
    config = replace(TINY, model=model, layers=2, noise=NOISY)
    x = training.preview_input(digits, config)
    with torch.no_grad():
        drawn = training.begin(config, digits, "cpu").model(x)
        plain = training.begin(replace(config, noise=None), digits, "cpu").model(x)
    assert float(drawn.mean()) == pytest.approx(digits.train.mean() / 255, abs=0.05)
    assert float(plain.mean()) == pytest.approx(0.5, abs=0.1)


def test_a_denoiser_is_given_noisy_images_and_judged_by_the_clean_ones(digits: Dataset) -> None:
    config = replace(TINY, epochs=2, learning_rate=STANDING_STILL, noise=NOISY, batch_size=300)
    model = training.begin(config, digits, "cpu").model

    def loss(x: Tensor, draws: torch.Generator) -> float:
        with torch.no_grad():
            return float(((model(noise.corrupt(x, NOISY, draws)) - x) ** 2).mean())

    clean = training.as_float(torch.from_numpy(digits.train))
    for epoch, record in enumerate(trained(config, digits).epochs, 1):
        order = torch.randperm(300, generator=seeded("cpu", 0, epoch, "shuffle"))
        expected = loss(clean[order], seeded("cpu", 0, epoch, "noise"))
        assert record.train_loss == pytest.approx(expected, rel=1e-5)
        test_set = training.as_float(torch.from_numpy(digits.test))
        assert record.test_loss == pytest.approx(loss(test_set, seeded("cpu", 0, 0, "test noise")), rel=1e-5)


# ---------------------------------------------------------------- against a plain loop


def plain_loop(config: TrainConfig, data: Dataset, net: nn.Sequential) -> Iterator[float]:
    """The losses of every step, by the shortest program that trains an autoencoder."""
    x_all = torch.from_numpy(data.train).float() / 255
    optimizer = torch.optim.Adam(net.parameters(), lr=config.learning_rate)
    for epoch in range(1, config.epochs + 1):
        order = torch.randperm(len(x_all), generator=seeded("cpu", config.seed, epoch, "shuffle"))
        for start in range(0, len(x_all), config.batch_size):
            x = x_all[order[start : start + config.batch_size]]
            loss = ((net(x) - x) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss.item()


def plain_mlp() -> nn.Sequential:
    down, up = nn.Linear(784, 8), nn.Linear(8, 784)
    return nn.Sequential(nn.Flatten(), down, up, nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)))


def plain_conv() -> nn.Sequential:
    down, up = nn.Conv2d(1, 8, 3, 2, 1), nn.ConvTranspose2d(8, 1, 4, 2, 1)
    return nn.Sequential(down, nn.ReLU(), up, nn.Sigmoid())


@pytest.mark.parametrize(("model", "net"), [("mlp", plain_mlp), ("conv", plain_conv)])
def test_the_losses_agree_with_a_plain_loop_that_sees_the_same_batches(
    digits: Dataset, model: str, net: Any
) -> None:
    config = replace(TINY, model=model, epochs=5, batch_size=64, seed=3)
    torch.manual_seed(3)
    expected = list(plain_loop(config, digits, net()))
    assert expected[-1] < 0.9 * expected[0]
    assert trained(config, digits).step_losses == pytest.approx(expected, rel=2e-4)


# ---------------------------------------------------------------- again, and further


@pytest.mark.parametrize("setting", [{}, {"noise": NOISY}, {"model": "conv", "latent_size": 3}])
def test_the_same_config_gives_the_same_losses_and_weights_bit_for_bit(
    digits: Dataset, setting: dict[str, Any]
) -> None:
    config = replace(TINY, **setting)
    first = trained(config, digits)
    torch.manual_seed(99)  # whatever else the process draws
    again = trained(config, digits)
    assert again.losses == first.losses
    assert torch.equal(again.weights, first.weights)
    assert [e.x_hat for e in again.epochs] == [e.x_hat for e in first.epochs]


def test_other_draws_between_two_records_change_nothing(digits: Dataset) -> None:
    state, losses = begin(TINY, digits, "cpu"), []
    for record in train(state, digits, TINY):
        torch.manual_seed(7)
        torch.rand(1000)
        losses += record.losses if isinstance(record, StepRecord) else []
    assert losses == trained(TINY, digits).step_losses


@pytest.mark.parametrize("setting", [{}, {"noise": NOISY}, {"decay_epochs": 5}])
def test_three_epochs_and_three_more_are_six_bit_for_bit(digits: Dataset, setting: dict[str, Any]) -> None:
    six = replace(TINY, epochs=6, **setting)
    at_once = trained(six, digits)
    half = trained(replace(six, epochs=3), digits)
    rest = trained(six, digits, half.state)
    assert half.step_losses + rest.step_losses == at_once.step_losses
    assert [e.test_loss for e in half.epochs + rest.epochs] == [e.test_loss for e in at_once.epochs]
    assert [e.epoch for e in half.epochs + rest.epochs] == [1, 2, 3, 4, 5, 6]
    assert torch.equal(rest.weights, at_once.weights)


@pytest.mark.parametrize(
    ("epochs", "rate"),
    [(0, 0), (0.1, 0.04), (0.2, 0.08), (2.1, 0.04), (4, 0), (7, 0)],  # up in 0.2 epochs, down to the fourth
)
def test_the_learning_rate_rises_for_a_twentieth_and_falls_along_a_cosine(epochs: float, rate: float) -> None:
    config = replace(TINY, learning_rate=0.08, decay_epochs=4)
    optimizer = torch.optim.Adam([torch.zeros(1)], lr=1)
    training.set_learning_rate(optimizer, config, epochs)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(rate, abs=1e-12)
    training.set_learning_rate(optimizer, replace(config, decay_epochs=None), epochs=3)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(rate, abs=1e-12)


def test_when_the_learning_rate_has_fallen_nothing_is_learnt_any_more(digits: Dataset) -> None:
    second, third = trained(replace(TINY, epochs=3, decay_epochs=2), digits).epochs[1:]
    assert second.test_loss == third.test_loss


def test_seeds_differ_in_their_first_weights_and_in_their_shuffles(digits: Dataset) -> None:
    zero, one = (trained(replace(TINY, seed=seed), digits) for seed in (0, 1))
    assert zero.step_losses[0] != one.step_losses[0]
    still = replace(TINY, epochs=1, learning_rate=STANDING_STILL)
    same_weights = models.build(still, digits.image_shape).state_dict()
    steps = []
    for seed in (0, 1):
        state = begin(replace(still, seed=seed), digits, "cpu")
        state.model.load_state_dict(same_weights)
        steps.append(trained(replace(still, seed=seed), digits, state).step_losses)
    assert steps[0] != steps[1]


def test_every_epoch_has_a_shuffle_of_its_own(digits: Dataset) -> None:
    outcome = trained(replace(TINY, epochs=2, learning_rate=STANDING_STILL), digits)
    assert outcome.step_losses[:3] != outcome.step_losses[3:]
    assert outcome.epochs[0].train_loss == pytest.approx(outcome.epochs[1].train_loss, rel=1e-6)


def test_every_epoch_draws_noise_of_its_own_and_is_tested_with_the_same(digits: Dataset) -> None:
    config = replace(TINY, learning_rate=STANDING_STILL, noise=NOISY, batch_size=300)
    first, second = trained(config, digits).epochs
    assert first.train_loss != second.train_loss
    assert first.test_loss == second.test_loss
    assert first.x_hat == second.x_hat


def test_the_test_noise_does_not_depend_on_the_seed(digits: Dataset) -> None:
    config = replace(TINY, epochs=1, learning_rate=STANDING_STILL, noise=NOISY)
    weights = models.build(config, digits.image_shape).state_dict()
    test_losses = set()
    for seed in (0, 1):
        state = begin(replace(config, seed=seed), digits, "cpu")
        state.model.load_state_dict(weights)
        test_losses.add(trained(replace(config, seed=seed), digits, state).epochs[0].test_loss)
    assert len(test_losses) == 1


MODELS = (  # which differ in how many images are computed at once
    {"model": "mlp", "latent_size": 32},
    {"model": "conv", "latent_size": 64},
    {"model": "conv", "latent_size": 128, "stride": 1},
    {"model": "conv-bottleneck", "latent_size": 16},
)


@pytest.mark.parametrize("kind", ["gaussian", "block"])
@pytest.mark.parametrize("image_shape", [(1, 28, 28), (3, 9, 7)])
def test_all_models_are_tested_on_the_same_noisy_images(kind: str, image_shape: tuple[int, int, int]) -> None:
    images = torch.randint(0, 256, (700, *image_shape), dtype=torch.uint8, generator=seeded("cpu", 0, 0, "x"))
    given, sizes = [], set()
    for setting in MODELS:
        config = replace(TINY, noise=Noise(kind, 1.0, up_to=True), **setting)  # type: ignore[arg-type]
        batches = list(training.test_batches(images, config))
        sizes.add(len(batches[0][0]))
        clean, noisy = (torch.cat(parts) for parts in zip(*batches, strict=True))
        assert torch.equal(clean, training.as_float(images))
        given.append(noisy)
    assert len(sizes) > 1
    assert all(torch.equal(noisy, given[0]) for noisy in given)
    first = torch.cat([noisy for _, noisy in training.test_batches(images[:48], config)])
    assert torch.equal(first, given[0][:48]), "the noise of an image depends only on its place"


def test_a_range_of_noise_is_tested_with_levels_from_nothing_to_its_end() -> None:
    """Salt and pepper replace the share of grey pixels that the level tells: even odds from 0 to 1."""
    images = torch.full((2000, 1, 20, 20), 128, dtype=torch.uint8)
    config = replace(TINY, noise=Noise("salt-pepper", 1.0, up_to=True))
    noisy = torch.cat([x_in for _, x_in in training.test_batches(images, config)])
    level = ((noisy == 0) | (noisy == 1)).float().mean((1, 2, 3))
    assert np.histogram(level.numpy(), bins=5, range=(0, 1))[0] == pytest.approx(400, abs=80)


def test_draws_depend_on_seed_epoch_and_purpose_and_on_nothing_else() -> None:
    def drawn(*words: Any) -> tuple[float, ...]:
        return tuple(torch.rand(4, generator=seeded("cpu", *words)).tolist())

    cases = [(0, 1, "shuffle"), (1, 1, "shuffle"), (0, 2, "shuffle"), (1, 0, "shuffle"), (0, 1, "noise")]
    assert len({drawn(*case) for case in cases}) == len(cases)
    torch.rand(10)
    assert drawn(0, 1, "noise") == drawn(0, 1, "noise")
    drawn(2**31 - 1, 1000, "noise")  # the largest that a config allows


# ---------------------------------------------------------------- the film


def filmed(outcome: Outcome) -> dict[int, bytes]:
    """The frames between the ends of epochs, by the step of the whole run."""
    n_steps, frames = 0, {}
    for record in outcome.records:
        if isinstance(record, StepRecord):
            n_steps += len(record.losses)
            if record.x_hat is not None:
                frames[n_steps] = record.x_hat.data
    return frames


SHAPES: list[dict[str, Any]] = [
    {},
    {"noise": NOISY},
    {"model": "conv", "latent_size": 3},
    {"model": "conv-bottleneck", "latent_size": 3, "layers": 2, "noise": Noise("gaussian", 0.3, up_to=True)},
]


@pytest.mark.parametrize("setting", SHAPES)
def test_a_filmed_training_is_one_that_was_not_filmed_bit_for_bit(
    digits: Dataset, setting: dict[str, Any]
) -> None:
    config = replace(TINY, **setting)
    plain_state, filmed_state = begin(config, digits, "cpu"), begin(config, digits, "cpu")
    plain = Outcome(plain_state, list(train(plain_state, digits, config, film_steps=())))
    every_step = Outcome(filmed_state, list(train(filmed_state, digits, config, film_steps=range(1, 100))))
    assert filmed(plain) == {}
    assert list(filmed(every_step)) == [1, 2, 4, 5]  # the third and the sixth are the ends of epochs
    assert every_step.losses == plain.losses
    assert torch.equal(every_step.weights, plain.weights)
    assert [e.x_hat for e in every_step.epochs] == [e.x_hat for e in plain.epochs]


@pytest.mark.parametrize("setting", SHAPES)
def test_a_frame_shows_what_the_model_draws_after_exactly_that_step(
    digits: Dataset, setting: dict[str, Any]
) -> None:
    """After a whole epoch of one step, of two and of five, trained for themselves."""
    config = replace(TINY, epochs=1, batch_size=60, decay_epochs=None, **setting)  # 5 steps
    frames = filmed(trained(replace(config, epochs=2), digits))
    assert list(frames) == [1, 2]  # 5 and 10 are the ends of epochs
    state = begin(config, digits, "cpu")
    x = training.preview_input(digits, config)
    assert all(frames[step] != training.reconstruct(state, x).data for step in frames)
    records = train(state, digits, config, film_steps=(1, 2, 3, 4))
    for record in records:
        if isinstance(record, StepRecord) and record.x_hat is not None:
            # The generator stands still after this step, and so does the model.
            assert record.x_hat == training.reconstruct(state, x)


def test_frames_are_made_in_powers_of_ten_over_the_whole_run(digits: Dataset) -> None:
    config = replace(TINY, epochs=9, batch_size=43)  # 7 steps an epoch, 63 in all
    assert list(filmed(trained(config, digits))) == [1, 2, 5, 10, 20, 50]


def test_a_continued_training_counts_the_steps_of_the_whole_run(digits: Dataset) -> None:
    config = replace(TINY, epochs=9, batch_size=43)
    at_once = filmed(trained(config, digits))
    half = trained(replace(config, epochs=2), digits)  # 14 steps
    assert list(filmed(half)) == [1, 2, 5, 10]
    rest = filmed(trained(config, digits, half.state))
    assert [14 + step for step in rest] == [20, 50]
    assert [*filmed(half).values(), *rest.values()] == list(at_once.values())


def test_the_time_of_a_frame_is_no_training_time(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each frame takes a second of a clock that goes on by nothing else."""
    now = [0.0]
    monkeypatch.setattr(training, "Stopwatch", lambda: Stopwatch(lambda: now[0], lambda: now[0]))

    class Slow(nn.Module):
        def __init__(self, encoder: nn.Module) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, x: Tensor) -> Tensor:
            now[0] += 1.0 if len(x) == training.N_PREVIEW else 0.0
            return self.encoder(x)  # type: ignore[no-any-return]

    config = replace(TINY, epochs=1, batch_size=30)  # 10 steps
    state = begin(config, digits, "cpu")
    state.model.encoder = Slow(state.model.encoder)  # type: ignore[assignment]
    outcome = Outcome(state, list(train(state, digits, config)))
    assert len(filmed(outcome)) == 3
    (epoch,) = outcome.epochs
    assert (epoch.seconds, epoch.stood_still) == (0, 0)
    assert epoch.test_seconds == 1  # the frame at its end is made in the time of the test, as ever


# ---------------------------------------------------------------- records


def test_records_come_in_order_and_the_steps_of_an_epoch_before_its_end(digits: Dataset) -> None:
    config = replace(TINY, epochs=3, batch_size=7)  # 43 steps
    n_steps = 0
    expected_epoch = 1
    for record in trained(config, digits).records:
        assert record.epoch == expected_epoch
        if isinstance(record, StepRecord):
            n_steps += len(record.losses)
        elif isinstance(record, EpochRecord):
            assert n_steps == 43 * record.epoch
            expected_epoch += 1
    assert expected_epoch == 4


def test_a_training_that_nobody_asks_for_more_does_no_more(digits: Dataset) -> None:
    state = begin(replace(TINY, epochs=1000), digits, "cpu")
    records = train(state, digits, replace(TINY, epochs=1000))
    for record in records:
        if isinstance(record, EpochRecord):
            break
    records.close()  # type: ignore[attr-defined]
    assert state.epoch == 1


def test_a_finished_trainee_is_trained_no_further(digits: Dataset) -> None:
    outcome = trained(TINY, digits)
    before = outcome.weights.clone()
    assert trained(TINY, digits, outcome.state).records == []
    assert torch.equal(outcome.weights, before)


def test_an_epoch_tells_its_time_its_threads_and_its_pictures(digits: Dataset) -> None:
    outcome = trained(TINY, digits)
    last = outcome.epochs[-1]
    assert last.seconds > 0
    assert last.test_seconds > 0
    assert last.threads == torch.get_num_threads()
    with torch.no_grad():
        x_hat = outcome.state.model(torch.from_numpy(as_pixels(digits.test[:16]).astype(np.float32)))
    assert last.x_hat.shape == (16, 1, 28, 28)
    pixels = np.frombuffer(last.x_hat.data, np.uint8).reshape(last.x_hat.shape)
    assert np.abs(pixels - x_hat.numpy() * 255).max() <= 0.501  # rounded to the nearest of 256


def test_a_test_set_of_three_images_is_enough(digits: Dataset) -> None:
    outcome = trained(TINY, replace(digits, test=digits.test[:3], test_labels=digits.test_labels[:3]))
    assert outcome.epochs[-1].x_hat.shape == (3, 1, 28, 28)


def test_colour_images_of_odd_size_can_be_learnt(digits: Dataset) -> None:
    x = np.repeat(digits.train[:, :, :13, :7], 3, axis=1)  # (300, 3, 13, 7)
    data = replace(digits, train=x, test=x[:40])
    for model in ("mlp", "conv"):
        config = replace(TINY, model=model, layers=2, epochs=3, batch_size=32, learning_rate=0.01)
        losses = [epoch.test_loss for epoch in trained(config, data).epochs]
        assert losses[-1] < losses[0]


def test_training_does_not_touch_the_images(digits: Dataset) -> None:
    before = digits.train.copy(), digits.test.copy()
    trained(replace(TINY, noise=NOISY), digits)
    assert np.array_equal(digits.train, before[0])
    assert np.array_equal(digits.test, before[1])


def test_floats_become_pixels_rounded_cut_and_nan_black() -> None:
    x = torch.tensor([0, 1, 0.2, 0.4999 / 255, 0.501 / 255, 1.7, -3, math.nan]).reshape(1, 1, 2, 4)
    images = training.as_images(x)
    assert images.shape == (1, 1, 2, 4)
    assert list(images.data) == [0, 255, 51, 0, 1, 255, 0, 0]


def test_all_256_pixels_come_back_from_floats() -> None:
    pixels = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    assert training.as_images(training.as_float(pixels)).data == bytes(range(256))


@pytest.mark.parametrize(
    ("setting", "threads"),
    [
        ({"latent_size": 127}, 1),  # 2 * 784 * 127 * 128 multiplications are 25,489,408
        ({"latent_size": 128}, 2),  # 25,690,112
        ({"latent_size": 128, "batch_size": 127}, 1),
        ({"latent_size": 192}, 3),
        ({"latent_size": 1024}, 4),
        ({"latent_size": 1, "model": "conv"}, 4),
    ],
)
def test_a_thread_is_worth_13_million_multiplications_of_linear_layers_a_step(
    setting: dict[str, Any], threads: int
) -> None:
    config = TrainConfig(**setting)
    model = models.describe(config, (1, 28, 28))
    assert training.useful_threads(config, model, 4) == threads
    assert training.useful_threads(config, model, 1) == 1


# ---------------------------------------------------------------- what is refused, what goes wrong


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"batch_size": 301}, "batch size is 301; it cannot be larger than the 300 training images"),
        (
            {"batch_size": 51, "train_images": 50},
            "batch size is 51; it cannot be larger than the 50 training",
        ),
        ({"train_images": 301}, "train images is 301; digits has 300"),
    ],
)
def test_more_than_the_data_have_is_refused(digits: Dataset, setting: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        begin(replace(TINY, **setting), digits, "cpu")


def test_a_batch_may_be_all_images(digits: Dataset) -> None:
    outcome = trained(replace(TINY, batch_size=300, train_images=300), digits)
    assert len(outcome.step_losses) == 2


def test_more_layers_than_the_images_allow_are_refused(digits: Dataset) -> None:
    data = replace(digits, train=digits.train[:, :, :4, :4], test=digits.test[:, :, :4, :4])
    with pytest.raises(ConfigError, match="layers is 4; at stride 2 images of this size allow 2"):
        begin(replace(TINY, model="conv", layers=4), data, "cpu")


def test_an_unknown_device_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="unknown device 'tpu'; known: auto, cpu, cuda"):
        devices.pick("tpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_cuda_is_refused_where_there_is_no_gpu_and_auto_is_the_cpu() -> None:
    with pytest.raises(ConfigError, match="finds no GPU here; use cpu or auto"):
        devices.pick("cuda")
    assert devices.pick("auto").type == "cpu"


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_weights_that_are_not_numbers_end_the_training_with_a_sentence(
    digits: Dataset, poison: float
) -> None:
    state = begin(TINY, digits, "cpu")
    with torch.no_grad():
        state.model.encoder[1].weight.fill_(poison)  # type: ignore[operator,union-attr]
    with pytest.raises(
        TrainingDiverged, match="the loss became nan in epoch 1, step 1; try a smaller learning"
    ):
        list(train(state, digits, TINY))
    assert state.epoch == 0


def test_weights_spoilt_by_the_last_step_end_the_training_before_the_epoch_counts(digits: Dataset) -> None:
    state = begin(TINY, digits, "cpu")
    records = train(state, digits, TINY)
    n_steps = 0
    while n_steps < 3:
        record = next(records)
        assert isinstance(record, StepRecord)
        n_steps += len(record.losses)
    with torch.no_grad():
        state.model.encoder[1].weight.fill_(math.nan)  # type: ignore[operator,union-attr]
    with pytest.raises(TrainingDiverged, match="the test loss became nan after epoch 1; try a smaller"):
        list(records)
    assert state.epoch == 0
