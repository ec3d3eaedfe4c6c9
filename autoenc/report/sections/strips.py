"""Rows of pictures: originals, what models made of them, and how near they came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from autoenc import metrics
from autoenc.captions import configs
from autoenc.captions.images import describe
from autoenc.datasets import Dataset
from autoenc.numerals import decibels
from autoenc.report.blocks import Strip
from autoenc.schema import Images, Run
from autoenc.training import as_float

Bytes = NDArray[np.uint8]


def strip(label: str, images: Bytes, notes: Sequence[str] = ()) -> Strip:
    """A row of these images, (B, C, H, W)."""
    b, c, h, w = images.shape
    return Strip(label, Images((b, c, h, w), np.ascontiguousarray(images).tobytes()), tuple(notes))


def array(images: Images) -> Bytes:
    """(B, C, H, W)."""
    pixels: Bytes = np.frombuffer(images.data, np.uint8).reshape(images.shape)
    return pixels


def class_names(data: Dataset, labels: Bytes) -> tuple[str, ...]:
    """Of these images, for people."""
    return tuple(data.class_names[label] for label in labels.tolist())


def psnr_db(x: Bytes, x_hat: Bytes) -> tuple[float, ...]:
    """Of each picture, in decibels; inf where it came back exactly."""
    a, b = (as_float(torch.from_numpy(np.array(images))) for images in (x, x_hat))
    return tuple(metrics.psnr_db(a, b).tolist())


def in_decibels(values: Sequence[float]) -> tuple[str, ...]:
    """As notes below the pictures."""
    return tuple(map(decibels, values))


def last_previews(run: Run) -> tuple[Bytes, Bytes]:
    """The first test images and what the trained model made of them, as its file holds them."""
    return array(run.x), array(run.previews[-1].x_hat)


def verdict(run: Run) -> str:
    """`The first image through MLP 1 (11.2 dB): only a grey cloud is left.`"""
    x, x_hat = last_previews(run)
    value, _, words = describe(x[0], x_hat[0]).sentence.partition(": ")
    return f"The first image through {configs.short(run.config)} ({value}): {words}."
