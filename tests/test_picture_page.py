"""The page Your picture under AppTest: real models, real files, no browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from autoenc import datasets
from autoenc.errors import ConfigError
from autoenc.schema import Run, TrainConfig
from tests import runs, visits
from tests.visits import laboratory, settle, texts
from ui.components.draw_pad import read_drawing
from ui.core import sessions
from ui.picture import reconstruct

OWN = ("data", "checkpoint")  # folders; the cache is that of all tests


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A machine with no data set but the embedded ones, and two models of digits."""
    place = tmp_path_factory.mktemp("place")
    with laboratory(place, OWN):
        yield place


@pytest.fixture(autouse=True)
def _settled(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(place, monkeypatch, OWN)


@pytest.fixture(scope="module")
def models(place: Path) -> dict[str, Run]:
    data = datasets.load("digits")
    configs = [TrainConfig("digits", model, 4, epochs=1, batch_size=128) for model in ("mlp", "conv")]
    trained = {config.model: runs.trained(config, data) for config in configs}
    for run, state in trained.values():
        runs.stored(run, state)
    return {model: run for model, (run, _) in trained.items()}


def opened(**link: str) -> AppTest:
    app = visits.opened("picture", **link)
    assert not app.exception
    return app


def picture(size: tuple[int, int] = (60, 40)) -> bytes:
    file = BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_whoever_has_no_model_sees_two_examples_at_work_one_of_digits_and_one_of_photographs() -> None:
    app = opened()
    assert "A model can only draw what it has learnt" in texts(app)
    digits, photos = app.multiselect(key="picture_runs").value
    assert digits.startswith("digits-mlp-k32-e100-")
    assert photos.startswith("photos-mlp-k64-e30-")
    assert texts(app).count("MSE ") >= 2


def test_an_example_and_a_model_are_there_from_the_first_moment(models: dict[str, Run]) -> None:
    app = opened()
    assert "**A face**" in texts(app)
    assert "MSE " in texts(app)
    assert "test images" in texts(app)
    run_ids = app.multiselect(key="picture_runs").value
    assert app.query_params["runs"] == ",".join(run_ids)


def test_several_models_stand_one_below_the_other_and_the_link_carries_them(models: dict[str, Run]) -> None:
    every = ",".join(run.run_id for run in models.values())
    app = opened(runs=every, example="coffee", fit="tile", invert="no")
    assert texts(app).count("MSE ") == 2
    assert texts(app).count(" tiles") >= 2
    assert app.query_params == {"runs": every, "example": "coffee", "fit": "tile", "invert": "no"}


def test_what_a_link_may_not_ask_for_is_told(models: dict[str, Run]) -> None:
    app = opened(runs="gone", example="<b>x</b>", other="1")
    warnings = [warning.value for warning in app.warning]
    assert len(warnings) == 3
    assert all("Ignored in the link" in sentence for sentence in warnings)
    assert "<b>" not in "".join(warnings).replace(r"\<b\>", "")
    assert "MSE " in texts(app)


def test_an_uploaded_picture_takes_the_place_of_the_example(models: dict[str, Run]) -> None:
    app = opened(**{"from": "upload", "runs": models["mlp"].run_id})
    assert "**A face**" in texts(app)
    app.get("file_uploader")[0].upload("my [x](http://y) *dog*.png", picture(), "image/png")
    app.run()
    assert not app.exception
    assert r"my \[x\]\(http" in texts(app)
    assert "**A face**" not in texts(app)
    assert "MSE " in texts(app)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1)])
@pytest.mark.parametrize("fit", ["shrink", "tile"])
def test_a_picture_of_any_size_is_shown(models: dict[str, Run], size: tuple[int, int], fit: str) -> None:
    app = opened(**{"from": "upload", "runs": models["mlp"].run_id, "fit": fit})
    app.get("file_uploader")[0].upload("thin.png", picture(size), "image/png")
    app.run()
    assert not app.exception
    assert "thin.png" in texts(app).replace("\\", "")


@pytest.mark.parametrize("content", [b"<html></html>", picture()[:200], b""], ids=["html", "cut", "empty"])
def test_a_file_that_is_no_picture_is_told_and_the_example_stays(
    models: dict[str, Run], content: bytes
) -> None:
    app = opened(**{"from": "upload", "runs": models["mlp"].run_id})
    app.get("file_uploader")[0].upload("cat.png", content, "image/png")
    app.run()
    assert not app.exception
    (error,) = app.error
    assert r"cat.png" in error.value
    assert "**A face**" in texts(app)


def test_a_drawing_on_bright_paper_is_inverted_for_a_model_of_drawings(models: dict[str, Run]) -> None:
    app = opened(example="page", runs=models["mlp"].run_id)
    assert "inverted" in texts(app)
    assert "inverted" not in texts(opened(example="page", runs=models["mlp"].run_id, invert="no"))
    assert "inverted" not in texts(opened(example="face", runs=models["mlp"].run_id))
    assert "inverted" in texts(opened(example="face", runs=models["mlp"].run_id, invert="yes"))


def test_a_denoiser_is_no_first_choice_and_says_that_its_test_images_were_noisy(
    models: dict[str, Run],
) -> None:
    run, state = runs.trained(runs.NOISY_CONV, datasets.load("digits"))
    runs.stored(run, state)
    assert run.run_id not in opened().multiselect(key="picture_runs").value
    assert "The test images were noisy" in texts(opened(runs=run.run_id))


def test_a_picture_is_computed_once(models: dict[str, Run]) -> None:
    run = sessions.read_run(models["mlp"].run_id)
    shown = reconstruct.example_picture("cat")
    assert reconstruct.reconstruction(shown, run, "no") is reconstruct.reconstruction(
        reconstruct.example_picture("cat"), run, "no"
    )
    assert reconstruct.tile_reconstructions(shown, run, "no") is reconstruct.tile_reconstructions(
        shown, run, "auto"
    )
    assert reconstruct.reconstruction(shown, run, "no") is not reconstruct.reconstruction(shown, run, "yes")


# ---------------------------------------------------------------- what comes from the pad


def test_a_drawing_is_read_as_it_was_sent() -> None:
    drawing = read_drawing({"id": "7", "pictures": {"1x3": "AH//"}})
    assert drawing.id == "7"
    assert drawing.pictures[1, 3].tolist() == [[[0, 127, 255]]]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"id": "1", "pictures": []},
        {"id": "1", "pictures": {"28x28": "AAAA"}},
        {"id": "1", "pictures": {"28x28": 5}},
        {"id": "1", "pictures": {"1x3": "not base64!"}},
        {"id": "1", "pictures": {"0x0": ""}},
        {"id": "1", "pictures": {"999x999": ""}},
        {"id": "1", "pictures": {"-1x3": "AAAA"}},
        "drawing",
    ],
    ids=lambda sent: json.dumps(sent),
)
def test_what_is_no_drawing_is_refused(sent: object) -> None:
    with pytest.raises(ConfigError, match="no drawing"):
        read_drawing(sent)
