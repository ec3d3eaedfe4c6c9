"""The command line as a process of its own: signals, full disks, pipes and terminals."""

from __future__ import annotations

import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from autoenc import checkpoints
from tests.commands import QUICK, Answer, Ask, ask, refused
from tests.runs import ROOT
from tests.test_datasets_folders import colour, packed

__all__ = ["ask"]  # a fixture

pytestmark = pytest.mark.usefixtures("own_cores")  # a run that waits for cores says so in a line more


def started(*arguments: str, **how: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "autoenc", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, text=True, **{"stdout": pipe, "stderr": pipe, **how})


def test_a_process_ends_with_the_exit_code_and_one_line() -> None:
    with started("train", "--stride", "3") as process:
        out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert err == "autoenc: stride is 3; allowed: 1 to 2\n"


HEAVY = (
    "torch torchvision scipy sklearn skimage PIL pandas plotly dask distributed streamlit tensorboardX onnx"
)


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        *(
            (f"{command} --help", "numpy")
            for command in ("", "runs", "data", "data import", "train", "sweep")
        ),
        *(
            (f"{command} --help", "numpy")
            for command in ("denoise", "recognise", "compress", "runs export", "runs table", "bench")
        ),
        *(("runs list", "numpy"), ("runs list --json", "numpy"), ("nothing of ours", "numpy")),
        *(("runs list --csv -", "numpy"), ("runs table", "numpy"), ("runs table --json", "numpy")),
        *(("data list", ""), ("data list --json", ""), ("data list --csv -", "")),
    ],
)
def test_help_and_lists_load_no_heavy_library(command: str, heavy: str) -> None:
    """Beside those, which take seconds, NumPy, which takes a tenth of one."""
    look = "print(sorted(set(sys.modules) & set(sys.argv[1].split())), file=sys.stderr)"
    code = f"import atexit, sys; atexit.register(lambda: {look}); from autoenc import cli; "
    code += "sys.exit(cli.main(sys.argv[2:]))"
    libraries = f"{HEAVY} {heavy}"
    done = subprocess.run(
        [sys.executable, "-c", code, libraries, *command.split()], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == (2 if command == "nothing of ours" else 0), done.stderr
    assert done.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_a_sentence_and_the_same_command_continues(
    ask: Ask, number: signal.Signals
) -> None:
    command = (*QUICK, "--train-images", "128", "--epochs", "300", "--json")
    # A child ignores what its parent ignores, and tests in the background ignore Ctrl-C.
    usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    before = signal.signal(number, usual)
    with started(*command) as process:
        signal.signal(number, before)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("epoch 3 "):
                break
        process.send_signal(number)
        out, err = process.communicate()
    assert process.returncode == 1
    assert out == ""
    *progress, last = err.splitlines()
    assert last == "autoenc: stopped; finished work is kept; run the same command to continue"
    last_epoch = int(progress[-1].split()[1]) if progress else 3

    answer = ask(*command)
    resumed = answer.json["resumed_from_epoch"]
    assert last_epoch <= resumed < 300
    assert f"continues after epoch {resumed} of 300" in answer.err
    assert len(answer.json["test_loss"]) == 300


def begun(process: subprocess.Popen[str]) -> str:
    """The first line of a training; one that begins is held still there."""
    assert process.stderr is not None
    if "starts: " in (line := process.stderr.readline()):
        process.send_signal(signal.SIGSTOP)
    return line


def test_of_two_that_start_at_once_one_trains_and_what_is_left_when_it_is_killed_is_continued(
    ask: Ask,
) -> None:
    command = (*QUICK, "--train-images", "256", "--epochs", "600", "--json")
    both = [started(*command) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as threads:
            lines = list(threads.map(begun, both))
        assert sorted("starts: " in line for line in lines) == [False, True]
        winner, loser = sorted(both, key=lambda process: "starts: " not in lines[both.index(process)])
        run_id = lines[both.index(winner)].split()[0]
        assert lines[both.index(loser)] == (
            f"autoenc: {run_id} is being trained by another process; wait for it or stop it there\n"
        )
        assert (*loser.communicate(), loser.returncode) == ("", "", 1)

        winner.send_signal(signal.SIGCONT)
        assert winner.stderr is not None
        while not checkpoints.path_of(run_id).exists():  # a line an epoch, a file a second
            assert winner.stderr.readline(), "the training ended by itself"
        winner.kill()
        assert winner.wait() == -signal.SIGKILL
    finally:
        for process in both:
            process.kill()
            process.communicate()

    left = checkpoints.read(run_id)
    n = len(left.epochs)
    assert 1 <= n < 600
    assert left.attempt == 1
    answer = ask(*command)
    assert f"continues after epoch {n} of 600" in answer.err
    run = checkpoints.read(run_id)
    assert (run.epochs[:n], run.step_losses[: 2 * n]) == (left.epochs, left.step_losses)
    assert (len(run.epochs), len(run.step_losses), run.attempt) == (600, 1200, 2)
    assert answer.json["test_loss"] == [e.test_loss for e in run.epochs]


def test_a_full_disk_ends_a_training_in_one_line_and_the_older_runs_are_intact(
    ask: Ask, checkpoint_folder: Path
) -> None:
    run_id = ask(*QUICK, "--json").json["run_id"]
    before = {path: path.read_bytes() for path in checkpoint_folder.glob("*.safetensors")}

    def full() -> None:  # the kernel refuses to make any file larger
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    with started(*QUICK, "--epochs", "3", preexec_fn=full) as process:
        out, err = process.communicate()
    *progress, last = err.splitlines()
    assert (process.returncode, out) == (1, "")
    assert last.startswith("autoenc: cannot write ")
    assert last.endswith("File too large; older runs are intact")
    assert "Traceback" not in "".join(progress)
    assert list(checkpoint_folder.glob("*.tmp")) == []
    assert {path: path.read_bytes() for path in checkpoint_folder.glob("*.safetensors")} == before
    assert ask("runs", "show", run_id).code == 0


def test_a_folder_deleted_in_mid_run_is_told_as_it_is(ask: Ask, checkpoint_folder: Path) -> None:
    with started(*QUICK, "--train-images", "256", "--epochs", "1000") as process:
        assert process.stderr is not None
        process.stderr.readline()
        shutil.rmtree(checkpoint_folder)
        _, err = process.communicate()
    assert process.returncode == 1
    last = err.splitlines()[-1]
    assert last.endswith(".safetensors: its folder is gone; restore it or train again")
    assert not checkpoint_folder.exists()


def shell(command: str, **environment: str) -> Answer:
    """A command as it is typed, with its redirections; the code is that of `autoenc`, not of its reader."""
    line = f"set -o pipefail; {command}".replace("autoenc", f"{shlex.quote(sys.executable)} -m autoenc", 1)
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        env={**os.environ, **environment},
        encoding=environment.get("PYTHONIOENCODING", "utf-8"),
        capture_output=True,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("command", ["data list", "--help"])
def test_a_result_that_cannot_be_written_is_a_failure_in_one_line(command: str) -> None:
    answer = shell(f"autoenc {command} > /dev/full")
    assert refused(answer, 1) == "the results cannot be written: No space left on device"


def test_a_reader_that_has_seen_enough_causes_no_complaint() -> None:
    answer = shell("autoenc data list | true")
    assert (answer.code, answer.err) == (0, "")


def test_results_that_nobody_can_read_are_refused_before_the_work(checkpoint_folder: Path) -> None:
    sentence = refused(shell(f"autoenc {' '.join(QUICK)} >&-"), 1)
    assert sentence == "standard output is closed; give the results a file, such as `> results.txt`"
    assert not checkpoint_folder.exists()


def test_progress_that_nobody_can_read_neither_ends_the_work_nor_gets_into_the_result() -> None:
    answer = shell(f"autoenc {' '.join(QUICK)} --json 2>&-")
    assert (answer.code, answer.err) == (0, "")
    assert len(answer.json["test_loss"]) == 2


def test_letters_that_the_terminal_does_not_have_are_replaced(tmp_path: Path) -> None:
    picture = packed(colour())
    for c in ("日本", "grün"):
        for n in range(2):
            (tmp_path / "in" / c).mkdir(parents=True, exist_ok=True)
            (tmp_path / "in" / c / f"{n}.png").write_bytes(picture)
    own = {name: str(tmp_path / name) for name in ("AUTOENC_DATA_DIR", "AUTOENC_CACHE_DIR")}
    command = f"autoenc data import {tmp_path / 'in'} --name mine"
    answer = shell(command, LANG="C", PYTHONIOENCODING="ascii", **own)
    assert answer.code == 0
    assert answer.out.splitlines()[1] == "2 classes: gr?n, ??"
    assert "Traceback" not in answer.err


def test_a_folder_s_name_is_printed_as_far_as_the_terminal_has_its_letters(ask: Ask, tmp_path: Path) -> None:
    run_id = ask(*QUICK, "--json").json["run_id"]
    command = f"cd {shlex.quote(str(tmp_path))} && autoenc runs export {run_id} --out 'Ausgäng e'"
    for encoding, seen in (("ascii", "Ausg?ng e"), ("cp1252", "Ausgäng e")):
        answer = shell(command, PYTHONPATH=str(ROOT), PYTHONIOENCODING=encoding)
        assert (answer.code, answer.err) == (0, "")
        assert answer.out == f"exported {run_id}: 5 files in {Path(seen, run_id)}\n"
    assert (tmp_path / "Ausgäng e" / run_id / "run.json").exists()
