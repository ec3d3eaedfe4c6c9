"""The numbers between encoder and decoder: what they are, how they lie, and what is drawn of others.

codes.py        the codes of images
gaussian.py     a normal distribution of codes: fitted, drawn from, and how far a code is from it
"""

from autoenc.latent.codes import Codes, codes_of, test_codes, training_codes
from autoenc.latent.gaussian import Gaussian, fit

__all__ = ["Codes", "Gaussian", "codes_of", "fit", "test_codes", "training_codes"]
