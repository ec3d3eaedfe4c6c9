"""The background sessions of a command, for as long as it takes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autoenc import cores
from autoenc.sessions.protocol import Sessions


@contextmanager
def background_sessions() -> Iterator[Sessions]:
    """Sessions whose workers are ready; on stderr, which workers of an existing cluster are turned away.

    Raises:
        AutoencError: the cores cannot be shared here, or no worker starts.
    """
    from autoenc.sessions.dask import DaskSessions, logs  # here: a second that no other command needs

    with cores.joined(1):  # where that is refused the workers would complain at length
        pass
    with _sentences(logs.to_file()), DaskSessions() as sessions:
        for refusal in sessions.refusals():
            print(f"autoenc: {refusal}", file=sys.stderr)
        yield sessions


@contextmanager
def _sentences(log_file: Path | None) -> Iterator[None]:
    """What our own modules warn of, such as a worker that died, is told as any other sentence."""
    ours, handler = logging.getLogger("autoenc"), _Sentences(log_file)
    ours.addHandler(handler)
    try:
        yield
    finally:
        ours.removeHandler(handler)


class _Sentences(logging.Handler):
    """On stderr, a line each; a traceback is for the log."""

    def __init__(self, log_file: Path | None) -> None:
        super().__init__(logging.WARNING)
        self.log_file = log_file

    def emit(self, record: logging.LogRecord) -> None:
        sentence = f"autoenc: {record.getMessage()}"
        if record.exc_info and self.log_file is not None:
            sentence += f"; the details are in {self.log_file}"
        elif record.exc_info:
            sentence = self.format(record)
        print(sentence, file=sys.stderr)
