"""Pictures that a model was not made for: what it makes of them, and how that compares with its test images.

examples.py  photographs that lie in the libraries, for who has none at hand
looking.py   a picture through a model, as one image or in tiles
standing.py  what is lost of a picture, among what is lost of the test images
"""

from autoenc.out_of_distribution.error_rank import Standing, TestErrors, loss_shares, standing, test_errors
from autoenc.out_of_distribution.examples import EXAMPLES, example
from autoenc.out_of_distribution.reconstruction import Looked, LookedTiles, look, look_at_tiles, most_tiles

__all__ = [
    "EXAMPLES",
    "Looked",
    "LookedTiles",
    "Standing",
    "TestErrors",
    "example",
    "look",
    "look_at_tiles",
    "loss_shares",
    "most_tiles",
    "standing",
    "test_errors",
]
