"""The report's experiments on this machine: how far they are, and having them done."""

from __future__ import annotations

from autoenc import checkpoints, experiments, report
from autoenc.errors import AutoencError
from autoenc.experiments import Lab, LabNow, SavedLab
from autoenc.report import Results, Section
from autoenc.schema import Forecast, RunSummary
from ui.core import catalogue, forecasts, sessions, visitor
from ui.core.caching import shared

LOOK_SECONDS = 0.5


def now(size: str) -> LabNow:
    """The lab of this size at this moment, the same for all who look."""
    infos = catalogue.infos()
    return _now(size, tuple((info.name, info.present, info.n_train) for info in infos))


@shared(max_entries=2, seconds=LOOK_SECONDS)
def _now(size: str, data: object) -> LabNow:
    lab = experiments.lab_here(size, catalogue.infos())
    return experiments.look(lab, sessions.background(), _runs())


def _runs() -> tuple[RunSummary, ...]:
    return (*sessions.runs_on_disk(), *checkpoints.examples())


def is_wanted(lab: Lab) -> bool:
    """Whether somebody has asked for it, and it goes on by itself."""
    saved = experiments.find(lab.lab_id)
    return saved is not None and saved.wanted


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
    return experiments.expected(latest, forecasts.machine(), sessions.runs_to_show())


def section(size: str, key: str) -> Section:
    """What an experiment shows so far; once for all who look."""
    latest = now(size)
    one = latest.of(key)
    done = tuple((str(step.step.what), step.finished) for step in one.steps)
    return _section(latest.lab.lab_id, key, one.status, done, sessions.moment_of_folder(), latest)


@shared(max_entries=64)
def _section(lab_id: str, key: str, status: object, done: object, folder: object, _latest: LabNow) -> Section:
    return report.section(_latest.of(key), Results(_latest.lab, _runs()))
