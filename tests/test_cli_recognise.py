"""`python -m autoenc recognise`: a recogniser is trained, continued, and reads what runs draw."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from autoenc import datasets, recognition
from autoenc.jobs import ProbeJob, ReadingJob
from autoenc.recognition import files, training
from autoenc.recognition.measuring import ORIGINALS
from autoenc.schema import Recogniser, RecogniserConfig
from tests.commands import Ask, ask, refused
from tests.recognisers import of_digits

__all__ = ["ask"]  # a fixture
RUN = "digits-mlp-k4-e100-c5cc5dfd"  # an example
OTHER = "digits-mlp-k8-e100-19a6fdf3"
COLOURED = "photos-mlp-k64-e30-11f907a3"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recogniser, Path]:
    folder = tmp_path_factory.mktemp("trained")
    return of_digits(folder, 4), folder


@pytest.fixture
def recogniser(trained: tuple[Recogniser, Path], checkpoint_folder: Path) -> Recogniser:
    shutil.copytree(trained[1], checkpoint_folder, dirs_exist_ok=True)
    return trained[0]


def test_it_is_trained_then_on_disk_then_continued(ask: Ask) -> None:
    command = ("recognise", "--dataset", "digits", "--device", "cpu", "--seed", "3", "--epochs")
    first = ask(*command, "1")
    assert first.code == 0
    (mine,) = (one for one in recognition.summaries() if not one.example)
    assert first.err.splitlines()[0] == f"{mine.recogniser_id} starts: 29,290 parameters, 1,294 images"
    assert first.err.splitlines()[1].startswith("epoch 1 of 1: train loss ")
    name, accuracy, calibration, seconds, path = first.out.splitlines()
    assert name == f"{mine.recogniser_id}: 1 of 1 epoch"
    assert "of the test images recognised, by guessing 10 %; test loss" in accuracy
    assert "temperature" in calibration
    assert "expected calibration error" in calibration
    assert seconds.endswith("s on cpu")
    assert Path(path) == files.path_of(mine.recogniser_id)
    again = ask(*command, "1")
    assert (again.out, again.err) == (first.out, f"{mine.recogniser_id} is already on disk\n")
    longer = ask(*command, "2", "--json")
    assert "continues after epoch 1 of 2" in longer.err
    assert longer.json["config"] == {"dataset": "digits", "epochs": 2, "noise": None, "seed": 3}
    recogniser = recognition.read(longer.json["recogniser_id"])
    assert longer.json["accuracy"] == recogniser.accuracy
    assert longer.json["temperature"] == recogniser.epochs[-1].temperature
    data = datasets.load("digits")
    readings = recognition.open_reader(recogniser.recogniser_id, data).read(data.test)
    error = recognition.reliability_of(readings, data, recogniser.epochs[-1].temperature).error
    assert longer.json["expected_calibration_error"] == pytest.approx(error, abs=1e-3)


def test_runs_are_read_beside_the_originals_pca_and_chance(
    ask: Ask, recogniser: Recogniser, tmp_path: Path
) -> None:
    file = tmp_path / "read.csv"
    command = ("recognise", "--run", RUN, "--run", OTHER, "--run", RUN, "--probe", "--csv", str(file))
    answer = ask(*command)
    assert answer.code == 0
    lines = answer.out.splitlines()
    starts = ("images", "original images", RUN, OTHER, "PCA", "PCA", "guessing", "Reconstructions of 360")
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(start)
    rows = list(csv.DictReader(file.open()))
    assert [(row["source"], row["n_latents"]) for row in rows] == [
        (ORIGINALS, ""),
        (RUN, "4"),
        (OTHER, "8"),
        ("pca", "4"),
        ("pca", "8"),
    ]
    shares = [float(row["accuracy"]) for row in rows]
    assert shares[0] == recogniser.accuracy
    assert shares[0] > shares[2] > shares[1]
    mine = recogniser.recogniser_id
    for row in rows:
        stored = ReadingJob("digits", mine, row["source"]).stored()
        reading = (
            stored.value.readings[0] if row["source"] != "pca" else stored.value.at(int(row["n_latents"]))
        )
        true, read, n = reading.mistakes[0]
        assert float(row["accuracy"]) == reading.accuracy
        assert (row["mistaken_class"], row["mistaken_for"], row["n_mistaken"]) == (
            str(true),
            str(read),
            str(n),
        )
    assert float(rows[1]["probe_accuracy"]) == ProbeJob("digits", RUN).stored().value.accuracy
    assert [row["probe_accuracy"] for row in rows if row["source"] in (ORIGINALS, "pca")] == [""] * 3
    as_json = ask("recognise", "--run", RUN, "--with", mine, "--json").json
    assert as_json["recogniser_id"] == mine
    assert as_json["chance"] == 0.1
    assert [one["accuracy"] for one in as_json["readings"]] == [shares[0], shares[1], shares[3]]
    assert as_json["readings"][0]["psnr_db"] is None
    assert as_json["readings"][1]["psnr_db"] == pytest.approx(float(rows[1]["psnr_db"]))


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--run", RUN), 1, "no recogniser of digits yet; `python -m autoenc recognise --dataset digits`"),
        (("--run", RUN, "--epochs", "3"), 2, "--epochs is for training a recogniser; leave it out"),
        (("--run", RUN, "--dataset", "digits"), 2, "--dataset is for training a recogniser; leave it out"),
        (("--probe",), 2, "--probe is for reading; give it together with --run RUN_ID"),
        (("--with", "x"), 2, "--with is for reading"),
        (("--csv", "x.csv"), 2, "--csv is for reading"),
        (("--run", RUN, "--csv", "/nowhere/at/all.csv"), 2, "cannot write /nowhere/at/all.csv"),
        (("--run", RUN, "--run", COLOURED), 2, "the runs were trained on different images"),
        (("--run", "nix"), 1, "there is no run nix"),
        (("--run", RUN, "--with", "nix"), 1, "'nix' is not the name of a recogniser"),
        (("--dataset", "nix"), 2, "unknown dataset 'nix'"),
        (("--dataset", "digits", "--epochs", "0"), 2, "epochs is 0; allowed: 1 to 200"),
        (("--dataset", "digits", "--noise", "snow:1"), 2, "unknown noise 'snow'"),
        (("--dataset", "digits", "--device", "abacus"), 2, "unknown device 'abacus'"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_in_one_line(
    ask: Ask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.setattr(files, "EXAMPLE_CHECKPOINTS", tmp_path)  # no recogniser among the examples
    assert sentence in refused(ask("recognise", *arguments), code)
    assert [one for one in recognition.summaries() if not one.example] == []


def test_images_that_nobody_learns_to_read_and_an_unfinished_recogniser_are_told(
    ask: Ask, recogniser: Recogniser
) -> None:
    mine = recogniser.recogniser_id
    sentence = refused(ask("recognise", "--run", COLOURED, "--with", mine), 2)
    assert "photos has test images of" in sentence  # there can be no recogniser of these
    config = RecogniserConfig("digits", 9)
    unfinished = config.recogniser_id(recogniser.fingerprint)
    state = training.begin(config, datasets.load("digits"), "cpu")
    with files.write_lock(unfinished):
        files.save(replace(recogniser, recogniser_id=unfinished, config=config), state)
    sentence = refused(ask("recognise", "--run", RUN, "--with", unfinished), 2)
    assert sentence == f"{unfinished} has 4 of 9 epochs; train it to the end first"
