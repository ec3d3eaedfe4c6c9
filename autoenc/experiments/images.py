"""The pictures of image folders, opened once before a lab can begin with them: that takes up to a minute."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Lock, Thread

from autoenc import datasets
from autoenc.errors import AutoencError

log = logging.getLogger(__name__)

_lock = Lock()
_under_way: set[str] = set()
_refusals: dict[str, str] = {}  # data set -> why its pictures cannot be prepared


def prepare_soon(name: str) -> None:
    """Prepare a data set in the background, unless that is under way or has failed before."""
    with _lock:
        if name in _under_way or name in _refusals:
            return
        _under_way.add(name)
    Thread(target=_prepare, args=(name,), name=f"preparing {name}", daemon=True).start()


def refusal(name: str) -> str:
    """Why a data set could not be prepared; "": it could, or nobody has tried."""
    return _refusals.get(name, "")


def try_again(names: Iterable[str]) -> None:
    """Forget why these could not be prepared."""
    with _lock:
        for name in names:
            _refusals.pop(name, None)


def _prepare(name: str) -> None:
    try:
        datasets.load(name)
    except (AutoencError, OSError) as error:
        log.warning("%s cannot be prepared: %s", name, error)
        with _lock:
            _refusals[name] = str(error)
    finally:
        with _lock:
            _under_way.discard(name)
