"""Pictures that a model was not made for: what it makes of them, and how that compares with its test images.

examples.py        photographs that come with the libraries
reconstruction.py  a picture through a model, as one image or in tiles
error_rank.py      how much contrast the picture loses, ranked among the test images
"""

from autoenc.out_of_distribution.error_rank import ErrorRank, TestErrors, loss_shares, rank_error, test_errors
from autoenc.out_of_distribution.examples import EXAMPLES, example
from autoenc.out_of_distribution.reconstruction import (
    Reconstruction,
    TileReconstructions,
    most_tiles,
    reconstruct,
    reconstruct_tiles,
)

__all__ = [
    "EXAMPLES",
    "ErrorRank",
    "Reconstruction",
    "TestErrors",
    "TileReconstructions",
    "example",
    "loss_shares",
    "most_tiles",
    "rank_error",
    "reconstruct",
    "reconstruct_tiles",
    "test_errors",
]
