"""The fast forms of the convolutions give what PyTorch's own layers give, gradients included."""

import copy
from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, mse_loss

from autoenc import checkpoints, models, training
from autoenc.convolutions import FEW, ConvTranspose2d, arranged, overlaid
from autoenc.datasets import Dataset
from autoenc.models import Autoencoder, ImageShape
from autoenc.schema import EpochRecord, TrainConfig
from benchmarks.lab_loop import with_plain_layers
from tests.runs import assert_same_state, fresh, stored, trained

CONV = partial(TrainConfig, dataset="digits", model="conv")
MODELS = [
    (CONV(latent_size=1), (1, 28, 28)),
    (CONV(latent_size=16), (1, 28, 28)),
    (CONV(latent_size=16), (3, 32, 32)),
    (CONV(latent_size=5), (1, 27, 25)),
    (CONV(latent_size=7, layers=2), (1, 27, 25)),
    (CONV(latent_size=3, layers=3), (3, 31, 18)),
    (CONV(latent_size=4, stride=1), (1, 28, 28)),
    (CONV(latent_size=6, layers=3, stride=1), (3, 9, 12)),
    (CONV(latent_size=12, model="conv-bottleneck"), (1, 28, 28)),
    (CONV(latent_size=9, layers=2, model="conv-bottleneck"), (3, 33, 31)),
]


def loss_and_gradients(model: Autoencoder, x: Tensor) -> list[Tensor]:
    loss = mse_loss(model(x), x)
    loss.backward()  # type: ignore[no-untyped-call]
    return [loss.detach(), *(p.grad for p in model.parameters() if p.grad is not None)]


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
@pytest.mark.parametrize(("config", "shape"), MODELS, ids=lambda value: str(value)[:60])
def test_loss_and_gradients_are_those_of_the_plain_layers(
    config: TrainConfig, shape: ImageShape, dtype: torch.dtype, tolerance: float
) -> None:
    model = models.build(config, shape).to(dtype)
    plain = with_plain_layers(copy.deepcopy(model))
    assert not any(isinstance(layer, ConvTranspose2d) for layer in plain.modules())
    x = torch.rand(9, *shape, dtype=dtype, generator=torch.Generator().manual_seed(1))
    ours, theirs = loss_and_gradients(arranged(model, torch.device("cpu")), x), loss_and_gradients(plain, x)
    assert len(ours) == len(theirs) == 1 + len(list(plain.parameters()))
    for one, other in zip(ours, theirs, strict=True):
        assert float((one - other).norm()) <= tolerance * float(other.norm())


@pytest.mark.parametrize("channels", [1, 3, FEW, FEW + 1])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("side", [(1, 1), (1, 4), (5, 3)])
def test_patches_that_overlap_are_a_transposed_convolution(
    channels: int, stride: int, side: tuple[int, int]
) -> None:
    layer = ConvTranspose2d(6, channels, stride).double()
    x = torch.rand(2, 6, *side, dtype=torch.float64)
    assert layer.bias is not None
    expected = conv_transpose2d(x, layer.weight, layer.bias, stride, padding=1)
    for drawn in (layer(x), overlaid(x, layer.weight, layer.bias, stride)):
        torch.testing.assert_close(drawn, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("stride", [1, 2])
def test_the_gradient_of_its_input_is_right_too(stride: int) -> None:
    layer = ConvTranspose2d(3, 2, stride).double()
    x = torch.rand(2, 3, 3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, x)


def test_a_class_sees_the_layer_of_pytorch() -> None:
    ours, theirs = ConvTranspose2d(16, 1, 2), nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1)
    assert repr(ours) == repr(theirs)
    assert {name: p.shape for name, p in ours.state_dict().items()} == {
        name: p.shape for name, p in theirs.state_dict().items()
    }


@pytest.mark.parametrize(
    "config", [CONV(latent_size=8, layers=2), CONV(latent_size=6, model="conv-bottleneck")]
)
def test_a_run_that_is_continued_from_its_file_is_the_uninterrupted_one(
    config: TrainConfig, digits: Dataset
) -> None:
    """Weights with many channels on both sides: their order in memory matters to the optimiser."""
    whole, at_the_end = trained(config, digits, epochs=2)
    part, state = trained(config, digits, epochs=1)
    stored(part, state)
    resumed = fresh(part, digits)
    checkpoints.restore(resumed, part.run_id, 2)
    assert_same_state(resumed, state)
    *_, last = training.train(resumed, digits, replace(config, epochs=2))
    assert isinstance(last, EpochRecord)
    assert last.test_loss == whole.epochs[-1].test_loss
    assert_same_state(resumed, at_the_end)
