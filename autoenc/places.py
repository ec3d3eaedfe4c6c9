"""Where the program's own folders are, from whatever folder it is started: in the project, or installed."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_AROUND = Path(__file__).resolve().parents[1]  # the project, or where packages are installed
# Trained runs, sweeps and measurements that come with the program, each laid out as the user's own folder is.
EXAMPLE_CHECKPOINTS = Path(__file__).resolve().parent / "examples" / "checkpoints"
EXAMPLE_CACHE = Path(__file__).resolve().parent / "examples" / "cache"


def is_installed() -> bool:
    """Whether the package stands without its project: files of ours then stay where they were installed."""
    return not (_AROUND / "ui" / "registry.py").is_file()


def dashboard_script() -> Path:
    """What Streamlit runs, with all it needs beside it; it is missing where only the package was copied."""
    return (_AROUND / "autoenc_dashboard" if is_installed() else _AROUND) / "dashboard.py"


def folder_of(variable: str, name: str) -> Path:
    """The folder that a variable of the environment names, or the one of this name beside the project.

    A relative path in the variable starts at the current folder, and so does the name where the package is
    installed somewhere without its project.
    """
    if given := os.environ.get(variable):
        return Path(os.path.expanduser(given))
    return (Path() if is_installed() else _AROUND) / name


def cache_dir() -> Path:
    """AUTOENC_CACHE_DIR, or the user's cache folder; it need not exist."""
    given = os.environ.get("AUTOENC_CACHE_DIR")
    return Path(os.path.expanduser(given)) if given else platformdirs.user_cache_path("autoenc")
