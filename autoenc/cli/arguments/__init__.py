"""All that can be asked for: the commands and their options; nothing heavy is loaded for them.

training.py   train, sweep, report
measuring.py  denoise, recognise, compress, decompress, latent
files.py      runs, data
adding.py     what they have in common
"""

from __future__ import annotations

import argparse
from typing import NoReturn

from autoenc.cli import commands
from autoenc.cli.arguments import files, measuring, training
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
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Wrong usage in one line instead of two dozen."""
        self.exit(2, f"autoenc: {message}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = _Parser(prog="python -m autoenc", description="Autoencoders for a classroom.")
    subparsers = top.add_subparsers(required=True, metavar="COMMAND")
    for add in ADDED:
        add(subparsers)
    bench = subparsers.add_parser("bench", help="measure training speed against the lab's own loop")
    add_csv(bench, "one line for each model")
    add_command(bench, commands.bench)
    return top
