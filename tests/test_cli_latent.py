"""`python -m autoenc latent`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from autoenc import checkpoints, datasets, inspection, latent
from autoenc.jobs import TrainJob
from autoenc.latent import sheet
from tests.commands import Ask, ask, refused
from tests.runs import PLAIN, FileContent, put, stored, trained

__all__ = ["ask"]  # a fixture


@pytest.fixture
def run_id() -> str:
    job = TrainJob(replace(PLAIN, epochs=1), "cpu")
    for _ in job.run():
        pass
    return job.job_id


def test_the_codes_of_all_test_images_come_with_their_classes(ask: Ask, run_id: str, tmp_path: Path) -> None:
    out, digits = tmp_path / "codes.npz", datasets.load("digits")
    answer = ask("latent", "--run", run_id, "--out", str(out), "--json")
    assert answer.json == {
        "run_id": run_id,
        "n_latents": 4,
        "path": str(out),
        "n_images": len(digits.test),
    }
    with np.load(out, allow_pickle=False) as codes:
        assert np.array_equal(codes["labels"], digits.test_labels)
        assert tuple(codes["class_names"]) == digits.class_names
        assert np.array_equal(codes["image_numbers"], np.arange(len(digits.test)))
        z = latent.codes_of(inspection.open_run(run_id), digits.test)
        assert codes["z"] == pytest.approx(z, abs=1e-5)
        assert codes["z"].dtype == np.float32


def test_the_projector_gets_a_row_for_each_image_in_both_files(ask: Ask, run_id: str, tmp_path: Path) -> None:
    answer = ask("latent", "--run", run_id, "--out", str(tmp_path / "codes.npz"), "--tsv")
    assert answer.code == 0
    digits = datasets.load("digits")
    vectors = [line.split("\t") for line in (tmp_path / "vectors.tsv").read_text().splitlines()]
    head, *metadata = (tmp_path / "metadata.tsv").read_text().splitlines()
    assert head == "class\timage"  # which two columns need and one must not have
    assert metadata == [f"{digits.class_names[label]}\t{i}" for i, label in enumerate(digits.test_labels)]
    with np.load(tmp_path / "codes.npz") as codes:
        assert np.array(vectors, float) == pytest.approx(codes["z"], rel=1e-5)
        n = len(codes["z"])
    first, second = answer.out.splitlines()
    assert first == f"{tmp_path / 'codes.npz'}: {n:,} codes of 4 numbers, of the test images of digits"
    assert second.endswith("the same for projector.tensorflow.org")


def test_a_sheet_is_the_picture_that_the_library_makes(ask: Ask, run_id: str, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert ask("latent", "--run", run_id, "--sheet", str(out), "--json").json["sheet"] == str(out)
    assert np.array_equal(np.asarray(Image.open(out)), sheet(inspection.open_run(run_id))[0])


@pytest.mark.parametrize("source", ["gaussian", "uniform", "normal", "3"])
def test_samples_are_drawn_from_where_one_says(ask: Ask, run_id: str, tmp_path: Path, source: str) -> None:
    out = tmp_path / "samples.png"
    command = ("latent", "--run", run_id, "--samples", "7", "--out", str(out), "--from", source, "--json")
    answer = ask(*command)
    assert (answer.json["n_samples"], answer.json["source"], answer.json["seed"]) == (7, source, 0)
    assert 0 <= answer.json["share"] <= 1  # a recogniser of digits comes with the program
    first = np.asarray(Image.open(out))
    assert first.shape == (3 * 28, 3 * 28)
    assert not first[-28:, 28:].any()  # seven pictures: the last row has one
    ask(*command)
    assert np.array_equal(np.asarray(Image.open(out)), first)
    ask(*command, "--seed", "1")
    assert not np.array_equal(np.asarray(Image.open(out)), first)


def test_wrong_usage_is_refused_before_any_work(ask: Ask, tmp_path: Path) -> None:
    run = ("latent", "--run", "no-run-of-this-name")  # which nobody gets to look for
    npz, png = str(tmp_path / "x.npz"), str(tmp_path / "x.png")
    for options, sentence in (
        ((), "say what to write: --out codes.npz"),
        (("--tsv",), "say what to write"),
        (("--tsv", "--sheet", png), "--tsv writes the codes of --out once more"),
        (("--samples", "4"), "say what to write"),
        (("--samples", "4", "--sheet", png), "--samples needs --out samples.png"),
        (("--samples", "4", "--tsv", "--out", png), "leave out --samples"),
        (("--samples", "0", "--out", png), "samples is 0; allowed: 1 to 10,000"),
        (("--samples", "10001", "--out", png), "samples is 10001; allowed: 1 to 10,000"),
        (("--samples", "4", "--out", png, "--seed", "-1"), "seed is -1; allowed: 0 and more"),
        (("--samples", "4", "--out", npz), "it needs a name that ends in .png"),
        (("--samples", "4", "--out", png, "--sheet", png), "the same file"),
        (("--out", png), "it needs a name that ends in .npz"),
        (("--out", str(tmp_path)), "it needs a name that ends in .npz"),
        (("--out", str(tmp_path / "no" / "x.npz")), "--out needs a file in an existing folder"),
        (("--out", npz, "--from", "uniform"), "--from is for drawing codes"),
        (("--out", npz, "--seed", "1"), "--seed is for drawing codes"),
    ):
        assert sentence in refused(ask(*run, *options), 2)
    (tmp_path / "folder.npz").mkdir()
    assert "cannot write" in refused(ask(*run, "--out", str(tmp_path / "folder.npz")), 2)


def test_what_cannot_be_used_is_one_sentence(ask: Ask, run_id: str, tmp_path: Path) -> None:
    to = ("--out", str(tmp_path / "x.npz"))
    assert "there is no run nothing" in refused(ask("latent", "--run", "nothing", *to), 1)
    drawn = ("latent", "--run", run_id, "--samples", "4", "--out", str(tmp_path / "x.png"))
    assert "unknown source 'ten'" in refused(ask(*drawn, "--from", "ten"), 2)
    unfinished = stored(*trained(replace(PLAIN, epochs=2, seed=1), datasets.load("digits"), epochs=1)).stem
    assert "train it to the end first" in refused(ask("latent", "--run", unfinished, *to), 1)
    assert list(tmp_path.glob("x.*")) == []


def test_a_run_whose_codes_are_infinite_has_none_to_write(ask: Ask, run_id: str, tmp_path: Path) -> None:
    content = FileContent(data=checkpoints.find(run_id).read_bytes())

    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        tensors["model.encoder.1.weight"].fill_(3e38)

    assert "model.encoder.1.weight" in safetensors.torch.load(content.data)
    put(run_id, content.with_tensors(spoil))
    answer = ask("latent", "--run", run_id, "--out", str(tmp_path / "x.npz"))
    assert "are not finite numbers: its training went wrong" in refused(answer, 1)
    assert list(tmp_path.glob("*.npz")) == []
