"""An image -> a PNG file."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from autoenc.errors import PictureError
from autoenc.pictures.fitting import check
from autoenc.pictures.opening import Picture


def save(picture: Picture, path: Path | str) -> None:
    """Write one image as a PNG, pixel by pixel; a file that is there is replaced.

    Args:
        picture: (C, H, W) uint8; one channel or three.
    Raises:
        ShapeError: it is no such image.
        PictureError: the file cannot be written.
    """
    check(picture, picture.shape)
    image = Image.fromarray(picture[0] if len(picture) == 1 else picture.transpose(1, 2, 0))
    try:
        image.save(path, "PNG")
    except OSError as error:
        raise PictureError(f"cannot write {path}: {error.strerror or error}; choose another folder") from None
