"""What a worker of an existing cluster is asked before it gets jobs: its version, its folder, its images.

The answers come later, as those of any task: nothing here waits for a worker.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import Client, Future

from autoenc import __version__, checkpoints, datasets
from autoenc.errors import AutoencError, CheckpointError
from autoenc.sessions.dask import worker
from autoenc.sessions.dask.tasks import submit
from autoenc.sources import VERSION

log = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0  # for an answer that is there to come here


@dataclass(eq=False)
class Check:
    """A question to a worker."""

    place: str  # the worker's address
    task: Future | None  # None: answered
    judge: Callable[[Any], str]  # answer -> why the worker is turned away, "" where it is not
    proof: Path | None = None  # a file that only we and whoever shares our folder can see
    refusal: str | None = None  # None: not known yet

    def look(self) -> None:
        """Take the answer, if it is there."""
        if self.task is None or not self.task.done():
            return
        try:
            self.refusal = self.judge(self.task.result(ANSWER_SECONDS))
        except CancelledError:  # the scheduler has gone, and takes all this with it
            return
        except AutoencError as error:
            self.refusal = (
                f"the worker at {self.place} cannot load the data set: {error}; then start it again"
            )
        except Exception as error:  # noqa: BLE001  whatever Dask or another Python raises
            cause, cure = f"{type(error).__name__}: {error}", "install the same Python and packages as here"
            self.refusal = (
                f"the worker at {self.place} cannot be checked ({cause}); {cure} and start it again"
            )
        self.close()
        if self.refusal:
            log.warning("%s", self.refusal)

    def close(self) -> None:
        self.task = None  # what nobody waits for is forgotten by the scheduler
        if self.proof is not None:
            with suppress(OSError):
                self.proof.unlink()


def check_environment(client: Client, place: str) -> Check:
    """Has the worker our version, and our folder of the runs?

    Raises:
        CheckpointError: the folder of the runs cannot be written to.
    """
    proof, nonce = _leave_proof()
    task = client.submit(_questions(), VERSION, proof.name, pure=False, workers=[place])
    return Check(place, task, lambda answer: _judge_environment(place, answer, nonce), proof)


def check_data(client: Client, place: str, dataset: str) -> Check:
    """Has the worker, which has our version, our images?

    Raises:
        AutoencError: the data set cannot be loaded here.
    """
    ours = datasets.load(dataset).fingerprint
    task = submit(client, worker.fingerprint, dataset, workers=[place])
    return Check(place, task, lambda theirs: _judge_data(place, dataset, theirs, ours))


def _questions() -> Callable[[str, str], dict[str, str]]:
    """What is asked of a worker that may not have our package: plain code in, plain texts out."""

    def ask(version: str, proof: str) -> dict[str, str]:
        try:
            import autoenc

            try:
                from autoenc import sources

                theirs = sources.VERSION
            except ImportError:  # it is older than that
                theirs = autoenc.__version__
            if theirs != version:
                return {"version": theirs}
            from autoenc import checkpoints

            folder = checkpoints.folder().absolute()
            try:
                nonce = (folder / proof).read_text()
            except (OSError, ValueError):
                return {"version": version, "folder": str(folder)}
            from autoenc.sessions.dask import worker  # noqa: F401  all that a job needs is there
        except ImportError as error:
            return {"missing": str(error)}
        return {"version": version, "folder": str(folder), "mark": nonce}

    return ask


def _judge_environment(place: str, answer: Mapping[str, str], nonce: str) -> str:
    if "missing" in answer:
        return (
            f"the worker at {place} cannot load autoenc ({answer['missing']}); "
            f"install autoenc {__version__} on its machine and start it again"
        )
    if answer["version"] != VERSION:
        return (
            f"the worker at {place} has autoenc {answer['version']} and not {VERSION}; "
            "install our sources on its machine, or copy our folder autoenc there, and start it again"
        )
    if answer.get("mark") != nonce:
        return (
            f"the worker at {place} keeps its runs in {answer['folder']}, which is not our folder "
            f"{checkpoints.folder().absolute()}; set AUTOENC_CHECKPOINT_DIR there to the shared folder "
            f"and start it again"
        )
    return ""


def _judge_data(place: str, dataset: str, theirs: str, ours: str) -> str:
    if theirs == ours:
        return ""
    return (
        f"the worker at {place} has other images in {dataset} (fingerprint {theirs}, here {ours}); "
        f"copy our files to its AUTOENC_DATA_DIR and start it again"
    )


def _leave_proof() -> tuple[Path, str]:
    """A hidden file in the folder of the runs, and its nonce, which only those who share it can read."""
    path, nonce = checkpoints.folder() / f".worker-{secrets.token_hex(8)}", secrets.token_hex(16)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nonce)
    except OSError as error:
        raise CheckpointError(
            f"cannot write to {path.parent}, where the workers look for our file: {error.strerror or error}"
        ) from error
    return path, nonce
