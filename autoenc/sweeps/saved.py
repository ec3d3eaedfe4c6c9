"""Which sweeps were asked for: a small JSON file each, so that a page shows one, and takes it up again.

The runs are files of their own, and tell their own results: here is only what somebody wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autoenc import durable
from autoenc.checkpoints import folder
from autoenc.errors import AutoencError, CheckpointError, ConfigError
from autoenc.places import EXAMPLE_CHECKPOINTS
from autoenc.schema import Sweep, TrainConfig

FORMAT_VERSION = 1
MAX_BYTES = 100_000
_PRIVATE = 0o600  # a file holds the visitor's name


@dataclass(frozen=True)
class SavedSweep:
    """A sweep that somebody asked for."""

    sweep: Sweep
    fingerprint: str  # of the data set
    run_ids: tuple[str, ...]  # in the order in which they begin; refused ones are not among them
    stopped: frozenset[str] = frozenset()  # those of them that somebody stopped
    wanted: bool = True  # a page trains what is missing; False: stopped, at its end, or the command line's
    alone: bool = False  # one at a time, so that their times can be compared
    owner: str = field(default="", repr=False)  # the visitor who asked; a secret of theirs
    asked: bool = True  # False: only linked to, from a page that shows its runs; then it is nobody's newest
    example: bool = False  # it comes with the program, with its runs

    def configs(self) -> tuple[TrainConfig, ...]:
        """One for each of the run_ids."""
        named = {config.run_id(self.fingerprint): config for config in self.sweep.configs()}
        return tuple(named[run_id] for run_id in self.run_ids)

    @property
    def sweep_id(self) -> str:
        return self.sweep.sweep_id(self.fingerprint)


def save(saved: SavedSweep) -> None:
    """Have it found by `find`; where it was asked for, it is now the newest.

    Raises:
        CheckpointError: the folder cannot be written.
    """
    path = _path(saved.sweep_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.replace_file(path, as_file(saved), _PRIVATE)
    except OSError as error:
        raise CheckpointError(f"cannot write {path}: {error.strerror or error}") from None


def save_for_its_page(saved: SavedSweep) -> None:
    """Save it as the newest: a page shows it, and trains it as well only where a visitor had asked for it.

    Raises:
        CheckpointError: the folder cannot be written.
    """
    if not saved.run_ids:
        return
    before = find(saved.sweep_id)
    if before is not None and before.wanted and not before.example:
        save(replace(before, run_ids=saved.run_ids, alone=saved.alone))
    else:
        save(replace(saved, wanted=False))


def as_file(saved: SavedSweep) -> bytes:
    """What the file of this sweep holds."""
    return json.dumps(_to_json(saved)).encode()


def find(sweep_id: str) -> SavedSweep | None:
    """The sweep of this name, the user's own or else the example's; None: there is none that can be read."""
    for example in (False, True):
        with suppress(OSError, AutoencError, ValueError, TypeError, LookupError):
            path = _path(sweep_id)
            if example:
                path = EXAMPLE_CHECKPOINTS / path.relative_to(folder())
            if path.stat().st_size <= MAX_BYTES:
                saved = _from_json(json.loads(path.read_bytes()))
                return replace(saved, example=example) if saved.sweep_id == sweep_id else None
    return None


def newest(of: Container[str] | None = None) -> str | None:
    """The sweep_id of the one that was asked for last; None: there is none.

    Args:
        of: data sets; None: of any.
    """
    readable = (find(path.stem) for path in _newest_first())
    asked = (saved for saved in readable if saved and saved.asked)
    return next((s.sweep_id for s in asked if of is None or s.sweep.base.dataset in of), None)


def _newest_first() -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(_folder().glob("*.json"), key=lambda path: -path.stat().st_mtime_ns)


def _folder() -> Path:
    return folder() / "sweeps"


def _path(sweep_id: str) -> Path:
    """Where a sweep's file is, or would be.

    Raises:
        ConfigError: no sweep can be called so.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,90}-sweep-e\d{1,4}-[0-9a-f]{8}", sweep_id):
        raise ConfigError(f"{sweep_id[:80]!r} is not the name of a sweep")
    return _folder() / f"{sweep_id}.json"


def _to_json(saved: SavedSweep) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "sweep": saved.sweep.to_json(),
        "fingerprint": saved.fingerprint,
        "run_ids": list(saved.run_ids),
        "stopped": sorted(saved.stopped),
        "wanted": saved.wanted,
        "alone": saved.alone,
        "asked": saved.asked,
        "by": saved.owner,
    }


def _from_json(values: dict[str, Any]) -> SavedSweep:
    if values["format_version"] != FORMAT_VERSION:
        raise ValueError("another format")
    sweep, fingerprint = Sweep.from_json(values["sweep"]), str(values["fingerprint"])
    ours = {config.run_id(fingerprint) for config in sweep.configs()}
    run_ids = tuple(run_id for run_id in values["run_ids"] if run_id in ours)
    stopped = frozenset(ours.intersection(values["stopped"]))
    wanted, alone = (values[name] is True for name in ("wanted", "alone"))
    asked = values.get("asked") is not False  # files of earlier releases do not say
    return SavedSweep(sweep, fingerprint, run_ids, stopped, wanted, alone, str(values["by"]), asked)
