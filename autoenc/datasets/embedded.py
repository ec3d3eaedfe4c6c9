"""The data sets that come with libraries: no file, no connection is needed.

All is computed in whole numbers, so the fingerprints are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO

import numpy as np

from autoenc.datasets.interleaving import interleaved
from autoenc.datasets.raw import Arrays, Bytes


def read_digits() -> Arrays:
    """The first 1,437 images and the last 360, enlarged."""
    from PIL import Image
    from sklearn.datasets import load_digits

    small, labels = load_digits(return_X_y=True)  # (1797, 64) in 0..16
    small = np.rint(small * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    enlarged = [Image.fromarray(image).resize((28, 28), Image.Resampling.BICUBIC) for image in small]
    images = np.stack([np.asarray(image) for image in enlarged])[:, np.newaxis]  # (1797, 1, 28, 28)
    labels = labels.astype(np.uint8)
    return Arrays(images[:1437], labels[:1437], images[1437:], labels[1437:])


# ---------------------------------------------------------------- photographs in pieces

SIDE = 32
# Where the files are, in the order of the labels; the test images are patches of the last two.
_PHOTOGRAPHS = (
    ("skimage.data", "astronaut.png"),
    ("skimage.data", "chelsea.png"),
    ("skimage.data", "motorcycle_left.png"),
    ("skimage.data", "rocket.jpg"),
    ("sklearn.datasets.images", "flower.jpg"),
    ("skimage.data", "coffee.png"),
    ("sklearn.datasets.images", "china.jpg"),
)
_N_TRAIN = 5


def read_photos() -> Arrays:
    """Patches at two scales: those to train with overlap by half, those of the test hardly."""
    patches = [
        np.concatenate(list(_patches(_photograph(*where), SIDE // 2 if label < _N_TRAIN else SIDE)))
        for label, where in enumerate(_PHOTOGRAPHS)
    ]
    return Arrays(*_mixed(patches[:_N_TRAIN], 0), *_mixed(patches[_N_TRAIN:], _N_TRAIN))


def _photograph(package: str, name: str) -> Bytes:
    """(H, W, 3)."""
    from PIL import Image

    with Image.open(BytesIO((files(package) / name).read_bytes())) as image:
        return np.asarray(image.convert("RGB"))


def _patches(photograph: Bytes, step: int) -> Iterator[Bytes]:
    """(N, 3, 32, 32), first of the photograph as it is, then at half its size, half as far apart."""
    for picture, apart in ((photograph, step), (_halved(photograph), step // 2)):
        windows = np.lib.stride_tricks.sliding_window_view(picture, (SIDE, SIDE), (0, 1))
        yield windows[::apart, ::apart].reshape(-1, 3, SIDE, SIDE)


def _halved(picture: Bytes) -> Bytes:
    """Each pixel the mean of four."""
    height, width = (side // 2 * 2 for side in picture.shape[:2])
    four = picture[:height, :width].reshape(height // 2, 2, width // 2, 2, 3).astype(np.uint16)
    means: Bytes = ((four.sum((1, 3)) + 2) // 4).astype(np.uint8)
    return means


def _mixed(patches: list[Bytes], first_label: int) -> tuple[Bytes, Bytes]:
    """All of them with their labels, so that the first N come from everywhere in each photograph."""
    scattered = [sorted(range(len(p)), key=lambda i: i * 2_654_435_761 % 2**32) for p in patches]
    order = interleaved([len(p) for p in patches])
    images = np.stack([patches[label][scattered[label][rank]] for label, rank in order])
    return images, np.array([first_label + label for label, _ in order], np.uint8)
