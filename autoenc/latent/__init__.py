"""The numbers between encoder and decoder: what they are, how they lie, and what is drawn of others.

codes.py        the codes of images
decoding.py     the pictures of codes
gaussian.py     a normal distribution of codes: fitted, drawn from, and how far a code is from it
sampling.py     codes drawn at random
sheet.py        what is drawn over a plane of the code
"""

from autoenc.latent.codes import Codes, codes_of, test_codes, training_codes
from autoenc.latent.decoding import decode
from autoenc.latent.gaussian import Gaussian, fit

__all__ = ["Codes", "Gaussian", "codes_of", "decode", "fit", "test_codes", "training_codes"]
