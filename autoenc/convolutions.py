"""The convolutions in a form for which processors have fast kernels: docs/decisions/0039."""

from __future__ import annotations

from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.functional import pixel_shuffle

FEW = 4  # channels of the output; from about eight on oneDNN's own kernel is the faster one

AnyModule = TypeVar("AnyModule", bound=nn.Module)


def arranged(model: AnyModule, device: torch.device) -> AnyModule:
    """The model on its device, its weights lying in the order in which that trains it fastest.

    On a processor that is channels last for images of one channel; those of three train slower so.
    """
    kernels = [weight for weight in model.parameters() if weight.dim() == 4]
    grey = bool(kernels) and kernels[0].shape[1] == 1
    order = torch.channels_last if grey and device.type == "cpu" else torch.contiguous_format
    return model.to(device).to(memory_format=order)


class ConvTranspose2d(nn.ConvTranspose2d):
    """PyTorch's layer with padding 1, weights and gradients included: 4x4 at stride 2, 3x3 at stride 1.

    Only the forward pass to a few channels on a processor is computed in another way, the same but for
    rounding: PyTorch's took more than half of a training step of the lab's convolutional model.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__(in_channels, out_channels, 4 if stride == 2 else 3, stride, padding=1)

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        if self.out_channels > FEW or x.device.type != "cpu":
            return super().forward(x, output_size)
        drawn: Tensor = _Overlaid.apply(x, self.weight, self.bias, self.stride[0])
        return drawn


class _Overlaid(torch.autograd.Function):
    """`overlaid` forward, PyTorch's transposed convolution backward: that one is fast."""

    generate_vmap_rule = True  # for torch.func

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
        return overlaid(x, weight, bias, stride)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor, int], output: Tensor) -> None:
        x, weight, _, ctx.stride = inputs
        ctx.save_for_backward(x, weight)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        layer = ([weight.shape[1]], [ctx.stride] * 2, [1, 1], [1, 1], True, [0, 0], 1)
        needed = list(ctx.needs_input_grad[:3])
        return *torch.ops.aten.convolution_backward(grad, x, weight, *layer, needed), None


def overlaid(x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    """Each number of the code draws a small patch of pixels, and patches that overlap are added up.

    The patches are one matrix product. They overlap in whole blocks of `stride` x `stride` pixels, so that
    they are added as blocks, whose pixels are put in their places at the end.

    Args:
        x: (B, k, h, w).
        weight: (k, C, side, side), the side of a patch a multiple of the stride.
    Returns:
        (B, C, H, W), without the border of one pixel that the padding takes away.
    """
    n_images, k, height, width = x.shape
    channels, side = weight.shape[1:3]
    n = side // stride  # blocks of a patch, in each direction
    by_number = weight.reshape(k, -1).t().expand(n_images, -1, -1)
    patches = torch.bmm(by_number, x.reshape(n_images, k, -1))
    patches = patches.view(n_images, channels, n, stride, n, stride, height, width)
    shape = (n_images, channels, stride, stride, height + n - 1, width + n - 1)
    blocks = bias.view(-1, 1, 1, 1, 1).expand(shape).contiguous()
    for i in range(n):
        for j in range(n):
            blocks[..., i : i + height, j : j + width] += patches[:, :, i, :, j]
    return pixel_shuffle(blocks.flatten(1, 3), stride)[..., 1:-1, 1:-1].contiguous()
