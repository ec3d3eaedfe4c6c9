"""What the commands share: how they are added, and how a result is printed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tabulate import tabulate

from autoenc import checkpoints
from autoenc.captions.remarks import remarks
from autoenc.errors import AutoencError, ConfigError
from autoenc.numerals import decibels, out_of, short
from autoenc.schema import Run

Command = Callable[[argparse.Namespace], None]
Commands = Any  # what `add_subparsers` makes; argparse keeps the name of its type to itself


def add_command(parser: argparse.ArgumentParser, command: Command) -> None:
    """Have the command done when the parser was chosen; each can answer in JSON."""
    parser.add_argument("--json", action="store_true", help="print one JSON document to stdout")
    parser.set_defaults(command=command)


def waiting() -> Callable[[str], None]:
    """A function that says on stderr what a command waits for, the same only once."""
    announced = set[str]()

    def say(what_for: str) -> None:
        if what_for not in announced:
            announced.add(what_for)
            print(f"waiting: {what_for}", file=sys.stderr, flush=True)

    return say


def run_summary(run: Run) -> str:
    """A run in a few lines."""
    ratio = run.model.n_pixels / run.model.n_latents
    lines = [f"{run.run_id}: {out_of(len(run.epochs), run.config.epochs, 'epoch')}"]
    if run.test_mse is not None and run.test_psnr_db is not None:
        lines.append(f"test MSE {run.test_mse:.5f} per pixel, PSNR {decibels(run.test_psnr_db)}")
        lines.append(f"{run.seconds:,.1f} s, {run.images_per_second:,.0f} images a second on {run.device}")
    lines.append(
        f"{run.model.n_latents:,} numbers in the code of {run.model.n_pixels:,} pixels, "
        f"ratio {short(ratio, 3)}"
    )
    if run.code_bytes is not None:
        smaller_by = short(run.model.n_pixels / max(run.code_bytes, 0.01), 3)
        lines.append(f"about {short(run.code_bytes, 3)} bytes of code per image, ratio {smaller_by}")
    lines += remarks(run)
    lines.append(str(checkpoints.find(run.run_id)))
    return "\n".join(lines)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Columns as wide as their longest cell."""
    return tabulate(list(rows), head, tablefmt="plain", disable_numparse=True)


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
