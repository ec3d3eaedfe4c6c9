"""A trained model looked at from all sides: what is shown is what it computes, and what it learnt."""

import math
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.func import jacrev

from autoenc import datasets, inspection, models, training
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, ConfigError, DatasetError, DatasetMissing, RunUnknown, ShapeError
from autoenc.inspection import Reconstructions, Trained
from autoenc.inspection.opening import affordable, one_thread
from autoenc.schema import Images, Noise, Run, TrainConfig
from tests.runs import PLAIN, stored, trained

MLP = PLAIN
DEEP = replace(PLAIN, latent_size=100, layers=3)
CONV = TrainConfig("digits", "conv", 5, epochs=1)
DEEP_CONV = replace(CONV, latent_size=3, layers=3)
NOISY = replace(CONV, noise=Noise("gaussian", 0.3))
NOTHING = Images((0, 1, 1, 1), b"")
BOTTLENECK = TrainConfig("digits", "conv-bottleneck", 6, layers=2, epochs=1)
CONFIGS = {
    "mlp": MLP,
    "deep mlp": DEEP,
    "conv": CONV,
    "deep conv": DEEP_CONV,
    "noisy": NOISY,
    "bottleneck": BOTTLENECK,
}


@pytest.fixture(scope="module")
def models_of(digits: Dataset) -> dict[str, Trained]:
    """By the names of CONFIGS."""
    made = {}
    for name, config in CONFIGS.items():
        run, state = trained(config, digits)
        made[name] = Trained(run, digits, state.model.requires_grad_(False).eval())
    return made


def untrained(config: TrainConfig, data: Dataset) -> Trained:
    info = models.describe(config, data.image_shape)
    run = Run("untrained", config, data.fingerprint, info, len(data.train), "cpu", {}, NOTHING)
    return Trained(run, data, models.build(config, data.image_shape).requires_grad_(False))


# ---------------------------------------------------------------- opening


def test_a_run_is_opened_as_it_was_trained() -> None:
    data = datasets.load("digits")
    run, state = trained(MLP, data)
    stored(run, state)
    opened = inspection.open_run(run.run_id)
    assert opened.run == run
    assert opened.data.fingerprint == run.fingerprint
    assert not any(p.requires_grad for p in opened.model.parameters())
    x = training.as_float(torch.from_numpy(data.test))
    with torch.no_grad():
        assert torch.equal(opened.model(x), state.model(x))


def test_a_run_that_was_stopped_early_is_opened_too() -> None:
    run, state = trained(MLP, datasets.load("digits"), epochs=1)
    stored(run, state)
    assert len(inspection.open_run(run.run_id).run.epochs) == 1


def test_other_images_under_the_same_name_are_refused(digits: Dataset) -> None:
    run, state = trained(MLP, digits)  # a part of the data set that is here
    stored(run, state)
    with pytest.raises(DatasetError, match=f"digits on this machine are not those that {run.run_id}"):
        inspection.open_run(run.run_id)


def test_a_run_whose_images_are_not_here_says_so(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, state = trained(replace(MLP, dataset="kmnist"), digits)
    stored(run, state)
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path))
    with pytest.raises(DatasetMissing, match="kmnist is not in"):
        inspection.open_run(run.run_id)


def test_a_run_that_is_not_there_or_broken_is_told(digits: Dataset) -> None:
    with pytest.raises(RunUnknown):
        inspection.open_run("digits-mlp-k4-e2-00000000")
    run, state = trained(MLP, digits)
    path = stored(run, state)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError):
        inspection.open_run(run.run_id)


# ---------------------------------------------------------------- reconstructions


@pytest.mark.parametrize("name", CONFIGS)
def test_the_mean_error_of_all_test_images_is_the_test_loss(name: str, models_of: dict[str, Trained]) -> None:
    made = inspection.reconstructions(models_of[name])
    assert made.mse.mean(dtype=np.float64) == pytest.approx(models_of[name].run.test_mse, abs=1e-6)


@pytest.mark.parametrize("name", ["mlp", "conv"])
def test_reconstructions_are_what_the_model_gives_rounded(name: str, models_of: dict[str, Trained]) -> None:
    model, made = models_of[name], inspection.reconstructions(models_of[name])
    x = torch.from_numpy(model.data.test).float() / 255
    expected = (model.model(x) * 255).round().numpy()
    assert made.x_hat.dtype == np.uint8
    assert np.abs(made.x_hat - expected).max() <= 1  # a last bit of another batch size
    assert made.x_noisy is None


def test_a_denoiser_is_shown_with_what_it_was_given(models_of: dict[str, Trained]) -> None:
    model, made = models_of["noisy"], inspection.reconstructions(models_of["noisy"])
    assert made.x_noisy is not None
    middle = (model.data.test > 100) & (model.data.test < 155)  # where clipping to [0, 1] is rare
    noise = (made.x_noisy.astype(float) - model.data.test)[middle] / 255
    assert noise.std() == pytest.approx(0.3, rel=0.1)
    again = inspection.reconstructions(model).x_noisy
    assert again is not None
    assert np.array_equal(made.x_noisy, again)


def test_a_large_model_draws_as_many_images_as_time_allows(mnist: Dataset) -> None:
    large = untrained(TrainConfig(model="conv", latent_size=512, stride=1), mnist)
    made = inspection.reconstructions(large)
    size = training.chunk(large.run.config, mnist.image_shape)
    assert len(made) == math.ceil(max(256, affordable(large.run.model)) / size) * size < len(mnist.test)
    assert len(made.mse) == len(made)


def test_small_models_afford_the_whole_test_set_of_mnist_and_very_large_ones_no_image() -> None:
    small = models.describe(TrainConfig(latent_size=1024), (1, 28, 28))
    assert affordable(small) >= 10_000
    huge = TrainConfig(model="conv", latent_size=4096, layers=2, stride=1)
    assert affordable(models.describe(huge, (1, 28, 28))) == 0


def test_one_thread_computes_and_others_keep_theirs() -> None:
    torch.set_num_threads(2)
    started, looked_at = Event(), Event()
    seen: list[int] = []

    def other() -> None:
        seen.append(torch.get_num_threads())
        started.set()
        looked_at.wait(10)
        seen.append(torch.get_num_threads())

    thread = Thread(target=other)
    thread.start()
    assert started.wait(10)
    with one_thread():
        assert torch.get_num_threads() == 1
        looked_at.set()
        thread.join()
    assert seen == [2, 2]
    assert torch.get_num_threads() == 2


# ---------------------------------------------------------------- order


@pytest.fixture
def five(digits: Dataset) -> tuple[Reconstructions, Dataset]:
    """Five images of the classes 0, 1, 0, 1, 0, the third one worst, the fifth no number at all."""
    mse = np.array([0.2, 0.1, 0.4, 0.3, math.nan], np.float32)
    pictures = np.zeros((5, 1, 28, 28), np.uint8)
    labels = np.array([0, 1, 0, 1, 0, 0, 0], np.uint8)
    return Reconstructions(None, pictures, mse, mse[:, None]), replace(digits, test_labels=labels)


def test_images_are_ordered_by_their_error(five: tuple[Reconstructions, Dataset]) -> None:
    assert inspection.order(*five, "in order", None, 0).tolist() == [0, 1, 2, 3, 4]
    assert inspection.order(*five, "worst first", None, 0).tolist() == [4, 2, 3, 0, 1]
    assert inspection.order(*five, "best first", None, 0).tolist() == [1, 0, 3, 2, 4]


def test_one_class_alone_keeps_the_order(five: tuple[Reconstructions, Dataset]) -> None:
    assert inspection.order(*five, "worst first", 1, 0).tolist() == [3, 1]
    assert inspection.order(*five, "in order", 0, 0).tolist() == [0, 2, 4]
    assert inspection.order(*five, "in order", 7, 0).tolist() == []
    shuffled = inspection.order(*five, "shuffled", None, 3).tolist()
    assert inspection.order(*five, "shuffled", 0, 3).tolist() == [i for i in shuffled if i in (0, 2, 4)]


def test_a_shuffle_has_all_images_once_and_depends_on_its_seed(digits: Dataset) -> None:
    nothing = np.zeros(len(digits.test), np.float32)
    made = Reconstructions(None, digits.test, nothing, nothing[:, None])
    one, same, other = (inspection.order(made, digits, "shuffled", None, seed) for seed in (1, 1, 2))
    assert sorted(one.tolist()) == list(range(60))
    assert one.tolist() == same.tolist() != other.tolist()


def test_unknown_orders_and_classes_are_refused(five: tuple[Reconstructions, Dataset]) -> None:
    with pytest.raises(ConfigError, match="'by size'; known: in order, shuffled"):
        inspection.order(*five, "by size", None, 0)  # type: ignore[arg-type]
    for wrong in (-1, 10):
        with pytest.raises(ConfigError, match=f"class is {wrong}; digits has 0 to 9"):
            inspection.order(*five, "shuffled", wrong, 0)


# ---------------------------------------------------------------- one image through the layers


@pytest.mark.parametrize("name", CONFIGS)
def test_the_code_is_what_the_encoder_makes_of_an_image(name: str, models_of: dict[str, Trained]) -> None:
    model = models_of[name]
    x = model.data.test[7]
    code = inspection.code(model, x)
    assert code.dtype == np.float32
    assert code.shape == model.run.model.code_shape
    expected = model.model.encoder(torch.from_numpy(x / np.float32(255))[None])[0]
    np.testing.assert_allclose(code, expected.numpy(), atol=1e-5)
    np.testing.assert_array_equal(code, inspection.code(model, x / np.float32(255)))


@pytest.mark.parametrize("name", CONFIGS)
def test_the_way_leads_from_the_image_over_the_code_to_the_reconstruction(
    name: str, models_of: dict[str, Trained]
) -> None:
    model = models_of[name]
    x = model.data.test[3]
    way = inspection.flow(model, x)
    n = model.run.config.layers + (name == "bottleneck")
    parts = ["image", *["encoder"] * (n - 1), "code", *["decoder"] * (n - 1), "reconstruction"]
    assert [station.part for station in way] == parts
    np.testing.assert_allclose(way[0].values, x / 255, atol=1e-7)
    np.testing.assert_array_equal(way[n].values, inspection.code(model, x))
    x_hat = model.model(torch.from_numpy(x[None] / np.float32(255)))[0].numpy()
    np.testing.assert_allclose(way[-1].values, x_hat, atol=1e-5)
    assert all(station.n_numbers == station.values.size for station in way)


def test_what_convolutions_hand_to_the_bottleneck_is_shown_as_their_channels(
    models_of: dict[str, Trained], digits: Dataset
) -> None:
    way = inspection.flow(models_of["bottleneck"], digits.test[0])
    assert [station.shape for station in way[1:5]] == [(32, 14, 14), (64, 7, 7), (6,), (64, 7, 7)]


def test_stations_are_named_for_their_layers(models_of: dict[str, Trained], digits: Dataset) -> None:
    way = inspection.flow(models_of["deep mlp"], digits.test[0])
    names = ["Image", *["Linear + ReLU"] * 2, "Linear", *["Linear + ReLU"] * 2, "Linear + Sigmoid"]
    assert [station.name for station in way] == names
    # From 784 to 100 numbers in three equal ratios: 784 * (100 / 784) ** (1 / 3) = 394.7, then 198.7.
    assert [s.shape for s in way] == [(1, 28, 28), (395,), (199,), (100,), (199,), (395,), (1, 28, 28)]

    way = inspection.flow(models_of["deep conv"], digits.test[0])
    down, up = "Conv2d 3x3, stride 2 + ReLU", "ConvTranspose2d 4x4, stride 2"
    names = ["Image", down, down, down, f"{up} + ReLU", f"{up} + ReLU", f"{up} + Sigmoid"]
    assert [station.name for station in way] == names
    # 28, 14, 7, 4: back from 4 come 8 rows, of which 7 are kept.
    sides = [(3, 14, 14), (3, 7, 7), (3, 4, 4), (3, 7, 7), (3, 14, 14)]
    assert [s.shape for s in way] == [(1, 28, 28), *sides, (1, 28, 28)]


def test_images_of_another_shape_are_refused(models_of: dict[str, Trained]) -> None:
    for wrong in (np.zeros((1, 27, 28)), np.zeros((3, 28, 28)), np.zeros((28, 28))):
        for look in (inspection.code, inspection.flow, inspection.responses):
            with pytest.raises(ShapeError, match=r"this model takes \(1, 28, 28\)"):
                look(models_of["mlp"], wrong)


# ---------------------------------------------------------------- what was learnt


def test_with_one_layer_responses_are_the_weights_whatever_the_image(
    models_of: dict[str, Trained], digits: Dataset
) -> None:
    weights = models_of["mlp"].model.state_dict()
    for x in (digits.test[0], np.zeros((1, 28, 28))):
        responses = inspection.responses(models_of["mlp"], x)
        assert sorted(responses.indices.tolist()) == [0, 1, 2, 3]
        looks_at = weights["encoder.1.weight"].numpy()[responses.indices]
        draws = weights["decoder.0.weight"].numpy().T[responses.indices]
        np.testing.assert_array_equal(responses.encoder, looks_at.reshape(4, 1, 28, 28))
        np.testing.assert_array_equal(responses.decoder, draws.reshape(4, 1, 28, 28))


def test_with_more_layers_responses_are_the_slopes_at_this_image(
    models_of: dict[str, Trained], digits: Dataset
) -> None:
    model = models_of["deep mlp"].model
    x = torch.from_numpy(digits.test[:1]).float() / 255
    responses = inspection.responses(models_of["deep mlp"], digits.test[0])
    assert responses.encoder.shape == responses.decoder.shape == (64, 1, 28, 28)
    before_sigmoid = model.decoder[:-2]
    by_pixels = jacrev(model.encoder)(x)[0, :, 0].numpy()  # (k, 1, 28, 28)
    by_code = jacrev(before_sigmoid)(model.encoder(x))[0, :, 0].T.numpy()  # (k, pixels)
    np.testing.assert_allclose(responses.encoder, by_pixels[responses.indices], atol=1e-5)
    np.testing.assert_allclose(responses.decoder.reshape(64, -1), by_code[responses.indices], atol=1e-5)


@pytest.mark.parametrize("config", [MLP, BOTTLENECK], ids=["mlp", "bottleneck"])
def test_where_a_code_is_rounded_the_slopes_are_those_of_the_layers_behind_it(
    config: TrainConfig, digits: Dataset
) -> None:
    run, state = trained(replace(config, rate_weight=0.01), digits)
    rated = Trained(run, digits, state.model.requires_grad_(False).eval())
    x = torch.from_numpy(digits.test[:1]).float() / 255
    responses = inspection.responses(rated, digits.test[0])
    z = rated.model.encoder(x).round()
    drawing = rated.model.drawing[:-2] if config is MLP else rated.model.drawing[:-1]
    by_code = jacrev(drawing)(z).reshape(784, -1).T.numpy()  # (k, pixels)
    np.testing.assert_allclose(
        responses.decoder.reshape(len(responses.indices), -1), by_code[responses.indices], atol=1e-5
    )
    stations = inspection.flow(rated, digits.test[0])
    assert [station.part for station in stations].count("code") == 1
    np.testing.assert_allclose(stations[-1].values, rated.model(x)[0].numpy(), atol=1e-6)


def test_through_convolutions_responses_are_the_slopes_at_this_image(
    models_of: dict[str, Trained], digits: Dataset
) -> None:
    model = models_of["bottleneck"].model
    x = torch.from_numpy(digits.test[:1]).float() / 255
    responses = inspection.responses(models_of["bottleneck"], digits.test[0])
    by_pixels = jacrev(model.encoder)(x)[0, :, 0].numpy()  # (k, 1, 28, 28)
    by_code = jacrev(model.decoder[:-1])(model.encoder(x))[0, ..., 0, :].numpy()  # (1, 28, 28, k)
    np.testing.assert_allclose(responses.encoder, by_pixels[responses.indices], atol=1e-5)
    np.testing.assert_allclose(responses.decoder, np.moveaxis(by_code, -1, 0)[responses.indices], atol=1e-5)


def test_a_small_step_moves_code_and_picture_by_the_slope(
    models_of: dict[str, Trained], digits: Dataset
) -> None:
    model = deepcopy(models_of["deep mlp"].model).double()
    x = torch.from_numpy(digits.test[:1]).double() / 255
    responses, step = inspection.responses(models_of["deep mlp"], digits.test[0]), 1e-7
    brighter = x.clone()
    brighter[0, 0, 14, 9] += step
    z = model.encoder(x)
    moved = (model.encoder(brighter) - z)[0] / step
    np.testing.assert_allclose(responses.encoder[:, 0, 14, 9], moved[responses.indices], atol=1e-4)
    number = responses.indices[5]
    more = z.clone()
    more[0, number] += step
    drawn = (model.decoder[:-2](more) - model.decoder[:-2](z))[0] / step
    np.testing.assert_allclose(responses.decoder[5].ravel(), drawn, atol=1e-4)


def test_the_numbers_that_vary_most_come_first(models_of: dict[str, Trained], digits: Dataset) -> None:
    responses = inspection.responses(models_of["deep mlp"], digits.test[0])
    codes = np.stack([inspection.code(models_of["deep mlp"], x) for x in digits.test])
    np.testing.assert_allclose(responses.spread, np.sort(codes.std(0))[::-1][:64], rtol=1e-4)
    assert len(set(responses.indices.tolist())) == inspection.MAX_SHOWN == 64


def test_visitors_who_ask_at_the_same_time_get_the_same(
    models_of: dict[str, Trained], digits: Dataset
) -> None:
    def ask(_: int) -> NDArray[np.float32]:
        return inspection.responses(models_of["deep mlp"], digits.test[0]).decoder

    with ThreadPoolExecutor(4) as visitors:
        answers = list(visitors.map(ask, range(40)))
    assert all(np.array_equal(answer, answers[0]) for answer in answers)


def test_a_convolution_shows_its_kernels(models_of: dict[str, Trained]) -> None:
    first, last = inspection.kernels(models_of["conv"])
    weights = models_of["conv"].model.state_dict()
    np.testing.assert_array_equal(first.weights, weights["encoder.0.weight"].numpy()[first.indices])
    np.testing.assert_array_equal(last.weights, weights["decoder.0.weight"].numpy()[last.indices])
    assert (first.part, first.name, first.n_channels) == ("encoder", "Conv2d 3x3, stride 2", 5)
    assert (last.part, last.name, last.n_channels) == ("decoder", "ConvTranspose2d 4x4, stride 2", 5)
    assert first.indices.tolist() == last.indices.tolist()  # the same channels side by side


def test_one_number_of_the_code_draws_its_kernel(models_of: dict[str, Trained]) -> None:
    model = models_of["conv"].model
    _, last = inspection.kernels(models_of["conv"])
    code = torch.zeros(1, 5, 14, 14)
    code[0, last.indices[1], 6, 6] = 1
    up = model.decoder[0]
    drawn = (up(code) - up(torch.zeros_like(code)))[0]
    np.testing.assert_allclose(drawn[:, 11:15, 11:15].numpy(), last.weights[1], atol=1e-6)
    assert drawn.count_nonzero() <= 16


def test_of_many_layers_those_beside_the_pictures_are_shown(models_of: dict[str, Trained]) -> None:
    first, last = inspection.kernels(models_of["deep conv"])
    weights = models_of["deep conv"].model.state_dict()
    assert first.weights.shape == (3, 1, 3, 3)
    np.testing.assert_array_equal(first.weights, weights["encoder.0.weight"].numpy()[first.indices])
    outermost = [name for name in weights if name.startswith("decoder") and name.endswith("weight")][-1]
    np.testing.assert_array_equal(last.weights, weights[outermost].numpy()[last.indices])


def test_channels_that_never_answer_come_last_and_sixty_four_are_shown(digits: Dataset) -> None:
    wide = untrained(TrainConfig("digits", "conv", 70), digits)
    bias = wide.model.encoder[0].get_parameter("bias")
    bias[:6], bias[6:] = -100, 1  # the ReLU lets nothing of the first six through, and most of the others
    for kernels in inspection.kernels(wide):
        assert len(kernels.indices) == 64
        assert kernels.n_channels == 70
        assert not set(range(6)) & set(kernels.indices.tolist())


def test_each_kind_of_model_is_looked_at_in_its_own_way(models_of: dict[str, Trained]) -> None:
    with pytest.raises(ConfigError, match="has channels; their kernels are shown instead"):
        inspection.responses(models_of["conv"], models_of["conv"].data.test[0])
    with pytest.raises(ConfigError, match="has no convolution; what its code responds to"):
        inspection.kernels(models_of["mlp"])
