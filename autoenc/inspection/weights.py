"""What a model has learnt: what its code looks at, and what it draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d

from autoenc.errors import ConfigError
from autoenc.inspection.opening import Trained, as_input, one_thread
from autoenc.models import Round
from autoenc.training import as_float, chunk

MAX_SHOWN = 64  # code numbers, or kernels of a layer
_N_TEST_IMAGES = 256  # test images over which the code may vary


@dataclass(frozen=True, eq=False)
class Responses:
    """Numbers of an MLP's code around one image, those first that vary most over the test images."""

    indices: NDArray[np.intp]  # (m,) which numbers of the code, at most MAX_SHOWN
    spread: NDArray[np.float32] = field(repr=False)  # (m,) standard deviation over test images
    encoder: NDArray[np.float32] = field(repr=False)  # (m, C, H, W) slope of the number by each pixel
    decoder: NDArray[np.float32] = field(repr=False)  # (m, C, H, W) slope of each output by the number


@dataclass(frozen=True, eq=False)
class Kernels:
    """The kernels between pictures and channels, those first whose channel varies most over test images."""

    name: str  # "Conv2d 3x3, stride 2"
    part: str  # "encoder" or "decoder"
    indices: NDArray[np.intp]  # (m,) which channels, at most MAX_SHOWN
    n_channels: int  # of how many
    weights: NDArray[np.float32] = field(repr=False)  # (m, C, kh, kw), C those of the image


def responses(trained: Trained, x: NDArray[Any]) -> Responses:
    """What the numbers of the code look at in this image, and what each of them draws.

    The exact slopes at this image; those of the decoder are of its output before the sigmoid. For an MLP of
    one layer they are the weights, whatever the image.

    Args:
        x: (C, H, W), what the model is given: uint8, or float in [0, 1].
    Raises:
        ConfigError: the code is no row of numbers.
        ShapeError: the model takes images of another shape.
    """
    if len(trained.run.model.code_shape) != 1:
        raise ConfigError(f"the code of {trained.run.run_id} has channels; their kernels are shown instead")
    model, image = trained.model, as_input(trained, x)
    with one_thread(), torch.no_grad():
        spread = model.encoder(_test_images(trained)).std(0, correction=0)  # (k,)
        indices = _largest(spread)
        encoder = _backwards(model.encoder, image, indices)
        decoder = _forwards(model.decoder, model.encoder(image), torch.eye(len(spread))[indices])
    shape = (len(indices), *image.shape[1:])
    return Responses(
        indices.numpy(),
        spread[indices].numpy(),
        encoder.reshape(shape).numpy(),
        decoder.reshape(shape).numpy(),
    )


def kernels(trained: Trained) -> tuple[Kernels, Kernels]:
    """The encoder's first kernels, from pictures, and the decoder's last ones, to pictures.

    With one layer both show the same channels in the same order. Layers between have one kernel for each pair
    of channels: what those see is no picture, and their mean would let opposites cancel each other.

    Raises:
        ConfigError: the model has no convolution.
    """
    if not trained.run.config.kind.has_convolutions:
        raise ConfigError(
            f"{trained.run.run_id} has no convolution; what its code responds to is shown instead"
        )
    model, infos = trained.model, trained.run.model.layers
    first, last = 0, max(i for i, layer in enumerate(model.decoder) if isinstance(layer, nn.ConvTranspose2d))
    with one_thread(), torch.inference_mode():
        x = _test_images(trained)
        seen = model.encoder[:2](x)  # (B, k, h, w) after its ReLU
        drawn = model.decoder[:last](model.encoder(x))
    return (
        _kernels("encoder", infos[first].name, model.encoder[first], seen),
        _kernels("decoder", infos[len(model.encoder) + last].name, model.decoder[last], drawn),
    )


def _kernels(part: str, name: str, layer: nn.Module, channels: Tensor) -> Kernels:
    """Conv2d keeps its weights as (k, C, kh, kw), ConvTranspose2d from k channels to C pictures does too."""
    weights = layer.get_parameter("weight")
    indices = _largest(channels.std((0, 2, 3), correction=0))
    return Kernels(name, part, indices.numpy(), len(weights), weights[indices].numpy())


def _test_images(trained: Trained) -> Tensor:
    """The first ones, (B, C, H, W) float; no more than the cache holds on their way through the model."""
    n = min(_N_TEST_IMAGES, chunk(trained.run.config, trained.data.image_shape))
    return as_float(torch.from_numpy(trained.data.test[:n]))


def _largest(spread: Tensor) -> Tensor:
    """Indices of the MAX_SHOWN largest, in falling order."""
    return spread.sort(descending=True, stable=True).indices[:MAX_SHOWN]


# The chain rule by hand: PyTorch's forward derivatives fail in two threads at once, and the visitors of a
# dashboard are many.
def _forwards(layers: Iterable[nn.Module], x: Tensor, slopes: Tensor) -> Tensor:
    """Slopes of the input, (m, ...), as slopes of the output before the sigmoid."""
    for layer in layers:
        if isinstance(layer, nn.Sigmoid):
            break
        match layer:
            case nn.ReLU():
                slopes = slopes * (x > 0)
            case nn.Linear():
                slopes = slopes @ layer.weight.T
            case nn.ConvTranspose2d():
                padding = [int(side) for side in layer.padding]
                slopes = conv_transpose2d(slopes, layer.weight, None, layer.stride, padding)
            case Round():  # in steps: what a whole number more draws, where the slope itself is zero
                pass
            case _:
                slopes = layer(slopes)
        x = layer(x)
    return slopes


def _backwards(encoder: nn.Sequential, image: Tensor, indices: Tensor) -> Tensor:
    """Slopes of these numbers of the code by each pixel, (m, C, H, W)."""
    with torch.enable_grad():
        images = image.expand(len(indices), *image.shape[1:]).clone().requires_grad_()
        numbers = encoder(images)[torch.arange(len(indices)), indices]
        (slopes,) = torch.autograd.grad(numbers.sum(), images)
    return slopes
