"""What happens in a worker's process; loaded when it starts, and PyTorch with it."""

from __future__ import annotations

import logging
import pickle
import signal
from collections.abc import Callable
from contextlib import closing
from time import monotonic

import torch
from dask.system import CPU_COUNT
from distributed import get_worker

from autoenc import cores, datasets, memory
from autoenc.errors import AutoencError, RunBusy
from autoenc.jobs import Job
from autoenc.neighbours import Neighbours, beside
from autoenc.schema import Record, State
from autoenc.sessions.dask import fork_server, logs
from autoenc.speed import Speed, measure

log = logging.getLogger(__name__)

TOPIC = "autoenc"
REPORT_SECONDS = 0.1  # between two messages of a job

SLACK_BYTES = 300_000_000  # address space that is counted but not used: thread stacks, pieces between blocks

_stop: set[str] = set()  # keys; filled from the worker's event loop while a job runs in its one task thread

Outcome = tuple[State, str]


def dask_setup(_: object) -> None:
    """Dask calls it where this module is preloaded: in the workers of our own cluster.

    Ctrl-C in the terminal reaches them too. It is for the process that started them to stop their jobs in
    order.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.follow()
    fork_server.take_environment()


def work(job: Job, key: str, n_bytes: int | None) -> Outcome:
    """Do a job, telling the dashboard of it; how it ended is the return value.

    Args:
        n_bytes: of memory that it may take; None: all that is free.
    """
    report, tell = _reporter(key)
    allowed = memory.free_bytes() if n_bytes is None else n_bytes
    try:
        memory.check_fits(job.needed_bytes(), allowed)
        if not job.threads(1):  # it hardly computes
            return _done(job, key, report, lambda: None)
        with cores.joined(int(CPU_COUNT)) as mine:
            useful = beside(Neighbours(), mine.n_cores, job.threads)
            if not mine.wait(useful, lambda: key in _stop, tell):
                return State.STOPPED, "stopped before it started"
            with memory.readable_shortage(), memory.limited(allowed + SLACK_BYTES):
                return _done(job, key, report, lambda: _use_threads(mine.take(useful)))
    except RunBusy as error:  # it began elsewhere in the same moment
        return State.INTERRUPTED, str(error)
    except AutoencError as error:
        return State.FAILED, str(error)
    except Exception as error:  # a defect of ours: say so on the page, keep the traceback in the log
        log.exception("job %s failed", key)
        return (
            State.FAILED,
            f"an unexpected error ({type(error).__name__}: {error}); the terminal has the details",
        )
    finally:
        report(None)
        memory.give_back()


def _done(job: Job, key: str, report: Callable[[Record | None], None], share: Callable[[], None]) -> Outcome:
    """Go through the job's records; about once a second its share of the cores may change."""
    share()
    share_at = monotonic() + cores.SHARE_SECONDS
    with closing(job.run()) as records:
        for record in records:
            report(record)
            if key in _stop:
                return State.STOPPED, "stopped; finished work is kept"
            if monotonic() >= share_at:
                share()
                share_at = monotonic() + cores.SHARE_SECONDS
    return State.FINISHED, ""


def _use_threads(n: int) -> None:
    if n != torch.get_num_threads():
        with memory.unlimited():  # OpenMP ends the process when it cannot start a thread
            torch.set_num_threads(n)
            torch.ones(1_000_000).exp()  # they start here


def _reporter(key: str) -> tuple[Callable[[Record | None], None], Callable[[str], None]]:
    """Functions that tell the dashboard of a job.

    The first collects records and sends them every REPORT_SECONDS; None sends what is left. The second sends
    what the job waits for before it begins, where that is something else than before.
    """
    worker = get_worker()
    waiting: list[Record] = []
    send_at = 0.0  # the first one goes at once
    last_reason = ""

    def report(record: Record | None) -> None:
        nonlocal send_at
        if record is not None:
            waiting.append(record)
        if waiting and (record is None or monotonic() >= send_at):
            worker.log_event(TOPIC, pickle.dumps((key, waiting, "")))
            waiting.clear()
            send_at = monotonic() + REPORT_SECONDS

    def tell(waits_for: str) -> None:
        nonlocal last_reason
        if waits_for != last_reason:
            worker.log_event(TOPIC, pickle.dumps((key, [], waits_for)))
            last_reason = waits_for

    return report, tell


def request_stop(*keys: str) -> None:
    """The jobs of these keys end at their next record, and what waits for cores ends at once."""
    _stop.update(keys)


def fingerprint(dataset: str) -> str:
    """Of the data set as it is on this machine; it is prepared here if need be.

    Raises:
        ConfigError, DatasetError: as `datasets.load`.
    """
    return datasets.load(dataset).fingerprint


def measure_speed(key: str, seconds: float, all_or_none: bool) -> tuple[Speed | None, bool]:
    """With the cores that are free; None: too few. And whether these were all of the machine.

    Args:
        key: with which it can be stopped.
        seconds: for which it waits for a core.
        all_or_none: whether it has to be all cores.
    """
    end = monotonic() + seconds
    with cores.joined(int(CPU_COUNT)) as mine:
        n = mine.take(_all) or mine.wait(_all, lambda: key in _stop or monotonic() >= end)
        whole = n == int(CPU_COUNT)
        try:
            if not whole and (not n or all_or_none):
                return None, whole
            speed = measure(n, lambda: key in _stop)
            return speed, whole and speed is not None
        finally:
            memory.give_back()


def _all(share: int) -> int:
    return share
