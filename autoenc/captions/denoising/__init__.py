"""What curves of denoising show, in plain sentences that follow from them; empty where there is not enough.

They wait until all that they compare is measured. Only the levels that all have count. Less than
MIN_DB_DIFFERENCE is no difference.

terms.py    levels, decibels and names in sentences
methods.py  where a method helps, and which is best where
models.py   which code size denoises best; what a model is worth at noise that it was not trained on
"""

from autoenc.captions.denoising.methods import (
    best_caption,
    crossing_caption,
    gain_caption,
    similarity_caption,
)
from autoenc.captions.denoising.models import matrix_caption, size_caption

__all__ = [
    "best_caption",
    "crossing_caption",
    "gain_caption",
    "matrix_caption",
    "similarity_caption",
    "size_caption",
]
