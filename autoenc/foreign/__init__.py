"""Pictures that a model was not made for: what it makes of them, and how that compares with its test images.

examples.py  photographs that lie in the libraries, for who has none at hand
looking.py   a picture through a model, as one image or in tiles
standing.py  an error among the errors of the test images
saying.py    the same in plain words
"""

from autoenc.foreign.examples import EXAMPLES, example
from autoenc.foreign.looking import Looked, LookedTiles, look, look_at_tiles, most_tiles
from autoenc.foreign.saying import figures, standing_words, tiles_words
from autoenc.foreign.standing import Standing, standing

__all__ = [
    "EXAMPLES",
    "Looked",
    "LookedTiles",
    "Standing",
    "example",
    "figures",
    "look",
    "look_at_tiles",
    "most_tiles",
    "standing",
    "standing_words",
    "tiles_words",
]
