"""Autoencoders for a classroom: data sets, models, the training loop, runs on disk and in the background.

The package knows nothing of the dashboard; `python -m autoenc` and the pages are two users of the same
functions.
"""

__version__ = "0.2.0"  # its only place; `autoenc.sources` tells two commits apart
