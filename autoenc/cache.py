"""Small results that took long to compute, as JSON files in the cache folder.

Each file has the SHA-256 of its name and values: a disk that has changed a digit is noticed.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from autoenc import durable
from autoenc.errors import AutoencError
from autoenc.places import EXAMPLE_CACHE, cache_dir

log = logging.getLogger(__name__)


def load_cached(name: str) -> dict[str, Any] | None:
    """The values saved under this name, or an example's; None: none, or damaged ones, which is logged."""
    path = _path(name)
    try:
        values = _verified(name, path.read_bytes())
    except FileNotFoundError:
        return _of_an_example(name)
    except (OSError, ValueError, LookupError, TypeError):
        # Whatever is wrong with a file of the cache, the cure is a new one.
        log.warning("%s is damaged or was written by an earlier version; it will be computed again", path)
        with suppress(OSError):
            path.unlink()
        return None
    return values


def save(name: str, values: Mapping[str, Any]) -> None:
    """Save values for `load_cached`.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    path = _path(name)
    content = {"sha256": _digest(name, values), "values": values}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.replace_file(path, json.dumps(content).encode())
    except OSError as error:
        raise AutoencError(
            f"cannot write to {path.parent}: {error.strerror or error}; make room there"
        ) from None


def _of_an_example(name: str) -> dict[str, Any] | None:
    with suppress(OSError, ValueError, LookupError, TypeError):
        return _verified(name, (EXAMPLE_CACHE / _path(name).relative_to(cache_dir())).read_bytes())
    return None


def _verified(name: str, content: bytes) -> dict[str, Any]:
    """The values of a file.

    Raises:
        ValueError, LookupError or TypeError: they are not those that were written.
    """
    file = json.loads(content)
    values: dict[str, Any] = file["values"]
    if file["sha256"] != _digest(name, values):
        raise ValueError("the checksum does not match")
    return values


def _digest(name: str, values: Mapping[str, Any]) -> str:
    """Of values as JSON gives them back: it writes a float so that the same float is read."""
    return hashlib.sha256(json.dumps([name, values], sort_keys=True).encode()).hexdigest()


def _path(name: str) -> Path:
    return cache_dir() / "results" / f"{name}.json"
