"""One run is one self-describing `.safetensors` file; nothing here unpickles anything.

The head of a file is one JSON string of at most MAX_HEAD bytes with all that a list of runs needs. Tensors:

    model.*             weights
    optimizer.<i>.*     Adam's state of parameter i
    history.steps       (S,) float32, the training loss of each step
    history.epochs      (E, 5) float64: training loss, test loss, training seconds, test seconds, threads
    preview.x           (16, C, H, W) uint8; preview.x_noisy too where the config has noise
    preview.epochs      (P,) int64, and preview.x_hat (P, 16, C, H, W) uint8

paths.py      where the files are
reading.py    a file -> Run, RunSummary, or a trainee that continues
writing.py    Run and trainee -> a file, under a lock; a file -> nothing
"""

from autoenc.checkpoints.paths import FORMAT_VERSION, MAX_HEAD, folder, path_of
from autoenc.checkpoints.reading import continuable, furthest, read, restore, summaries
from autoenc.checkpoints.writing import delete, is_being_written, save, writing

__all__ = [
    "FORMAT_VERSION",
    "MAX_HEAD",
    "continuable",
    "delete",
    "folder",
    "furthest",
    "is_being_written",
    "path_of",
    "read",
    "restore",
    "save",
    "summaries",
    "writing",
]
