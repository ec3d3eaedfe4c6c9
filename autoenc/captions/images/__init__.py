"""Plain words under a picture, computed from its pixels.

differences.py two pictures -> what the eye would notice, in numbers
sentences.py   those numbers -> one sentence
reader.py      pictures -> the classes that a nearest neighbour takes them for
judging.py     test images of a data set and what a model makes of them -> a sentence each
"""

from autoenc.captions.images.differences import Measures, is_drawn, measure
from autoenc.captions.images.judging import compared, recognised, verdicts
from autoenc.captions.images.reader import Reader
from autoenc.captions.images.sentences import Reading, Verdict, describe, note

__all__ = [
    "Measures",
    "Reader",
    "Reading",
    "Verdict",
    "compared",
    "describe",
    "is_drawn",
    "measure",
    "note",
    "recognised",
    "verdicts",
]
