"""What a model is, on paper."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class LayerInfo:
    """One line of the model as the lab printed it."""

    part: str  # "encoder" or "decoder"
    name: str  # "Conv2d 3x3, stride 2"
    output_shape: tuple[int, ...]  # without the batch
    n_parameters: int
    n_multiplications: int  # for one image, forward


@dataclass(frozen=True)
class ModelInfo:
    """A model on paper: known before anything is allocated."""

    image_shape: tuple[int, int, int]  # C, H, W
    code_shape: tuple[int, ...]
    layers: tuple[LayerInfo, ...]  # that an image passes, one after the other
    heads: tuple[LayerInfo, ...] = ()  # beside the encoder's last layer; only training and its tests use them

    @property
    def n_parameters(self) -> int:
        return sum(layer.n_parameters for layer in (*self.layers, *self.heads))

    @property
    def n_latents(self) -> int:
        """Numbers in the code of one image, whatever the model."""
        return math.prod(self.code_shape)

    @property
    def n_pixels(self) -> int:
        """Numbers in one image, all channels."""
        return math.prod(self.image_shape)

    @property
    def n_multiplications(self) -> int:
        """Multiply-adds of one image, forward."""
        return sum(layer.n_multiplications for layer in (*self.layers, *self.heads))

    def __str__(self) -> str:
        rows = [("layer", "output shape", "parameters")]
        rows += [
            (f"{i.part}: {i.name}", " x ".join(map(str, i.output_shape)), f"{i.n_parameters:,}")
            for i in sorted((*self.layers, *self.heads), key=lambda layer: layer.part != "encoder")
        ]
        rows += [("total", "", f"{self.n_parameters:,}")]
        wide = [max(len(row[column]) for row in rows) for column in range(3)]
        return "\n".join(f"{a:<{wide[0]}}  {b:<{wide[1]}}  {c:>{wide[2]}}" for a, b, c in rows)
