"""`python -m autoenc denoise`: in this process, on a run of the embedded digits."""

import csv
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from autoenc import cli, datasets
from autoenc.denoising import measuring
from autoenc.jobs import TrainJob
from autoenc.schema import Run, TrainConfig

CONFIG = TrainConfig("digits", latent_size=16, epochs=3)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A run, and the folder with its file."""
    folder = tmp_path_factory.mktemp("trained")
    with patch.dict(os.environ, AUTOENC_CHECKPOINT_DIR=str(folder)):
        *_, run = (record for record in TrainJob(CONFIG, "cpu").run() if isinstance(record, Run))
    return run, folder


@pytest.fixture
def run(trained: tuple[Run, Path], checkpoint_folder: Path) -> Run:
    run, folder = trained
    shutil.copytree(folder, checkpoint_folder, dirs_exist_ok=True)
    return run


def test_json_holds_every_method_at_every_level(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["denoise", "--run", run.run_id, "--levels", "0.5,0.1", "--methods", "noisy,median", "--json"]
    assert cli.main(command) == 0
    curves = json.loads(capsys.readouterr().out)
    assert [curve["method"] for curve in curves] == ["noisy", "median", run.run_id]
    assert [[point["level"] for point in curve["points"]] for curve in curves] == [[0.1, 0.5]] * 3
    *_, expected = measuring.measure("noisy", datasets.load("digits"), "gaussian", (0.1,))
    assert curves[0]["points"][0]["mse"] == pytest.approx(expected.points[0].mse)


def test_the_table_has_a_line_a_level_and_the_csv_a_line_a_method_and_level(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["denoise", "--run", run.run_id, "--noise", "blur", "--levels", "1,2", "--methods", "noisy"]
    assert cli.main([*command, "--csv", str(tmp_path / "curves.csv")]) == 0
    head, first, second, note = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "Blur"
    assert run.run_id in head
    assert (first.split()[0], second.split()[0]) == ("1", "2")
    assert "test images" in note
    lines = list(csv.DictReader((tmp_path / "curves.csv").open()))
    assert [(line["method"], line["level"]) for line in lines] == [
        ("noisy", "1"),
        ("noisy", "2"),
        (run.run_id, "1"),
        (run.run_id, "2"),
    ]
    assert all(float(line["psnr_db"]) > 0 for line in lines)


def test_several_runs_are_compared_when_each_is_given(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    *_, other = (r for r in TrainJob(replace(CONFIG, latent_size=4), "cpu").run() if isinstance(r, Run))
    command = ["denoise", "--run", run.run_id, "--run", other.run_id, "--levels", "0.3", "--methods", ""]
    assert cli.main([*command, "--json"]) == 0
    assert [c["method"] for c in json.loads(capsys.readouterr().out)] == [run.run_id, other.run_id]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--levels", "much"), 2, "levels are 'much'; they are written as numbers"),
        (("--levels", "0.1,,0.2"), 2, "they are written as numbers"),
        (("--levels", ""), 2, "0 noise levels were given"),
        (("--levels", "0"), 2, "noise level is 0.0; allowed for gaussian: from 0.001 to 1"),
        (("--levels", "nan"), 2, "noise level is nan"),
        (("--noise", "blur", "--levels", "5"), 2, "allowed for blur: from 0.001 to 4"),
        (("--noise", "snow"), 2, "unknown noise 'snow'; known: gaussian, salt-pepper"),
        (("--methods", "magic"), 2, "unknown method 'magic'; known: noisy, affine"),
        (("--run", "nix"), 1, "there is no run nix"),
        (("--csv", "/nowhere/at/all.csv"), 2, "cannot write /nowhere/at/all.csv"),
    ],
)
def test_wrong_usage_is_told_in_one_line(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    assert cli.main(["denoise", "--run", run.run_id, *arguments]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err
    assert len(captured.err.splitlines()) == 1


def test_a_file_that_cannot_be_written_costs_the_file_alone(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["denoise", "--run", run.run_id, "--levels", "0.3", "--methods", "noisy", "--json"]
    assert cli.main([*command, "--csv", "/dev/full"]) == 1
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)) == 2
    assert "cannot write /dev/full" in captured.err


def test_a_cache_that_cannot_be_written_costs_no_result(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    datasets.load("digits")
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "results").write_text("a file where a folder should be")
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(cache))
    command = ["denoise", "--run", run.run_id, "--levels", "0.35", "--methods", "noisy", "--json"]
    assert cli.main(command) == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)) == 2
    assert "cannot write" in captured.err
    assert "it will be measured again next time" in captured.err
