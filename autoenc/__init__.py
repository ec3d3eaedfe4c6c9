"""Autoencoders for a classroom: data sets, models, the training loop, runs on disk and in the background.

The package knows nothing of the dashboard; `python -m autoenc` and the pages are two users of the same
functions.
"""

__version__ = "0.3.0.dev0"  # on the way to 0.3; `autoenc.sources` tells two commits apart
