"""What the options of every command have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autoenc.cli.commands import Command

Subparsers = Any  # what `add_subparsers` makes; argparse keeps the name of its type to itself


def add_command(parser: argparse.ArgumentParser, command: Callable[[], Command]) -> None:
    """Have the command loaded when the parser was chosen; each can answer in JSON."""
    parser.add_argument("--json", action="store_true", help="print one JSON document to stdout")
    parser.set_defaults(command=command)


def add_csv(parser: argparse.ArgumentParser | argparse._ArgumentGroup, a_line: str) -> None:
    """Have the table written as CSV.

    Args:
        a_line: what each line of it is, such as "one line for each run".
    """
    parser.add_argument(
        "--csv",
        metavar="FILE",
        type=Path,
        help=f"write the table to this file, {a_line}; - prints it to stdout instead",
    )
