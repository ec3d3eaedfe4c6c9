"""Where Dask's own messages go: for a command into a file, so that its terminal shows only what we say."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

import dask

from autoenc.places import cache_dir

# What Dask gives handlers of their own when it is loaded, and what its event loop says.
LOGGERS = (
    "distributed",
    "distributed.client",
    "distributed.gc",
    "tornado",
    "tornado.application",
    "asyncio",
)
MAX_BYTES = 1_000_000  # of the file, which begins anew beyond them
_SETTING = "autoenc.log"  # of Dask, which hands its settings on to the workers


def log_file() -> Path:
    """Which need not exist."""
    return cache_dir() / "logs" / "dask.log"


def to_file() -> Path | None:
    """Have what Dask says from now on in `log_file`, in this process and in the workers that it starts.

    What our own modules warn of is written there, too, with its traceback.

    Returns:
        the file; None: it cannot be written, and the messages stay on the terminal.
    """
    import distributed  # noqa: F401  it takes the terminal for its messages when it is loaded

    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            if path.stat().st_size > MAX_BYTES:
                path.unlink()
        _write_to(path)
    except OSError:
        return None
    dask.config.set({_SETTING: str(path)})
    return path


def follow() -> None:
    """In a worker: the same file as the process that started it, if it has one."""
    if path := dask.config.get(_SETTING, None):
        with suppress(OSError):
            _write_to(Path(path))


def _write_to(path: Path) -> None:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(name)s %(levelname)s %(message)s"))
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
    ours = logging.getLogger("autoenc")
    ours.handlers = [*(one for one in ours.handlers if not isinstance(one, logging.FileHandler)), handler]
