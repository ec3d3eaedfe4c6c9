"""Codes -> what the decoder draws of them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from autoenc import training
from autoenc.errors import ShapeError
from autoenc.inspection import Trained, one_thread
from autoenc.latent.codes import gone_wrong

Floats = NDArray[np.float32]


def decode(trained: Trained, z: Floats) -> NDArray[np.uint8]:
    """The picture of each code: (N, n_latents) -> (N, C, H, W), on one thread; no code is rounded first.

    Raises:
        ShapeError: the codes are of another size.
        CodeError: what is drawn is not all finite.
    """
    config, info = trained.run.config, trained.run.model
    if z.ndim != 2 or z.shape[1] != info.n_latents:
        raise ShapeError(f"codes of shape {z.shape} were given; this model draws (N, {info.n_latents})")
    pictures = np.empty((len(z), *info.image_shape), np.uint8)
    codes = torch.from_numpy(np.array(z, np.float32)).reshape(-1, *info.code_shape)
    with one_thread(), torch.inference_mode():
        start = 0
        for batch in torch.split(codes, training.chunk(config, info.image_shape)):
            x_hat = trained.model.draw(batch)
            check_drawn(trained, x_hat)
            images = training.as_images(x_hat)
            pixels = np.frombuffer(images.data, np.uint8).reshape(images.shape)
            pictures[start : (start := start + len(batch))] = pixels
    return pictures


def check_drawn(trained: Trained, x_hat: Tensor) -> None:
    """Raises CodeError where what a model draws is not all finite."""
    if not x_hat.isfinite().all():
        raise gone_wrong(f"pictures drawn by {trained.run.run_id} are not finite numbers")


def mosaic(pictures: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Pictures side by side, row by row, black where the last row has none: (N, C, h, w) -> (C, H, W)."""
    n, channels, height, width = pictures.shape
    rows = -(-n // columns)
    grid = np.zeros((rows * columns, channels, height, width), np.uint8)
    grid[:n] = pictures
    grid = grid.reshape(rows, columns, channels, height, width).transpose(2, 0, 3, 1, 4)
    return np.ascontiguousarray(grid).reshape(channels, rows * height, columns * width)
