"""The report's experiments on this machine: how far they are, having them done, and what they show."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from autoenc import checkpoints, experiments, report
from autoenc.errors import AutoencError
from autoenc.experiments import ExperimentNow, Lab, LabNow, SavedLab, StepNow, images
from autoenc.report import Comparison, Results, Section, handout
from autoenc.report.handout import HandoutJob
from autoenc.runs import by_id
from autoenc.schema import Forecast, RunSummary, Snapshot
from ui.core import catalogue, forecasts, sessions, visitor
from ui.core.caching import shared

LOOK_SECONDS = 1.0
FORECAST_SECONDS = 2.0
HANDOUT_SECONDS = 2.0

Numbers = tuple[tuple[ExperimentNow, tuple[Comparison, ...]], ...]


def now(size: str) -> LabNow:
    """The lab of this size at this moment, the same for all who look."""
    infos = catalogue.infos()
    return _now(size, tuple((info.name, info.present, info.prepared, info.n_train) for info in infos))


@shared(max_entries=2, seconds=LOOK_SECONDS)
def _now(size: str, data: object) -> LabNow:
    lab = experiments.lab_here(size, catalogue.infos())
    return experiments.look(lab, sessions.background(), _runs())


def _runs() -> tuple[RunSummary, ...]:
    return (*sessions.runs_on_disk(), *checkpoints.examples())


def moment(size: str) -> Hashable:
    """What another window would change of the page."""
    latest = now(size)
    states = tuple((one.status, one.progress) for one in latest.experiments)
    return is_wanted(latest.lab), making(latest) is not None, states


# ---------------------------------------------------------------- having it done


def is_wanted(lab: Lab) -> bool:
    """Whether somebody has asked for it, and it goes on by itself."""
    saved = experiments.find(lab.lab_id)
    return saved is not None and saved.wanted


def was_begun(lab: Lab) -> bool:
    """Whether somebody has ever asked for it."""
    return experiments.find(lab.lab_id) is not None


def is_active(latest: LabNow) -> bool:
    """Whether the page follows it: it goes on by itself, or something of it is under way."""
    under_way = bool(latest.active or latest.unprepared) or making(latest) is not None
    return is_wanted(latest.lab) or under_way


def prepare(latest: LabNow) -> None:
    """Have pictures of image folders opened that nobody has opened yet: they are shown before any click."""
    for info in latest.unprepared:
        images.prepare_soon(info.name)


def preparing(latest: LabNow, key: str) -> tuple[str, ...]:
    """The data sets of an experiment that are being prepared, as people call them."""
    waiting = {info.name for info in latest.unprepared}
    data = latest.of(key).experiment.data(latest.lab)
    return tuple(info.short_title for info in data if info.name in waiting)


def go_on() -> None:
    """Have the background sessions begin where a lab is wanted; they go on with it by themselves."""
    if experiments.wanted():
        sessions.background()


def begin(latest: LabNow) -> None:
    """Have it done.

    Raises:
        AutoencError: it cannot be saved.
    """
    saved = SavedLab.of(latest.lab, visitor.name(), visitor.address())
    experiments.begin(saved, latest, sessions.background())
    _now.clear()


def stop(latest: LabNow) -> None:
    """Start nothing more of it, and stop what runs.

    Raises:
        AutoencError: another visitor has started it.
    """
    if not may_stop(latest.lab):
        raise AutoencError("somebody else started this lab; only they and the teacher can stop it")
    if (saved := experiments.find(latest.lab.lab_id)) is not None:
        experiments.stop(saved, latest, sessions.background())
    _now.clear()


def may_stop(lab: Lab) -> bool:
    saved = experiments.find(lab.lab_id)
    return visitor.is_teacher() or (saved is not None and saved.owner == visitor.name())


def expected(latest: LabNow) -> Forecast | None:
    """Until nothing is left of it; None: nothing has been measured yet."""
    left = tuple((str(one.step.what), one.state, round(one.done, 2)) for one in latest.left)
    return _expected(latest.lab.lab_id, left, sessions.background().speed() is None, latest)


@shared(max_entries=4, seconds=FORECAST_SECONDS)
def _expected(lab_id: str, left: object, unmeasured: bool, _latest: LabNow) -> Forecast | None:
    return experiments.expected(_latest, forecasts.machine(), sessions.runs_to_show())


# ---------------------------------------------------------------- what it shows


def section(latest: LabNow, key: str) -> Section:
    """What an experiment shows so far; drawn once for all who look.

    Of what is under way only the progress moves: nothing is drawn again for that.
    """
    one = latest.of(key)
    drawn = _section(latest.lab, key, bool(one.missing), _finished(one.steps), latest)
    return replace(drawn, status=one.status, missing=report.what_is_missing(one))


@shared(max_entries=64, spinner="Drawing the figures")
def _section(lab: Lab, key: str, missing: bool, finished: object, _latest: LabNow) -> Section:
    return report.section(_latest.of(key), Results(_latest.lab, _runs()))


def numbers(latest: LabNow) -> Numbers:
    """All numbers of the report beside ours, by experiment; those without any are left out."""
    return tuple(
        (one, compared)
        for one, compared in zip(latest.experiments, _numbers(latest.lab, _all(latest), latest), strict=True)
        if compared
    )


@shared(max_entries=4, spinner="Comparing with the report")
def _numbers(lab: Lab, finished: object, _latest: LabNow) -> tuple[tuple[Comparison, ...], ...]:
    results = Results(_latest.lab, _runs())
    return tuple(report.comparisons(one.experiment.key, results) for one in _latest.experiments)


def _all(latest: LabNow) -> Hashable:
    return _finished(latest.steps)


def _finished(steps: tuple[StepNow, ...]) -> Hashable:
    """What is done of these steps, and when: a run that was trained again is another one."""
    runs = by_id((*checkpoints.examples(), *sessions.runs_on_disk()))  # one's own count where both have one
    ids = [one.job.job_id if one.job is not None and one.finished else "" for one in steps]
    return tuple((job_id, runs[job_id].modified if job_id in runs else 0.0) for job_id in ids)


# ---------------------------------------------------------------- the hand-out


@dataclass(frozen=True)
class HandoutNow:
    """The hand-out of a lab that was made last."""

    job: HandoutJob
    made: float  # seconds since 1970
    n_bytes: int  # of the HTML file
    is_latest: bool  # nothing has changed since


def handout_job(latest: LabNow) -> HandoutJob:
    """What makes the hand-out of the lab as it stands."""
    return _handout_job(latest.lab, _all(latest), tuple(one.failures for one in latest.experiments), latest)


@shared(max_entries=4)
def _handout_job(lab: Lab, finished: object, failures: object, _latest: LabNow) -> HandoutJob:
    """It reads the content hashes of all that is trained."""
    return HandoutJob.of(_latest)


def making(latest: LabNow) -> Snapshot | None:
    """A hand-out of this lab that is queued or at work, of whatever moment; None: there is none."""
    active = (one for one in sessions.active_jobs() if handout.lab_of(one.job_id) == latest.lab.lab_id)
    return next(active, None)


def made(job: HandoutJob) -> HandoutNow | None:
    """What can be downloaded; None: nothing yet."""
    newest = handout.newest(job)
    if newest is None:
        return None
    n_bytes = _size_of(newest[0].job_id, newest[1], newest[0])
    return None if n_bytes is None else HandoutNow(newest[0], newest[1], n_bytes, newest[0] == job)


@shared(max_entries=4, seconds=HANDOUT_SECONDS)
def _size_of(job_id: str, modified: float, _job: HandoutJob) -> int | None:
    """Bytes; None: its files are damaged, and gone now. It reads all of them."""
    stored = _job.stored()
    return stored.value.n_bytes if stored is not None and isinstance(stored.value, handout.Handout) else None
