"""The command line: the same jobs and the same checkpoints as the dashboard.

Progress goes to stderr, results to stdout. Exit code 0; 1 for a failure told in one line; 2 for wrong usage.

printing.py     how a result is printed
settings.py     the settings of a training run
following.py    a training job, done here and now
measuring.py    the same for jobs that measure runs
training.py     train
sweeping.py     sweep
denoising.py    denoise
recognising.py  recognise
readings.py     its table of what is recognised
runs.py         runs list, show, delete, export, import
compressing.py  compress, decompress
data.py         data list, download, import
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from autoenc.cli import compressing, data, denoising, recognising, runs, sweeping, training
from autoenc.cli.printing import Command, add_command
from autoenc.errors import AutoencError, ConfigError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if sys.stdout is None:  # closed before the start
        return _fail("standard output is closed; give the results a file, such as `> results.txt`", 1)
    try:
        try:
            args = parser().parse_args(arguments)
            command: Command = args.command
            command(args)
        finally:
            print(end="", flush=True)  # a closed pipe or a full disk shows here
    except ConfigError as error:
        return _fail(str(error), 2)
    except AutoencError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("stopped; finished work is kept; run the same command to continue", 1)
    except BrokenPipeError:  # `| head` has seen enough
        _close_stdout()
    except OSError as error:
        _close_stdout()
        return _fail(f"the results cannot be written: {error.strerror or error}", 1)
    return 0


def _close_stdout() -> None:
    """Python would complain of it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(sentence: str, code: int) -> int:
    print(f"autoenc: {sentence}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Wrong usage in one line instead of two dozen."""
        self.exit(2, f"autoenc: {message}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = _Parser(prog="python -m autoenc", description="Autoencoders for a classroom.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for module in (training, sweeping, denoising, recognising, compressing, runs, data):
        module.add_to(commands)
    add_command(commands.add_parser("bench", help="measure training speed against the lab's own loop"), bench)
    return top


def bench(args: argparse.Namespace) -> None:
    try:
        from benchmarks import training_speed  # not part of the package: it stands beside it in the project
    except ImportError:
        raise AutoencError("there are no benchmarks here; run this in the project's folder") from None
    training_speed.run(as_json=args.json)
