"""One run is one self-describing `.safetensors` file; nothing here unpickles anything.

The head of a file is one JSON string of at most MAX_HEAD bytes with all that a list of runs needs. Tensors:

    model.*             weights
    optimizer.<i>.*     Adam's state of parameter i
    history.steps       (S,) float32, the training loss of each step
    history.epochs      (E, 5) float64: training loss, test loss, training seconds, test seconds, threads
    history.beside      (E,) int64, other jobs during each epoch, -1: not known; since version 0.2
    history.still       (E,) float64, seconds in which the process stood still; only where it did
    preview.x           (16, C, H, W) uint8; preview.x_noisy too where the config has noise
    preview.epochs      (P,) int64, and preview.x_hat (P, 16, C, H, W) uint8

paths.py      where the files are
opening.py    a file taken apart: what is not what it should be is refused
reading.py    a file -> Run, RunSummary, a model that has learnt, or a trainee that continues
listing.py    the folder -> what is in it
writing.py    Run and trainee -> a file, under a lock; a file -> nothing
adopting.py   a file from elsewhere -> a run of this folder
"""

from autoenc.checkpoints.importing import adopt
from autoenc.checkpoints.listing import continuable, furthest, summaries
from autoenc.checkpoints.paths import FORMAT_VERSION, MAX_FILE, MAX_HEAD, folder, path_of
from autoenc.checkpoints.reading import mark, read, read_file, restore, trained
from autoenc.checkpoints.writing import delete, is_being_written, save, writing

__all__ = [
    "FORMAT_VERSION",
    "MAX_FILE",
    "MAX_HEAD",
    "adopt",
    "continuable",
    "delete",
    "folder",
    "furthest",
    "is_being_written",
    "mark",
    "path_of",
    "read",
    "read_file",
    "restore",
    "save",
    "summaries",
    "trained",
    "writing",
]
