"""What all visitors share: the background sessions, the runs on disk."""

from __future__ import annotations

import atexit
import gc

import streamlit as st

from autoenc import checkpoints, jobs
from autoenc.errors import AutoencError
from autoenc.jobs import Job
from autoenc.schema import RunSummary, Snapshot
from autoenc.sessions.dask import DaskSessions
from autoenc.sessions.protocol import Sessions
from ui.state.visitor import is_teacher, may_stop, visitor


@st.cache_resource(show_spinner="Starting the workers")
def sessions() -> Sessions:
    """The background sessions of this dashboard; made at the first call."""
    gc.collect()
    gc.freeze()  # what the libraries have loaded stays: Python need not look through it again and again
    atexit.register(gc.unfreeze)
    return DaskSessions()


@st.cache_data(ttl=3.0, show_spinner=False)
def runs_on_disk() -> tuple[RunSummary, ...]:
    """All runs, newest first, at most three seconds old."""
    return checkpoints.summaries()[0]


def snapshot(job_id: str) -> Snapshot | None:
    """A job at this moment, from the sessions or else from its file; None: unknown.

    Raises:
        CheckpointError: its file is damaged.
    """
    return sessions().snapshot(job_id) or jobs.stored_run(job_id)


def is_active(job_id: str | None) -> bool:
    """Whether the job is queued or running, here or in another process."""
    if job_id is None:
        return False
    known = sessions().snapshot(job_id)
    return known.state.active if known is not None else checkpoints.is_being_written(job_id)


def newest_finished() -> str | None:
    """The run to show before anything was asked for."""
    return next((run.run_id for run in runs_on_disk() if run.finished), None)


def start(job: Job) -> str:
    """Have a job done, or join it; everyone may.

    Raises:
        AutoencError: it cannot be started, or it is a download and this is not the teacher.
    """
    if isinstance(job, jobs.DownloadJob) and not is_teacher():
        raise AutoencError("data sets are brought by the teacher")
    return sessions().start(job, visitor())


def stop(snapshot: Snapshot) -> None:
    """Stop a job.

    Raises:
        AutoencError: another visitor has started it.
    """
    if not may_stop(snapshot):
        raise AutoencError("this run was started by somebody else; they can stop it, and the teacher")
    sessions().stop(snapshot.job_id)


def delete_run(run_id: str) -> None:
    """Delete a run's file.

    Raises:
        AutoencError: this is not the teacher, or it is being trained.
    """
    if not is_teacher():
        raise AutoencError("runs are deleted by the teacher")
    checkpoints.delete(run_id)
    sessions().forget(run_id)
    runs_on_disk.clear()
