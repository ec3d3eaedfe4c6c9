"""Pictures from anywhere: read with care, and made to fit a model.

opening.py  a file -> its pixels as a person would see them
fitting.py  a picture -> the shape of a model's images
saving.py   an image -> a PNG file
tiling.py   a picture -> many images of a model, and back
"""

from autoenc.pictures.fitting import are_on_dark_ground, fitted, inverted, is_bright_ground, shrunk, thumbnail
from autoenc.pictures.opening import MAX_BYTES, MAX_PIXELS, open_picture
from autoenc.pictures.saving import save
from autoenc.pictures.tiling import Tiles, joined, tiled

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "Tiles",
    "are_on_dark_ground",
    "fitted",
    "inverted",
    "is_bright_ground",
    "joined",
    "open_picture",
    "save",
    "shrunk",
    "thumbnail",
    "tiled",
]
