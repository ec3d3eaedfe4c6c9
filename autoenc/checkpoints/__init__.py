"""One run is one self-describing `.safetensors` file; nothing here unpickles anything.

The head of a file is one JSON string of at most MAX_HEAD bytes with all that a list of runs needs. Tensors:

    model.*             weights, float32; float16 in the examples, which are small
    optimizer.<i>.*     Adam's state of parameter i; not in the examples, which nobody continues
    history.steps       (S,) float32, the training loss of each step
    history.epochs      (E, 5) float64: training loss, test loss, training seconds, test seconds, threads
    history.beside      (E,) int64, other jobs during each epoch, -1: not known; since version 0.2
    history.still       (E,) float64, seconds in which the process stood still; only where it did
    history.bits        (E,) float64, bits of a code after each epoch; only of models trained for their bytes
    code.quantiles      (T, 129) int16, how the values of the code are spread over the training images, in
                        units of 2**code.exponent, an int64; after the last epoch, since version 0.4
    preview.x           (16, C, H, W) uint8; preview.x_noisy too where the config has noise
    preview.epochs      (P,) int64, and preview.x_hat (P, 16, C, H, W) uint8
    film.steps          (F,) int64, and film.x_hat (F, 16, C, H, W) uint8: frames in the midst of an epoch;
                        only where there are some, since version 0.3

Heads, paths and the list of the folder need no PyTorch: they are in autoenc/heads.

parsing.py    the tensors of a file: what is not what it should be is refused
additions.py  what the files of earlier versions do not have
reading.py    a file -> Run, a model that has learnt, or a training that continues
beginning.py  a training that begins -> Run
writing.py    Run and TrainState -> a file, under a lock; a file -> nothing
importing.py  a file from elsewhere -> a run of this folder
"""

from autoenc.checkpoints.beginning import new_run
from autoenc.checkpoints.importing import import_file
from autoenc.checkpoints.reading import (
    content_hash,
    load,
    load_trained,
    load_trained_file,
    read,
    read_file,
    restore,
)
from autoenc.checkpoints.writing import delete, file_of, is_being_written, save, write, write_lock
from autoenc.heads import continuable, examples, find, folder, furthest, is_example, path_of, summaries
from autoenc.heads.paths import FORMAT_VERSION, MAX_FILE, MAX_HEAD

__all__ = [
    "FORMAT_VERSION",
    "MAX_FILE",
    "MAX_HEAD",
    "content_hash",
    "continuable",
    "delete",
    "examples",
    "file_of",
    "find",
    "folder",
    "furthest",
    "import_file",
    "is_being_written",
    "is_example",
    "load",
    "load_trained",
    "load_trained_file",
    "new_run",
    "path_of",
    "read",
    "read_file",
    "restore",
    "save",
    "summaries",
    "write",
    "write_lock",
]
