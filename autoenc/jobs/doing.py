"""A job done here and now."""

from __future__ import annotations

from contextlib import closing
from time import monotonic
from typing import Any

import torch

from autoenc import cores, memory
from autoenc.errors import AutoencError
from autoenc.jobs.job import Job
from autoenc.neighbours import Neighbours, beside
from autoenc.schema import Event, Recogniser, Record, Run, State, Value


def result(job: Job) -> Any:
    """What a job gives: from disk where it was done before, else done in this process, until it ends.

    It is saved like a job of the dashboard, whose pages then show it; an interrupted run is continued. It
    shares the cores with other jobs of this program on the machine, and waits where they have them all.

    Returns:
        a Run of a TrainJob, a Recogniser of a RecogniserJob, a Curve of a CurveJob, a BaselineCurve of a
        BaselineJob; of the others what their `run` yields last.
    Raises:
        AutoencError: it cannot be done, or there is not enough memory; RunBusy where another process trains
            the same run.
    """
    stored = job.stored()
    if stored is not None and stored.state is State.FINISHED:
        return stored.value
    memory.check_fits(job.needed_bytes(), memory.free_bytes())
    value: Value | None = None
    n_threads = torch.get_num_threads()
    try:
        with cores.joined(n_threads) as mine, closing(job.run()) as records:
            useful = beside(Neighbours(), mine.n_cores, lambda share: max(1, job.threads(share)))
            share_at = 0.0
            while True:
                if monotonic() >= share_at:
                    torch.set_num_threads(mine.wait(useful))
                    share_at = monotonic() + cores.SHARE_SECONDS
                if (record := next(records, None)) is None:
                    break
                value = after(value, record)
    finally:
        torch.set_num_threads(n_threads)
    if value is None:
        raise AutoencError(f"{job.title} has given no result; try again")
    return value


def after(value: Value | None, record: Record) -> Value | None:
    """What a job has given so far, with one more of its records; None: nothing yet."""
    if not isinstance(record, Event):
        return record
    return value.after(record) if isinstance(value, Run | Recogniser) else value
