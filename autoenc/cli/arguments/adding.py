"""What the options of every command have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from autoenc.cli.commands import Command

Subparsers = Any  # what `add_subparsers` makes; argparse keeps the name of its type to itself


def add_command(parser: argparse.ArgumentParser, command: Callable[[], Command]) -> None:
    """Have the command loaded when the parser was chosen; each can answer in JSON."""
    parser.add_argument("--json", action="store_true", help="print one JSON document to stdout")
    parser.set_defaults(command=command)
