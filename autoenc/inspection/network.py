"""A model as plain numbers: the browser computes it while a slider is dragged (ui/components/networks.js)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from autoenc.errors import ConfigError
from autoenc.inspection.opening import Trained
from autoenc.models import Crop, Round
from autoenc.schema import LayerInfo, ModelInfo

MAX_PARAMETERS = 2_000_000  # 8 MB, which a browser loads once
MAX_MULTIPLICATIONS = 320_000_000  # of one image; sixteen take two cores 0.2 s, without WebAssembly 1.2 s

Layer = dict[str, int | str | list[int]]


@dataclass(frozen=True, eq=False)
class Network:
    """A trained model, one entry a layer; nothing else is needed to compute it.

    Each layer has its `kind` and the shapes of `input` and `output`, without the batch. Where it has weights,
    `weight` and `bias` say where its own begin, in PyTorch's order. Convolutions have `kernel`, `stride` and
    `padding`, [rows, columns] each.
    """

    layers: tuple[Layer, ...]
    weights: NDArray[np.float32] = field(repr=False)  # all of them, one after the other


def runs_in_browser(info: ModelInfo) -> bool:
    """Whether the model is small enough to be computed again and again while a slider is dragged."""
    return info.n_parameters <= MAX_PARAMETERS and info.n_multiplications <= MAX_MULTIPLICATIONS


def browser_network(trained: Trained) -> Network:
    """The model as the browser is given it.

    Raises:
        ConfigError: it has a layer that the browser does not know.
    """
    return network_of((*trained.model.encoder, *trained.model.decoder), trained.run.model)


def decoder_network(trained: Trained) -> Network:
    """What draws rounded codes, as the browser is given it; raises as `browser_network`."""
    drawing, info = trained.model.drawing, trained.run.model
    return _network(drawing, info.code_shape, info.layers[-len(drawing) :])


def network_of(modules: Iterable[nn.Module], info: ModelInfo) -> Network:
    """As `browser_network`, for layers that are computed one after the other.

    Args:
        info: what these layers are on paper.
    """
    return _network(modules, info.image_shape, info.layers)


def _network(
    modules: Iterable[nn.Module], input_shape: tuple[int, ...], on_papers: tuple[LayerInfo, ...]
) -> Network:
    layers, weights, at = list[Layer](), list[NDArray[np.float32]](), 0
    shape = list(input_shape)
    for module, on_paper in zip(modules, on_papers, strict=True):
        output = list(on_paper.output_shape)
        layer: Layer = {"input": shape, "output": output} | _settings(module)
        for name, numbers in _weights(module).items():
            layer[name] = at
            weights.append(numbers)
            at += numbers.size
        layers.append(layer)
        shape = output
    return Network(tuple(layers), np.concatenate(weights))


def _weights(module: nn.Module) -> dict[str, NDArray[np.float32]]:
    """`weight` and `bias` as they are computed with, in PyTorch's order."""
    pair: dict[str, object]
    if isinstance(module, nn.BatchNorm2d):  # which has learnt what is usual: a factor and a summand a channel
        mean, variance = module.get_buffer("running_mean"), module.get_buffer("running_var")
        factor = module.weight / (variance + module.eps).sqrt()
        pair = {"weight": factor, "bias": module.bias - mean * factor}
    else:
        pair = {name: getattr(module, name, None) for name in ("weight", "bias")}
    return {
        name: tensor.detach().cpu().float().numpy().ravel()
        for name, tensor in pair.items()
        if isinstance(tensor, torch.Tensor)
    }


def _settings(module: nn.Module) -> Layer:
    match module:
        case nn.Linear(bias=nn.Parameter()):
            return {"kind": "linear"}
        case nn.Conv2d() | nn.ConvTranspose2d() if _is_plain(module):
            kind = "conv" if isinstance(module, nn.Conv2d) else "conv_transpose"
            return {
                "kind": kind,
                "kernel": list(module.kernel_size),
                "stride": list(module.stride),
                "padding": [int(side) for side in module.padding],
            }
        case nn.ReLU() | nn.Sigmoid() | nn.Flatten() | nn.Unflatten() | Crop() | Round():
            return {"kind": type(module).__name__.lower()}
        case nn.BatchNorm2d():
            return {"kind": "scale"}
        case nn.MaxPool2d(kernel_size=2, stride=2, padding=0):
            return {"kind": "max_pool"}
    raise ConfigError(
        f"the browser cannot compute the layer {module}; it knows Linear, Conv2d, ConvTranspose2d, ReLU, "
        "Sigmoid, MaxPool2d, BatchNorm2d, Flatten, Unflatten, Crop and Round: compute this model on the "
        "server"
    )


def _is_plain(module: nn.Conv2d | nn.ConvTranspose2d) -> bool:
    """Neither dilated nor grouped; numbers as padding, of zeros; with a bias."""
    plain = module.groups == 1 and set(module.dilation) == {1} and module.padding_mode == "zeros"
    return plain and not isinstance(module.padding, str) and module.bias is not None
