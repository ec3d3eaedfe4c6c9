"""The command line: the same jobs and the same checkpoints as the dashboard.

Progress goes to stderr, results to stdout. Exit code 0; 1 for a failure told in one line; 2 for wrong usage.

arguments/      all commands and their options
settings.py     those of a training run
commands.py     what each command does: its module is loaded only then
printing.py     how a result is printed, and written as JSON and CSV
run_summary.py  a run in a few lines
background.py   the background sessions of a command
following.py    a training job, done here and now
measuring.py    the same for jobs that measure runs
training.py     train
sweeping.py     sweep
denoising.py    denoise
recognising.py  recognise
readings.py     its table of what is recognised
runs.py         runs list, table
run_files.py    runs show, delete, export, import
compressing.py  compress, decompress
latent.py       latent
reporting.py    report
data.py         data list, import
downloading.py  data download
dashboard.py    dashboard
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from autoenc.cli.arguments import parser
from autoenc.cli.commands import Command
from autoenc.errors import AutoencError, ConfigError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if sys.stdout is None:  # closed before the start
        return _fail("standard output is closed; give the results a file, such as `> results.txt`", 1)
    try:
        try:
            args = parser().parse_args(arguments)
            try:
                command: Command = args.command()
            except KeyboardInterrupt:
                return _fail("stopped before it started", 1)
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
