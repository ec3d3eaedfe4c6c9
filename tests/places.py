"""Where the data, the cache and the runs of a test are."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

FOLDERS = ("data", "cache", "checkpoint")


def lie_in(place: Path, patch: pytest.MonkeyPatch, folders: Iterable[str] = FOLDERS) -> None:
    """These folders of the program lie in that place from now on."""
    for name in folders:
        patch.setenv(f"AUTOENC_{name.upper()}_DIR", str(place / name))


def copy(source: Path, place: Path, patch: pytest.MonkeyPatch) -> None:
    """Copies of all folders lie there from now on: a test may change them."""
    for name in FOLDERS:
        shutil.copytree(source / name, place / name, dirs_exist_ok=True)
    lie_in(place, patch)
