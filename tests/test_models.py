"""The lab's autoencoders: shapes, parameters by paper arithmetic, seeds, the printed table."""

import math
import re
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from autoenc import models
from autoenc.errors import ConfigError
from autoenc.schema import TrainConfig

MNIST = (1, 28, 28)


def described(shape: tuple[int, int, int] = MNIST, **setting: Any) -> Any:
    return models.describe(TrainConfig(**setting), shape)


@st.composite
def cases(draw: st.DrawFn) -> tuple[TrainConfig, tuple[int, int, int]]:
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 33), st.integers(1, 33)))
    layers, stride = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    model = draw(st.sampled_from(["mlp", "conv", "conv-bottleneck"]))
    if model != "mlp" and min(shape[1:]) < 2:
        model, stride = "conv", 1
    if model == "conv-bottleneck" or (model, stride) == ("conv", 2):
        layers = min(layers, 1 + int(math.log2(max(1, min(shape[1:]) - 1))))  # n halvings, rounded up
    k = draw(st.integers(1, 5 if model == "conv" else 40))
    return TrainConfig(model=model, latent_size=k, layers=layers, stride=stride), shape


# ---------------------------------------------------------------- shapes


@settings(max_examples=50)
@given(cases())
def test_every_size_comes_back_in_its_own_shape(
    case: tuple[TrainConfig, tuple[int, int, int]],
) -> None:
    config, shape = case
    model, info = models.build(config, shape), models.describe(config, shape)
    x = torch.rand(3, *shape)
    with torch.no_grad():
        z = model.encoder(x)
        x_hat = model(x)
    assert x_hat.shape == x.shape
    assert tuple(z.shape) == (3, *info.code_shape)
    assert info.n_latents == z[0].numel()
    assert info.n_pixels == x[0].numel()
    assert float(x_hat.min()) >= 0
    assert float(x_hat.max()) <= 1


@settings(max_examples=50)
@given(cases())
def test_a_model_on_paper_is_the_model_that_is_built(
    case: tuple[TrainConfig, tuple[int, int, int]],
) -> None:
    config, shape = case
    model, info = models.build(config, shape), models.describe(config, shape)
    assert info.n_parameters == sum(p.numel() for p in model.parameters())
    x, described = torch.rand(2, *shape), []
    for part, layers in (("encoder", model.encoder), ("decoder", model.decoder)):
        for layer in layers:
            x = layer(x)
            described.append(
                (part, type(layer).__name__, tuple(x.shape[1:]), sum(p.numel() for p in layer.parameters()))
            )
    assert described == [(i.part, i.name.split()[0], i.output_shape, i.n_parameters) for i in info.layers]


@pytest.mark.parametrize("size", [7, 13, 28, 32, 33])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_conv_of_stride_2_halves_each_side_rounded_up(size: int, layers: int) -> None:
    side = size
    for _ in range(layers):
        side = (side + 1) // 2
    shape = (3, size, size + 1)
    assert described(shape, model="conv", latent_size=5, layers=layers).code_shape[:2] == (5, side)


def test_a_conv_of_stride_1_keeps_each_side() -> None:
    info = described((3, 7, 13), model="conv", latent_size=2, layers=4, stride=1)
    assert {layer.output_shape[1:] for layer in info.layers} == {(7, 13)}


def test_images_of_one_row_train_with_an_mlp_or_at_stride_1() -> None:
    for setting in ({"model": "mlp"}, {"model": "conv", "stride": 1}):
        model = models.build(TrainConfig(latent_size=2, layers=2, **setting), (1, 1, 9))
        assert model(torch.rand(2, 1, 1, 9)).shape == (2, 1, 1, 9)


@pytest.mark.parametrize(
    ("shape", "layers", "allowed"),
    [((1, 7, 7), 4, 3), ((1, 2, 28), 2, 1), ((3, 28, 1), 1, 0), ((1, 8, 8), 4, 3)],
)
def test_more_layers_than_the_image_allows_are_refused_with_the_number_allowed(
    shape: tuple[int, int, int], layers: int, allowed: int
) -> None:
    for model in ("conv", "conv-bottleneck"):
        config = TrainConfig(model=model, latent_size=2, layers=layers)
        for refuse in (models.build, models.describe):
            with pytest.raises(ConfigError, match=f"layers is {layers}; .* allow {allowed}"):
                refuse(config, shape)
        if allowed:
            described(shape, model=model, latent_size=2, layers=allowed)


# ---------------------------------------------------------------- parameters, by hand


@pytest.mark.parametrize(
    ("setting", "n_parameters"),
    [
        ({"latent_size": 1}, 784 + 1 + 784 + 784),
        ({"latent_size": 32}, 784 * 32 + 32 + 32 * 784 + 784),
        ({"latent_size": 1024}, 784 * 1024 + 1024 + 1024 * 784 + 784),
        ({"latent_size": 4, "layers": 2}, 784 * 56 + 56 + 56 * 4 + 4 + 4 * 56 + 56 + 56 * 784 + 784),
        ({"model": "conv", "latent_size": 1}, 9 + 1 + 16 + 1),
        ({"model": "conv", "latent_size": 16}, 16 * 9 + 16 + 16 * 16 + 1),
        ({"model": "conv", "latent_size": 16, "stride": 1}, 16 * 9 + 16 + 16 * 9 + 1),
        (
            {"model": "conv", "latent_size": 8, "layers": 2},
            (8 * 9 + 8) + (8 * 8 * 9 + 8) + (8 * 8 * 16 + 8) + (8 * 16 + 1),
        ),
        (
            {"model": "conv-bottleneck", "latent_size": 10, "layers": 2},  # 28 -> 14 -> 7, 32 and 64 channels
            (32 * 9 + 32)
            + (64 * 32 * 9 + 64)
            + (64 * 49 * 10 + 10)  # to the code
            + (10 * 64 * 49 + 64 * 49)
            + (64 * 32 * 16 + 32)
            + (32 * 16 + 1),  # and back
        ),
    ],
)
def test_parameters_are_what_paper_says(setting: dict[str, Any], n_parameters: int) -> None:
    assert described(**setting).n_parameters == n_parameters


def test_colours_cost_a_conv_three_times_the_weights_at_its_two_ends() -> None:
    info = described((3, 32, 32), model="conv", latent_size=8)
    assert info.n_parameters == (3 * 8 * 9 + 8) + (3 * 8 * 16 + 3)


@pytest.mark.parametrize(
    ("setting", "n_latents"),
    [
        ({"latent_size": 32}, 32),
        ({"latent_size": 32, "layers": 3}, 32),
        ({"model": "conv", "latent_size": 1}, 14 * 14),
        ({"model": "conv", "latent_size": 1, "stride": 1}, 784),
        ({"model": "conv", "latent_size": 128, "stride": 1}, 100_352),
        ({"model": "conv", "latent_size": 128}, 25_088),
        ({"model": "conv", "latent_size": 8, "layers": 2}, 8 * 7 * 7),
        ({"model": "conv", "latent_size": 8, "layers": 4}, 8 * 2 * 2),
        *(({"model": "conv-bottleneck", "latent_size": 33, "layers": n}, 33) for n in (1, 2, 3, 4)),
    ],
)
def test_numbers_in_the_code_are_what_paper_says(setting: dict[str, Any], n_latents: int) -> None:
    assert described(**setting).n_latents == n_latents


@pytest.mark.parametrize(
    ("latent_size", "layers", "widths"),
    [
        (32, 1, [784, 32]),
        (4, 2, [784, 56, 4]),  # 14 times narrower each
        (98, 3, [784, 392, 196, 98]),  # 2 times
        (49, 4, [784, 392, 196, 98, 49]),
        (784, 3, [784, 784, 784, 784]),
        (3136, 2, [784, 1568, 3136]),  # wider than the image is allowed
    ],
)
def test_the_widths_of_an_mlp_go_down_in_equal_ratios_and_up_again(
    latent_size: int, layers: int, widths: list[int]
) -> None:
    model = models.build(TrainConfig(latent_size=latent_size, layers=layers), MNIST)
    linear = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    assert [linear[0].in_features, *(layer.out_features for layer in linear)] == widths + widths[-2::-1]


@pytest.mark.parametrize(
    ("setting", "n"),
    [
        ({"latent_size": 32}, 2 * 784 * 32),
        # One output of the encoder meets 9 weights; one number of the code spreads over 16 weights.
        ({"model": "conv", "latent_size": 1}, 14 * 14 * 9 + 14 * 14 * 16),
        ({"model": "conv", "latent_size": 32, "stride": 1}, 2 * 784 * 32 * 9),
        (
            {"model": "conv", "latent_size": 4, "layers": 2},
            14 * 14 * 4 * 9 + 7 * 7 * 4 * 4 * 9 + 7 * 7 * 4 * 4 * 16 + 14 * 14 * 4 * 16,
        ),
    ],
)
def test_multiplications_are_what_paper_says(setting: dict[str, Any], n: int) -> None:
    assert described(**setting).n_multiplications == n


def test_the_largest_model_on_paper_costs_no_memory() -> None:
    info = described((3, 1024, 1024), latent_size=4096)
    assert info.n_parameters == 2 * 3 * 1024 * 1024 * 4096 + 4096 + 3 * 1024 * 1024  # 100 GB of weights


# ---------------------------------------------------------------- what the layers are


def kinds(layers: nn.Sequential) -> str:
    return " ".join(type(layer).__name__ for layer in layers)


def test_an_mlp_has_relu_between_its_layers_none_at_the_code_and_a_sigmoid_last() -> None:
    one, two = (models.build(TrainConfig(layers=layers), MNIST) for layers in (1, 2))
    assert (kinds(one.encoder), kinds(one.decoder)) == ("Flatten Linear", "Linear Sigmoid Unflatten")
    assert kinds(two.encoder) == "Flatten Linear ReLU Linear"
    assert kinds(two.decoder) == "Linear ReLU Linear Sigmoid Unflatten"


def test_a_conv_has_relu_after_its_convolutions_and_the_sigmoid_alone_at_the_end() -> None:
    one, two = (models.build(TrainConfig(model="conv", latent_size=2, layers=n), MNIST) for n in (1, 2))
    assert (kinds(one.encoder), kinds(one.decoder)) == ("Conv2d ReLU", "ConvTranspose2d Sigmoid")
    assert kinds(two.encoder) == "Conv2d ReLU Conv2d ReLU"
    assert kinds(two.decoder) == "ConvTranspose2d ReLU ConvTranspose2d Sigmoid"


def test_only_odd_sides_are_cut() -> None:
    config = TrainConfig(model="conv", latent_size=2, layers=2)
    assert kinds(models.build(config, (1, 13, 28)).decoder) == (
        "ConvTranspose2d Crop ReLU ConvTranspose2d Crop Sigmoid"  # 13 -> 7 -> 4
    )
    assert "Crop" not in kinds(models.build(config, (1, 28, 28)).decoder)


# ---------------------------------------------------------------- seeds


@pytest.mark.parametrize("model", ["mlp", "conv"])
def test_the_seed_alone_decides_the_first_weights(model: str) -> None:
    def weights(seed: int) -> list[torch.Tensor]:
        torch.rand(seed + 1)  # whatever was drawn before
        return list(models.build(TrainConfig(model=model, latent_size=3, seed=seed), MNIST).parameters())

    first, again, other = weights(1), weights(1), weights(2)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_building_and_describing_leave_the_generator_of_everyone_else_alone() -> None:
    before = torch.get_rng_state()
    models.build(TrainConfig(seed=5), MNIST)
    models.describe(TrainConfig(seed=5), MNIST)
    assert torch.equal(torch.get_rng_state(), before)


def test_building_allocates_the_weights_for_real() -> None:
    assert {p.device.type for p in models.build(TrainConfig(), MNIST).parameters()} == {"cpu"}


# ---------------------------------------------------------------- the printed table


def test_a_model_prints_itself_as_the_lab_did() -> None:
    lines = str(described(model="conv", latent_size=1)).splitlines()
    assert [re.split(r"\s{2,}", line) for line in lines] == [
        ["layer", "output shape", "parameters"],
        ["encoder: Conv2d 3x3, stride 2", "1 x 14 x 14", "10"],
        ["encoder: ReLU", "1 x 14 x 14", "0"],
        ["decoder: ConvTranspose2d 4x4, stride 2", "1 x 28 x 28", "17"],
        ["decoder: Sigmoid", "1 x 28 x 28", "0"],
        ["total", "27"],
    ]
    assert len({len(line) for line in lines}) == 1  # the numbers stand one below the other


def test_large_numbers_are_printed_in_groups_of_three() -> None:
    last = str(described(latent_size=32)).splitlines()[-1]
    assert last.split() == ["total", "50,992"]
