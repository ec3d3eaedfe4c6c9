"""A picture of any size made to fit a model's images.

Nothing is cut off that nobody asked to cut off: the whole picture is reduced, its aspect kept, and what
remains of the image is filled with the median of the picture's border. So a drawing stays on its own ground,
and a photograph gets no edge as sharp as that to a black bar, which would be the hardest thing to draw in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autoenc.errors import ShapeError
from autoenc.pictures.opening import Picture

MAX_DARK_GREY = 26  # levels: a tenth of white
GROUND_TOLERANCE = 56  # levels: paper has shadows
N_GROUNDS = 256  # images of a data set whose ground is looked at
MIN_GROUND_SHARE = 0.7  # of the pixels are paper where somebody draws on it

Shape = tuple[int, int, int]  # (C, H, W)


def fitted(picture: Picture, images: NDArray[np.uint8]) -> Picture:
    """A picture prepared for a model that has learnt from these images, as the page Your picture does it.

    The whole picture is reduced or enlarged to their size, grey or in colour as they are. Dark strokes on
    bright paper are inverted where the images are bright on a dark ground.

    Args:
        picture: (C, height, width) uint8 of any size, as `open_picture` gives it.
        images: (N, C, H, W) uint8, such as the training images; the first N_GROUNDS say what their ground is.
    Returns:
        (C, H, W) uint8.
    Raises:
        ShapeError: the picture is none, or these are no images.
    """
    if images.ndim != 4 or not len(images):
        raise ShapeError(f"images of shape {images.shape} were given; allowed: (N, C, H, W), at least one")
    shape: Shape = images.shape[1:]
    check(picture, shape)
    is_negative = are_on_dark_ground(images[:N_GROUNDS]) and is_bright_ground(picture)
    return shrunk(inverted(picture) if is_negative else picture, shape)


def shrunk(picture: Picture, shape: Shape) -> Picture:
    """The whole picture as one image of this shape: each pixel is the mean of the area that it covers.

    A picture that is smaller is enlarged.

    Args:
        picture: (C, height, width) uint8.
        shape: (C, H, W) of what comes back; another number of channels makes it grey, or grey in colour.
    Raises:
        ShapeError: the picture or the shape is no image's.
    """
    check(picture, shape)
    channels, height, width = shape
    picture = recoloured(picture, channels)
    scale = min(height / picture.shape[1], width / picture.shape[2])
    inner = resized(picture, *(max(1, round(side * scale)) for side in picture.shape[1:]))
    image = np.empty(shape, np.uint8)
    image[:] = ground(inner)[:, None, None]
    top, left = (height - inner.shape[1]) // 2, (width - inner.shape[2]) // 2
    image[:, top : top + inner.shape[1], left : left + inner.shape[2]] = inner
    return image


def thumbnail(picture: Picture, longest: int) -> Picture:
    """The picture, (C, H, W) uint8, its longer side at most this many pixels long."""
    scale = longest / max(picture.shape[1:])
    return picture if scale >= 1 else resized(picture, *(max(1, round(n * scale)) for n in picture.shape[1:]))


def inverted(picture: Picture) -> Picture:
    """Dark strokes on a bright ground become bright ones on a dark ground: (C, H, W) uint8 both."""
    return 255 - picture


def is_bright_ground(picture: Picture) -> bool:
    """Whether these are dark strokes on bright paper: a bright border, and most of the rest like it.

    The wall behind a face is bright too, but there is much else in the picture.

    Args:
        picture: (C, H, W) uint8.
    """
    grey = recoloured(picture, 1)
    paper = int(ground(grey)[0])
    return paper > 127 and bool(
        (np.abs(grey.astype(np.int16) - paper) < GROUND_TOLERANCE).mean() > MIN_GROUND_SHARE
    )


def are_on_dark_ground(images: NDArray[np.uint8]) -> bool:
    """Whether images of a kind, (N, C, H, W), have black around what they show: half of them at least."""
    return bool(np.median([ground(image).max() for image in images]) < MAX_DARK_GREY)


def ground(picture: Picture) -> Picture:
    """The median of the border in each channel, (C,)."""
    rows, columns = picture[:, [0, -1], :], picture[:, :, [0, -1]]
    border = np.concatenate([rows.reshape(len(picture), -1), columns.reshape(len(picture), -1)], axis=1)
    median: Picture = np.median(border, axis=1).round().astype(np.uint8)
    return median


def recoloured(picture: Picture, channels: int) -> Picture:
    """With this number of channels: grey as all three, or the brightness that the eye sees (ITU-R 601)."""
    if len(picture) == channels:
        return picture
    if channels == 3:
        return np.repeat(picture, 3, axis=0)
    return np.asarray(Image.fromarray(picture.transpose(1, 2, 0)).convert("L"))[None]


def resized(picture: Picture, height: int, width: int) -> Picture:
    """Reduced by means over areas, enlarged smoothly."""
    enlarged = height > picture.shape[1] or width > picture.shape[2]
    filter_ = Image.Resampling.BICUBIC if enlarged else Image.Resampling.BOX
    planes = [np.asarray(Image.fromarray(plane).resize((width, height), filter_)) for plane in picture]
    return np.stack(planes)


def check(picture: Picture, shape: Shape) -> None:
    """Raises ShapeError where the one is no picture or the other no image of a model."""
    sides = picture.shape
    if picture.dtype != np.uint8 or len(sides) != 3 or sides[0] not in (1, 3) or not picture.size:
        raise ShapeError(f"a picture is {picture.dtype} {sides}; allowed: uint8 (1 or 3, H, W)")
    if len(shape) != 3 or shape[0] not in (1, 3) or min(shape) < 1:
        raise ShapeError(f"a model's images are {tuple(shape)}; allowed: (1 or 3, H, W)")
