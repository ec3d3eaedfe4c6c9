"""What the system gives a program, made dependable: its three streams, and the signals that end it."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn

ENDING = ("SIGTERM", "SIGHUP")  # a system that shuts down, a terminal that is closed; Windows has no SIGHUP


def prepare() -> None:
    """Call once, first of all: nothing that happens to a stream or a signal ends the program without a word.

    Afterwards `sys.stdout` may still be None, where nobody can read results; progress may always be printed.
    """
    _fill_gaps()
    descriptor = io.FileIO(2, "w", closefd=False)
    sys.stderr = _Unfailing(io.BufferedWriter(descriptor), _encoding(), "backslashreplace")
    print_anything()
    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(number, _interrupt)


def print_anything() -> None:
    """A letter that the terminal does not have becomes a question mark instead of an error."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")


def _fill_gaps() -> None:
    """A stream that was closed (`2>&-`) leaves its number to the next file that is opened: into it would go
    what a library prints. Nothing is in its place from now on."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number


def _encoding() -> str:
    return getattr(sys.stderr, "encoding", None) or "utf-8"


class _Unfailing(io.TextIOWrapper):
    """Progress goes here: work must not end because its reader has gone, or its disk is full."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
            super().flush()
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    """As Ctrl-C does; whoever cannot wait for the end sends the signal again."""
    signal.signal(number, signal.SIG_DFL)
    raise KeyboardInterrupt
