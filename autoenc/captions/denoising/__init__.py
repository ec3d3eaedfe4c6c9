"""What curves of denoising show, in plain sentences that follow from them; empty where there is not enough.

Only levels count at which all that is compared has been measured. What differs by less than EQUAL is equal.

wording.py  levels, decibels and names as they are said
methods.py  where a method helps, and which is best where
models.py   which code size denoises best; what a model is worth at noise that it was not trained on
"""

from autoenc.captions.denoising.methods import best_words, crossing_words, gain_words
from autoenc.captions.denoising.models import matrix_words, size_words

__all__ = ["best_words", "crossing_words", "gain_words", "matrix_words", "size_words"]
