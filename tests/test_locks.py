"""Locks between processes, and file systems that know none: a child process whose system refuses them."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import Timeout

from autoenc import locks
from tests.test_datasets_folders import put, two_classes

ROOT = Path(__file__).parents[1]
REFUSING = """
import fcntl, os
whole = fcntl.flock
def flock(fd, how):
    if os.environ["WHERE"] in os.readlink(f"/proc/self/fd/{fd}"):
        number = int(os.environ["REFUSES"])
        raise OSError(number, os.strerror(number))
    return whole(fd, how)
fcntl.flock = flock
"""
IMPORT = """
from pathlib import Path
from autoenc import datasets
from autoenc.errors import DatasetError
try:
    list(datasets.import_dataset(Path("pictures").resolve(), "mine"))
except DatasetError as error:
    print(error)
"""


def child(folder: Path, number: int, where: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Python in a folder of its own; files with `where` in their paths are on a file system without locks."""
    put(folder / "site", {"sitecustomize.py": REFUSING.encode()})
    own = {f"AUTOENC_{name}_DIR": str(folder / name) for name in ("DATA", "CHECKPOINT")}
    paths = {"PYTHONPATH": f"{folder / 'site'}{os.pathsep}{ROOT}", "TMPDIR": str(folder)}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **own, **paths, "REFUSES": str(number), "WHERE": where},
        capture_output=True,
        text=True,
    )


def test_of_a_lock_nothing_is_left_and_whoever_waited_for_it_holds_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    waiting = locks.lock_of(path)
    with locks.held(path):
        with pytest.raises(Timeout):
            waiting.acquire()
        with pytest.raises(Timeout), locks.held(path):
            pass
    assert not path.exists()
    with waiting, pytest.raises(Timeout), locks.held(path):
        pass


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the name of an open file is not known here")
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS])
def test_a_data_folder_without_locks_is_told_as_one_and_old_lock_files_are_not_taken_for_held(
    tmp_path: Path, number: int
) -> None:
    put(tmp_path / "pictures", two_classes(2))
    put(tmp_path / "DATA", {".mine.lock": b"", ".mine.partial/rest": b""})
    answer = child(tmp_path, number, "DATA", "-c", IMPORT)
    assert answer.stderr == ""
    assert answer.stdout.startswith("mine cannot be imported: ")
    assert f"DATA is on a file system without locks ({os.strerror(number)}); set AUTOENC_DATA_DIR to" in (
        answer.stdout
    )
    assert "make room" not in answer.stdout


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the name of an open file is not known here")
def test_a_sweep_without_locks_is_one_sentence(tmp_path: Path) -> None:
    command = ("-m", "autoenc", "sweep", "--dataset", "digits", "--models", "mlp", "--latent-sizes", "1")
    answer = child(tmp_path, errno.ENOLCK, "autoenc-cores", *command)
    assert (answer.returncode, answer.stdout) == (1, "")
    (line,) = answer.stderr.splitlines()
    assert line.startswith(f"autoenc: cannot write to {tmp_path / 'autoenc-cores'}")
    assert " is on a file system without locks (No locks available); set TMPDIR to a folder on a disk" in line
