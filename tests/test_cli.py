"""The command line: results on stdout, progress on stderr, a sentence and an exit code for what is wrong."""

import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autoenc import checkpoints, cli, datasets
from autoenc.datasets import spec
from autoenc.jobs import TrainJob
from autoenc.schema import TrainConfig
from tests.raw_files import small_files
from tests.runs import UNWRITABLE
from tests.test_datasets_folders import colour, packed

ROOT = Path(__file__).parents[1]
QUICK = ("train", "--dataset", "digits", "--latent-size", "4", "--epochs", "2", "--device", "cpu")


pytestmark = pytest.mark.usefixtures("own_cores")  # a run that waits for cores says so in a line more


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out, parse_constant=pytest.fail)  # NaN and Infinity are not JSON


Ask = Callable[..., Answer]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Give a command as a person does."""

    def ask(*arguments: str) -> Answer:
        try:
            code = cli.main(arguments)
        except SystemExit as end:  # argparse
            code = end.code if isinstance(end.code, int) else 99
        return Answer(code, *capsys.readouterr())

    return ask


def refused(answer: Answer, code: int) -> str:
    """The one sentence of a failure."""
    assert answer.code == code
    assert answer.out == ""
    sentence, *more = answer.err.splitlines()
    assert more == []
    assert sentence.startswith("autoenc: ")
    assert "Traceback" not in sentence
    return sentence.removeprefix("autoenc: ")


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


# ---------------------------------------------------------------- runs and data


def test_an_empty_list_says_how_to_make_a_run(ask: Ask) -> None:
    answer = ask("runs", "list")
    assert (answer.code, answer.err) == (0, "")
    assert "no runs" in answer.out
    assert "python -m autoenc train" in answer.out
    assert ask("runs", "list", "--json").json == []


def test_the_folders_are_those_of_the_project_wherever_the_command_is_given(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", "elsewhere")  # a relative one follows the current folder
    assert f"no runs in {tmp_path / 'elsewhere'} yet" in ask("runs", "list").out
    monkeypatch.delenv("AUTOENC_CHECKPOINT_DIR")
    monkeypatch.delenv("AUTOENC_DATA_DIR", raising=False)
    assert checkpoints.folder() == ROOT / "checkpoints"
    assert spec.data_dir() == ROOT / "data"


def test_the_dashboard_without_streamlit_says_how_to_start_it() -> None:
    done = subprocess.run([sys.executable, "dashboard.py"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "start it with: streamlit run dashboard.py\n"


def test_runs_are_listed_and_broken_files_complained_of(ask: Ask, checkpoint_folder: Path) -> None:
    run_id = ask(*QUICK, "--json").json["run_id"]
    (checkpoint_folder / "broken.safetensors").write_bytes(b"broken")
    answer = ask("runs", "list")
    head, row = answer.out.splitlines()
    assert head.split() == ["run", "epochs", "test", "MSE", "seconds", "numbers", "in", "code", "parameters"]
    assert row.split()[:4] == [run_id, "2", "of", "2"]
    assert row.split()[-2:] == ["4", "7,060"]
    assert answer.err.startswith("autoenc: broken.safetensors is not a run that can be read")
    assert answer.code == 0

    (summary,) = ask("runs", "list", "--json").json
    assert summary["run_id"] == run_id
    assert summary["config"]["latent_size"] == 4
    assert (summary["epochs_done"], summary["n_latents"]) == (2, 4)


def test_the_list_is_filtered_and_sorted_as_on_the_page(ask: Ask) -> None:
    mlp = ask(*QUICK, "--json").json["run_id"]
    conv = ask(*QUICK, "--model", "conv", "--json").json["run_id"]
    for options, runs in (
        ("", [conv, mlp]),
        ("--model mlp", [mlp]),
        ("--find K4", [conv, mlp]),
        ("--find=conv\\ k4 --finished", [conv]),
        ("--dataset mnist,digits --sort size", [conv, mlp]),
        ("--dataset mnist", []),
    ):
        listed = ask("runs", "list", *shlex.split(options), "--json").json
        assert [run["run_id"] for run in listed] == runs, options
    assert ask("runs", "list", "--dataset", "mnist").out == "none of the 2 runs matches\n"


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--dataset", "minst"), "unknown dataset 'minst'; known: mnist, "),
        (("--model", "gan"), "unknown model 'gan'; known: mlp, conv, conv-bottleneck"),
        (("--sort", "age"), "sort is 'age'; known: newest, error, size"),
    ],
)
def test_a_filter_that_nothing_can_match_is_wrong_usage(
    ask: Ask, option: tuple[str, str], sentence: str
) -> None:
    assert refused(ask("runs", "list", *option), 2).startswith(sentence)


def test_a_run_is_shown_as_it_was_trained(ask: Ask) -> None:
    document = ask(*QUICK, "--noise", "gaussian:0.1", "--json").json
    assert ask("runs", "show", document["run_id"], "--json").json == document
    out = ask("runs", "show", document["run_id"]).out
    assert "encoder: Linear" in out
    assert "7,060" in out
    assert f"{document['train_loss'][1]:.5f}" in out


@pytest.mark.parametrize("name", ["digits-mlp-k4-e2-00000000", "../../etc/passwd", "", "a b"])
def test_a_run_that_is_not_there_is_a_failure(name: str, ask: Ask) -> None:
    refused(ask("runs", "show", name), 1)


def test_a_broken_run_is_a_failure(ask: Ask, checkpoint_folder: Path) -> None:
    checkpoint_folder.mkdir()
    (checkpoint_folder / "x.safetensors").write_bytes(b"broken")
    assert "x.safetensors is not a run that can be read" in refused(ask("runs", "show", "x"), 1)


def test_runs_are_deleted_by_their_names(ask: Ask, checkpoint_folder: Path) -> None:
    ids = [ask(*QUICK, "--seed", seed, "--json").json["run_id"] for seed in ("1", "2", "3")]
    answer = ask("runs", "delete", ids[0])
    assert (answer.code, answer.out, answer.err) == (0, f"deleted {ids[0]}\n", "")
    answer = ask("runs", "delete", ids[1], ids[2], ids[1], "--json")
    assert (answer.code, answer.json, answer.err) == (0, {"deleted": ids[1:]}, "")
    assert ask("runs", "list", "--json").json == []
    assert list(checkpoint_folder.glob("*.safetensors")) == []
    assert f"there is no run {ids[0]}" in refused(ask("runs", "delete", ids[0]), 1)


def test_a_run_that_cannot_be_deleted_does_not_save_the_others_and_is_told(ask: Ask) -> None:
    busy, other = (ask(*QUICK, "--seed", seed, "--json").json["run_id"] for seed in ("1", "2"))
    with checkpoints.write_lock(busy):
        answer = ask("runs", "delete", "../x", busy, other, "--json")
    assert (answer.code, answer.json) == (1, {"deleted": [other]})
    (line,) = answer.err.splitlines()
    assert "'../x' is not the name of a run; " in line
    assert f"{busy} is being trained by another process" in line
    assert [run["run_id"] for run in ask("runs", "list", "--json").json] == [busy]


def test_a_broken_run_can_be_deleted(ask: Ask, checkpoint_folder: Path) -> None:
    checkpoint_folder.mkdir()
    (checkpoint_folder / "x.safetensors").write_bytes(b"broken")
    assert ask("runs", "delete", "x").out == "deleted x\n"
    assert ask("runs", "list").err == ""


def test_a_run_goes_to_another_machine_by_export_and_import(ask: Ask, tmp_path: Path) -> None:
    document = ask(*QUICK, "--json").json
    run_id, out = document["run_id"], tmp_path / "out"
    answer = ask("runs", "export", run_id, "--out", str(out))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"exported {run_id}: 5 files in {out / run_id}\n"
    assert json.loads((out / run_id / "run.json").read_bytes()) == document

    exported = ask("runs", "export", run_id, "--out", str(out), "--tensorboard", "--json").json
    assert (exported["run_id"], exported["folder"]) == (run_id, str(out / run_id))
    assert {Path(file) for file in exported["files"]} == {p for p in out.rglob("*") if p.is_file()}
    assert len(exported["files"]) == 6

    ask("runs", "delete", run_id)
    file = str(out / run_id / f"{run_id}.safetensors")
    answer = ask("runs", "import", file)
    assert (answer.code, answer.out, answer.err) == (0, f"imported {run_id}\n", "")
    assert ask("runs", "import", file, file, "--json").json == {"imported": [run_id]}
    assert ask("runs", "show", run_id, "--json").json == document


def test_a_file_that_cannot_be_imported_does_not_save_the_others_and_is_told(
    ask: Ask, tmp_path: Path
) -> None:
    path = Path(ask(*QUICK, "--json").json["checkpoint"])
    (tmp_path / "good").write_bytes(path.read_bytes())
    (tmp_path / "bad").write_bytes(path.read_bytes()[:-1])
    path.unlink()
    answer = ask("runs", "import", *(str(tmp_path / name) for name in ("bad", "good", "none")), "--json")
    assert (answer.code, answer.json) == (1, {"imported": [path.stem]})
    (line,) = answer.err.splitlines()
    assert "bad is not a run that can be read (" in line
    assert "); nothing was imported; cannot import none: No such file or directory" in line


def test_what_cannot_be_exported_is_a_failure(ask: Ask, tmp_path: Path) -> None:
    run_id = ask(*QUICK, "--json").json["run_id"]
    assert "there is no run x;" in refused(ask("runs", "export", "x", "--out", str(tmp_path)), 1)
    (tmp_path / run_id).mkdir()
    (tmp_path / run_id / "mine").touch()
    sentence = refused(ask("runs", "export", run_id, "--out", str(tmp_path)), 1)
    assert "is not empty and holds no earlier export of this run; choose another folder" in sentence
    assert f"cannot write to {UNWRITABLE}" in refused(ask("runs", "export", run_id, "--out", UNWRITABLE), 1)


def test_data_sets_are_listed_with_what_is_here(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "nothing"))
    rows = {row["name"]: row for row in ask("data", "list", "--json").json}
    assert tuple(rows) == datasets.names()
    assert {name for name, row in rows.items() if row["present"]} == {"digits", "photos"}
    lines = ask("data", "list").out.splitlines()
    assert len(lines) == 1 + len(rows)
    assert "to download" in lines[1]
    assert "here" in lines[-1]


def test_an_unknown_data_set_cannot_be_downloaded(ask: Ask) -> None:
    assert "unknown dataset 'minst'" in refused(ask("data", "download", "minst"), 2)


def test_a_data_set_that_is_here_is_downloaded_at_once(ask: Ask) -> None:
    answer = ask("data", "download", "digits")
    assert (answer.code, answer.out) == (0, "digits is here\n")


# ---------------------------------------------------------------- real processes


def started(*arguments: str, **how: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "autoenc", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, text=True, **{"stdout": pipe, "stderr": pipe, **how})


def test_a_process_ends_with_the_exit_code_and_one_line() -> None:
    with started("train", "--stride", "3") as process:
        out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert err == "autoenc: stride is 3; allowed: 1 to 2\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_a_sentence_and_the_same_command_continues(
    ask: Ask, number: signal.Signals
) -> None:
    command = (*QUICK, "--train-images", "128", "--epochs", "300", "--json")
    # A child ignores what its parent ignores, and tests in the background ignore Ctrl-C.
    usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    before = signal.signal(number, usual)
    with started(*command) as process:
        signal.signal(number, before)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("epoch 3 "):
                break
        process.send_signal(number)
        out, err = process.communicate()
    assert process.returncode == 1
    assert out == ""
    *progress, last = err.splitlines()
    assert last == "autoenc: stopped; finished work is kept; run the same command to continue"
    last_epoch = int(progress[-1].split()[1]) if progress else 3

    answer = ask(*command)
    resumed = answer.json["resumed_from_epoch"]
    assert last_epoch <= resumed < 300
    assert f"continues after epoch {resumed} of 300" in answer.err
    assert len(answer.json["test_loss"]) == 300


def begun(process: subprocess.Popen[str]) -> str:
    """The first line of a training; one that begins is held still there."""
    assert process.stderr is not None
    if "starts: " in (line := process.stderr.readline()):
        process.send_signal(signal.SIGSTOP)
    return line


def test_of_two_that_start_at_once_one_trains_and_what_is_left_when_it_is_killed_is_continued(
    ask: Ask,
) -> None:
    command = (*QUICK, "--train-images", "256", "--epochs", "600", "--json")
    both = [started(*command) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as threads:
            lines = list(threads.map(begun, both))
        assert sorted("starts: " in line for line in lines) == [False, True]
        winner, loser = sorted(both, key=lambda process: "starts: " not in lines[both.index(process)])
        run_id = lines[both.index(winner)].split()[0]
        assert lines[both.index(loser)] == (
            f"autoenc: {run_id} is being trained by another process; wait for it or stop it there\n"
        )
        assert (*loser.communicate(), loser.returncode) == ("", "", 1)

        winner.send_signal(signal.SIGCONT)
        assert winner.stderr is not None
        while not checkpoints.path_of(run_id).exists():  # a line an epoch, a file a second
            assert winner.stderr.readline(), "the training ended by itself"
        winner.kill()
        assert winner.wait() == -signal.SIGKILL
    finally:
        for process in both:
            process.kill()
            process.communicate()

    left = checkpoints.read(run_id)
    n = len(left.epochs)
    assert 1 <= n < 600
    assert left.attempt == 1
    answer = ask(*command)
    assert f"continues after epoch {n} of 600" in answer.err
    run = checkpoints.read(run_id)
    assert (run.epochs[:n], run.step_losses[: 2 * n]) == (left.epochs, left.step_losses)
    assert (len(run.epochs), len(run.step_losses), run.attempt) == (600, 1200, 2)
    assert answer.json["test_loss"] == [e.test_loss for e in run.epochs]


def test_a_full_disk_ends_a_training_in_one_line_and_the_older_runs_are_intact(
    ask: Ask, checkpoint_folder: Path
) -> None:
    run_id = ask(*QUICK, "--json").json["run_id"]
    before = {path: path.read_bytes() for path in checkpoint_folder.glob("*.safetensors")}

    def full() -> None:  # the kernel refuses to make any file larger
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    with started(*QUICK, "--epochs", "3", preexec_fn=full) as process:
        out, err = process.communicate()
    *progress, last = err.splitlines()
    assert (process.returncode, out) == (1, "")
    assert last.startswith("autoenc: cannot write ")
    assert last.endswith("File too large; older runs are intact")
    assert "Traceback" not in "".join(progress)
    assert list(checkpoint_folder.glob("*.tmp")) == []
    assert {path: path.read_bytes() for path in checkpoint_folder.glob("*.safetensors")} == before
    assert ask("runs", "show", run_id).code == 0


def test_a_folder_deleted_in_mid_run_is_told_as_it_is(ask: Ask, checkpoint_folder: Path) -> None:
    with started(*QUICK, "--train-images", "256", "--epochs", "1000") as process:
        assert process.stderr is not None
        process.stderr.readline()
        shutil.rmtree(checkpoint_folder)
        _, err = process.communicate()
    assert process.returncode == 1
    last = err.splitlines()[-1]
    assert last.endswith(".safetensors: its folder is gone; restore it or train again")
    assert not checkpoint_folder.exists()


def shell(command: str, **environment: str) -> Answer:
    """A command as it is typed, with its redirections; the code is that of `autoenc`, not of its reader."""
    line = f"set -o pipefail; {command}".replace("autoenc", f"{shlex.quote(sys.executable)} -m autoenc", 1)
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        env={**os.environ, **environment},
        encoding=environment.get("PYTHONIOENCODING", "utf-8"),
        capture_output=True,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("command", ["data list", "--help"])
def test_a_result_that_cannot_be_written_is_a_failure_in_one_line(command: str) -> None:
    answer = shell(f"autoenc {command} > /dev/full")
    assert refused(answer, 1) == "the results cannot be written: No space left on device"


def test_a_reader_that_has_seen_enough_causes_no_complaint() -> None:
    answer = shell("autoenc data list | true")
    assert (answer.code, answer.err) == (0, "")


def test_results_that_nobody_can_read_are_refused_before_the_work(checkpoint_folder: Path) -> None:
    sentence = refused(shell(f"autoenc {' '.join(QUICK)} >&-"), 1)
    assert sentence == "standard output is closed; give the results a file, such as `> results.txt`"
    assert not checkpoint_folder.exists()


def test_progress_that_nobody_can_read_neither_ends_the_work_nor_gets_into_the_result() -> None:
    answer = shell(f"autoenc {' '.join(QUICK)} --json 2>&-")
    assert (answer.code, answer.err) == (0, "")
    assert len(answer.json["test_loss"]) == 2


def test_letters_that_the_terminal_does_not_have_are_replaced(tmp_path: Path) -> None:
    picture = packed(colour())
    for c in ("日本", "grün"):
        for n in range(2):
            (tmp_path / "in" / c).mkdir(parents=True, exist_ok=True)
            (tmp_path / "in" / c / f"{n}.png").write_bytes(picture)
    own = {name: str(tmp_path / name) for name in ("AUTOENC_DATA_DIR", "AUTOENC_CACHE_DIR")}
    command = f"autoenc data import {tmp_path / 'in'} --name mine"
    answer = shell(command, LANG="C", PYTHONIOENCODING="ascii", **own)
    assert answer.code == 0
    assert answer.out.splitlines()[1] == "2 classes: gr?n, ??"
    assert "Traceback" not in answer.err


def test_a_folder_s_name_is_printed_as_far_as_the_terminal_has_its_letters(ask: Ask, tmp_path: Path) -> None:
    run_id = ask(*QUICK, "--json").json["run_id"]
    command = f"cd {shlex.quote(str(tmp_path))} && autoenc runs export {run_id} --out 'Ausgäng e'"
    for encoding, seen in (("ascii", "Ausg?ng e"), ("cp1252", "Ausgäng e")):
        answer = shell(command, PYTHONPATH=str(ROOT), PYTHONIOENCODING=encoding)
        assert (answer.code, answer.err) == (0, "")
        assert answer.out == f"exported {run_id}: 5 files in {Path(seen, run_id)}\n"
    assert (tmp_path / "Ausgäng e" / run_id / "run.json").exists()
