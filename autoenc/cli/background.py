"""The background sessions of a command, for as long as it takes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from autoenc import cores
from autoenc.sessions.protocol import Sessions


@contextmanager
def background_sessions() -> Iterator[Sessions]:
    """Sessions whose workers are ready; on stderr, which workers of an existing cluster are turned away.

    Raises:
        AutoencError: the cores cannot be shared here, or no worker starts.
    """
    from autoenc.sessions.dask import DaskSessions  # here: it takes a second that no other command needs

    with cores.joined(1):  # where that is refused the workers would complain at length
        pass
    with DaskSessions() as sessions:
        for refusal in sessions.refusals():
            print(f"autoenc: {refusal}", file=sys.stderr)
        yield sessions
