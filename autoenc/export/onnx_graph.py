"""The layers of a model as an ONNX graph, made by hand: PyTorch's exporter takes seconds and two files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper
from torch import Tensor, nn

from autoenc import __version__
from autoenc.errors import ExportError
from autoenc.export.parts import BATCH, Part, Stage, TensorInfo
from autoenc.models import Crop, Round

OPSET = 11  # the first with Round, of 2019; all other operators are older
IR_VERSION = 6  # of the same release, ONNX 1.6

Constant = tuple[str, np.ndarray]  # named as the weights in the run's file: `encoder.1.weight`
Operator = tuple[str, Mapping[str, Any], Mapping[str, Tensor | np.ndarray | None]]  # attributes, constants


def onnx_file(part: Part, metadata: Mapping[str, str]) -> bytes:
    """A part of a model as an ONNX file, for batches of any length.

    Raises:
        ExportError: no operator is known for one of its layers.
    """
    nodes: list[NodeProto] = []
    constants: list[Constant] = []
    x = part.input.name
    for stage in part.stages:
        for node, its_constants in _nodes(stage, x):
            nodes.append(node)
            constants += its_constants
        x = stage.output.name
    model = _model(part, metadata, nodes)
    for name, array in constants:  # into their place: helper.make_graph would copy the weights twice
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        tensor = model.graph.initializer.add(name=name, data_type=kind, dims=array.shape)
        tensor.raw_data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    content: bytes = model.SerializeToString()
    return content


def _model(part: Part, metadata: Mapping[str, str], nodes: list[NodeProto]) -> ModelProto:
    """All but the constants."""
    graph = helper.make_graph(
        nodes,
        metadata["run_id"],
        [_value_info(part.input)],
        [_value_info(part.output)],
        doc_string=part.purpose,
        value_info=[_value_info(stage.output) for stage in part.stages[:-1]],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="autoenc",
        producer_version=__version__,
        doc_string=f"{metadata['title']}. {metadata['part']}. {metadata['preprocessing']}",
    )
    helper.set_model_props(model, dict(metadata))
    return model


def _nodes(stage: Stage, x: str) -> Iterator[tuple[NodeProto, list[Constant]]]:
    """A node for each layer, with its constants; the last node's output has the name of the stage's."""
    last = list(stage.layers)[-1]
    for name, layer in stage.layers.items():
        kind, attributes, constants = _operator(name, layer)
        named = [(f"{name}.{suffix}", _array(one)) for suffix, one in constants.items() if one is not None]
        y = stage.output.name if name == last else f"{name}.output"
        yield helper.make_node(kind, [x, *(name for name, _ in named)], [y], name, **attributes), named
        x = y


def _operator(name: str, layer: nn.Module) -> Operator:
    """What computes the layer in ONNX; whatever is not here exactly as it would be computed is refused."""
    match layer:
        case nn.Flatten(start_dim=1, end_dim=-1):
            return "Flatten", {"axis": 1}, {}
        case nn.Linear():
            return "Gemm", {"transB": 1}, _weights(layer)
        case nn.ReLU():
            return "Relu", {}, {}
        case nn.Sigmoid():
            return "Sigmoid", {}, {}
        case Round():  # a half to the even number, as PyTorch does
            return "Round", {}, {}
        case nn.Unflatten(dim=1):  # 0: the batch stays as long as it is
            return "Reshape", {}, {"shape": np.array([0, *layer.unflattened_size])}
        case Crop():
            ends = np.array([layer.height, layer.width])
            return "Slice", {}, {"starts": np.array([0, 0]), "ends": ends, "axes": np.array([2, 3])}
        case nn.ConvTranspose2d(padding_mode="zeros", padding=tuple(), output_padding=(0, 0)):
            return "ConvTranspose", _of_convolution(layer), _weights(layer)
        case nn.Conv2d(padding_mode="zeros", padding=tuple()):
            return "Conv", _of_convolution(layer), _weights(layer)
    raise ExportError(
        f"{name} is {layer}, for which there is no ONNX operator in autoenc.export.onnx_graph; add it there"
    )


def _weights(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> dict[str, Tensor | None]:
    return {"weight": layer.weight, "bias": layer.bias}


def _of_convolution(layer: nn.Conv2d | nn.ConvTranspose2d) -> dict[str, Any]:
    return {
        "kernel_shape": layer.kernel_size,
        "strides": layer.stride,
        "pads": [*layer.padding, *layer.padding],  # before and behind
        "dilations": layer.dilation,
        "group": layer.groups,
    }


def _array(constant: Tensor | np.ndarray) -> np.ndarray:
    return constant.detach().cpu().float().numpy() if isinstance(constant, Tensor) else constant


def _value_info(info: TensorInfo) -> ValueInfoProto:
    return helper.make_tensor_value_info(info.name, TensorProto.FLOAT, [BATCH, *info.shape], info.text)
