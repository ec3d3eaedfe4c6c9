"""How the commands print what they do."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoenc.errors import AutoencError, ConfigError

STDOUT = Path("-")  # what `--csv` is given to print the table there


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


# ---------------------------------------------------------------- a result, as the user wants it


@dataclass(frozen=True)
class Result:
    """What a command answers, in each form that a user may want; only those that are wanted are made."""

    text: Callable[[], str]  # for people: rounded, in columns
    document: Callable[[], Any]  # for `--json`; all numbers in full
    csv: Callable[[], str]  # for `--csv`; likewise


def check_csv(args: argparse.Namespace) -> None:
    """Before hours of work.

    Raises:
        ConfigError: no file can be written where `--csv` says, or it is to share stdout with `--json`.
    """
    if args.csv == STDOUT:
        if args.json:
            raise ConfigError("--json and --csv - both print to stdout; give --csv a file, or leave one out")
    else:
        check_writable(args.csv)


def give(args: argparse.Namespace, result: Result) -> None:
    """Print the result, and write the file of `--csv`; where one of them fails the other is there.

    Raises:
        AutoencError: the file cannot be written.
    """
    try:
        if args.csv == STDOUT:
            print(end=result.csv().replace("\r\n", "\n"))
        else:
            print(json.dumps(result.document(), indent=1) if args.json else result.text())
    finally:
        if args.csv is not None and args.csv != STDOUT:
            write(args.csv, result.csv())


# ---------------------------------------------------------------- files


def check_writable(path: Path | None) -> None:
    """Before hours of work.

    Raises:
        ConfigError: no file can be written there.
    """
    if path is None:
        return
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise ConfigError(f"cannot write {path}; --csv needs a file in an existing folder")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise ConfigError(f"cannot write {path}: Permission denied; choose another place for --csv")


def write(path: Path, text: str) -> None:
    """Raises AutoencError where the file cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise AutoencError(f"cannot write {path}: {error.strerror or error}") from None
