"""What a learned code is measured against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pca:
    """What principal component analysis makes of a data set's test images, as far as it is computed.

    No encoder and decoder that are both linear can do better on the images that it was fitted on, before
    pixels are clipped to [0, 1].
    """

    dataset: str
    n_train_images: int  # that it was fitted on
    mean_image_mse: float | None = None  # the mean training image in place of every image: a code of nothing
    sizes: tuple[int, ...] = ()  # numbers in the code, rising
    test_mse: tuple[float, ...] = ()  # one a size, pixels clipped to [0, 1]
    done: float = 0.0  # fraction, 0 to 1
