"""A file that came from elsewhere becomes a run of this folder; all of it is checked before it appears."""

from __future__ import annotations

import filecmp
import json
import math
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from autoenc import durable
from autoenc.checkpoints.parsing import RunFile, open_file
from autoenc.checkpoints.reading import on_paper, optimizer_state_in, run_in, weights_in
from autoenc.checkpoints.writing import head_of, locked
from autoenc.errors import CheckpointError, RunNewer
from autoenc.heads.parsing import printable, whole
from autoenc.heads.paths import LATER_FIELDS, MAX_FILE
from autoenc.heads.summary import read_summary
from autoenc.numerals import counted
from autoenc.schema import Run

IMPORT_LOCK = "import"  # no run has this name: whoever imports into this folder holds its lock
LOCK_SECONDS = 30.0  # for another import to end
MAX_ATTEMPT = 1_000_000  # there is room for the attempts to come


def import_file(path: Path) -> str:
    """Make a checkpoint file from elsewhere a run of this folder; what the file is called means nothing.

    It is copied first and the copy is checked, for the original may change. The data set need not be here.

    Returns:
        the run_id, also where this very file is here already.
    Raises:
        RunNewer: a newer version of this program wrote it, or the run that is here.
        RunBusy: the run is being trained here, or another import takes long.
        CheckpointError: it is damaged, too large, or no file of ours; the run is here already and has come as
            far; or the disk refuses. What is here is as it was.
    """
    name = printable(path.name)
    _check_size(path, name)
    busy = "another import is running; try again when it has finished"
    with locked(IMPORT_LOCK, LOCK_SECONDS, busy) as import_lock:
        copy = import_lock.with_suffix(f".{os.getpid()}.tmp")
        try:
            with path.open("rb") as original, durable.new_file(copy) as file:
                shutil.copyfileobj(original, file, 2**20)
            run = _verified(copy, name)
            with locked(run.run_id) as place:
                if _is_wanted(run, copy, place):
                    durable.move(copy, place)
        except OSError as error:
            raise CheckpointError(f"cannot import {name}: {error.strerror or error}") from None
        finally:
            with suppress(OSError):
                copy.unlink(missing_ok=True)
    return run.run_id


def _check_size(path: Path, name: str) -> None:
    try:
        file_stat = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise CheckpointError(f"cannot import {name}: {getattr(error, 'strerror', error)}") from None
    if not stat.S_ISREG(file_stat.st_mode):  # a pipe would be waited for
        raise CheckpointError(f"cannot import {name}: it is not a file")
    if file_stat.st_size > MAX_FILE:
        raise CheckpointError(
            f"cannot import {name}: it has {file_stat.st_size:,} bytes; allowed: {MAX_FILE:,}"
        )


def _verified(path: Path, name: str) -> Run:
    """The run of a file in which everything is what `save` would have written, and nothing else is.

    Raises:
        RunNewer, CheckpointError: as `read` does, and where anything is out of place.
    """
    with open_file(path, name, "nothing was imported") as file:
        if "recogniser_id" in file.head:
            raise ValueError("it is a recogniser; copy it into the folder `recognisers` beside the runs")
        run = run_in(file)
        if not run.epochs:
            raise ValueError("none of its epochs is finished")
        whole(run.attempt, 1, MAX_ATTEMPT)
        model = on_paper(run)
        tensors = {f"model.{weights}" for weights in weights_in(file, model)}
        for i, optimizer_state in optimizer_state_in(file, model, len(run.step_losses)).items():
            tensors |= {f"optimizer.{i}.{part}" for part in optimizer_state}
        tensors |= {f"history.{part}" for part in ("steps", "epochs", "beside")}
        tensors |= {"history.still"} if any(e.stood_still for e in run.epochs) else set()
        tensors |= {"history.bits"} if run.config.rate_weight else set()
        tensors |= {"history.kl"} if run.config.kind.has_prior else set()
        tensors |= {"code.quantiles", "code.exponent"} if run.quantiles else set()
        tensors |= {f"preview.{images}" for images in ("x", "x_hat", "epochs")}
        tensors |= {"preview.x_noisy"} if run.x_noisy else set()
        is_filmed = any(preview.epoch is None for preview in run.previews)
        tensors |= {"film.steps", "film.x_hat"} if is_filmed else set()
        if unknown := set(file.tensors.keys()) - tensors:
            raise ValueError(f"it holds {min(unknown)!r:.80}, which no run has")
        _check_head(file, run)
    return run


def _check_head(file: RunFile, run: Run) -> None:
    """That the head, which lists are made of, tells what the rest of the file holds."""
    for field, actual in json.loads(json.dumps(head_of(run))).items():
        if field in LATER_FIELDS and field not in file.head:
            continue
        if not _about_equal(file.head[field], actual):
            raise ValueError(f"its header gives another {field} than the rest of the file")


def _about_equal(claimed: object, actual: object) -> bool:
    """Equal, but for the last bits of a sum, in which Python versions differ."""
    if isinstance(claimed, int | float) and isinstance(actual, float):
        return math.isclose(claimed, actual, rel_tol=1e-9)
    return claimed == actual


def _is_wanted(run: Run, copy: Path, place: Path) -> bool:
    """Whether the copy is to take its place; False: it is there already.

    Raises:
        RunNewer: a newer version of this program wrote what is there.
        CheckpointError: what is there has come as far, or cannot be looked at.
    """
    try:
        present = read_summary(place)
    except RunNewer:
        raise
    except CheckpointError as error:  # there is none, or it is damaged
        if isinstance(error.__cause__, OSError):
            raise
        return True
    is_same = (present.config, present.fingerprint) == (run.config, run.fingerprint)
    if is_same and present.epochs_done < len(run.epochs):
        return True
    if filecmp.cmp(copy, place, shallow=False):
        return False
    raise CheckpointError(
        f"{run.run_id} is already here, with {counted(present.epochs_done, 'epoch')}; "
        f"delete it to import this file, which has {len(run.epochs):,}"
    )
