"""A run's preview images as one picture."""

from __future__ import annotations

import numpy as np

from autoenc.schema import Images, Run

EXPORT_SIDE = 112  # screen pixels of a picture, about
EXPORT_GAP = 4  # between two pictures


def reconstructions(run: Run, preview: int = -1) -> np.ndarray:
    """What the model is given above what it gave back: (H, W, 3) uint8, enlarged pixel by pixel.

    With noise there are three rows: clean, noisy, reconstructed.
    """
    return np.concatenate([picture_row(x) for x in picture_rows(run, run.previews[preview].x_hat)])


def picture_rows(run: Run, x_hat: Images) -> list[np.ndarray]:
    """The preview images clean, noisy if there is noise, and as they came back: each uint8 (B, C, H, W)."""
    rows = (images for images in (run.x, run.x_noisy, x_hat) if images is not None)
    return [np.frombuffer(images.data, np.uint8).reshape(images.shape) for images in rows]


def picture_row(x: np.ndarray) -> np.ndarray:
    """Pictures beside each other, enlarged pixel by pixel; channels that are no colours one under the other.

    Args:
        x: uint8 (B, C, H, W).
    Returns:
        (height, width, 3); EXPORT_GAP of white on the right of each picture and below it.
    """
    b, c, h, w = x.shape
    if c != 3:
        x = x.reshape(b, 1, c * h, w).repeat(3, axis=1)
    scale = max(1, EXPORT_SIDE // max(x.shape[2:]))
    x = x.repeat(scale, axis=2).repeat(scale, axis=3)
    x = np.pad(x, ((0, 0), (0, 0), (0, EXPORT_GAP), (0, EXPORT_GAP)), constant_values=255)
    return x.transpose(2, 0, 3, 1).reshape(x.shape[2], -1, 3)  # (B, 3, H, W) -> (H, B * W, 3)
