"""The command line: results on stdout, progress on stderr, a sentence and an exit code for what is wrong."""

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tabulate import tabulate

from autoenc import checkpoints, cores, neighbours
from autoenc.cli.printing import table
from autoenc.jobs import TrainJob
from autoenc.schema import TrainConfig
from tests.commands import QUICK, Ask, ask, refused
from tests.raw_files import small_files
from tests.runs import UNWRITABLE

__all__ = ["ask"]  # a fixture

pytestmark = pytest.mark.usefixtures("own_cores")  # a run that waits for cores says so in a line more


# ---------------------------------------------------------------- train


def test_train_prints_one_json_document_with_all_that_was_promised(ask: Ask) -> None:
    answer = ask(*QUICK, "--json")
    assert answer.code == 0
    document = answer.json
    promised = (
        "run_id config train_loss test_loss test_mse test_psnr_db epoch_seconds seconds images_per_second "
        "n_parameters n_latents device threads checkpoint resumed_from_epoch"
    )
    assert set(promised.split()) <= set(document)
    assert document["config"] == {
        "dataset": "digits",
        "model": "mlp",
        "latent_size": 4,
        "layers": 1,
        "stride": 2,
        "epochs": 2,
        "batch_size": 128,
        "learning_rate": 0.001,
        "decay_epochs": None,
        "noise": None,
        "train_images": None,
        "seed": 0,
    }
    assert document["n_parameters"] == 784 * 4 + 4 + 4 * 784 + 784
    assert (document["n_latents"], document["device"], document["resumed_from_epoch"]) == (4, "cpu", 0)
    assert len(document["train_loss"]) == len(document["test_loss"]) == len(document["epoch_seconds"]) == 2
    assert document["test_mse"] == document["test_loss"][-1]
    assert 10 ** (-document["test_psnr_db"] / 10) == pytest.approx(document["test_mse"])
    assert document["seconds"] > sum(document["epoch_seconds"])
    assert document["threads"] == 1  # a model so small has no use for more
    assert document["images_per_second"] == pytest.approx(2 * 1437 / sum(document["epoch_seconds"]))
    assert Path(document["checkpoint"]).is_file()
    assert Path(document["checkpoint"]).stem == document["run_id"]


def test_a_run_beside_a_program_that_holds_a_core_has_a_thread_less(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(cores, "SHARE_SECONDS", 0.0)
    torch.set_num_threads(2)
    started = subprocess.check_output(["sh", "-c", f"{sys.executable} -c 'while True: pass' >&2 & echo $!"])
    try:  # its parent has ended: what this process has started would be one of ours
        answer = ask("train", "--dataset", "digits", "--model", "conv", "--epochs", "60", "--json")
    finally:
        os.kill(int(started), signal.SIGKILL)
    assert answer.json["threads"] == 1


def test_progress_goes_to_stderr_a_line_an_epoch(ask: Ask) -> None:
    lines = ask(*QUICK).err.splitlines()
    assert "starts: 7,060 parameters, 4 numbers in the code" in lines[0]
    assert [line.split(":")[0] for line in lines[1:]] == ["epoch 1 of 2", "epoch 2 of 2"]


def test_the_result_is_told_with_its_code_and_its_ratio_to_the_pixels(ask: Ask) -> None:
    out = ask(*QUICK).out
    assert "2 of 2 epochs" in out
    assert "4 numbers in the code of 784 pixels, ratio 196" in out


def test_a_code_that_is_larger_than_the_image_has_a_ratio_below_one(ask: Ask) -> None:
    out = ask(*QUICK, "--model", "conv", "--latent-size", "16").out
    assert "3,136 numbers in the code of 784 pixels, ratio 0.25" in out


def test_every_setting_reaches_the_run(ask: Ask) -> None:
    given = (
        "--model conv --latent-size 2 --layers 2 --stride 1 --epochs 1 --batch-size 50 --learning-rate 0.01"
    )
    more = "--decay-epochs 4 --noise gaussian:0.25 --train-images 100 --seed 7"
    config = ask("train", *given.split(), *more.split(), "--dataset", "digits", "--json").json["config"]
    assert config == {
        "dataset": "digits",
        "model": "conv",
        "latent_size": 2,
        "layers": 2,
        "stride": 1,
        "epochs": 1,
        "batch_size": 50,
        "learning_rate": 0.01,
        "decay_epochs": 4,
        "noise": "gaussian:0.25",
        "train_images": 100,
        "seed": 7,
    }


def test_the_same_command_again_is_answered_from_disk(ask: Ask) -> None:
    first = ask(*QUICK, "--json")
    again = ask(*QUICK, "--json")
    assert again.json == first.json
    assert again.err.strip().endswith("is already on disk")


def test_more_epochs_continue_and_say_from_which(ask: Ask) -> None:
    ask(*QUICK)
    answer = ask(*QUICK, "--epochs", "3", "--json")
    assert answer.json["resumed_from_epoch"] == 2
    assert "continues after epoch 2 of 3" in answer.err
    assert len(answer.json["test_loss"]) == 3


def test_without_mnist_the_digits_are_trained_for_a_hundred_epochs(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "nothing"))
    config = ask("train", "--latent-size", "1", "--train-images", "128", "--json").json["config"]
    assert (config["dataset"], config["epochs"]) == ("digits", 100)


# ---------------------------------------------------------------- each mistake gets one sentence


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("--dataset minst", "unknown dataset 'minst'; known: mnist, fashion-mnist, kmnist, digits"),
        ("--dataset ../mnist", "unknown dataset '../mnist'"),
        ("--model gan", "unknown model 'gan'; known: mlp, conv"),
        ("--noise salt:0.3", "unknown noise 'salt'; known: gaussian"),
        ("--noise gaussian", "noise is 'gaussian'; it is written KIND:LEVEL or KIND:0-LEVEL"),
        ("--noise gaussian:7", "noise level is 7.0; allowed for gaussian: more than 0, at most 1"),
        ("--noise gaussian:nan", "noise level is nan"),
        ("--latent-size 0", "latent size is 0; allowed: 1 to 4,096"),
        ("--latent-size -1", "latent size is -1; allowed: 1 to 4,096"),
        ("--latent-size 1000000000", "latent size is 1000000000; allowed: 1 to 4,096"),
        ("--latent-size 1e9", "argument --latent-size: invalid int value: '1e9'"),
        ("--latent-size abc", "argument --latent-size: invalid int value: 'abc'"),
        ("--latent-size", "argument --latent-size: expected one argument"),
        ("--epochs 0", "epochs is 0; allowed: 1 to 1,000"),
        ("--epochs 1001", "epochs is 1001; allowed: 1 to 1,000"),
        ("--stride 3", "stride is 3; allowed: 1 to 2"),
        ("--layers 5", "layers is 5; allowed: 1 to 4"),
        ("--layers 0", "layers is 0; allowed: 1 to 4"),
        ("--batch-size 1438", "batch size is 1,438; it cannot be larger than the 1,437 training images"),
        ("--batch-size 65 --train-images 64", "batch size is 65; it cannot be larger than the 64 training"),
        ("--batch-size 0", "batch size is 0; allowed: 1 to 10,000"),
        ("--train-images 1438", "train images is 1,438; digits has 1,437"),
        ("--train-images 0", "train images is 0"),
        ("--learning-rate 0", "learning rate is 0.0; allowed: more than 0, at most 100"),
        ("--learning-rate nan", "learning rate is nan"),
        ("--learning-rate fast", "invalid float value: 'fast'"),
        ("--seed -1", "seed is -1; allowed: 0 to 2,147,483,647"),
        ("--device tpu", "unknown device 'tpu'; known: auto, cpu, cuda"),
        ("--latent 4 --frob", "unrecognized arguments: --frob"),
    ],
)
def test_wrong_settings_are_wrong_usage(wrong: str, sentence: str, ask: Ask, checkpoint_folder: Path) -> None:
    answer = ask("train", "--dataset", "digits", "--device", "cpu", *wrong.split())
    assert sentence in refused(answer, 2)
    assert not checkpoint_folder.exists()


@pytest.mark.parametrize(
    "command",
    [
        *("", "frob", "runs", "runs frob", "runs show", "runs delete", "data", "data download", "train x"),
        *("runs export", "runs export x", "runs export --out x", "runs import"),
    ],
)
def test_wrong_commands_are_wrong_usage(command: str, ask: Ask) -> None:
    assert re.search(r"; see `python -m autoenc[a-z ]* --help`$", refused(ask(*command.split()), 2).strip())


@pytest.mark.parametrize(
    "command", ["--help", "train --help", "runs --help", "runs export --help", "data --help"]
)
def test_help_is_printed(command: str, ask: Ask) -> None:
    answer = ask(*command.split())
    assert answer.code == 0
    assert answer.out.startswith("usage: python -m autoenc")


def truncated(files: dict[str, bytes]) -> None:
    files["train-images-idx3-ubyte"] = files["train-images-idx3-ubyte"][:-1]


def swapped(files: dict[str, bytes]) -> None:
    one, other = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
    files[one], files[other] = files[other], files[one]


@pytest.mark.parametrize("spoil", [truncated, swapped])
def test_broken_data_files_are_named(
    spoil: Callable[[dict[str, bytes]], None], ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = small_files()
    spoil(files)
    raw = tmp_path / "data/MNIST/raw"
    raw.mkdir(parents=True)
    for name, data in files.items():
        (raw / name).write_bytes(data)
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "cache"))
    assert "-ubyte" in refused(ask("train", "--dataset", "mnist"), 1)


def test_data_that_are_not_here_are_a_failure_with_a_way_out(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "nothing"))
    assert "python -m autoenc data download kmnist" in refused(ask("train", "--dataset", "kmnist"), 1)


def test_a_run_that_another_process_trains_is_a_failure(ask: Ask) -> None:
    job = TrainJob(TrainConfig(dataset="digits", latent_size=4, epochs=2))
    with checkpoints.write_lock(job.job_id):
        answer = ask(*QUICK)
    assert f"{job.job_id} is being trained by another process" in refused(answer, 1)


def test_a_checkpoint_folder_that_cannot_be_written_is_a_failure(ask: Ask, checkpoint_folder: Path) -> None:
    checkpoint_folder.write_bytes(b"a file")
    assert "cannot write to the checkpoint folder" in refused(ask(*QUICK), 1)


def test_the_run_of_a_newer_version_is_not_trained_over(ask: Ask) -> None:
    path = Path(ask(*QUICK, "--json").json["checkpoint"])
    newer = path.read_bytes().replace(b'\\"format_version\\": 1', b'\\"format_version\\": 9')
    path.write_bytes(newer)
    sentence = refused(ask(*QUICK), 1)  # and not a word of a training that begins
    assert "was written by a newer version of this program (format version 9" in sentence
    assert "update it, or delete the file" in sentence
    assert path.read_bytes() == newer


def test_a_read_only_folder_is_a_failure(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", UNWRITABLE)
    assert f"cannot write to the checkpoint folder {UNWRITABLE}: " in refused(ask(*QUICK), 1)


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("n_rows", [0, 1, 30])
def test_a_table_looks_as_tabulate_would_have_it(n_rows: int) -> None:
    draw = random.Random(n_rows)
    head = ("run", "epochs", "test MSE", "")
    rows = [tuple("x" * draw.randrange(12) for _ in head) for _ in range(n_rows)]
    assert table(head, rows) == tabulate(rows, head, tablefmt="plain", disable_numparse=True)
