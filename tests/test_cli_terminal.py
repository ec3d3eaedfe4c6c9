"""What stands on the terminal: results on stdout, on stderr sentences of ours, whatever happens."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from autoenc.sessions.dask import logs
from tests.commands import QUICK, ROOT, Ask, ask, started

__all__ = ["ask"]  # a fixture

pytestmark = pytest.mark.usefixtures("own_cores")  # a run that waits for cores says so in a line more

SWEEP = ("sweep", "--dataset", "digits", "--models", "mlp")
SHORT = (*SWEEP, "--latent-sizes", "1,2,3,4", "--epochs", "3", "--train-images", "300")
LONG = (*SWEEP, "--latent-sizes", "512", "--epochs", "500")
TIMEOUT = 180.0  # seconds

# Every line that a sweep may print to stderr.
OURS = re.compile(
    r"autoenc: [^:]+(: [^:]+)*"
    r"|\d+ runs?: \d+ already on disk, \d+ to train.*"
    r"|digits-\S+ \(\d+ of \d+\) (test MSE [\d.]+, [\d.]+ s|\w+: .+)"
    r"|still measuring the baselines"
    r"|waiting: .+"
)
STOPPED = "autoenc: stopped; finished work is kept; run the same command to continue"


def foreign(err: str) -> list[str]:
    return [line for line in err.splitlines() if not OURS.fullmatch(line)]


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The worker processes of a command: the fork server's children, or its own that Dask started."""
    below = psutil.Process(process.pid).children(recursive=True)
    parents = {one.ppid() for one in below}
    return [one for one in below if one.ppid() != process.pid and one.pid not in parents]


@pytest.fixture
def running() -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts a long sweep; nothing of it is left afterwards."""
    processes: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = started(*LONG)
        processes.append(process)
        return process

    yield start
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def first_epoch(process: subprocess.Popen[str], checkpoint_folder: Path) -> str:
    """Wait until a run is on disk; returns what was said until then."""
    assert process.stderr is not None
    line = process.stderr.readline()
    while not list(checkpoint_folder.glob("*.safetensors")):
        assert process.poll() is None, "the sweep ended by itself"
        os.sched_yield()
    return line


def test_sweeps_one_after_the_other_print_nothing_but_their_own_lines(checkpoint_folder: Path) -> None:
    for n in range(3):
        with started(*SHORT, "--seed", str(n)) as process:
            out, err = process.communicate(timeout=TIMEOUT)
        assert process.returncode == 0, err
        assert foreign(err) == []
        assert len(err.splitlines()) in (5, 6), err
        assert out.startswith("| model")
    assert "killing" not in _log()


def test_ctrl_c_is_one_sentence(
    running: Callable[[], subprocess.Popen[str]], checkpoint_folder: Path
) -> None:
    process = running()
    first_epoch(process, checkpoint_folder)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers, too
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out, err.splitlines()) == (1, "", [STOPPED])


@pytest.mark.parametrize("n_processes", [1, 2, 3])
def test_ctrl_c_while_the_workers_start_is_one_sentence(
    n_processes: int, running: Callable[[], subprocess.Popen[str]]
) -> None:
    process = running()
    while len(psutil.Process(process.pid).children(recursive=True)) < n_processes:
        assert process.poll() is None
        os.sched_yield()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out) == (1, "")
    assert err.splitlines() in ([STOPPED], ["autoenc: stopped before it started"])


def test_a_worker_that_does_not_end_is_cut_off_without_a_warning(
    running: Callable[[], subprocess.Popen[str]], checkpoint_folder: Path
) -> None:
    process = running()
    first_epoch(process, checkpoint_folder)
    (worker,) = workers_of(process)
    worker.send_signal(signal.SIGSTOP)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out, err.splitlines()) == (1, "", [STOPPED])
    assert not worker.is_running()
    assert "still alive" not in _log()


def test_a_worker_that_dies_is_told_in_a_sentence_and_what_dask_says_of_it_is_in_the_log(
    running: Callable[[], subprocess.Popen[str]], checkpoint_folder: Path
) -> None:
    process = running()
    first_epoch(process, checkpoint_folder)
    (worker,) = workers_of(process)
    before = len(_log())
    worker.kill()
    assert process.stderr is not None
    line = process.stderr.readline().rstrip()
    assert re.fullmatch(
        r"autoenc: digits-mlp-k512-e500-\w{8}: its worker was lost; it resumes from epoch \d+", line
    )
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out, err.splitlines()) == (1, "", [STOPPED])
    assert "distributed" in _log()[before:]


def _log() -> str:
    path = logs.log_file()
    return path.read_text() if path.exists() else ""


# ---------------------------------------------------------------- readers that have gone, full disks


def given(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command as it is typed, with its redirections; the exit code is that of `autoenc`."""
    command = f"set -o pipefail; {line}".replace("autoenc", f"{shlex.quote(sys.executable)} -m autoenc", 1)
    env = {**os.environ, "AUTOENC_WORKERS": "1", **environment}
    return subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=env, text=True, capture_output=True, timeout=TIMEOUT
    )


@pytest.fixture
def run_id(ask: Ask) -> str:
    return str(ask(*QUICK, "--json").json["run_id"])


LONG_OUTPUT = (
    "--help",
    "sweep --help",
    "runs list",
    "runs list --json",
    "runs list --csv -",
    "runs table",
    "runs table --examples --json",
    "runs show RUN",
    "runs show RUN --json",
    "runs show RUN --csv -",
    "runs export RUN --out OUT/exported --json",
    "runs import OUT/nothing",
    "data list",
    "data list --json",
    "data download digits --json",
    "train --dataset digits --latent-size 4 --epochs 2 --device cpu --json",
    "denoise --run RUN --levels 0.3 --methods noisy --json",
    "recognise --dataset digits --epochs 1 --json",
    "compress --run RUN --test-set --out OUT/digits.aec --json",
    "latent --run RUN --out OUT/codes.npz --json",
)


@pytest.mark.parametrize("command", LONG_OUTPUT)
def test_a_reader_that_has_gone_ends_no_command_in_a_complaint(
    command: str, run_id: str, tmp_path: Path
) -> None:
    command = command.replace("RUN", run_id).replace("OUT", str(tmp_path))
    done = given(f"autoenc {command} | true")
    refusal = done.stderr.startswith("autoenc: cannot import") if "import" in command else False
    assert done.returncode == (1 if refusal else 0), done.stderr
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_the_first_line_of_a_long_list_is_all_that_is_printed_where_no_more_is_read(run_id: str) -> None:
    for command in ("runs table --examples", "runs table --examples --json", "runs show RUN --json"):
        done = given(f"autoenc {command.replace('RUN', run_id)} | head -1")
        assert (done.returncode, done.stderr) == (0, ""), command
        assert len(done.stdout.splitlines()) == 1


def test_a_sweep_whose_reader_has_gone_or_whose_disk_is_full(tmp_path: Path) -> None:
    command = f"autoenc {' '.join(SHORT)} --json"
    done = given(f"{command} | head -1")
    assert (done.returncode, done.stdout, foreign(done.stderr)) == (0, "{\n", [])
    table = tmp_path / "table.csv"
    done = given(f"{command} --csv {table} > /dev/full")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == ("autoenc: the results cannot be written: No space left on device")
    assert foreign(done.stderr) == []
    assert len(table.read_text().splitlines()) == 5, "the file of --csv is there in any case"
    done = given(f"{command} 2>&-")
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_home_every_line_is_ours_too(tmp_path: Path) -> None:
    done = given(f"env -u HOME autoenc {' '.join(SHORT)}")
    assert (done.returncode, foreign(done.stderr)) == (0, [])


def test_a_scheduler_that_nobody_reaches_is_one_sentence(checkpoint_folder: Path) -> None:
    done = given(f"autoenc {' '.join(SHORT)}", AUTOENC_SCHEDULER="tcp://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert all(line.startswith("autoenc: ") for line in done.stderr.splitlines()), done.stderr
