"""Autoencoders for a classroom: data sets, models, the training loop, runs on disk and in the background.

The package knows nothing of the dashboard; `python -m autoenc` and the pages are two users of the same
functions. docs/python.md shows how to use them from Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autoenc.models import Autoencoder
    from autoenc.schema import Run

__version__ = "0.2.0"  # its only place; `autoenc.sources` tells two commits apart


def load(run: str | Path) -> tuple[Run, Autoencoder]:
    """A run with all its figures, and its model as the last saved epoch left it.

    An interrupted run gives what it has learnt so far; `run.finished` says whether it came to its end. The
    file is a .safetensors file, from which nothing is unpickled.

    Args:
        run: a run_id, of your own runs or of the examples that come with the program; or the path of a
            .safetensors file in any folder, under any name. A text is taken for a path where it has a
            separator of folders or ends in .safetensors.
    Returns:
        the run, and its model in eval mode on the CPU, without gradients. `model.encoder` makes codes of
        images, float32 (B, C, H, W) in [0, 1]; `model.decoder` makes images of codes; `model` does both.
    Raises:
        RunUnknown: there is no such run or file; the sentence names runs with similar names.
        RunNewer: a newer version of this program wrote the file.
        CheckpointError: the file is damaged, is a recogniser's, or is no file of this program.
    """
    from autoenc import checkpoints  # here: it loads PyTorch, which takes seconds

    return checkpoints.load(run)
