"""`sweep` as a person gives it: a process of its own, real workers, stopped as a terminal stops it."""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from autoenc import checkpoints, cli, sweeps
from autoenc.cli.sweeping import sweep_from_args
from autoenc.schema import GRID, Noise, Sweep, TrainConfig
from autoenc.sweeps import SavedSweep
from tests.commands import started

SWEEP = ("sweep", "--dataset", "digits", "--models", "mlp")
QUICK = (*SWEEP, "--latent-sizes", "1,2", "--epochs", "2", "--train-images", "300")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("--latent-sizes", ""), "a sweep needs at least one latent size"),
        (("--models", ""), "a sweep needs at least one model"),
        (("--latent-sizes", "1,2,1"), "latent size 1 is given twice"),
        (("--latent-sizes", "1,,2"), "latent size '' is not a whole number"),
        (("--latent-sizes", "1,two"), "latent size 'two' is not a whole number"),
        (("--latent-sizes", "1,9999"), "latent size is 9999; allowed: 1 to 4,096"),
        (("--models", "mlp,gan"), "unknown model 'gan'; known: mlp, conv"),
        (("--layers", "0"), "layers is 0; allowed: 1 to 4"),
        (
            ("--latent-sizes", ",".join(map(str, range(1, 1001)))),
            "a sweep of 1,000 runs; allowed: 100; choose fewer sizes or models",
        ),
        (("--csv", "/no/such/folder/x.csv"), "cannot write /no/such/folder/x.csv; --csv needs a file"),
    ],
)
def test_a_sweep_that_cannot_be_is_wrong_usage_told_in_a_line(
    wrong: tuple[str, str], sentence: str, capsys: pytest.CaptureFixture[str], checkpoint_folder: Path
) -> None:
    assert cli.main([*QUICK, *wrong]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"autoenc: {sentence}")
    assert not checkpoint_folder.exists()


def test_ctrl_c_leaves_the_finished_runs_and_the_same_command_goes_on(tmp_path: Path) -> None:
    table = tmp_path / "sweep.csv"
    command = (*SWEEP, "--latent-sizes", "2,512", "--epochs", "30", "--csv", str(table), "--json")
    with started(*command) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "(1 of 2)" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    *more, last = err.splitlines()
    assert [line for line in more if " (2 of 2) " not in line] == []
    assert last == "autoenc: stopped; finished work is kept; run the same command to continue"
    first = next(run for run in checkpoints.summaries()[0] if run.finished)
    saved = sweeps.find(sweeps.newest() or "")
    assert saved is not None, "the page shows it"
    assert saved.sweep.latent_sizes == (2, 512)
    assert not saved.wanted, "a dashboard does not train it as well"

    with started(*command) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "2 runs: 1 already on disk, 1 to train" in err
    runs = json.loads(out)["runs"]
    assert [run["config"]["latent_size"] for run in runs] == [2, 512]
    assert [run["state"] for run in runs] == ["finished", "finished"]
    assert checkpoints.read(first.run_id).attempt == 1, "what was finished is not trained again"
    curves = json.loads(out)["baselines"]
    assert [point["n_latents"] for point in curves["pca"]["points"]][:3] == [1, 2, 3]
    (mean_image,) = curves["mean_image"]["points"]
    assert mean_image["n_latents"] == 0
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["test_mse"]) for row in rows] == [run["test_mse"] for run in runs]
    pca = {point["n_latents"]: point["test_mse"] for point in curves["pca"]["points"]}
    assert [row["pca_test_mse"] for row in rows] == [str(pca[2]), str(pca[512])]


def test_the_page_shows_the_sweep_of_the_last_command_and_trains_it_only_where_a_visitor_asked() -> None:
    def sweep_of(size: int) -> SavedSweep:
        sweep = Sweep(TrainConfig("digits"), ("mlp",), (size,))
        return SavedSweep(sweep, "f", tuple(config.run_id("f") for config in sweep.configs()))

    one, two = sweep_of(1), sweep_of(2)
    for saved in (one, two, one):
        sweeps.save_for_its_page(saved)
        assert sweeps.newest() == saved.sweep_id
    assert sweeps.find(one.sweep_id) == replace(one, wanted=False)
    sweeps.save(replace(two, owner="a visitor"))
    sweeps.save_for_its_page(replace(two, alone=True))
    assert sweeps.find(two.sweep_id) == replace(two, owner="a visitor", alone=True)
    refused = replace(sweep_of(3), run_ids=())
    sweeps.save_for_its_page(refused)
    assert sweeps.find(refused.sweep_id) is None


def test_a_full_disk_fails_runs_in_a_sentence_and_keeps_the_finished_ones() -> None:
    def full() -> None:  # the kernel refuses to make any file larger: size 1 fits, size 64 does not
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    command = (*SWEEP, "--latent-sizes", "1,64", "--epochs", "2", "--train-images", "300")
    with started(*command, preexec_fn=full) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "1 of 2 runs were not trained: cannot write" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert [run.config.latent_size for run in checkpoints.summaries()[0]] == [1]
    assert " 1 |" in out, "the table has what was trained"
    assert "PCA: test loss" in out


# ---------------------------------------------------------------- lists of settings


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("--seeds", ""), "argument --seeds: give at least one value"),
        (("--seeds", "0,x"), "argument --seeds: 'x' is not a whole number; several are separated by commas"),
        (("--seeds", "0,,1"), "argument --seeds: '' is not a whole number"),
        (("--epochs", "1.5"), "argument --epochs: '1.5' is not a whole number"),
        (("--learning-rates", "0.1,fast"), "argument --learning-rates: 'fast' is not a number"),
        (("--noises", "none,salt:1"), "argument --noises: unknown noise 'salt'; known: gaussian"),
        (("--seeds", "1,1"), "seed 1 is given twice"),
        (("--epochs", "2,0"), "epochs is 0; allowed: 1 to 1,000"),
        (("--learning-rates", "0.1,nan"), "learning rate is nan; allowed: more than 0"),
        (
            ("--models", "mlp,conv", "--rate-weights", "0,0.04"),
            "Conv cannot be trained for its bytes; choose MLP or Conv bottleneck",
        ),
        (("--seeds", ",".join(map(str, range(51)))), "a sweep of 102 runs; allowed: 100"),
    ],
)
def test_a_list_that_cannot_be_is_wrong_usage_told_in_a_line(
    wrong: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str], checkpoint_folder: Path
) -> None:
    try:
        code = cli.main([*QUICK, *wrong])
    except SystemExit as ended:  # argparse's own way
        code = ended.code  # type: ignore[assignment]
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"autoenc: {sentence}")
    assert not checkpoint_folder.exists()


def asked(*options: str) -> Sweep:
    command = ("sweep", "--dataset", "digits", "--models", "mlp", "--latent-sizes", "4", *options)
    return sweep_from_args(cli.parser().parse_args(command))


def test_each_list_reaches_the_sweep() -> None:
    lists = {
        "--epochs": ("2,4", "epochs", (2, 4)),
        "--batch-sizes": ("64,128", "batch_sizes", (64, 128)),
        "--learning-rates": ("0.001,0.004", "learning_rates", (0.001, 0.004)),
        "--decay-epochs": ("0,50", "decay_epochs", (None, 50)),
        "--noises": ("none,gaussian:0.3", "noises", (None, Noise("gaussian", 0.3))),
        "--train-images": ("100,all", "train_images", (100, None)),
        "--rate-weights": ("0,0.04", "rate_weights", (None, 0.04)),
        "--seeds": ("0, 1,2", "seeds", (0, 1, 2)),
        "--strides": ("1,2", "strides", (1, 2)),
        "--betas": ("0.5,1", "betas", (0.5, 1.0)),
    }
    assert {name for _, name, _ in lists.values()} == {one.plural for one in GRID}
    for option, (text, name, values) in lists.items():
        assert getattr(asked(option, text), name) == values


def test_the_options_of_a_single_value_stay_valid() -> None:
    today = "--stride 1 --epochs 3 --batch-size 64 --learning-rate 0.01 --decay-epochs 0 --noise gaussian:0.3"
    single = asked(*today.split(), "--train-images", "500", "--seed", "7")
    assert single.base == TrainConfig(
        "digits",
        latent_size=4,
        stride=1,
        epochs=3,
        batch_size=64,
        learning_rate=0.01,
        noise=Noise("gaussian", 0.3),
        train_images=500,
        seed=7,
    )
    assert single.swept == ()
    rated = asked("--rate-weight", "0.04", "--beta", "2")
    assert rated.base.rate_weight == 0.04
    assert asked("--rate-weight", "0") == asked()


def test_settings_suit_the_runs_for_few_bytes_whichever_weight_comes_first() -> None:
    for text in ("0,0.04", "0.04,0"):
        sweep = asked("--rate-weights", text)
        assert {(c.layers, c.learning_rate, c.decay_epochs) for c in sweep.configs()} == {(2, 0.004, 100)}


def test_seeds_and_epochs_are_trained_and_told_as_means_with_the_best_run(tmp_path: Path) -> None:
    table = tmp_path / "grid.csv"
    command = (*SWEEP, "--latent-sizes", "2,4", "--train-images", "300", "--epochs", "4,2", "--seeds", "0,1")
    with started(*command, "--csv", str(table)) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "8 runs: 0 already on disk, 8 to train" in err
    lines = [line for line in out.splitlines() if line.startswith("| mlp")]
    assert len(lines) == 4
    assert all(line.count(" ± ") == 4 for line in lines), "time, losses and PSNR"
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["epochs"], row["latent_size"], row["seed"]) for row in rows] == [
        (epochs, size, seed) for epochs in ("4", "2") for size in ("2", "4") for seed in ("0", "1")
    ]
    longer = [checkpoints.read(row["run_id"]) for row in rows if row["epochs"] == "4"]
    assert [run.resumed_from_epoch for run in longer] == [2] * 4, "each continues the shorter one"
    first = min(rows, key=lambda row: float(row["test_mse"]))
    best = out.splitlines()[-1]
    name = f"MLP {first['latent_size']}, {first['epochs']} epochs, seed {first['seed']}"
    assert best.startswith(f"Best: {name}: 0.")
    assert float(best.rpartition(": ")[2]) == pytest.approx(float(first["test_mse"]), rel=5e-3)

    with started(*command, "--json") as process:
        out, err = process.communicate(timeout=120)
    assert "8 runs: 8 already on disk, 0 to train" in err
    answer = json.loads(out)
    assert answer["best"] == first["run_id"]
    assert [run["config"]["seed"] for run in answer["runs"]] == [0, 1] * 4
    saved = sweeps.find(sweeps.newest() or "")
    assert saved is not None
    assert (saved.sweep.seeds, saved.sweep.epochs) == ((0, 1), (4, 2))
