"""A task at a worker: how it gets there, and what becomes of its job when it has ended."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any

from distributed import Client, Future
from distributed.scheduler import KilledWorker

from autoenc.schema import State
from autoenc.sessions.registry import JobEntry, JobRegistry

RESULT_SECONDS = 60.0  # for a result that is there to come here


def submit(client: Client, function: Callable[..., Any], *arguments: object, **settings: Any) -> Future:
    """A task for a worker; the scheduler, which unpickles it on its way, need not have our package.

    Args:
        settings: as of `Client.submit`.
    """
    return client.submit(_carried(), pickle.dumps((function, arguments)), pure=False, **settings)


def _carried() -> Callable[[bytes], Any]:
    """A function that is pickled as its code: what is inside another cannot be imported by name."""

    def carried(what: bytes) -> Any:
        import pickle

        function, arguments = pickle.loads(what)  # noqa: S301  made by `submit`, and Dask pickles it itself
        return function(*arguments)

    return carried


def settle(registry: JobRegistry, entry: JobEntry, lost: str) -> None:
    """Take how a job ended from its task, which is done; its last records have come before.

    Args:
        lost: the message if the scheduler has gone.
    """
    try:
        state, message = entry.task.result(timeout=RESULT_SECONDS)
    except KilledWorker:
        registry.worker_died(entry)
    except CancelledError:  # by Dask, which has lost its scheduler
        registry.end(entry, State.FAILED, lost)
    except Exception as error:  # noqa: BLE001  whatever Dask raises
        registry.end(entry, State.FAILED, f"the worker failed ({error}); train again to continue")
    else:
        registry.end(entry, state, message)
