"""Whether an image can still be read: a small classifier, and what it makes of pictures that came back.

network.py      the network
training.py     how it learns
calibration.py  how sure it may be
loading.py      from its file to what it holds
files.py        the folder of recognisers, and how one is written
reading.py      a trained recogniser at work
measuring.py    what it reads in the reconstructions of the whole test set
probe.py        what a linear classifier reads from the codes, without a picture
"""

from autoenc.recognition.files import delete, file_of, furthest, is_being_written, summaries
from autoenc.recognition.loading import FOLDER, content_hash, find, is_example, load, read
from autoenc.recognition.reading import ImageReader, Readings, browser_network, open_reader, reliability_of
from autoenc.recognition.training import check, check_readable

__all__ = [
    "FOLDER",
    "ImageReader",
    "Readings",
    "browser_network",
    "check",
    "check_readable",
    "content_hash",
    "delete",
    "file_of",
    "find",
    "furthest",
    "is_being_written",
    "is_example",
    "load",
    "open_reader",
    "read",
    "reliability_of",
    "summaries",
]
