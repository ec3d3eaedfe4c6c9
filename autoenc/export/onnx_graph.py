"""The layers of a model as an ONNX graph, made by hand: PyTorch's exporter takes seconds and two files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from torch import Tensor, nn

from autoenc import __version__
from autoenc.errors import ExportError
from autoenc.export.parts import BATCH, Part, Stage, TensorInfo
from autoenc.models import Crop, Round

OPSET = 11  # the first with Round, of 2019; all other operators are older
IR_VERSION = 6  # of the same release, ONNX 1.6

Operator = tuple[str, Sequence[Tensor | np.ndarray | None], Mapping[str, Any]]  # name, constants, attributes


def onnx_file(part: Part, metadata: Mapping[str, str]) -> bytes:
    """A part of a model as an ONNX file, for batches of any length.

    Raises:
        ExportError: no operator is known for one of its layers.
    """
    nodes: list[NodeProto] = []
    constants: list[TensorProto] = []
    name = part.input.name
    for stage in part.stages:
        for node, weights in _nodes(stage, name):
            nodes.append(node)
            constants += weights
        name = stage.output.name
    model = _model(part, metadata, nodes, constants)
    content: bytes = model.SerializeToString()
    return content


def _model(
    part: Part, metadata: Mapping[str, str], nodes: list[NodeProto], constants: list[TensorProto]
) -> ModelProto:
    graph = helper.make_graph(
        nodes,
        metadata["run_id"],
        [_value_info(part.input)],
        [_value_info(part.output)],
        constants,
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


def _nodes(stage: Stage, x: str) -> Iterator[tuple[NodeProto, list[TensorProto]]]:
    """A node for each layer, with its weights; the last node's output has the name of the stage's."""
    last = list(stage.layers)[-1]
    for name, layer in stage.layers.items():
        kind, constants, attributes = _operator(name, layer)
        tensors = [
            numpy_helper.from_array(_array(constant), f"{name}.{suffix}")
            for suffix, constant in zip(_suffixes(kind), constants, strict=False)
            if constant is not None
        ]
        y = stage.output.name if name == last else f"{name}.output"
        inputs = [x, *(tensor.name for tensor in tensors)]
        yield helper.make_node(kind, inputs, [y], name, **attributes), tensors
        x = y


def _operator(name: str, layer: nn.Module) -> Operator:
    """What computes the layer in ONNX; what is not here exactly as it is computed is refused."""
    match layer:
        case nn.Flatten(start_dim=1, end_dim=-1):
            return "Flatten", (), {"axis": 1}
        case nn.Linear():
            return "Gemm", (layer.weight, layer.bias), {"transB": 1}
        case nn.ReLU():
            return "Relu", (), {}
        case nn.Sigmoid():
            return "Sigmoid", (), {}
        case Round():  # both to even where two whole numbers are as near
            return "Round", (), {}
        case nn.Unflatten(dim=1):  # 0: as long as before
            return "Reshape", (np.array([0, *layer.unflattened_size]),), {}
        case Crop():
            ends = (np.array([0, 0]), np.array([layer.height, layer.width]), np.array([2, 3]))
            return "Slice", ends, {}
        case nn.ConvTranspose2d(padding_mode="zeros", padding=tuple(), output_padding=(0, 0)):
            return "ConvTranspose", (layer.weight, layer.bias), _of_convolution(layer)
        case nn.Conv2d(padding_mode="zeros", padding=tuple()):
            return "Conv", (layer.weight, layer.bias), _of_convolution(layer)
    raise ExportError(
        f"{name} is {layer}, for which there is no ONNX operator in autoenc.export.onnx_graph; add it there"
    )


def _of_convolution(layer: nn.Conv2d | nn.ConvTranspose2d) -> dict[str, Any]:
    return {
        "kernel_shape": layer.kernel_size,
        "strides": layer.stride,
        "pads": [*layer.padding, *layer.padding],  # before and behind
        "dilations": layer.dilation,
        "group": layer.groups,
    }


def _suffixes(kind: str) -> tuple[str, ...]:
    """What the constants of an operator are called; weights as in the run's file."""
    return {"Reshape": ("shape",), "Slice": ("starts", "ends", "axes")}.get(kind, ("weight", "bias"))


def _array(constant: Tensor | np.ndarray) -> np.ndarray:
    array = constant.detach().cpu().float().numpy() if isinstance(constant, Tensor) else constant
    return np.ascontiguousarray(array)  # weights may lie in another order in memory


def _value_info(info: TensorInfo) -> ValueInfoProto:
    return helper.make_tensor_value_info(info.name, TensorProto.FLOAT, [BATCH, *info.shape], info.text)
