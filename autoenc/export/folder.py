"""All of a run in one folder for other programs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from autoenc import checkpoints
from autoenc.errors import CheckpointError
from autoenc.export.pictures import reconstructions
from autoenc.export.portable import write_onnx, write_programs
from autoenc.export.tables import history_csv, run_as_json, steps_csv
from autoenc.export.tensorboard import write_events
from autoenc.schema import Run

EVENTS_FOLDER = "events"  # the folder that TensorBoard is given
ONNX_FILE, PROGRAM_FILE = "model.onnx", "model.pt2"  # where these are, those of its parts are too
ABOUT_FILE = "run.json"  # by which an earlier export is known


@dataclass(frozen=True)
class _Extras:
    """What an export has only if somebody wants it."""

    tensorboard: bool
    onnx: bool
    torch_export: bool

    def and_earlier(self, folder: Path) -> _Extras:
        """With those of an earlier export, which must not stay behind."""
        return _Extras(
            self.tensorboard or (folder / EVENTS_FOLDER).is_dir(),
            self.onnx or (folder / ONNX_FILE).is_file(),
            self.torch_export or (folder / PROGRAM_FILE).is_file(),
        )


def export(
    run_id: str, out: Path, *, tensorboard: bool = False, onnx: bool = False, torch_export: bool = False
) -> tuple[Path, ...]:
    """Write the folder `out`/`run_id`: the run's file, tables, figures, reconstructions, and what is wanted.

    All is written beside the folder first, from one state of the run, and then moved. An earlier export of
    the same run is brought up to date, with all that it has.

    Args:
        tensorboard: a folder of events.
        onnx: encoder.onnx, decoder.onnx and model.onnx.
        torch_export: the same three as .pt2, for `torch.export.load`. It takes seconds, in which no other
            thread of the process may compute a model.
    Returns:
        the files.
    Raises:
        RunUnknown, RunNewer: as `checkpoints.read`.
        CheckpointError: the run's file is damaged, the folder holds something else, or the disk refuses.
        ExportError: the model is too large for ONNX.
    """
    extras = _Extras(tensorboard, onnx, torch_export)
    checkpoints.read(run_id)  # refused before anything is made
    target = out / run_id
    with _readable_disk_errors(target):
        _check_free(target, run_id)
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{run_id}.", dir=out, ignore_cleanup_errors=True) as name:
            fresh = Path(name)
            _write(run_id, fresh, extras.and_earlier(target))
            return tuple(_moved(fresh, target))


def write_tensorboard(run: Run, folder: Path) -> None:
    """Write a folder of events for TensorBoard: losses, PSNR and times by step, reconstructions, the config.

    Raises:
        CheckpointError: the disk refuses.
    """
    with _readable_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_events(run, folder)


@contextmanager
def _readable_disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CheckpointError(f"cannot write to {folder}: {error.strerror or error}") from None


def _check_free(target: Path, run_id: str) -> None:
    """That nothing of anybody else's is in the folder."""
    if not target.exists() or not any(target.iterdir()):
        return
    try:
        about = json.loads((target / ABOUT_FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        about = None
    if not isinstance(about, dict) or about.get("run_id") != run_id:
        raise CheckpointError(
            f"{target} is not empty and holds no earlier export of this run; choose another folder"
        )


def _write(run_id: str, folder: Path, extras: _Extras) -> None:
    """All files of an export, from the copy of the run's file: the run may be going on."""
    path = checkpoints.find(run_id)
    copy = folder / path.name
    shutil.copyfile(path, copy)
    run = checkpoints.read_file(copy)
    (folder / ABOUT_FILE).write_text(json.dumps(run_as_json(run), indent=1) + "\n", encoding="utf-8")
    (folder / "history.csv").write_bytes(history_csv(run).encode())
    (folder / "steps.csv").write_bytes(steps_csv(run).encode())
    Image.fromarray(reconstructions(run)).save(folder / "reconstructions.png")
    if extras.tensorboard:
        (folder / EVENTS_FOLDER).mkdir()
        write_events(run, folder / EVENTS_FOLDER)
    if extras.onnx or extras.torch_export:
        _, model = checkpoints.load_trained_file(copy)
        if extras.onnx:
            write_onnx(run, model, folder)
        if extras.torch_export:
            write_programs(run, model, folder)


def _moved(fresh: Path, target: Path) -> list[Path]:
    """The files at their place; the one by which the folder is known goes first."""
    names = [path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()]
    names.sort(key=lambda name: (str(name) != ABOUT_FILE, name))
    for old in (target / EVENTS_FOLDER).glob("events.out.tfevents.*"):  # TensorBoard would show both
        old.unlink()
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).replace(target / name)
    return [target / name for name in names]
