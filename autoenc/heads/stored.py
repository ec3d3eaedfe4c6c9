"""The summaries of a large folder, kept on disk: a new process reads one file instead of thousands.

A file in the cache folder: the SHA-256 of all that follows its first line, and that as JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from autoenc import durable, schema
from autoenc.places import cache_dir
from autoenc.schema import RunSummary, TrainConfig
from autoenc.sources import fingerprint_of

Stamp = tuple[int, int, int, int]  # of a file: when it was written and changed, its size, its inode
_COLUMNS = [field.name for field in fields(RunSummary) if field.name != "config"]


@dataclass(frozen=True)
class Entry:
    """What a file gave when it was read."""

    stamp: Stamp  # of the file as it was then
    content: RunSummary | str  # or the sentence with which it was refused
    lasting: bool  # it gives the same as long as it has this stamp


def load(place: Path) -> dict[str, Entry]:
    """What `save` was given last for this folder, by file name.

    Nothing where there is none, where it is damaged, or where another version of this program wrote it, which
    may have read the files otherwise.
    """
    with suppress(OSError, ValueError):
        digest, _, text = _path(place).read_bytes().partition(b"\n")
        if digest == _digest(text) and (stored := json.loads(text))["readers"] == _readers():
            return {
                name: Entry((written, changed, size, inode), _content(values), lasting=True)
                for name, (written, changed, size, inode, values) in stored["files"].items()
            }
    return {}


def save(place: Path, entries: Mapping[str, Entry]) -> None:
    """Keep what lasts of these for other processes; where the disk refuses, they read the files."""
    files = {name: [*entry.stamp, _values(entry.content)] for name, entry in entries.items() if entry.lasting}
    text = json.dumps({"readers": _readers(), "files": files}).encode()
    path = _path(place)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.replace_file(path, _digest(text) + b"\n" + text)


def _path(place: Path) -> Path:
    name = hashlib.sha256(str(place).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache_dir() / "folders" / f"{name}.json"


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _readers() -> str:
    """Of the code that makes a summary of a file."""
    return "".join(fingerprint_of(Path(file).parent) for file in (__file__, schema.__file__))


def _values(content: RunSummary | str) -> list[Any] | str:
    if isinstance(content, str):
        return content
    return [getattr(content, name) for name in _COLUMNS] + [content.config.to_json()]


def _content(values: list[Any] | str) -> RunSummary | str:
    if isinstance(values, str):
        return values
    *others, config = values
    by_name = dict(zip(_COLUMNS, others, strict=True))
    by_name["image_shape"] = tuple(by_name["image_shape"])
    return RunSummary(**by_name, config=TrainConfig.from_json(config))
