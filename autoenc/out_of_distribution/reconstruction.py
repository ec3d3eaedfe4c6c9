"""A picture from outside through a trained model: as one of its images, or cut into many of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from autoenc import metrics, training
from autoenc.errors import ShapeError
from autoenc.inspection import Trained, one_thread
from autoenc.inspection.opening import affordable
from autoenc.pictures import Tiles, joined
from autoenc.pictures.opening import Picture
from autoenc.pictures.tiling import MAX_TILES
from autoenc.schema import ModelInfo, psnr_of_mse

MIN_TILES = 64  # tiles, however large the model


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """What a model makes of one image."""

    x: Picture = field(repr=False)  # (C, H, W) as the model is given it
    x_hat: Picture = field(repr=False)
    code: NDArray[np.float32] = field(repr=False)  # (k,), or (k, h, w) where it is k pictures
    mse: float  # before rounding, as that of the test images

    @property
    def psnr_db(self) -> float:
        return psnr_of_mse(self.mse)


@dataclass(frozen=True, eq=False)
class TileReconstructions:
    """What a model makes of a picture, tile by tile."""

    tiles: Tiles = field(repr=False)
    x_hat: Picture = field(repr=False)  # (C, height, width), put together
    mse: NDArray[np.float32]  # (N,) of each tile, with what is repeated at the edge
    whole_mse: float  # of the picture, without that

    @property
    def psnr_db(self) -> float:
        return psnr_of_mse(self.whole_mse)


def reconstruct(trained: Trained, x: Picture) -> Reconstruction:
    """An image through the model, on one thread; without noise, whatever its training had.

    Args:
        x: (C, H, W) uint8, as the model's images are; `pictures.fitted` makes it of a larger one.
    Raises:
        ShapeError: the model takes images of another shape.
    """
    _check(trained, x[None])
    with one_thread(), torch.inference_mode():
        batch = training.as_float(torch.from_numpy(np.array(x))[None])
        z = trained.model.encoder(batch)
        x_hat = trained.model.decoder(z)
        mse = float(metrics.mse(batch, x_hat))
        return Reconstruction(x, _pixels(x_hat.numpy()[0]), z[0].numpy(), mse)


def reconstruct_tiles(trained: Trained, tiles: Tiles) -> TileReconstructions:
    """Each tile through the model as an image of its own, on one thread.

    Raises:
        ShapeError: the model takes images of another shape.
    """
    _check(trained, tiles.images)
    x_hats = np.empty(tiles.images.shape, np.float32)
    mse = np.empty(len(x_hats), np.float32)
    size = training.chunk(trained.run.config, trained.data.image_shape)
    with one_thread(), torch.inference_mode():
        for start in range(0, len(x_hats), size):
            at = slice(start, start + size)
            x = training.as_float(torch.from_numpy(tiles.images[at]))
            x_hat = trained.model(x)
            mse[at] = metrics.mse(x, x_hat).numpy()
            x_hats[at] = x_hat.numpy()
    whole = joined(tiles, x_hats)
    off = float(np.square(whole - tiles.picture / np.float32(255), dtype=np.float64).mean())
    return TileReconstructions(tiles, _pixels(whole), mse, off)


def most_tiles(info: ModelInfo) -> int:
    """How many tiles may go through the model while somebody waits a few seconds."""
    return min(MAX_TILES, max(MIN_TILES, 4 * affordable(info)))


def _pixels(x_hat: NDArray[np.float32]) -> Picture:
    pixels: Picture = (255 * np.nan_to_num(x_hat).clip(0, 1)).round().astype(np.uint8)
    return pixels


def _check(trained: Trained, images: Picture) -> None:
    if (shape := images.shape[1:]) != tuple(trained.run.model.image_shape):
        raise ShapeError(
            f"an image of shape {shape} was given; this model takes {trained.run.model.image_shape}"
        )
