"""A part of a model as a program of torch.export, which PyTorch runs without any code of ours."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from autoenc.export.parts import BATCH, Part


def save_program(part: Part, metadata: Mapping[str, str], path: Path) -> None:
    """Write a part as a file for `torch.export.load`, for batches of any length.

    The metadata is in the file as metadata.json. While it is made, no other thread may compute a model:
    PyTorch traces all calls of the process. The first one takes seconds.

    Raises:
        OSError: the disk refuses.
    """
    layers = {
        name.replace(".", "_"): _plain(layer) for stage in part.stages for name, layer in stage.layers.items()
    }
    module = nn.Sequential(OrderedDict(layers)).requires_grad_(False).eval()
    example = torch.zeros(2, *part.input.shape)
    sizes = ({0: torch.export.Dim(BATCH)},)
    program = torch.export.export(module, (example,), dynamic_shapes=sizes)
    torch.export.save(program, path, extra_files={"metadata.json": json.dumps(dict(metadata))})


def _plain(layer: nn.Module) -> nn.Module:
    """PyTorch's own layer in place of ours that computes the same in another way, with the same weights."""
    if not isinstance(layer, nn.ConvTranspose2d):
        return layer
    with torch.device("meta"):
        plain = nn.ConvTranspose2d(
            layer.in_channels,
            layer.out_channels,
            kernel_size=(layer.kernel_size[0], layer.kernel_size[1]),
            stride=(layer.stride[0], layer.stride[1]),
            padding=1,
        )
    plain.load_state_dict(layer.state_dict(), assign=True)
    return plain
