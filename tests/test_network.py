"""A model as plain numbers: all of them, in PyTorch's order, and only layers that the browser knows."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from torch import nn

from autoenc import models
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError
from autoenc.inspection import Trained, browser_network, runs_in_browser
from autoenc.schema import Images, Run, TrainConfig

MLP = TrainConfig("digits", latent_size=5, layers=2)
CONV = TrainConfig("digits", "conv", 3, layers=2)
BOTTLENECK = TrainConfig("digits", "conv-bottleneck", 6, layers=2)
MNIST = (1, 28, 28)


def made(config: TrainConfig, data: Dataset) -> Trained:
    info = models.describe(config, data.image_shape)
    run = Run("made", config, data.fingerprint, info, 1, "cpu", {}, Images((0, 1, 1, 1), b""))
    return Trained(run, data, models.build(config, data.image_shape).requires_grad_(False))


@pytest.mark.parametrize("config", [MLP, CONV, replace(CONV, stride=1), BOTTLENECK])
def test_a_network_holds_every_parameter_once_where_its_layer_says(
    config: TrainConfig, digits: Dataset
) -> None:
    trained = made(config, digits)
    given = browser_network(trained)
    assert given.weights.dtype == np.float32
    assert given.weights.size == trained.run.model.n_parameters
    starts = [layer[name] for layer in given.layers for name in ("weight", "bias") if name in layer]
    ends = [*starts[1:], given.weights.size]
    parts = [given.weights[start:end] for start, end in zip(starts, ends, strict=True)]
    for part, parameter in zip(parts, trained.model.parameters(), strict=True):
        assert np.array_equal(part, parameter.numpy().ravel())


def test_a_decoder_that_rounds_its_code_says_so(digits: Dataset) -> None:
    trained = made(replace(MLP, rate_weight=0.1), digits)
    given = browser_network(trained)
    kinds = [
        "flatten",
        "linear",
        "relu",
        "linear",
        "round",
        "linear",
        "relu",
        "linear",
        "sigmoid",
        "unflatten",
    ]
    assert [layer["kind"] for layer in given.layers] == kinds
    assert (given.layers[4]["input"], given.layers[4]["output"]) == ([5], [5])
    assert given.weights.size == trained.run.model.n_parameters  # the density stays at home


def test_each_layer_takes_what_the_one_before_it_makes(digits: Dataset) -> None:
    layers = browser_network(made(CONV, digits)).layers
    assert layers[0]["input"] == layers[-1]["output"] == [1, 28, 28]
    assert all(before["output"] == after["input"] for before, after in pairwise(layers))
    kinds = ["conv", "relu", "conv", "relu", "conv_transpose", "relu", "conv_transpose", "sigmoid"]
    assert [layer["kind"] for layer in layers] == kinds


@pytest.mark.parametrize(
    "layer",
    [nn.Tanh(), nn.Conv2d(3, 3, 3, dilation=2), nn.Conv2d(3, 3, 3, groups=3), nn.Conv2d(3, 3, 3, bias=False)],
)
def test_a_layer_that_the_browser_does_not_know_is_refused_by_name(layer: nn.Module, digits: Dataset) -> None:
    trained = made(CONV, digits)
    trained.model.encoder[1] = layer
    with pytest.raises(ConfigError, match=f"cannot compute the layer {type(layer).__name__}.*on the server"):
        browser_network(trained)


@pytest.mark.parametrize(
    ("model", "latent_size", "layers", "stride", "fits"),
    [
        ("mlp", 128, 1, 2, True),  # 201,612 parameters, and as many multiplications
        ("mlp", 1024, 1, 2, True),  # 2 x 784 x 1024 + 1808 = 1,607,440 parameters
        ("mlp", 2048, 1, 2, False),  # twice that
        ("conv", 150, 2, 1, True),  # 2 x 784 x 9 x (150 + 150^2) = 319.6 million multiplications
        ("conv", 151, 2, 1, False),  # 323.9 million
    ],
)
def test_small_models_run_in_the_browser(
    model: str, latent_size: int, layers: int, stride: int, fits: bool
) -> None:
    config = TrainConfig("mnist", model, latent_size, layers=layers, stride=stride)
    assert runs_in_browser(models.describe(config, MNIST)) is fits
