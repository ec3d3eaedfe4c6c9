"""What all visitors share: the background sessions, the runs on disk."""

from __future__ import annotations

import atexit
import gc
import shutil
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from autoenc import checkpoints, datasets, jobs, neighbours, recipes, runs
from autoenc.errors import AutoencError, CheckpointError
from autoenc.experiments import Keeper
from autoenc.jobs import Job
from autoenc.neighbours import Neighbours
from autoenc.schema import Download, Run, RunSummary, Snapshot, State
from autoenc.sessions.dask import DaskSessions
from autoenc.sessions.protocol import Sessions
from ui.core import catalogue
from ui.core.caching import shared
from ui.core.values import Value
from ui.core.visitor import address, is_teacher, may_stop, name
from ui.core.workspace import in_colour, separate

MAX_SEEDS = 16
USUAL_RUN = Value[str | None]("usual run", None)  # what is shown to those who asked for none
separate(USUAL_RUN)


@shared(max_entries=1)
def background() -> Sessions:
    """The background sessions of this dashboard; made at the first call."""
    gc.collect()
    gc.freeze()  # what the libraries have loaded stays: Python need not look through it again and again
    atexit.register(gc.unfreeze)
    sessions = DaskSessions()
    Keeper(sessions)  # goes on with the labs that an earlier server has left
    return sessions


@shared(max_entries=1)
def _neighbours() -> Neighbours:
    return Neighbours()


def crowded() -> str:
    """A sentence where other programs take the cores from our runs; "": they do not, or nothing runs here."""
    busy = _neighbours().busy()
    return neighbours.crowded(busy, background().n_cores) if background().counts()[0] else ""


def busy_cores() -> float:
    """Cores that other programs keep busy."""
    return sum(neighbour.cores for neighbour in _neighbours().busy())


def runs_on_disk() -> tuple[RunSummary, ...]:
    """All runs, newest first."""
    return _listed_at(*moment_of_folder())[0]


def runs_to_show() -> tuple[RunSummary, ...]:
    """All runs, and examples that were not trained here too; first what to show where nobody has chosen."""
    return _to_show_at(*moment_of_folder(), tuple(catalogue.usual_epochs().items()))


@shared(max_entries=1)
def _to_show_at(folder: str, changed: int, epochs: tuple[tuple[str, int], ...]) -> tuple[RunSummary, ...]:
    own, _ = _listed_at(folder, changed)
    own_ids = {run.run_id for run in own}
    examples = (run for run in checkpoints.examples() if run.run_id not in own_ids)
    return tuple(recipes.by_preference((*own, *examples), dict(epochs)))


def unreadable() -> tuple[str, ...]:
    """One sentence for each file of the folder that is no run."""
    return _listed_at(*moment_of_folder())[1]


def moment_of_folder() -> tuple[str, int]:
    """The folder of the runs; and when it changed: a file that comes, goes or is replaced changes it."""
    folder = checkpoints.folder()
    return str(folder), folder.stat().st_mtime_ns if folder.is_dir() else 0


@shared(max_entries=1)
def _listed_at(folder: str, changed: int) -> tuple[tuple[RunSummary, ...], tuple[str, ...]]:
    return checkpoints.summaries()


def snapshot(job_id: str) -> Snapshot | None:
    """A job at this moment, from the sessions or else from its file; None: unknown.

    Raises:
        CheckpointError: its file is damaged.
    """
    return background().snapshot(job_id) or jobs.stored_run(job_id)


def is_example(run_id: str) -> bool:
    """Whether this run comes with the program and is not trained here."""
    return background().snapshot(run_id) is None and checkpoints.is_example(run_id)


def is_active(job_id: str) -> bool:
    """Whether the job is queued or running, here or in another process."""
    latest = background().snapshot(job_id)
    return latest.state.active if latest is not None else checkpoints.is_being_written(job_id)


def is_finished(run_id: str) -> bool:
    """Whether there is nothing left to train of it."""
    latest = background().snapshot(run_id)
    if latest is not None:
        return latest.state is State.FINISHED
    return any(run.run_id == run_id and run.finished for run in runs_to_show())


def moment_of(run_id: str) -> tuple[bool, str]:
    """What another window would change: whether the run is active, and what its file holds."""
    try:
        content_hash = checkpoints.content_hash(run_id)
    except CheckpointError:  # it is not there, or damaged
        content_hash = ""
    return is_active(run_id), content_hash


def usual_run(dataset: str) -> str:
    """The run to show whoever asked for none: a good one; the same for as long as they are here.

    Args:
        dataset: that it should be of; "": any. Where there is none of it, another is shown.
    """
    if (run_id := USUAL_RUN.get()) is None:
        shown = (run for run in runs_to_show() if run.image_shape[0] == 3 or not in_colour())
        run_id = min(shown, key=lambda run: run.config.dataset != dataset).run_id
        USUAL_RUN.put(run_id)
    return run_id


def active_jobs(most: int | None = None) -> tuple[Snapshot, ...]:
    """What runs in this dashboard and then what waits, the next first; no more than `most`."""
    return background().active(most)


def active_of(jobs: Iterable[Job]) -> list[Snapshot]:
    """Those of these jobs that are queued or running here."""
    snapshots = background().snapshots(job.job_id for job in jobs)
    return [snapshot for snapshot in snapshots.values() if snapshot.state.active]


def failures_of(jobs: Iterable[Job]) -> list[str]:
    """One sentence for each reason why one of these jobs failed."""
    snapshots = background().snapshots(job.job_id for job in jobs)
    return list(dict.fromkeys(job.message for job in snapshots.values() if job.state is State.FAILED))


def seeds_of(run: Run) -> tuple[Run, ...]:
    """Runs as long as this one and of the same settings but for the seed, the newest first."""
    alike = runs.of_other_seeds(runs_on_disk(), run)
    return tuple(read_run(other.run_id) for other in islice(alike, MAX_SEEDS))


def read_run(run_id: str) -> Run:
    """A finished run.

    Raises:
        CheckpointError: its file is damaged or gone.
    """
    return _read_run(run_id, checkpoints.content_hash(run_id))


@shared(max_entries=64)
def _read_run(run_id: str, content_hash: str) -> Run:
    return checkpoints.read(run_id)


def start(job: Job) -> str:
    """Have a job done, or join it; everyone may.

    Raises:
        AutoencError: it cannot be started, or it is a download and this is not the teacher.
    """
    if isinstance(job, jobs.DownloadJob) and not is_teacher():
        raise AutoencError("only the teacher can add data sets")
    return background().start(job, name(), address=address())


def stop(snapshot: Snapshot) -> None:
    """Stop a job.

    Raises:
        AutoencError: another visitor has started it.
    """
    if not may_stop(snapshot):
        raise AutoencError("somebody else started this run; only they and the teacher can stop it")
    background().stop(snapshot.job_id)


def import_run(content: BinaryIO) -> str:
    """Make a run of a checkpoint file that came from elsewhere, and return its run_id.

    Raises:
        AutoencError: this is not the teacher, the file is refused, or there is such a run already.
    """
    if not is_teacher():
        raise AutoencError("only the teacher can import runs")
    with TemporaryDirectory(prefix="autoenc-import-") as folder:
        path = Path(folder) / "upload.safetensors"  # what the file is called elsewhere means nothing here
        with path.open("wb") as file:
            shutil.copyfileobj(content, file)
        run_id = checkpoints.import_file(path)
    background().forget(run_id)
    return run_id


def import_dataset(files: Sequence[BinaryIO], name: str, side: int | None) -> Iterator[Download]:
    """Make a data set of the pictures in an archive, or of arrays; see `datasets.import_dataset`.

    Raises:
        AutoencError: this is not the teacher; else as that does.
    """
    if not is_teacher():
        raise AutoencError("only the teacher can add data sets")
    return datasets.import_dataset(files, name, side)


def delete_run(run_id: str) -> None:
    """Delete a run's file.

    Raises:
        AutoencError: this is not the teacher, or it is being trained.
    """
    if not is_teacher():
        raise AutoencError("only the teacher can delete runs")
    checkpoints.delete(run_id)
    background().forget(run_id)
