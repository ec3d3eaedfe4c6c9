"""The numbers between encoder and decoder: what they are, how they lie, and what is drawn of others.

codes.py         the codes of images
decoding.py      the pictures of codes
handles.py       what of a code can be changed by hand, and how much each value matters
feature_maps.py  codes that keep place: their channels, and what one place can draw
gaussian.py      a normal distribution of codes: fitted, drawn from, and how far a code is from it
distances.py     how far a code is from those of training images while it is changed
classes.py       how far a code is from those of the classes
sampling.py      codes drawn at random
planes.py        codes as points of a plane, and the way back from a place to a code
tsne.py          a plane in which neighbours stay neighbours
sheets.py        what a decoder draws at the places of a plane
morphing.py      from one image to another, through the codes and through the pixels
arithmetic.py    an image plus the mean code of a class, minus that of another
"""

from autoenc.latent.classes import Classes, classes_of
from autoenc.latent.codes import Codes, codes_of, test_codes, training_codes
from autoenc.latent.decoding import decode, mosaic
from autoenc.latent.distances import Distance, distance_from
from autoenc.latent.feature_maps import Channels, Reach, channels, reach
from autoenc.latent.gaussian import Gaussian, fit
from autoenc.latent.handles import Handles, handles_of
from autoenc.latent.planes import Plane, code_at, mapped, neighbour_shares, plane_of, usual_gap
from autoenc.latent.sheets import empty_share, grid, sheet

__all__ = [
    "Channels",
    "Classes",
    "Codes",
    "Distance",
    "Gaussian",
    "Handles",
    "Plane",
    "Reach",
    "channels",
    "classes_of",
    "code_at",
    "codes_of",
    "decode",
    "distance_from",
    "empty_share",
    "fit",
    "grid",
    "handles_of",
    "mapped",
    "mosaic",
    "neighbour_shares",
    "plane_of",
    "reach",
    "sheet",
    "test_codes",
    "training_codes",
    "usual_gap",
]
