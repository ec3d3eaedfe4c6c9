"""The page Recognise, what Sweep and Denoise show of it, and the list on Runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from autoenc import recognition
from tests.visits import Place, has_button, opened, texts, until_true
from ui.core import recognisers

EPOCHS = "3"


@pytest.fixture(scope="module")
def reader(place: Path) -> str:
    """A recogniser of digits that was trained on the page; its id."""
    app = opened("recognise", dataset="digits", epochs=EPOCHS)
    assert not app.exception
    assert "Time:" in texts(app)
    app.button(key="train-recogniser-form").click().run()
    until_true(app, lambda: "Being trained now" not in texts(app), "the end of the training")
    (own,) = (one for one in recognisers.listed() if not one.example)
    assert own.finished
    return own.recogniser_id


def test_a_click_trains_a_recogniser_and_the_page_says_what_it_reads(reader: str) -> None:
    app = opened("recognise", dataset="digits", epochs=EPOCHS, view="training")
    accuracy = recognition.read(reader).accuracy
    assert accuracy is not None
    assert accuracy > 0.8
    assert "of the test images are recognised; a guess among 10 classes would be right in 10 %" in texts(app)
    assert "Trained: 3 epochs" in texts(app)
    assert not has_button(app, "train-recogniser-form")
    longer = opened("recognise", dataset="digits", epochs="5")
    assert longer.button(key="train-recogniser-form").label == "Resume from epoch 3"


@pytest.mark.parametrize("view", ["sure", "code"])
def test_each_view_opens_from_its_link(reader: str, view: str) -> None:
    app = opened("recognise", dataset="digits", epochs=EPOCHS, view=view)
    assert not app.exception
    assert {"sure": "temperature scaling", "code": "linear classifier"}[view] in texts(app)
    assert app.query_params["view"] == view


def test_what_can_still_be_read_is_measured_at_a_click_and_told(reader: str) -> None:
    app = opened("recognise", dataset="digits", epochs=EPOCHS)
    assert has_button(app, "measure-recognise")
    app.button(key="measure-recognise").click().run()
    until_true(app, lambda: "recognised" in _lesson(app), "a sentence of what is recognised")
    until_true(app, lambda: not has_button(app, "stop-recognise"), "the end of the readings")
    assert not has_button(app, "measure-recognise")
    assert "MLP, 1 layer" in _lesson(app)


def _lesson(app: AppTest) -> str:
    return " ".join(one.value for one in app.markdown if "1 layer" in one.value)


def test_runs_lists_recognisers_apart(reader: str) -> None:
    app = opened("runs")
    assert "1 recogniser" in texts(app)
    listed = next(frame.value for frame in app.dataframe if "Recogniser" in frame.value)
    assert list(listed["Recogniser"]) == [reader]
    assert all(
        reader not in frame.value.to_string() for frame in app.dataframe if "Recogniser" not in frame.value
    )


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"epochs": "many"}, "epochs"),
        ({"view": "ears"}, "view is 'ears'"),
        ({"noisy": "perhaps"}, "noisy is 'perhaps'"),
    ],
)
def test_nonsense_in_the_link_is_told(link: dict[str, str], sentence: str) -> None:
    app = opened("recognise", dataset="digits", **link)
    assert not app.exception
    assert any(
        "Ignored in the link" in warning.value and sentence in warning.value for warning in app.warning
    )


def test_images_of_one_class_are_refused_in_a_sentence_and_not_offered(place: Path) -> None:
    rng = np.random.default_rng(0)
    for split, n in (("train", 30), ("test", 5)):
        folder = place / "data" / "clouds" / split / "cloud"
        folder.mkdir(parents=True, exist_ok=True)
        for i in range(n):
            Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(folder / f"{i}.png")
    app = opened("recognise", dataset="clouds")
    assert not app.exception
    assert "Clouds has one class; a recogniser needs images of at least two classes." in texts(app)
    assert not has_button(app, "train-recogniser-form")


def test_only_the_teacher_deletes_a_recogniser(reader: str, visitor_at: Place) -> None:
    app = opened("recognise", dataset="digits", epochs=EPOCHS)
    assert has_button(app, "delete-recogniser-now")
    visitor_at("192.0.2.7")
    assert not has_button(opened("recognise", dataset="digits", epochs=EPOCHS), "delete-recogniser-now")
