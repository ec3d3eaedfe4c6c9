"""`python -m autoenc compress` and `decompress`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autoenc import datasets
from autoenc.jobs import TrainJob
from tests.commands import Ask, ask, refused
from tests.runs import PLAIN

__all__ = ["ask"]  # a fixture


@pytest.fixture
def run_id() -> str:
    job = TrainJob(replace(PLAIN, epochs=1), "cpu")
    for _ in job.run():
        pass
    return job.job_id


def test_the_test_set_becomes_a_file_and_the_file_a_folder(ask: Ask, run_id: str, tmp_path: Path) -> None:
    digits = datasets.load("digits")
    file, folder = tmp_path / "digits.aec", tmp_path / "back"
    made = ask("compress", "--run", run_id, "--test-set", "--out", str(file), "--step", "0.1", "--json")
    assert made.code == 0
    assert made.json["n_images"] == len(digits.test)
    assert made.json["n_bytes"] == file.stat().st_size
    assert made.json["bytes_per_image"] == file.stat().st_size / len(digits.test)
    assert made.json["step"] == pytest.approx(0.1, rel=0.01)
    opened = ask("decompress", str(file), "--out", str(folder), "--json")
    assert opened.json["n_images"] == len(digits.test)
    assert opened.json["run_id"] == run_id
    pictures = sorted(folder.iterdir())
    assert [picture.name for picture in pictures][:2] == ["000.png", "001.png"]
    back = np.stack([np.asarray(Image.open(picture)) for picture in pictures])[:, None]
    mse = float((((digits.test.astype(float) - back) / 255) ** 2).mean())
    assert made.json["mse"] == pytest.approx(mse, rel=1e-6)


def test_it_says_what_the_file_weighs_and_what_opens_it(ask: Ask, run_id: str, tmp_path: Path) -> None:
    picture = tmp_path / "seven.png"
    Image.fromarray(np.full((40, 30), 200, np.uint8)).save(picture)
    file = tmp_path / "seven.aec"
    answer = ask("compress", "--run", run_id, str(picture), "--out", str(file))
    weight, head, quality, opener = answer.out.splitlines()
    n_bytes = file.stat().st_size
    assert weight == f"{file}: 1 image in {n_bytes} bytes, {n_bytes} each"
    assert head.startswith("head 19 bytes, tables 0; step 0.0")
    assert "times smaller than the pixels" in quality
    assert opener.startswith(f"to open it: this run, {run_id} (")
    opened = ask("decompress", str(file), "--out", str(tmp_path / "back"))
    assert opened.out == f"{tmp_path / 'back'}: 1 image, drawn by {run_id}\n"


def test_wrong_usage_is_refused_before_any_work(ask: Ask, run_id: str, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "x.aec"))
    assert "give pictures, or --test-set" in refused(ask("compress", "--run", run_id, *out), 2)
    both = ask("compress", "--run", run_id, "--test-set", "x.png", *out)
    assert "give pictures, or --test-set" in refused(both, 2)
    nowhere = ask("compress", "--run", run_id, "--test-set", "--out", str(tmp_path / "no" / "x.aec"))
    assert "--out needs a file in an existing folder" in refused(nowhere, 2)
    assert "step is" in refused(ask("compress", "--run", run_id, "--test-set", *out, "--step", "0"), 2)
    assert "there is no run nothing" in refused(ask("compress", "--run", "nothing", "--test-set", *out), 1)
    assert not (tmp_path / "x.aec").exists()


def test_what_cannot_be_opened_is_refused_in_one_sentence(ask: Ask, run_id: str, tmp_path: Path) -> None:
    file = tmp_path / "x.aec"
    to = ("--out", str(tmp_path / "back"))
    assert "cannot read" in refused(ask("decompress", str(file), *to), 1)
    file.write_bytes(b"GIF89a")
    assert "this is no .aec file" in refused(ask("decompress", str(file), *to), 1)
    ask("compress", "--run", run_id, "--test-set", "--out", str(file))
    file.write_bytes(file.read_bytes()[:-5])
    assert "this file is damaged" in refused(ask("decompress", str(file), *to), 1)


def test_a_folder_with_files_is_left_alone(ask: Ask, run_id: str, tmp_path: Path) -> None:
    file = tmp_path / "x.aec"
    ask("compress", "--run", run_id, "--test-set", "--out", str(file))
    assert "is not empty; choose a new folder" in refused(
        ask("decompress", str(file), "--out", str(tmp_path)), 2
    )
