"""A few images in real files: what each weighs, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from autoenc.compression.codec import Codec, Pixels, compressed, decompress, numbers_of
from autoenc.schema import Step, psnr_of_mse


@dataclass(frozen=True, eq=False)
class Weighed:
    """Images, each in a file of its own, and all of them in one."""

    step: Step
    pictures: Pixels = field(repr=False)  # that come back of the files of their own: (N, C, H, W)
    psnr_db: tuple[float, ...]  # of each
    n_bytes: tuple[int, ...]  # of each file, without its head
    n_bytes_head: int  # of one such file
    n_bytes_together: int  # of one file of all images, everything counted


def weighed(codec: Codec, images: Pixels, step: Step) -> Weighed:
    """These images, uint8 (N, C, H, W), in files.

    Raises:
        CompressionError: the step is too fine for tables.
        ShapeError: the codec takes images of another shape.
    """
    numbers = numbers_of(codec, images, step)
    files = [compressed(codec, numbers[i : i + 1], step) for i in range(len(numbers))]
    pictures = np.concatenate([part for file in files for part in decompress(file, codec)])
    return Weighed(
        step,
        pictures,
        psnr_of_each(images, pictures),
        tuple(file.n_bytes - file.n_bytes_head for file in files),
        files[0].n_bytes_head,
        compressed(codec, numbers, step).n_bytes,
    )


def psnr_of_each(images: Pixels, pictures: Pixels) -> tuple[float, ...]:
    """In decibels; both uint8 (N, C, H, W)."""
    difference = images.astype(np.float64) - pictures
    mse = np.square(difference / 255).mean((1, 2, 3))
    return tuple(psnr_of_mse(float(one)) for one in mse)
