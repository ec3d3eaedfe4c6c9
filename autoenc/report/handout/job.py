"""A hand-out is made in the background, and kept in the cache folder until its lab has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, replace

from autoenc import checkpoints, datasets, memory, recognition
from autoenc.errors import AutoencError
from autoenc.experiments import Lab, LabNow, StepNow, lab_here, look
from autoenc.experiments.running import runs_here
from autoenc.experiments.sizes import id_of
from autoenc.jobs import RecogniserJob, TrainJob
from autoenc.report.handout import page, stored
from autoenc.report.handout.making import Handout, make
from autoenc.report.results import Results
from autoenc.schema import Record, Snapshot, State
from autoenc.sources import VERSION

PREFIX = "handout-"


@dataclass(frozen=True)
class HandoutJob:
    """Make the hand-out of a lab from what is there of it."""

    size: str  # one of experiments.SIZES
    grey: str  # the names of its data sets
    colour: str
    results: str  # tells what has been trained and measured from what was before, 16 hexadecimal digits
    failures: tuple[tuple[str, str], ...] = ()  # key of an experiment, why something of it failed

    @classmethod
    def of(cls, now: LabNow) -> HandoutJob:
        """Equal for equal results: its job_id changes when the lab does."""
        failures = tuple(
            (one.experiment.key, text) for one in now.experiments for text in dict.fromkeys(one.failures)
        )
        lab = now.lab
        return cls(lab.size.name, lab.grey.name, lab.colour.name, _hash(now, failures), failures)

    @property
    def job_id(self) -> str:
        return f"{PREFIX}{id_of(self.size, self.grey, self.colour)}-{self.results}"

    @property
    def title(self) -> str:
        return f"Hand-out: lab on {datasets.info(self.grey).short_title}, {self.size} size"

    def threads(self, share: int) -> int:
        return 1

    def needed_bytes(self) -> int:
        """Of a whole lab of lesson size 430 MB were measured, mapped images and a dozen models among them."""
        return 600_000_000

    def needed_dataset(self) -> str:
        return self.grey

    def stored(self) -> Snapshot | None:
        sizes = stored.sizes(self.job_id)
        if sizes is None:
            return None
        return Snapshot(self.job_id, State.FINISHED, value=Handout(1.0, "Done", *sizes))

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        lab = self._lab()
        runs = tuple(runs_here())
        with memory.readable_shortage():
            made = yield from make(look(lab, None, runs), Results(lab, runs), self.failures)
            archive = made.archive
        stored.save(self.job_id, made.html, archive)
        stored.remove_earlier(self.job_id)
        yield Handout(1.0, "Done", len(made.html), len(archive))

    def _lab(self) -> Lab:
        """As it was when the job was made, not as it would be chosen today; its image folders are opened."""
        for name in dict.fromkeys((self.grey, self.colour)):
            with suppress(AutoencError):  # what needs it is said to be missing
                datasets.load(name)
        here = lab_here(self.size, datasets.catalogue())
        return Lab(here.size, datasets.info(self.grey), datasets.info(self.colour), here.hundred)


def newest(job: HandoutJob) -> tuple[HandoutJob, float] | None:
    """The hand-out of this lab that was made last, and when (seconds since 1970); None: there is none.

    It may be of earlier results than the job's: then it equals it in all but these.
    """
    made = stored.newest(job.job_id.rpartition("-")[0])
    return None if made is None else (replace(job, results=made[0].rpartition("-")[2]), made[1])


def lab_of(job_id: str) -> str:
    """The lab_id of the lab whose hand-out this job makes; "": it makes none."""
    return job_id.rpartition("-")[0].removeprefix(PREFIX) if job_id.startswith(PREFIX) else ""


def html_bytes(job: HandoutJob) -> bytes:
    """One file that opens anywhere; raises AutoencError where it has not been made, or has gone."""
    return stored.read(stored.html_path(job.job_id))


def zip_bytes(job: HandoutJob) -> bytes:
    """All its numbers as CSV files in an archive; raises as `html_bytes`."""
    return stored.read(stored.zip_path(job.job_id))


def file_name(job: HandoutJob, ending: str) -> str:
    """For a download: `autoenc-lab-lesson-mnist.html`."""
    return f"autoenc-lab-{job.size}-{job.grey}.{ending}"


def _hash(now: LabNow, failures: object) -> str:
    """Of what has been done, by which version of this program."""
    known = sorted(filter(None, (_identity(step) for step in now.steps if step.finished)))
    missing = [one.missing for one in now.experiments]
    assets = [page.asset(name) for name in page.ASSETS]  # VERSION is that of the Python files
    return hashlib.blake2b(
        repr((VERSION, assets, known, missing, failures)).encode(), digest_size=8
    ).hexdigest()


def _identity(step: StepNow) -> str:
    """Of a finished step; the id of a measurement holds the hash of what it measures, that of a model not."""
    job = step.job
    with suppress(AutoencError):  # it has gone a moment ago
        match job:
            case TrainJob():
                return f"{job.job_id}-{checkpoints.content_hash(job.job_id)}"
            case RecogniserJob():
                return f"{job.job_id}-{recognition.content_hash(job.job_id)}"
            case None:
                return ""
            case _:
                return job.job_id
    return ""
