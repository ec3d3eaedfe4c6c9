"""A lab is done: what is missing is started in the background sessions, the cheapest first.

Only a few jobs wait at a time: so what comes next is always the cheapest of all that can be begun, other
visitors get their turn, and Stop leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import Lock

from autoenc import checkpoints, datasets
from autoenc.errors import DatasetError
from autoenc.experiments import images
from autoenc.experiments.costs import cheapest
from autoenc.experiments.progress import LabNow, look
from autoenc.experiments.saved import SavedLab, end, find, save, wanted
from autoenc.experiments.sizes import CIFAR100, DIGITS, SIZES, Lab
from autoenc.schema import DatasetInfo, RunSummary, State
from autoenc.sessions.protocol import Sessions

WAITING = 1  # jobs of a lab that wait, beside those at work: a worker that is free finds one

_one_change = Lock()  # of what is wanted and of what was started for it: two people press at the same time


def begin(saved: SavedLab, now: LabNow, sessions: Sessions) -> None:
    """Somebody asks for the lab: what has failed or was stopped is tried again.

    Raises:
        CheckpointError: it cannot be saved.
    """
    with _one_change:
        before = find(saved.lab_id)
        if before is not None and before.wanted:  # it is under way: stop belongs to whoever began it
            saved = replace(saved, owner=before.owner, address=before.address)
        save(saved)
        images.try_again((saved.grey, saved.colour, CIFAR100))
        for step in now.left:
            if step.job is not None and step.state in (State.FAILED, State.STOPPED):
                sessions.forget(step.job.job_id)


def stop(saved: SavedLab, now: LabNow, sessions: Sessions) -> None:
    """Start nothing more, and stop what the lab has started; what is done stays.

    What another lab wants too goes on, and so does what others have started.

    Raises:
        CheckpointError: it cannot be saved.
    """
    with _one_change:
        end(saved)
        ids = set(_active(now.lab, sessions))  # at this moment: more may have begun since somebody looked
        for other in wanted():
            ids.difference_update(_active(lab_of(other), sessions))
        for job_id, snapshot in sessions.snapshots(ids).items():
            if snapshot.state.active and snapshot.owner == saved.owner:
                sessions.stop(job_id)


def advance(saved: SavedLab, now: LabNow, sessions: Sessions) -> bool:
    """Start the cheapest of what can be begun, until a worker that becomes free finds the next.

    Returns:
        whether something is still to come: False once all is done, has failed or was stopped.
    """
    for data in now.unprepared:
        images.prepare_soon(data.name)
    room = sessions.n_workers + WAITING - len(now.active)
    ready = [step for step in now.left if step.job is not None and step.state in (None, State.INTERRUPTED)]
    if room > 0 and ready:
        for step in cheapest(ready, now, sessions, runs_here())[:room]:
            assert step.job is not None
            sessions.start(step.job, saved.owner, address=saved.address)
    return bool(ready or now.active or now.unprepared)


def go_on(saved: SavedLab, sessions: Sessions) -> None:
    """Take a wanted lab a step further; once nothing is to come, it is wanted no more.

    Raises:
        AutoencError: a full queue, a folder that cannot be written.
    """
    with _one_change:
        now = look(lab_of(saved), sessions, runs_here())
        latest = find(saved.lab_id)
        # Jobs that end because their sessions do are none that somebody has stopped.
        if latest is None or not latest.wanted or sessions.closing.is_set():
            return
        if not advance(latest, now, sessions):
            end(latest)


def lab_of(saved: SavedLab) -> Lab:
    """The lab as it was asked for; what needs a data set that has gone is left out of it."""
    return Lab(SIZES[saved.size], *map(_info, (saved.grey, saved.colour, CIFAR100)))


def runs_here() -> Iterable[RunSummary]:
    """All runs, and then the examples."""
    return (*checkpoints.summaries()[0], *checkpoints.examples())


def _info(name: str) -> DatasetInfo:
    try:
        return datasets.info(name)
    except DatasetError:  # an image folder, which nobody knows any more
        return replace(datasets.info(DIGITS), name=name, title=name, short_title=name, present=False)


def _active(lab: Lab, sessions: Sessions) -> Iterator[str]:
    """Ids of the jobs of a lab that run or wait."""
    for step in look(lab, sessions, runs_here()).active:
        if step.job is not None:
            yield step.job.job_id
