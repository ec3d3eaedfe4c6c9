"""Tables for other programs: CSV and JSON hold the numbers in full, whatever the terminal shows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas
import pytest

from autoenc import checkpoints, heads
from autoenc.cli.runs import MAX_WIDTH
from autoenc.schema import RunSummary
from tests.commands import QUICK, Ask, ask, refused

__all__ = ["ask"]  # a fixture

pytestmark = pytest.mark.usefixtures("own_cores")  # a run that waits for cores says so in a line more


@pytest.fixture
def runs(ask: Ask) -> Sequence[RunSummary]:
    """Three runs of different settings, the newest first."""
    ask(*QUICK, "--seed", "3", "--learning-rate", "0.002")
    ask(*QUICK, "--model", "conv", "--noise", "gaussian:0-0.3", "--train-images", "300")
    ask(*QUICK, "--rate-weight", "0.05", "--epochs", "1")
    summaries, complaints = checkpoints.summaries()
    assert (len(summaries), complaints) == (3, ())
    return summaries


# ---------------------------------------------------------------- runs table


def test_pandas_reads_one_row_a_run_with_the_right_types_and_exact_numbers(
    ask: Ask, runs: Sequence[RunSummary]
) -> None:
    answer = ask("runs", "table")
    assert (answer.code, answer.err) == (0, "")
    frame = pandas.read_csv(io.StringIO(answer.out))
    assert list(frame.run_id) == [run.run_id for run in runs]
    kinds = {name: kind.kind for name, kind in frame.dtypes.items()}
    for name in ("latent_size", "layers", "epochs", "batch_size", "seed", "n_latents", "n_parameters"):
        assert kinds[name] == "i", name
    for name in ("n_pixels", "n_train_images", "epochs_done", "threads", "beside"):
        assert kinds[name] == "i", name
    for name in (
        "learning_rate",
        "noise_level",
        "train_loss",
        "test_mse",
        "test_psnr_db",
        "seconds",
        "ratio",
    ):
        assert kinds[name] == "f", name
    for name in ("finished", "noise_up_to", "example"):
        assert kinds[name] == "b", name
    # Some versions of pandas read the last of 17 digits otherwise; the file has it.
    for row, text, run in zip(
        frame.to_dict("records"), csv.DictReader(io.StringIO(answer.out)), runs, strict=True
    ):
        assert (row["model"], row["dataset"], row["device"]) == (run.config.model, "digits", "cpu")
        exact = {
            **{"test_mse": run.test_mse, "train_loss": run.train_loss, "ratio": 784 / run.n_latents},
            **{"seconds": run.seconds, "images_per_second": run.images_per_second},
        }
        assert {name: float(text[name]) for name in exact} == exact
        assert {name: row[name] for name in exact} == pytest.approx(exact, rel=1e-14)
        assert row["finished"]
        assert row["version"] == checkpoints.read(run.run_id).versions["autoenc"]


def test_settings_stand_in_columns_of_their_own(ask: Ask, runs: Sequence[RunSummary]) -> None:
    rated, noisy, plain = csv.DictReader(io.StringIO(ask("runs", "table").out))
    assert (plain["seed"], plain["learning_rate"], plain["noise"]) == ("3", "0.002", "")
    assert (noisy["noise"], noisy["noise_kind"], noisy["noise_level"]) == (
        "gaussian:0-0.3",
        "gaussian",
        "0.3",
    )
    assert (noisy["noise_up_to"], plain["noise_up_to"], plain["noise_level"]) == ("True", "False", "0.0")
    assert (noisy["train_images"], plain["train_images"]) == ("300", "")
    assert (rated["rate_weight"], plain["rate_weight"]) == ("0.05", "")
    assert rated["epochs"] == "1"
    settings = set(runs[0].config.to_json()) | {"rate_weight", "beta"}
    assert settings <= rated.keys(), "a new setting has a column, too"


def test_python_has_the_rows_of_the_command(ask: Ask, runs: Sequence[RunSummary], tmp_path: Path) -> None:
    rows = heads.rows()
    assert ask("runs", "table", "--json").json == rows
    assert all(tuple(row) == heads.ROW_COLUMNS for row in rows)
    frame = pandas.DataFrame(rows)
    best = frame.sort_values("test_mse").iloc[0]
    assert best.run_id == min(runs, key=lambda run: run.test_mse or 1.0).run_id
    assert list(frame.groupby("model").size().items()) == [("conv", 1), ("mlp", 2)]
    file = tmp_path / "runs.csv"
    answer = ask("runs", "table", "--csv", str(file))
    assert (answer.code, answer.err) == (0, "")
    assert file.read_bytes().decode().replace("\r\n", "\n") == ask("runs", "table").out


def test_the_table_is_filtered_as_the_list_is_and_has_examples_where_they_are_asked_for(
    ask: Ask, runs: Sequence[RunSummary]
) -> None:
    def ids(*options: str) -> list[str]:
        return [row["run_id"] for row in csv.DictReader(io.StringIO(ask("runs", "table", *options).out))]

    for options in (("--model", "mlp"), ("--find", "conv"), ("--sort", "error"), ("--dataset", "photos")):
        assert ids(*options) == [run["run_id"] for run in ask("runs", "list", *options, "--json").json]
    assert ids("--dataset", "photos") == []
    with_examples = heads.rows([*runs, *heads.examples()])
    assert ids("--examples") == [row["run_id"] for row in with_examples]
    assert {row["example"] for row in with_examples} == {False, True}
    assert "unknown model 'gan'" in refused(ask("runs", "table", "--model", "gan"), 2)


def test_a_run_without_an_error_or_an_epoch_has_no_number_in_its_place() -> None:
    example, *_ = heads.examples()
    exact, begun = heads.rows(
        [replace(example, test_mse=0.0), replace(example, test_mse=None, train_loss=None, epochs_done=0)]
    )
    assert (exact["test_mse"], exact["test_psnr_db"]) == (0.0, None)
    assert (begun["test_mse"], begun["test_psnr_db"], begun["finished"]) == (None, None, False)
    json.dumps([exact, begun], allow_nan=False)


# ---------------------------------------------------------------- runs list


def test_the_list_shows_settings_that_the_names_do_not_tell_only_where_they_are_unusual(ask: Ask) -> None:
    ask(*QUICK)
    assert ask("runs", "list").out.splitlines()[0].split()[:5] == ["run", "epochs", "test", "MSE", "seconds"]
    ask(*QUICK, "--seed", "7", "--noise", "blur:1.5")
    head, newest, first = ask("runs", "list").out.splitlines()
    assert head.split()[:7] == ["run", "epochs", "test", "MSE", "seed", "noise", "seconds"]
    assert newest[head.index("seed") :].split()[:2] == ["7", "blur:1.5"]
    assert first[head.index("seed") : head.index("noise")].strip() == "0"
    assert first[head.index("noise") : head.index("seconds")].strip() == ""
    ask(*QUICK, "--learning-rate", "0.0005")
    head, newest, *_ = ask("runs", "list").out.splitlines()
    assert newest[head.index("learning rate") :].split()[0] == "0.0005"
    assert (
        "blur" not in ask("runs", "list", "--sort", "size", "--find", "e2", "--csv", "-").out.splitlines()[0]
    )


def test_a_list_of_long_names_still_fits(ask: Ask) -> None:
    ask(*QUICK, "--seed", "2000000000", "--noise", "salt-pepper:0-0.125", "--learning-rate", "0.00125")
    ask("train", "--dataset", "photos", "--model", "conv-bottleneck", "--latent-size", "4", "--epochs", "1")
    lines = ask("runs", "list").out.splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) <= MAX_WIDTH
    assert lines[0].split()[:7] == ["run", "epochs", "test", "MSE", "seed", "noise", "learning"]


# ---------------------------------------------------------------- everywhere


def test_every_list_is_csv_too(ask: Ask, runs: Sequence[RunSummary], tmp_path: Path) -> None:
    run_id = runs[1].run_id
    for command, name, values in (
        ("runs list", "run_id", [run.run_id for run in runs]),
        (f"runs show {run_id}", "epoch", ["1", "2"]),
        ("data list", "name", [row["name"] for row in ask("data", "list", "--json").json]),
    ):
        printed = ask(*command.split(), "--csv", "-")
        assert (printed.code, "\r" in printed.out) == (0, False), command
        rows = list(csv.DictReader(io.StringIO(printed.out)))
        assert [row[name] for row in rows] == values, command
        file = tmp_path / "table.csv"
        both = ask(*command.split(), "--csv", str(file), "--json")
        assert (both.code, both.json) == (0, ask(*command.split(), "--json").json), command
        assert list(csv.DictReader(file.open(newline=""))) == rows, command


def test_the_epochs_of_a_run_are_those_of_its_export(
    ask: Ask, runs: Sequence[RunSummary], tmp_path: Path
) -> None:
    run_id = runs[0].run_id
    ask("runs", "export", run_id, "--out", str(tmp_path))
    ask("runs", "show", run_id, "--csv", str(tmp_path / "epochs.csv"))
    assert (tmp_path / "epochs.csv").read_bytes() == (tmp_path / run_id / "history.csv").read_bytes()


ALL_WITH_CSV = (
    "runs list",
    "runs table",
    "runs show x",
    "data list",
    "sweep --dataset digits",
    "denoise --run x",
    "recognise --run x",
    "bench",
)


@pytest.mark.parametrize("command", ALL_WITH_CSV)
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            "--csv /no/such/folder/x.csv",
            "cannot write /no/such/folder/x.csv; --csv needs a file in an existing",
        ),
        ("--csv /", "cannot write /; --csv needs a file in an existing folder"),
        ("--csv - --json", "--json and --csv - both print to stdout; give --csv a file, or leave one out"),
    ],
)
def test_a_table_that_cannot_be_written_is_refused_before_any_work(
    ask: Ask, command: str, options: str, sentence: str, checkpoint_folder: Path
) -> None:
    assert refused(ask(*command.split(), *options.split()), 2).startswith(sentence)
    assert not checkpoint_folder.exists()


def test_a_file_that_cannot_be_written_costs_no_table(ask: Ask, runs: Sequence[RunSummary]) -> None:
    answer = ask("runs", "list", "--csv", "/dev/full")
    assert (answer.code, len(answer.out.splitlines())) == (1, 4)
    assert answer.err.startswith("autoenc: cannot write /dev/full: No space left on device")


def test_a_data_set_that_is_here_is_told_as_json(ask: Ask) -> None:
    document = ask("data", "download", "digits", "--json").json
    assert (document["name"], document["present"], document["n_test"]) == ("digits", True, 360)
