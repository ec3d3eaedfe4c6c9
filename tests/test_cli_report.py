"""`report` as a person gives it: one file from what is there, and with --run from what it has done before."""

from __future__ import annotations

import csv
import json
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autoenc import checkpoints, cli, datasets
from tests import commands
from tests.commands import ROOT


@pytest.fixture(autouse=True)
def _no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_results: None) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "none"))


def started(*arguments: str, **how: Any) -> subprocess.Popen[str]:
    return commands.started("report", *arguments, **how)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("--out", "/no/such/folder/x.html"), "cannot write /no/such/folder/x.html; --out needs a file"),
        (("--out", "/"), "cannot write /; --out needs a file in an existing folder"),
        (("--out", "x.html", "--csv", "/no/such/folder"), "cannot write to /no/such/folder; --csv needs"),
        (("--out", "x.html", "--csv", __file__), "--csv needs a folder"),
        (("--out", "x.html", "--size", "huge"), "size is 'huge'; known: lesson, full"),
        ((), "the following arguments are required: --out"),
    ],
)
def test_what_cannot_be_written_is_wrong_usage_told_before_any_work(
    wrong: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = cli.main(["report", "--run", *wrong])
    except SystemExit as end:
        code = int(str(end.code))
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert checkpoints.summaries()[0] == ()


def test_the_file_the_csvs_and_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    html, folder = tmp_path / "report.html", tmp_path / "numbers"
    assert cli.main(["report", "--out", str(html), "--csv", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"{html} \(\d\.\d MB\): \d+ of \d+ steps done", lines[0])
    names = sorted(path.name for path in folder.iterdir())
    assert lines[1] == f"{folder}: {len(names)} CSV files"
    assert "mlp-curve-1.csv" in names
    assert "missing in Loss curves of MLP 1 and MLP 128: 1 of 2 done." in lines
    assert html.read_bytes().startswith(b"<!DOCTYPE html>")
    with (folder / "mlp-curve-1.csv").open(encoding="utf-8", newline="") as file:
        assert {row["epoch"] for row in csv.DictReader(file)} >= {str(n) for n in range(1, 101)}


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    html = tmp_path / "report.html"
    assert cli.main(["report", "--size", "full", "--out", str(html), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["size"] == "full"
    assert answer["datasets"] == ["digits", "photos"]
    assert answer["out"] == str(html)
    assert answer["n_bytes"] == html.stat().st_size
    assert answer["csv"] == []
    assert answer["steps_done"] < answer["steps"]
    assert answer["comparisons"] == []  # other images stand in for the report's
    status = {one["key"]: one["status"] for one in answer["experiments"]}
    assert status["images"] == "done"
    assert status["mlp-curves"] == "to do"
    assert status["hundred"] == "needs data"


def test_a_disk_that_is_full_is_told_in_a_sentence_and_leaves_no_half_file(tmp_path: Path) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    for name in ("digits", "photos"):  # their images are prepared: only the hand-out is written
        datasets.load(name)
    html = tmp_path / "report.html"
    with started("--out", str(html), preexec_fn=full) as process:
        out, err = process.communicate(timeout=240)
    assert process.returncode == 1
    assert out == ""
    assert f"autoenc: cannot write {html}" in err or f"cannot write {tmp_path}" in err
    assert "make room there" in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("report")] == []


def test_help_and_wrong_usage_load_no_pytorch() -> None:
    code = "import sys; from autoenc.cli.arguments import parser; parser(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_run_does_what_is_missing_and_leaves_it_there_after_ctrl_c(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cheapest steps of a lab on digits take a second each; Ctrl-C after the first of them."""
    html = tmp_path / "report.html"
    with started("--out", str(html), "--run") as process:
        assert process.stderr is not None
        lines = [process.stderr.readline()]
        while lines[-1] and not re.search(r"\(\d+ of \d+\) done$", lines[-1].rstrip()):
            lines.append(process.stderr.readline())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=240)
    assert process.returncode == 1, err
    assert re.match(r"\d+ of \d+ steps done", lines[0])
    first = int(re.match(r"(\d+) of", lines[0])[1])  # type: ignore[index]
    assert f"({first + 1} of " in lines[-1]
    assert out == ""
    *more, last = err.splitlines()
    assert last == "autoenc: stopped; finished work is kept; run the same command to continue"
    assert [
        line for line in (*lines[1:], *more) if not re.search(r"\(\d+ of \d+\) done$", line.strip())
    ] == []
    assert not html.exists()
    assert cli.main(["report", "--out", str(html)]) == 0  # what was done is there
    done = re.search(r"MB\): (\d+) of \d+ steps done", capsys.readouterr().out)
    assert done is not None
    assert int(done[1]) > first
