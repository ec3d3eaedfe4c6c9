"""Pictures that a model was not made for: what it makes of them, and how that compares with its test images.

examples.py  photographs that lie in the libraries, for who has none at hand
looking.py   a picture through a model, as one image or in tiles
standing.py  what is lost of a picture, among what is lost of the test images
saying.py    the same in plain words
"""

from autoenc.foreign.examples import EXAMPLES, example
from autoenc.foreign.looking import Looked, LookedTiles, look, look_at_tiles, most_tiles
from autoenc.foreign.saying import MEASURE, figures, picture_words, tiles_words, whole_loss
from autoenc.foreign.standing import Standing, TestErrors, loss_shares, standing, test_errors

__all__ = [
    "EXAMPLES",
    "MEASURE",
    "Looked",
    "LookedTiles",
    "Standing",
    "TestErrors",
    "example",
    "figures",
    "look",
    "look_at_tiles",
    "loss_shares",
    "most_tiles",
    "picture_words",
    "standing",
    "test_errors",
    "tiles_words",
    "whole_loss",
]
