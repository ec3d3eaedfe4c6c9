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
from autoenc.schema import Sweep, TrainConfig
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
