"""A sweep is started: its runs go through the background sessions as any others do."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from time import sleep

from autoenc import baselines, checkpoints, datasets
from autoenc.errors import AutoencError
from autoenc.jobs import BaselineJob, TrainJob
from autoenc.runs import by_id
from autoenc.schema import BaselineCurve, Point, State, Sweep
from autoenc.sessions.protocol import Sessions
from autoenc.sweeps.following import points
from autoenc.sweeps.machine import machine_of
from autoenc.sweeps.planning import plan
from autoenc.sweeps.saved import SavedSweep, save_for_its_page

LOOK_SECONDS = 0.2  # between two looks at the runs
END_STATES = (State.FINISHED, State.FAILED, State.STOPPED)


def train(sessions: Sessions, sweep: Sweep, *, alone: bool = False) -> Iterator[tuple[Point, ...]]:
    """Train all runs of a sweep, and look at them five times a second until all have ended.

    The page Sweep shows them. Runs that are on disk are not trained again. Why a run failed is in
    `Point.message`.

    Args:
        alone: one run at a time, so that their times can be compared.
    Returns:
        at each look one point for each run, by model, layers and latent size; the last look is the result.
    Raises:
        DatasetError: the data set is not here, or broken.
        AutoencError: none of its runs can be trained on this machine; or what `begin` raises.
    """
    data, runs = datasets.load(sweep.base.dataset), by_id(checkpoints.summaries()[0])
    planned = plan(sweep, datasets.info(data.name), data.fingerprint, machine_of(sessions), runs)
    if not planned.run_ids:
        raise AutoencError(f"no run of this sweep can be trained here: {planned.refused[0].refusal}")
    saved = SavedSweep(sweep, data.fingerprint, planned.run_ids, alone=alone)
    save_for_its_page(saved)
    begin(sessions, saved, {run.run_id for run in planned.finished})
    yield from follow(sessions, saved)


def follow(sessions: Sessions, saved: SavedSweep) -> Iterator[tuple[Point, ...]]:
    """The runs of a sweep that has begun, five times a second until all have ended.

    Runs that nobody trains any more, because their process has ended, are begun again.

    Returns:
        as `train`.
    Raises:
        DatasetError: the data set is not here any more; or what `begin` raises.
    """
    image_shape = datasets.load(saved.sweep.base.dataset).image_shape
    ended = set[str]()
    while True:
        now = points(saved, image_shape, sessions.snapshots(saved.run_ids), by_id(checkpoints.summaries()[0]))
        ended |= {point.run_id for point in now if point.state in END_STATES}
        yield now
        if len(ended) == len(now):
            return
        if any(point.state in (None, State.INTERRUPTED) for point in now):
            begin(sessions, saved, ended)
        sleep(LOOK_SECONDS)


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
    """The jobs that measure what the runs of this sweep are compared with, on the same images.

    Returns:
        what suits all runs: nothing where they learn from different numbers of images.
    """
    sweep, base = saved.sweep, saved.sweep.base
    if sweep.train_images:
        return ()
    noise = next(filter(None, (base.noise, *sweep.noises)), None)
    return tuple(BaselineJob(b, base.dataset, base.train_images) for b in baselines.comparable(noise))


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
