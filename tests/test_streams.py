"""Streams and signals, each in a small process of its own: PyTorch is not loaded."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BEGIN = "import os, sys; from autoenc import streams; streams.prepare()\n"


def shell(
    code: str, more: str = "", before: str = "", first: str = "", **environment: str
) -> tuple[int, str, str]:
    """Exit code, stdout, stderr of some Python with redirections."""
    done = subprocess.run(
        ["bash", "-c", f'{before} "$0" -c "$1" {more}', sys.executable, first + BEGIN + code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("elsewhere", ["2>&-", "2> /dev/full", "2> >(true)", "<&- 2>&-"])
def test_a_complaint_that_nobody_can_read_is_no_error_and_no_result(elsewhere: str) -> None:
    complain = "[print('x' * 1000, file=sys.stderr, flush=True) for _ in range(200)]; print('done')"
    assert shell(complain, elsewhere) == (0, "done\n", "")


def test_a_file_never_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """What a library prints would end up in it."""
    file = tmp_path / "file"
    code = f"f = open({str(file)!r}, 'w'); os.write(1, b'lost'); os.write(2, b'lost'); f.write('kept')"
    assert shell(code, "<&- >&- 2>&-") == (0, "", "")
    assert file.read_text() == "kept"


@pytest.mark.parametrize(
    ("encoding", "seen"), [("ascii", "gr?n ??"), ("utf-8", "grün 日本"), ("ascii:ignore", "grn ")]
)
def test_letters_that_cannot_be_printed_are_replaced(encoding: str, seen: str) -> None:
    assert shell("print('grün 日本')", PYTHONIOENCODING=encoding) == (0, f"{seen}\n", "")


def test_a_file_s_name_that_is_no_text_can_be_printed() -> None:
    assert shell("print(os.fsdecode(b'a\\xff'))", PYTHONIOENCODING="utf-8") == (0, "a?\n", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_is_an_interrupt_and_the_second_one_does_not_wait(number: signal.Signals) -> None:
    stop = f"os.kill(os.getpid(), {number:d})"
    code = f"try: {stop}\nexcept KeyboardInterrupt: print('cleans up', flush=True)\n{stop}"
    default = (
        f"import signal; signal.signal({number:d}, signal.SIG_DFL)\n"  # whoever started us may ignore it
    )
    assert shell(f"{code}; print('not here')", first=default)[:2] == (-number, "cleans up\n")


def test_a_process_that_outlives_its_terminal_goes_on_doing_so() -> None:
    hang_up = f"os.kill(os.getpid(), {signal.SIGHUP:d}); print('goes on')"
    assert shell(hang_up, before="trap '' HUP;") == (0, "goes on\n", "")
