"""How worker processes of our own cluster begin: forked from a process that has loaded all they need.

A worker that is started by itself (`spawn`) loads PyTorch, Dask and this package first, 2 to 5 seconds each
time; so does one that replaces a dead worker. See docs/decisions/0027.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from multiprocessing import forkserver, resource_tracker

import dask
import distributed.utils

log = logging.getLogger(__name__)

# What the fork server loads. The last one brings the others; alone it would not be found where the dashboard
# was started from another folder. The first optimizer of a process loads the second, in more than a second.
PRELOADED = ["torch", "torch._dynamo", "distributed", "autoenc.sessions.dask.worker"]


def start_method() -> str:
    """The name of the way to start workers from now on: "forkserver" on Linux, else "spawn".

    The fork server is started here, with the variables that Dask has set before a worker is started: what
    OpenMP and the C library read from them holds for all that is forked. It must never compute, as a process
    forked from one whose OpenMP threads have started would wait for them for ever. It ends when this process
    and its workers have ended, however they do.
    """
    if sys.platform != "linux":  # Windows has none; on macOS the system's libraries do not bear a fork
        return "spawn"
    for name, value in dask.config.get("distributed.nanny.pre-spawn-environ").items():
        os.environ.setdefault(name, str(value))  # as Dask does when it starts the first worker
    # Dask would have pandas and more loaded, here and there.
    distributed.utils._forkserver_preload_set = True
    multiprocessing.set_forkserver_preload(PRELOADED)
    try:
        _start()
    except OSError as error:  # its socket is a file, for whose name a long TMPDIR leaves no room
        log.warning("workers start slowly, each by itself: %s", error)
        return "spawn"
    return "forkserver"


def _start() -> None:
    """Start it, deaf to Ctrl-C, which reaches all processes of a terminal: this one stops the jobs in order.

    So are its workers from their first moment, in which they could say nothing but a traceback.
    """
    resource_tracker.ensure_running()  # here: it would have the signal heard again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def take_environment() -> None:
    """In a worker that has its variables from Dask: forget ours that only the fork server began with."""
    given = dask.config.get("distributed.nanny.environ")
    for name in os.environ.keys() - given.keys():
        if name.startswith("AUTOENC_"):
            del os.environ[name]
