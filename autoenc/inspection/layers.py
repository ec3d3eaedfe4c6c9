"""One image on its way through the layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from autoenc.inspection.opening import Trained, as_input, one_thread
from autoenc.models import Crop
from autoenc.schema import LayerInfo

_WEIGHTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
_SILENT = (nn.Unflatten, Crop)  # they compute nothing; the shape tells of them


@dataclass(frozen=True, eq=False)
class Activation:
    """What one station of the way hands on."""

    name: str  # "Conv2d 3x3, stride 2 + ReLU"
    part: str  # "image", "encoder", "code", "decoder" or "reconstruction"
    values: NDArray[np.float32] = field(repr=False)  # (n,) or (C, H, W)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def n_numbers(self) -> int:
        return math.prod(self.shape)


def code(trained: Trained, x: NDArray[Any]) -> NDArray[np.float32]:
    """The code of one image: (k,), or k pictures, (k, h, w), where the model is a convolution.

    Args:
        x: (C, H, W), what the model is given: uint8, or float in [0, 1].
    Raises:
        ShapeError: the model takes images of another shape.
    """
    with one_thread(), torch.inference_mode():
        return _array(trained.model.encoder(as_input(trained, x)))


def flow(trained: Trained, x: NDArray[Any]) -> tuple[Activation, ...]:
    """The image, then what each group of layers makes of what it is handed.

    A group is a linear layer or a convolution with what follows up to the next one. What the encoder's last
    group hands on is the code, what the decoder's last one does is the reconstruction.

    Args:
        x: (C, H, W), what the model is given: uint8, or float in [0, 1].
    Raises:
        ShapeError: the model takes images of another shape.
    """
    model, layers = trained.model, trained.run.model.layers
    encoder, decoder = ([i for i in layers if i.part == part] for part in ("encoder", "decoder"))
    with one_thread(), torch.inference_mode():
        image = as_input(trained, x)
        *inner, (code_name, z) = _groups(model.encoder, encoder, image)
        *outer, (last_name, x_hat) = _groups(model.decoder, decoder, z)
    return (
        Activation("Image", "image", _array(image)),
        *(Activation(name, "encoder", _array(values)) for name, values in inner),
        Activation(code_name, "code", _array(z)),
        *(Activation(name, "decoder", _array(values)) for name, values in outer),
        Activation(last_name, "reconstruction", _array(x_hat)),
    )


def _groups(layers: nn.Sequential, infos: Sequence[LayerInfo], x: Tensor) -> list[tuple[str, Tensor]]:
    """The name of each group and what comes out of it."""
    groups: list[tuple[str, Tensor]] = []
    for layer, info in zip(layers, infos, strict=True):
        x = layer(x)
        if isinstance(layer, _WEIGHTED):
            groups.append((info.name, x))
        elif groups and not isinstance(layer, nn.Flatten):  # channels are pictures until they are flattened
            name, _ = groups[-1]
            groups[-1] = (name if isinstance(layer, _SILENT) else f"{name} + {info.name}", x)
    return groups


def _array(batch_of_one: Tensor) -> NDArray[np.float32]:
    values: NDArray[np.float32] = batch_of_one[0].numpy()
    return values
