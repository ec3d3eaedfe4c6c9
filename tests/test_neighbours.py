"""Other programs on the machine's cores: real ones, that compute beside us."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autoenc import neighbours
from autoenc.neighbours import Neighbour, Neighbours, beside, crowded, left

# It says its number, waits for a word, computes for a while, says so, and waits for its end.
PROGRAM = """
import os, time
from contextlib import suppress
from autoenc import cores
with suppress(EOFError), cores.joined(2):
    print(os.getpid(), flush=True)
    input()
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass
    print("done", flush=True)
    input()
"""
# As a program that somebody else has started: whoever started it has gone.
ORPHAN = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]])"


@contextmanager
def program(folder: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """One that keeps its locks in this folder, and its number."""
    folder.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, PROGRAM],
        env=os.environ | {"TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline()), process  # at the end its input is closed, and it ends


def test_a_program_that_does_not_see_our_locks_is_seen_and_one_that_shares_them_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "ours"))
    monkeypatch.setattr(neighbours, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(neighbours, "MIN_LOAD", 0.0)
    with program(tmp_path / "ours") as (ours, one), program(tmp_path / "theirs") as (theirs, other):
        scanner = Neighbours()
        for process in (one, other):
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in (one, other):
            assert process.stdout is not None
            assert process.stdout.readline() == "done\n"
        busy = {neighbour.pid: neighbour for neighbour in scanner.busy()}
    assert ours not in busy
    assert os.getpid() not in busy
    assert 0 < busy[theirs].cores <= 1.1
    assert "python" in busy[theirs].name


def test_only_what_slows_runs_down_is_told_and_the_busiest_is_named() -> None:
    busy = (Neighbour("chromium", 12, 0.4), Neighbour("python", 34, 1.5))
    assert crowded((), 2) == ""
    assert crowded(busy[:1], 2) == ""
    assert crowded(busy, 8) == ""
    assert crowded(busy, 2) == (
        "Other programs keep 1.9 of 2 cores busy (mostly python, process 34). "
        "Runs here take longer than usual."
    )


@pytest.mark.parametrize(
    ("n_cores", "taken", "threads"),
    [(2, 0.0, 2), (2, 0.3, 2), (2, 0.6, 1), (2, 2.0, 1), (8, 0.4, 7), (8, 1.3, 7), (8, 3.0, 5), (1, 1.0, 1)],
)
def test_a_thread_less_for_each_core_that_others_keep_busy(n_cores: int, taken: float, threads: int) -> None:
    assert left(n_cores, taken) == threads


def test_a_job_makes_use_of_what_neighbours_leave_and_of_no_more_than_its_share() -> None:
    class Busy(Neighbours):
        def busy(self) -> tuple[Neighbour, ...]:
            return (Neighbour("chromium", 12, 0.7), Neighbour("python", 34, 1.0))

    useful = beside(Busy(), 8, lambda share: share)
    assert [useful(share) for share in (1, 4, 8)] == [1, 4, 6]
    assert beside(Busy(), 8, lambda share: min(share, 2))(8) == 2


def test_what_programs_did_through_a_night_says_nothing_about_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(neighbours, "MIN_LOAD", -1.0)
    scanner = Neighbours()
    assert scanner.busy() != ()
    monkeypatch.setattr(neighbours, "STALE_SECONDS", 0.0)
    assert scanner.busy() == ()
