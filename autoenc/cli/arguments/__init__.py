"""All that can be asked for: the commands and their options; nothing heavy is loaded for them.

training.py   train, sweep, report
measuring.py  denoise, recognise, compress, decompress, latent
files.py      runs, data
starting.py   dashboard, --version
adding.py     what they have in common
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from autoenc.cli import commands
from autoenc.cli.arguments import files, measuring, starting, training
from autoenc.cli.arguments.adding import add_command, add_csv

ADDED = (
    training.add_train,
    training.add_sweep,
    measuring.add_denoise,
    measuring.add_recognise,
    measuring.add_compress,
    measuring.add_latent,
    training.add_report,
    files.add_runs,
    files.add_data,
    starting.add_dashboard,
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Wrong usage in one line instead of two dozen."""
        self.exit(2, f"autoenc: {message}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    is_command = Path(sys.argv[0]).stem == "autoenc"  # not `python -m autoenc`: as it was called, it says so
    prog = "autoenc" if is_command else "python -m autoenc"
    top = _Parser(prog=prog, description="Autoencoders for a classroom.")
    starting.add_version(top)
    subparsers = top.add_subparsers(required=True, metavar="COMMAND")
    for add in ADDED:
        add(subparsers)
    bench = subparsers.add_parser("bench", help="measure training speed against the lab's own loop")
    add_csv(bench, "one line for each model")
    add_command(bench, commands.bench)
    return top
