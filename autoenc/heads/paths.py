"""Where the runs are, and what every file of them agrees on."""

from __future__ import annotations

import os
import re
from pathlib import Path

from autoenc.errors import RunUnknown
from autoenc.places import EXAMPLE_CHECKPOINTS, folder_of

FORMAT_VERSION = 1
UNKNOWN_COUNT = -1  # of history.beside
LATER_FIELDS = ("train_loss", "beside", "earlier_tests")  # of the head: what the first files lack
MAX_HEAD = 16_000  # bytes
MAX_HEADER = 1_000_000  # bytes of the safetensors header: the head, and where each tensor is
MAX_TEXT = 200  # characters of a text in the head
MAX_FILE = 1_000_000_000  # bytes of a file from elsewhere; two layers of 1,024 channels make 315 million


def folder() -> Path:
    """Where the runs are: AUTOENC_CHECKPOINT_DIR, or `checkpoints` beside the project."""
    return folder_of("AUTOENC_CHECKPOINT_DIR", "checkpoints")


def path_of(run_id: str) -> Path:
    """The file of a run, which need not exist.

    Raises:
        RunUnknown: no run can be called so.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}", run_id):
        raise RunUnknown(f"{run_id[:80]!r} is not the name of a run")
    return folder() / f"{run_id}.safetensors"


def find(run_id: str) -> Path:
    """The file to read a run from, which need not exist: the user's own, or else the example of this name.

    Raises:
        RunUnknown: no run can be called so.
    """
    own = path_of(run_id)
    example = EXAMPLE_CHECKPOINTS / own.name
    return example if not os.path.lexists(own) and example.is_file() else own


def is_example(run_id: str) -> bool:
    """Whether this run comes with the program, and the user has none of this name.

    Raises:
        RunUnknown: no run can be called so.
    """
    return find(run_id).parent == EXAMPLE_CHECKPOINTS


def unknown(run_id: str) -> RunUnknown:
    return RunUnknown(f"there is no run {run_id}; `python -m autoenc runs list` lists all runs")
