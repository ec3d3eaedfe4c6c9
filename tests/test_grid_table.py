"""Tables of sweeps with several seeds and settings: a line a setting for people, a row a run for programs."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from autoenc import sweeps
from autoenc.schema import Noise, Point, State, TrainConfig, differing
from autoenc.sweeps.text_table import with_spread
from tests.sweep_points import BASELINES, N_PIXELS
from tests.test_sweep_table import cells

BASE = TrainConfig(latent_size=4)


def run(loss: float, seconds: float = 5.0, base: TrainConfig = BASE, **changed: object) -> Point:
    config = replace(base, **changed)  # type: ignore[arg-type]
    return Point(
        config.run_id("f"),
        config,
        config.latent_size,
        N_PIXELS,
        100,
        State.FINISHED,
        epochs_done=config.epochs,
        train_loss=loss,
        test_mse=loss,
        seconds=seconds,
        device="cpu",
        threads=2,
        concurrent_jobs=0,
    )


def markdown(points: Sequence[Point]) -> list[dict[str, str]]:
    head, *rows = cells(sweeps.as_markdown(points, BASELINES))
    return [dict(zip(head, row, strict=True)) for row in rows]


SEEDS = [run(0.010, 4.0), run(0.012, 5.0, seed=1), run(0.014, 6.0, seed=2), run(0.02, latent_size=8)]


def test_seeds_of_a_setting_are_one_line_with_mean_and_standard_deviation() -> None:
    """Of 10, 12 and 14 the mean is 12, and the squared distances 4 + 0 + 4, divided by 2, are 4."""
    first, second = markdown(SEEDS)
    assert first["seeds"] == "3"
    assert first["test loss (MSE)"] == "0.0120 ± 0.0020"
    assert first["training time (s)"] == "5.0 ± 1.0"
    assert first["PSNR (dB)"] == "19.25 ± 0.73"  # of 20, 19.208, 18.539
    assert first["PCA: test loss"] == "0.04"
    assert (second["seeds"], second["test loss (MSE)"], second["PSNR (dB)"]) == ("1", "0.02", "17.0")


def test_a_note_says_what_the_spread_is_and_latex_can_print_it() -> None:
    assert "one standard deviation over the seeds" in sweeps.as_markdown(SEEDS)
    assert "standard deviation" not in sweeps.as_markdown(SEEDS[:1])
    latex = sweeps.as_latex(SEEDS)
    assert r"0.0120 $\pm$ 0.0020" in latex
    assert "±" not in latex


def test_only_finished_seeds_count() -> None:
    waiting = replace(SEEDS[2], state=State.RUNNING)
    (line, _) = markdown([*SEEDS[:2], waiting, SEEDS[3]])
    assert (line["seeds"], line["test loss (MSE)"]) == ("2", "0.0110 ± 0.0014")
    (line,) = markdown([SEEDS[0], replace(SEEDS[1], state=State.FAILED)])
    assert (line["seeds"], line["test loss (MSE)"]) == ("1", "0.01")
    diverged = replace(SEEDS[1], test_mse=float("nan"))
    (line,) = markdown([SEEDS[0], diverged])
    assert line["test loss (MSE)"] == "0.01", "of one value nobody knows a spread"


def test_runs_that_share_the_machine_unequally_say_so() -> None:
    (line,) = markdown([SEEDS[0], replace(SEEDS[1], threads=1, concurrent_jobs=3, device="gpu")])
    assert (line["threads"], line["concurrent runs"], line["device"]) == ("1 to 2", "0 to 3", "cpu, gpu")


@pytest.mark.parametrize(
    ("mean", "std", "text"),
    [
        (0.0041234, 0.0000519, "0.004123 ± 0.000052"),
        (1234.5, 56.7, "1,234 ± 57"),
        (5.04, 0.099, "5.040 ± 0.099"),
        (0.01, 0.0, "0.01 ± 0"),
        (0.0120923611, 0.00000048, "0.012092 ± 0.00000048"),
    ],
)
def test_mean_and_spread_end_at_the_same_digit(mean: float, std: float, text: str) -> None:
    assert with_spread(mean, std) == text


def test_a_swept_setting_has_a_column_for_people_and_one_at_the_end_for_programs() -> None:
    noise = Noise("gaussian", 0.3)
    points = [
        run(0.01, learning_rate=0.001),
        run(0.02, learning_rate=0.004),
        run(0.03, learning_rate=0.004, noise=noise, train_images=1000, seed=1),
    ]
    lines = markdown(points)
    assert [line["learning rate"] for line in lines] == ["0.001", "0.004", "0.004"]
    assert [line["noise"] for line in lines] == ["none", "none", "gaussian noise 0.3"]
    assert [line["train images"] for line in lines] == ["all", "all", "1,000"]
    assert [line["seed"] for line in lines] == ["0", "0", "1"], "no setting has two seeds"
    text = sweeps.as_csv(points, BASELINES)
    head = text.splitlines()[0].split(",")
    assert head[-5:] == ["pca_test_mse", "learning_rate", "noise", "train_images", "seed"]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["noise"] for row in rows] == ["", "", "gaussian:0.3"]
    assert [float(row["learning_rate"]) for row in rows] == [0.001, 0.004, 0.004]
    assert [row["seed"] for row in rows] == ["0", "0", "1"]


def test_csv_has_a_row_for_each_seed_and_its_seed_as_last_column() -> None:
    rows = list(csv.DictReader(io.StringIO(sweeps.as_csv(SEEDS))))
    assert [(row["test_mse"], row["seed"]) for row in rows] == [
        ("0.01", "0"),
        ("0.012", "1"),
        ("0.014", "2"),
        ("0.02", "0"),
    ]
    assert list(rows[0])[-1] == "seed"


def test_epochs_have_the_column_that_they_always_had() -> None:
    points = [run(0.02, epochs=2), run(0.01, epochs=4)]
    assert [line["epochs"] for line in markdown(points)] == ["2", "4"]
    assert sweeps.as_csv(points).splitlines()[0].count("epochs") == 1


def test_what_changes_nothing_of_a_run_is_no_difference() -> None:
    vae, mlp = replace(BASE, model="vae", beta=4.0), BASE
    assert differing([vae, mlp]) == ()
    assert [one.field for one in differing([vae, replace(vae, beta=1.0), mlp])] == ["beta"]
    conv = replace(BASE, model="conv", stride=1)
    assert differing([conv, mlp]) == ()
    over_all = [replace(BASE, epochs=n, decay_epochs=n) for n in (2, 4)]
    assert [one.field for one in differing(over_all)] == ["epochs"]
    fixed = [replace(BASE, decay_epochs=n) for n in (None, 4)]
    assert [one.field for one in differing(fixed)] == ["decay_epochs"]


def test_a_setting_that_a_model_does_not_have_leaves_its_cell_empty() -> None:
    points = [run(0.01, model="vae", beta=4.0), run(0.01, model="vae"), run(0.02)]
    assert [line["beta"] for line in markdown(points)] == ["4", "1", ""]
    rows = csv.DictReader(io.StringIO(sweeps.as_csv(points)))
    assert [row["beta"] for row in rows] == ["4.0", "1.0", ""]
