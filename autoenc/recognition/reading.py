"""A recogniser that reads: which class it takes an image for, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from autoenc.datasets import Dataset
from autoenc.errors import ConfigError, ShapeError
from autoenc.inspection import Network
from autoenc.inspection.network import network_of
from autoenc.inspection.opening import one_thread
from autoenc.numerals import out_of
from autoenc.recognition import calibration, loading, network
from autoenc.recognition.training import scores_of
from autoenc.schema import Recogniser, Reliability


@dataclass(frozen=True, eq=False)
class Readings:
    """What was read in some images."""

    classes: NDArray[np.intp] = field(repr=False)  # (B,) class indices
    confidences: NDArray[np.float32] = field(repr=False)  # (B,) 0 to 1


@dataclass(frozen=True, eq=False)
class ImageReader:
    """A trained recogniser at work."""

    recogniser: Recogniser
    model: nn.Sequential = field(repr=False)  # on the CPU, without gradients

    @property
    def temperature(self) -> float:
        return self.recogniser.epochs[-1].temperature

    def probabilities(self, images: Tensor) -> Tensor:
        """Of each class, (B, classes), as sure as it was right on images that it had not seen.

        Args:
            images: uint8 (B, C, H, W).
        Raises:
            ShapeError: it has learnt to read images of another shape.
        """
        if tuple(images.shape[1:]) != self.recogniser.image_shape:
            raise ShapeError(
                f"images of shape {tuple(images.shape[1:])} were given; "
                f"this recogniser reads {self.recogniser.image_shape}"
            )
        return (torch.cat(list(scores_of(self.model, images))) / self.temperature).softmax(1)

    def read(self, images: NDArray[np.uint8]) -> Readings:
        """What is in each image (B, C, H, W), on one thread; raises as `probabilities` does."""
        if not len(images):
            return Readings(np.zeros(0, np.intp), np.zeros(0, np.float32))
        with one_thread():
            confidences, classes = self.probabilities(torch.from_numpy(np.array(images))).max(1)
        return Readings(classes.numpy().astype(np.intp), confidences.numpy())


def open_reader(recogniser_id: str, data: Dataset) -> ImageReader:
    """A finished recogniser of these images.

    Raises:
        ConfigError: it has learnt from other images, or is not finished.
        CheckpointError: there is none of this name, or its file is damaged.
    """
    recogniser, model = loading.load(recogniser_id)
    if recogniser.fingerprint != data.fingerprint or recogniser.image_shape != data.image_shape:
        raise ConfigError(
            f"{recogniser_id} has learnt to read {recogniser.config.dataset}; "
            f"choose a recogniser of {data.name}"
        )
    if len(recogniser.class_names) != len(data.class_names):
        n_classes = len(recogniser.class_names)
        raise ConfigError(f"{recogniser_id} knows {n_classes:,} classes; {data.name} has other ones now")
    if not recogniser.finished:
        n = out_of(len(recogniser.epochs), recogniser.config.epochs, "epoch")
        raise ConfigError(f"{recogniser_id} has {n}; train it to the end first")
    return ImageReader(recogniser, model)


def reliability_of(readings: Readings, data: Dataset, temperature: float) -> Reliability:
    """How sure it is of the test images, beside how often it is right.

    Args:
        readings: of all test images, at this temperature.
    """
    is_right = readings.classes == data.test_labels
    return calibration.reliability(readings.confidences, is_right, temperature)


def browser_network(reader: ImageReader) -> Network:
    """As the browser is given it; its scores are to be divided by the temperature."""
    info = network.describe(reader.recogniser.image_shape, len(reader.recogniser.class_names))
    return network_of(reader.model, info)
