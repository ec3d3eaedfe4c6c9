"""Plain words that are computed from data; empty where there is not enough yet.

images/                 a picture and its reconstruction
frames.py               a moment of a training, in its film
configs.py              the settings of a run and of a sweep
sweep/                  the runs of a sweep
equal.py                two data sets at equal compression
outlook.py              more layers, more epochs, other images
errors.py               where a model errs: classes, colours
baselines.py            a model beside the baselines
denoising/              curves of denoising
out_of_distribution.py  a picture that no model was trained on
remarks.py              what must be said beside the figures of a run
training.py             the charts of runs
readings.py             what is read in the originals and in the reconstructions of a run
contest.py              the smallest file that can still be recognised
recognition.py          what can still be recognised
compression.py          bytes against quality
compressed_files.py     what a code weighs in files
latent_samples.py       codes that are drawn at random
latent_bars.py          a code that is changed by hand
ratios.py               a ratio as people say it

Of these contest, errors and out_of_distribution speak of values that are made with PyTorch, and are imported
by whoever needs them; the others load without it.
"""

from autoenc.captions import (
    compressed_files,
    compression,
    denoising,
    equal,
    frames,
    images,
    readings,
    recognition,
    sweep,
    training,
)

__all__ = [
    "compressed_files",
    "compression",
    "denoising",
    "equal",
    "frames",
    "images",
    "readings",
    "recognition",
    "sweep",
    "training",
]
