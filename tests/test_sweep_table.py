"""The table of a sweep: the same figures in every form, the report's beside them."""

import csv
import io
import math
from dataclasses import fields

import pytest

from autoenc import sweeps
from autoenc.schema import State
from autoenc.sweeps import Row
from tests.sweep_points import BASELINES, line, point

SECTION_3_6 = [
    *line("conv", {64: 0.0003, 128: 0.0001}, [50.04, 60.0]),
    *line("conv", {64: 0.0001, 128: 0.0000271}, [80, 90], layers=2),
]


def cells(markdown: str) -> list[list[str]]:
    """Head and rows."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in (lines[0], *lines[2:])]


def test_a_row_holds_what_is_known_of_a_run_and_what_the_report_gives() -> None:
    (row,) = sweeps.rows([point("conv", 64, 0.001, 50.0, concurrent_jobs=None)])
    assert (row.n_latents, row.ratio, row.n_parameters, row.epochs) == (12_544, 0.0625, 6400, 10)
    assert (row.test_mse, row.test_psnr_db, row.threads, row.concurrent_jobs) == (
        0.001,
        pytest.approx(30),
        2,
        None,
    )
    assert (row.lab_seconds, row.lab_train_loss, row.lab_test_loss_as_printed) == (91.8, 0.0003, 0.019)


def test_finished_runs_alone_have_a_row() -> None:
    points = [point(latent_size=i, state=state) for i, state in enumerate((None, *State), 1)]
    assert [row.run_id for row in sweeps.rows(points)] == [
        p.run_id for p in points if p.state is State.FINISHED
    ]


@pytest.mark.parametrize("loss", [None, math.nan, math.inf])
def test_what_is_no_number_is_unknown(loss: float | None) -> None:
    (row,) = sweeps.rows([point(loss=loss)])
    assert (row.train_loss, row.test_mse, row.test_psnr_db) == (None, None, None)


def test_a_loss_of_zero_has_no_psnr() -> None:
    (row,) = sweeps.rows([point(loss=0.0)])
    assert (row.test_mse, row.test_psnr_db) == (0.0, None)


def test_numbers_come_back_from_csv_exactly() -> None:
    points = [point(loss=1 / 3, seconds=0.1 + 0.2), point("conv", 64, 2e-9, device='a "GPU", 2')]
    text = sweeps.as_csv(points)
    assert text.count("\r\n") == 3
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    names = [field.name for field in fields(Row) if field.name != "baseline_mse"]
    assert head == ["beside" if name == "concurrent_jobs" else name for name in names], "as since version 0.2"
    for row, read in zip(sweeps.rows(points), lines, strict=True):
        for name, cell in zip(names, read, strict=True):
            value = getattr(row, name)
            if isinstance(value, bool):
                assert cell == str(value)
            else:
                assert cell == "" if value is None else type(value)(cell) == value


def test_markdown_has_rounded_numbers_units_and_the_note_of_the_report() -> None:
    text = sweeps.as_markdown(SECTION_3_6)
    head, *rows = cells(text)
    table = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["training time (s)"] for row in table] == ["50.0", "60.0", "80.0", "90.0"]
    assert [row["test loss (MSE)"] for row in table] == ["0.0003", "0.0001", "0.0001", "0.0000271"]
    assert [row["lab: training time (s)"] for row in table] == ["91.8", "107.3", "137.6", "147.64"]
    assert [row["lab: training loss"] for row in table] == ["0.0003", "0.0001", "0.0001", "0.000027"]
    assert [row["lab: test loss (*)"] for row in table] == ["0.019", "0.006", "0.007", "0.0016"]
    assert text.endswith("probably sums over batches, not means over images.")


def test_each_baseline_with_a_code_has_a_column_with_its_loss_at_equal_code_size() -> None:
    """PCA has 0.04 at 4 numbers, and is not measured at 5; the mean image is the same in every row."""
    points = line("mlp", {4: 0.05, 5: 0.045})
    assert [row.baseline_mse for row in sweeps.rows(points, BASELINES)] == [(0.04,), (None,)]
    assert [row["pca_test_mse"] for row in csv.DictReader(io.StringIO(sweeps.as_csv(points, BASELINES)))] == [
        "0.04",
        "",
    ]
    head, *table = cells(sweeps.as_markdown(points, BASELINES))
    assert [row[head.index("PCA: test loss")] for row in table] == ["0.04", ""]
    assert "PCA: test loss" in sweeps.as_latex(points, BASELINES)


def test_without_figures_of_the_report_there_are_neither_its_columns_nor_its_note() -> None:
    for text in (sweeps.as_markdown([point()]), sweeps.as_latex([point()])):
        assert "lab" not in text


def test_the_table_marks_runs_that_an_earlier_version_tested_on_noise_of_their_own() -> None:
    points = [point(latent_size=4, earlier_test=True), point(latent_size=8)]
    head, *table = cells(sweeps.as_markdown(points))
    assert [row[head.index("test loss (MSE)")] for row in table] == ["0.02 (+)", "0.02"]
    for text in (sweeps.as_markdown(points), sweeps.as_latex(points)):
        assert "(+) Tested by an earlier version" in text
        assert "delete the run and train it again" in text
    assert [row["earlier_test"] for row in csv.DictReader(io.StringIO(sweeps.as_csv(points)))] == [
        "True",
        "False",
    ]
    assert "earlier version" not in sweeps.as_markdown(points[1:])


def test_a_bar_in_a_name_does_not_open_a_column() -> None:
    head, row = cells(sweeps.as_markdown([point(device="x|y")]))
    assert len(row) == len(head)
    assert row[-1] == "x\\|y"


def test_latex_has_the_rules_of_booktabs_and_its_own_signs_escaped() -> None:
    text = sweeps.as_latex([*SECTION_3_6, point(device="a_b & 5%")])
    for rule in ("\\toprule", "\\midrule", "\\bottomrule"):
        assert text.count(rule) == 1
    assert r"a\_b \& 5\%" in text
    columns = {line.replace(r"\&", "").count("&") for line in text.splitlines() if line.endswith("\\\\")}
    assert len(columns) == 1
    assert "probably sums over batches" in text


@pytest.mark.parametrize("write", [sweeps.as_csv, sweeps.as_markdown, sweeps.as_latex])
def test_a_table_of_nothing_has_its_heads(write: object) -> None:
    assert callable(write)
    assert "latent" in write([])
