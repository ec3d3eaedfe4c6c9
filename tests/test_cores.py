"""The machine's cores, shared by jobs: real lock files, real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoenc import cores
from autoenc.errors import AutoencError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Other jobs of this machine do not count."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def everything(share: int) -> int:
    return share


def test_a_job_alone_takes_all_cores() -> None:
    with cores.joined(4) as job:
        assert job.take(everything) == 4


def test_a_job_takes_no_more_than_it_makes_use_of() -> None:
    with cores.joined(4) as first, cores.joined(4) as second:
        assert first.take(lambda share: 1) == 1
        assert second.take(everything) == 2


def test_shares_change_when_the_holder_takes_again_and_not_before() -> None:
    with cores.joined(4) as first:
        first.take(everything)
        with cores.joined(4) as second:
            assert second.take(everything) == 0, "the first is in the middle of an epoch"
            assert first.take(everything) == 2
            assert second.take(everything) == 2
        assert first.take(everything) == 4


@pytest.mark.parametrize(("n_jobs", "shares"), [(1, [4]), (2, [2, 2]), (3, [2, 1, 1]), (4, [1, 1, 1, 1])])
def test_all_cores_are_given_out(n_jobs: int, shares: list[int]) -> None:
    with ExitStack() as stack:
        jobs = [stack.enter_context(cores.joined(4)) for _ in range(n_jobs)]
        assert [job.take(everything) for job in jobs] == shares


def test_beside_are_the_jobs_of_other_processes() -> None:
    assert cores.concurrent_jobs() == 0
    code = "from autoenc import cores\nwith cores.joined(2):\n    print('there', flush=True); input()"
    with cores.joined(2), cores.joined(2):
        assert cores.concurrent_jobs() == 0, "its own jobs are not beside it"
        with subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "TMPDIR": tempfile.gettempdir()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"there\n"
            assert cores.concurrent_jobs() == 1
            other.communicate(b"\n")
        assert cores.concurrent_jobs() == 0


def test_with_more_jobs_than_cores_one_waits_until_another_has_ended() -> None:
    with cores.joined(2) as first, cores.joined(2) as second:
        assert (first.take(everything), second.take(everything)) == (1, 1)
        with cores.joined(2) as third:
            assert third.take(everything) == 0
            first.release()
            assert third.wait(everything) == 1


def test_waiting_can_be_given_up() -> None:
    with cores.joined(1) as first, cores.joined(1) as second:
        first.take(everything)
        answers = iter((False, False, True))
        assert second.wait(everything, lambda: next(answers)) == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["come", "take", "take", "go"])), max_size=40))
def test_never_more_threads_than_cores(moves: list[tuple[int, str]]) -> None:
    n_cores, held, jobs = 3, dict[int, int](), dict[int, cores.Cores]()
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", place)
        for who, what in moves:
            if what == "come" and who not in jobs:
                jobs[who] = cores.Cores(n_cores)
            elif what == "take" and who in jobs:
                had = held.get(who, 0)
                held[who] = jobs[who].take(everything)
                assert held[who] >= min(1, had), "who has begun never loses its last core"
            elif what == "go" and who in jobs:
                jobs.pop(who).release()
                held.pop(who, None)
            assert sum(held.values()) <= n_cores
        for job in jobs.values():
            job.release()


def test_a_killed_process_leaves_its_cores_to_the_others(folder: Path) -> None:
    hold = "from autoenc import cores; c = cores.Cores(2); print(c.take(lambda n: n), flush=True); input()"
    environment = os.environ | {"TMPDIR": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-c", hold],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "2\n"
    with cores.joined(2) as job:
        assert job.take(everything) == 0
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert job.take(everything) == 2


def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    cores._folder().write_text("a file in its place")
    with pytest.raises(AutoencError, match=r"cannot write to .* where jobs share the cores"):
        cores.Cores(2)


def test_a_folder_that_somebody_else_has_laid_there_is_not_used(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    cores._folder().symlink_to(elsewhere)
    with pytest.raises(AutoencError, match="it belongs to another user"):
        cores.Cores(2)
    assert list(elsewhere.iterdir()) == []


def test_who_waits_is_told_which_process_holds_the_cores(folder: Path) -> None:
    messages, answers = list[str](), iter(range(10**6))
    with cores.joined(2) as first:
        first.take(everything)
        with cores.joined(2) as second:
            assert (
                second.wait(everything, lambda: bool(messages) or next(answers) > 10**5, messages.append) == 0
            )
        assert messages == [f"other runs use all 2 cores (process {os.getpid()})"]
        assert cores.job_pids() == {os.getpid()}
    assert cores.job_pids() == set()


def test_a_signature_that_is_no_number_says_nothing_and_breaks_nothing(folder: Path) -> None:
    with cores.joined(1) as first, cores.joined(1):
        first.take(everything)
        (cores._folder() / "core-0.pid").write_text("../../etc")
        assert cores._who_holds(1) == "other runs use the only core"
