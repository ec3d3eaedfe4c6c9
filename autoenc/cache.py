"""Small results that took long to find, kept as JSON files in the cache folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from autoenc.datasets import cache_dir
from autoenc.errors import AutoencError


def kept(name: str) -> dict[str, Any] | None:
    """What was kept under this name; None: nothing, or nothing that can be read."""
    try:
        values = json.loads((cache_dir() / "results" / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return None  # whatever is wrong with a file of the cache, the cure is a new one
    return values if isinstance(values, dict) else None


def keep(name: str, values: Mapping[str, Any]) -> None:
    """Have it found by `kept`.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    path = cache_dir() / "results" / f"{name}.json"
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(values))
        part.replace(path)
    except OSError as error:
        raise AutoencError(
            f"cannot write to {path.parent}: {error.strerror or error}; make room there"
        ) from None
