"""Which labs were asked for: a small JSON file each beside the runs, so that a restart goes on with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autoenc import durable
from autoenc.checkpoints import folder
from autoenc.errors import AutoencError, CheckpointError, ConfigError
from autoenc.experiments.sizes import SIZES, Lab, id_of

FORMAT_VERSION = 1
MAX_BYTES = 10_000
_PRIVATE = 0o600  # a file holds the visitor's name
_LAB_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True)
class SavedLab:
    """A lab that somebody asked for."""

    size: str  # one of SIZES
    grey: str  # the names of its data sets
    colour: str
    wanted: bool = True  # what is missing is started; False: stopped, or at its end
    owner: str = field(default="", repr=False)  # the visitor who asked; a secret of theirs
    address: str = field(default="", repr=False)  # where they came from

    @property
    def lab_id(self) -> str:
        """As of the Lab."""
        return id_of(self.size, self.grey, self.colour)

    @classmethod
    def of(cls, lab: Lab, owner: str = "", address: str = "") -> SavedLab:
        return cls(lab.size.name, lab.grey.name, lab.colour.name, True, owner, address)


def save(saved: SavedLab) -> None:
    """Have it found by `find`.

    Raises:
        CheckpointError: the folder cannot be written.
    """
    path = _path(saved.lab_id)
    values = {
        "format_version": FORMAT_VERSION,
        "size": saved.size,
        "grey": saved.grey,
        "colour": saved.colour,
        "wanted": saved.wanted,
        "by": saved.owner,
        "from": saved.address,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.replace_file(path, json.dumps(values).encode(), _PRIVATE)
    except OSError as error:
        raise CheckpointError(f"cannot write {path}: {error.strerror or error}; make room there") from None


def end(saved: SavedLab) -> None:
    """Have it wanted no more, on a full disk too.

    Raises:
        CheckpointError: the folder cannot be written at all.
    """
    try:
        save(replace(saved, wanted=False))
    except CheckpointError as refused:
        try:
            _path(saved.lab_id).unlink(missing_ok=True)
        except OSError:
            raise refused from None


def find(lab_id: str) -> SavedLab | None:
    """The lab of this name; None: nobody has asked for it, or its file cannot be read."""
    with suppress(OSError, AutoencError, ValueError, TypeError, LookupError, RecursionError):
        path = _path(lab_id)
        if path.is_file() and path.stat().st_size <= MAX_BYTES:  # whoever reads a pipe waits
            saved = _from_json(json.loads(path.read_bytes()))
            return saved if saved.lab_id == lab_id else None
    return None


def wanted() -> tuple[SavedLab, ...]:
    """Those of which something is to be started."""
    readable = (find(path.stem) for path in _files())
    return tuple(saved for saved in readable if saved is not None and saved.wanted)


def _files() -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(_folder().glob("*.json"))


def _folder() -> Path:
    return folder() / "labs"


def _path(lab_id: str) -> Path:
    if not _LAB_ID.fullmatch(lab_id):
        raise ConfigError(f"{lab_id[:80]!r} is not the name of a lab")
    return _folder() / f"{lab_id}.json"


def _from_json(values: dict[str, Any]) -> SavedLab:
    if values["format_version"] != FORMAT_VERSION or values["size"] not in SIZES:
        raise ValueError("another format")
    size, grey, colour, owner, address = (
        str(values[name]) for name in ("size", "grey", "colour", "by", "from")
    )
    return SavedLab(size, grey, colour, values["wanted"] is True, owner, address)
