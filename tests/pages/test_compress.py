"""The page Compress: the step under the finger, and a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, compression, datasets
from autoenc.compression.spread import quantiles_of
from autoenc.datasets import Dataset
from autoenc.schema import CodeQuantiles
from autoenc.training import TrainState
from tests.runs import PLAIN, stored, trained
from tests.visits import opened, texts
from ui.compress import scene

RATED = replace(PLAIN, latent_size=6, rate_weight=0.001, learning_rate=0.01)
CONV = replace(PLAIN, model="conv", latent_size=16, layers=1, stride=1, epochs=1)


@pytest.fixture(scope="module")
def runs(place: Path) -> dict[str, str]:
    """A run that was trained for its bytes, an ordinary one, and one whose code is larger than the image."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(place / "checkpoint"))
        for name, config in (("rated", RATED), ("plain", PLAIN), ("conv", CONV)):
            data = datasets.load("digits")
            run, state = trained(config, data)
            stored(replace(run, quantiles=spread_of(state, data)), state)
            made[name] = run.run_id
    return made


def spread_of(state: TrainState, data: Dataset) -> CodeQuantiles:
    return quantiles_of(state.model.encoder, torch.from_numpy(data.train))


def test_a_step_that_arrives_while_the_whole_page_is_drawn_is_taken(
    runs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rested = iter([3.0])  # somebody lets the slider rest, and at once asks for something else
    monkeypatch.setattr(scene, "live_code", lambda _1, _2, bits, _3, **_4: next(rested, bits.level))
    app = opened("compress", run=runs["plain"])
    assert not app.exception
    assert app.query_params["bits"] == "3"


def lesson(app: AppTest) -> str:
    return next(one.value for one in app.markdown if "takes" in one.value)


def test_a_run_that_was_trained_for_its_bytes_is_first_and_its_bytes_are_told(runs: dict[str, str]) -> None:
    app = opened("compress")
    assert not app.exception
    first = checkpoints.read(app.selectbox(key="compressed_run").value)
    assert first.config.rate_weight is not None
    assert "more for the head of its file" in lesson(app)
    assert "JPEG needs" in lesson(app)
    assert "The decoder's weights are not in the file" in texts(app)
    assert "Trained for few bytes, not only for a small error" in texts(app)


def test_a_code_of_more_numbers_than_the_image_is_said_to_be_larger(runs: dict[str, str]) -> None:
    app = opened("compress", run=runs["conv"])
    assert "Its code is 16 times larger than the image; coded, it takes" in lesson(app)


def test_a_run_of_an_earlier_version_says_that_files_bring_their_tables(place: Path) -> None:
    data = datasets.load("digits")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(place / "checkpoint"))
        run, state = trained(replace(PLAIN, seed=3), data)
        stored(replace(run, quantiles=None), state)
    app = opened("compress", run=run.run_id)
    assert not app.exception
    assert "An earlier version trained this run" in texts(app)


def test_bits_and_choice_and_images_stand_in_the_address(runs: dict[str, str]) -> None:
    link = {"run": runs["plain"], "bits": "2.5", "equal": "bytes", "images": "32"}
    app = opened("compress", **link)
    assert not app.exception
    assert {name: app.query_params[name] for name in link} == link
    assert app.segmented_control(key="compress_equal").value == "bytes"
    app.button(key="other-images").click().run()
    assert app.query_params["images"] == "48"
    app.selectbox(key="compressed_run").select(runs["rated"]).run()
    assert "bits" not in app.query_params, "another run has a step of its own"


def test_fewer_bits_take_fewer_bytes(runs: dict[str, str]) -> None:
    said = [opened("compress", run=runs["plain"], bits=bits) for bits in ("2", "6")]
    few, many = (float(lesson(app).split("takes ")[1].split(" ")[0]) for app in said)
    assert few < 0.6 * many


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"bits": "many"}, "bits are 'many'"),
        ({"bits": "17"}, "bits are '17'"),
        ({"equal": "size"}, "equal is 'size'; known: psnr, bytes"),
        ({"view": "ears"}, "view is 'ears'"),
        ({"run": "none"}, "run 'none' is not on this machine"),
    ],
)
def test_nonsense_in_the_link_is_told(runs: dict[str, str], link: dict[str, str], sentence: str) -> None:
    app = opened("compress", **link)
    assert not app.exception
    assert any(
        "Ignored in the link" in warning.value and sentence in warning.value.replace("\\", "")
        for warning in app.warning
    )


# ---------------------------------------------------------------- a file


def test_a_file_opens_and_says_who_drew_it_and_what_it_weighs(runs: dict[str, str]) -> None:
    codec, images = compression.codec_of(runs["rated"]), datasets.load("digits").test
    file = compression.compress(codec, np.array(images), codec.step(1.0))
    app = opened("compress", view="file")
    assert not app.exception
    assert [button.label for button in app.get("download_button")] == [
        "These 16 images",
        f"All {len(images)} test images",
    ]
    app.get("file_uploader")[0].upload("all.aec", file.to_bytes(), "application/octet-stream")
    app.run()
    assert not app.exception
    said = texts(app).replace("\\", "")
    assert f"{len(images)} images in {file.n_bytes:,} bytes" in said
    assert "The first 64. Drawn by MLP 6, 1 layer, few bytes (0.001), UCI handwritten digits" in said
    assert runs["rated"] in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "this is no .aec file"),
        (b"\x89PNG\r\n\x1a\n", "this is no .aec file but"),
        (b"AEC\x01", "this file is damaged (it ends too early)"),
        (b"AEC\x09" + bytes(20), "a newer version of this program made this file"),
        (b"AEC\x01" + bytes(20), "this file is damaged (its bytes do not fit together)"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_a_sentence(
    runs: dict[str, str], content: bytes, sentence: str
) -> None:
    app = opened("compress", view="file")
    app.get("file_uploader")[0].upload("odd.aec", content, "application/octet-stream")
    app.run()
    assert not app.exception
    (error,) = app.error
    assert sentence in error.value.replace("\\", "")
    assert "\n" not in error.value
