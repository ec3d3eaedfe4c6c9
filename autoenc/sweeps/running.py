"""A sweep is started: its runs go through the background sessions as any others do."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from autoenc import baselines
from autoenc.jobs import BaselineJob, TrainJob
from autoenc.schema import BaselineCurve, Point
from autoenc.sessions.protocol import Sessions
from autoenc.sweeps.saved import SavedSweep


def begin(sessions: Sessions, saved: SavedSweep, but: Container[str] = (), address: str = "") -> None:
    """Have the sweep's runs done, but for the stopped ones, and the baselines to compare them with.

    What is under way is joined; what has failed is tried again.

    Args:
        but: run_ids to leave as they are, such as those of finished runs.
        address: of whoever asks; "" for this machine.
    Raises:
        AutoencError: the visitor has too much in the queue; what was started before that stays.
    """
    for job in baseline_jobs(saved):
        sessions.start(job, saved.owner, address=address)
    for run_id, config in zip(saved.run_ids, saved.configs(), strict=True):
        if run_id not in but and run_id not in saved.stopped:
            sessions.start(TrainJob(config), saved.owner, alone=saved.alone, address=address)


def baseline_jobs(saved: SavedSweep) -> tuple[BaselineJob, ...]:
    """The jobs that measure what the runs of this sweep are compared with, on the same images."""
    base = saved.sweep.base
    return tuple(BaselineJob(b, base.dataset, base.train_images) for b in baselines.comparable(base.noise))


def begin_missing(
    sessions: Sessions, jobs: Sequence[BaselineJob], points: Iterable[Point], owner: str
) -> None:
    """Have those measured that nobody has measured or begun yet, once there is a result to compare with them.

    Before that nobody has asked for anything, and PCA of CIFAR-10 takes a core a minute.

    Args:
        points: the runs beside which the baselines are shown.
    """
    if not any(point.finished for point in points):
        return
    for job in jobs:
        if (sessions.snapshot(job.job_id) or job.stored()) is None:
            sessions.start(job, owner=owner)


def baseline_curves(sessions: Sessions, jobs: Sequence[BaselineJob]) -> tuple[BaselineCurve, ...]:
    """One for each job as far as it has come, here or at an earlier time; empty where nobody has begun it."""
    snapshots = sessions.snapshots(job.job_id for job in jobs)
    latest = (snapshots.get(job.job_id) or job.stored() for job in jobs)
    values = (snapshot.value if snapshot else None for snapshot in latest)
    return tuple(
        value if isinstance(value, BaselineCurve) else job.baseline.empty(job.dataset)
        for job, value in zip(jobs, values, strict=True)
    )
