"""The summaries of a large folder, kept on disk: a new process reads one file instead of thousands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from autoenc import cache, sources
from autoenc.errors import AutoencError
from autoenc.schema import RunSummary, TrainConfig

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
    stored = cache.load_cached(_name(place))
    if stored is None or stored["version"] != sources.VERSION:
        return {}
    return {
        name: Entry((written, changed, size, inode), _content(values), lasting=True)
        for name, (written, changed, size, inode, values) in stored["files"].items()
    }


def save(place: Path, entries: Mapping[str, Entry]) -> None:
    """Keep what lasts of these for other processes; where the disk refuses, they read the files."""
    files = {name: [*entry.stamp, _values(entry.content)] for name, entry in entries.items() if entry.lasting}
    with suppress(AutoencError):
        cache.save(_name(place), {"version": sources.VERSION, "files": files})


def _name(place: Path) -> str:
    return f"folders/{hashlib.sha256(str(place).encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"


def _values(content: RunSummary | str) -> list[Any] | str:
    if isinstance(content, str):
        return content
    return [getattr(content, name) for name in _COLUMNS] + [content.config.to_json()]


def _content(values: list[Any] | str) -> RunSummary | str:
    if isinstance(values, str):
        return values
    *others, config = values
    fields_by_name = dict(zip(_COLUMNS, others, strict=True))
    fields_by_name["image_shape"] = tuple(fields_by_name["image_shape"])
    return RunSummary(**fields_by_name, config=TrainConfig.from_json(config))
