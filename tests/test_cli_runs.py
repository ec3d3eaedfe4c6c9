"""The command line on what there is: runs are listed, shown, deleted and moved, and data sets listed."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from autoenc import checkpoints, datasets
from autoenc.datasets import spec
from tests.commands import QUICK, Ask, ask, refused
from tests.runs import ROOT, UNWRITABLE

__all__ = ["ask"]  # a fixture

pytestmark = pytest.mark.usefixtures("own_cores")  # a run that waits for cores says so in a line more


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

    exported = ask("runs", "export", run_id, "--out", str(out), "--onnx", "--torch-export", "--json").json
    programs = {f"{part}.{kind}" for part in ("encoder", "decoder", "model") for kind in ("onnx", "pt2")}
    assert {Path(file).name for file in exported["files"]} >= programs

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
