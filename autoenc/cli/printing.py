"""How the commands print what they do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from autoenc.errors import AutoencError, ConfigError


def waiting() -> Callable[[str], None]:
    """A function that says on stderr what a command waits for, the same only once."""
    announced = set[str]()

    def say(what_for: str) -> None:
        if what_for not in announced:
            announced.add(what_for)
            print(f"waiting: {what_for}", file=sys.stderr, flush=True)

    return say


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Columns as wide as their longest cell, as tabulate has them, which takes 0.1 s for 5,000 rows."""
    lines = [head, *rows]
    widths = [max([len(name) + 2, *map(len, cells)]) for name, *cells in zip(*lines, strict=True)]
    pattern = "  ".join(f"{{:{width}}}" for width in widths)
    return "\n".join(pattern.format(*line).rstrip() for line in lines)


def split(text: str) -> list[str]:
    """At commas; whoever reads the parts complains of an empty one."""
    return [part.strip() for part in text.split(",")] if text.strip() else []


def check_writable(path: Path | None) -> None:
    """Before hours of work.

    Raises:
        ConfigError: no file can be written there.
    """
    if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
        raise ConfigError(f"cannot write {path}; --csv needs a file in an existing folder")


def write(path: Path, text: str) -> None:
    """Raises AutoencError where the file cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise AutoencError(f"cannot write {path}: {error.strerror or error}") from None
