"""The contest on the page Compress for a drawing: what it is, its smallest files, the table of a class."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets, recipes
from autoenc.compression import contest
from autoenc.compression.contest import winners
from autoenc.schema import RecogniserSummary
from tests.visits import has_button, opened, texts
from ui.components.draw_pad import Drawing
from ui.core import contests, recognisers
from ui.core.contests import Batch

EXAMPLES = {run.config: run for run in checkpoints.examples()}
RATED, PLAIN = EXAMPLES[recipes.RATED_EXAMPLE], EXAMPLES[recipes.EXAMPLE]
PHOTOS = EXAMPLES[recipes.COLOUR_EXAMPLE]
SIZE = RATED.image_shape[1:]


@pytest.fixture
def recogniser(place: Path) -> RecogniserSummary:
    found = recognisers.of_dataset("digits")
    assert found is not None
    return found


def page(**link: str) -> AppTest:
    app = opened("compress", **{"run": RATED.run_id, "view": "contest", "from": "draw"} | link)
    assert not app.exception
    return app


def draw(app: AppTest, image: np.ndarray | None, id: str = "1") -> AppTest:
    """As the pad sends it; None: the pad is cleared. Arrays from the browser cannot be written to."""
    pictures = {} if image is None else {SIZE: np.frombuffer(image.tobytes(), np.uint8).reshape(1, *SIZE)}
    app.session_state["drawing"] = Drawing(id, pictures)
    app.run()
    assert not app.exception
    return app


def test_image(i: int) -> np.ndarray:
    return np.array(datasets.load("digits").test[i])


test_image.__test__ = False  # type: ignore[attr-defined]


def surest(recogniser: RecogniserSummary) -> list[int]:
    """The test images of the contest, those first that the recogniser is surest of."""
    return np.argsort(
        -recognisers.read(recogniser, contests.test_images("digits").images).confidences
    ).tolist()


def unsure(recogniser: RecogniserSummary) -> np.ndarray:
    """A mixture of two test images that the recogniser is not sure of."""
    images = contests.test_images("digits").images.astype(int)
    mixed = np.stack([(a + b) // 2 for a, b in pairwise(images)]).astype(np.uint8)
    read = recognisers.read(recogniser, mixed)
    assert read.confidences.min() < contest.SURE
    return mixed[int(read.confidences.argmin())]


def notes_of(app: AppTest) -> list[str] | None:
    """What stands under the pictures of the drawing; None: there are none."""
    for part in app.get("bidi_component"):
        message = part.proto.bytes
        if message[4:5] == b"{":
            head: dict[str, Any] = json.loads(message[4 : 4 + int.from_bytes(message[:4], "big")])
            if head.get("key") == "drawing-files":
                return list(head["rows"][0]["notes"])
    return None


def name_of(app: AppTest, recogniser: RecogniserSummary, image: np.ndarray) -> str:
    (index,) = recognisers.read(recogniser, image[None]).classes
    return datasets.load("digits").class_names[index]


# ---------------------------------------------------------------- test images, or a drawing


def test_the_contest_is_for_test_images_until_somebody_wants_to_draw(place: Path) -> None:
    app = opened("compress", run=RATED.run_id, view="contest")
    assert has_button(app, "contest")
    choice = app.segmented_control(key="contest_source")
    assert choice.value == "tests"
    choice.set_value("draw").run()
    assert app.query_params["from"] == "draw"
    assert not has_button(app, "contest")
    app.segmented_control(key="contest_source").set_value("tests").run()
    assert "from" not in app.query_params
    assert has_button(app, "contest")


def test_a_link_without_a_drawing_shows_the_empty_pad_and_says_to_draw(place: Path) -> None:
    app = page()
    assert "Draw on the pad" in texts(app)
    assert notes_of(app) is None


def test_images_that_cannot_be_drawn_leave_no_choice(place: Path) -> None:
    app = page(run=PHOTOS.run_id)
    assert not app.get("button_group")
    assert "Draw on the pad" not in texts(app)
    assert "from" not in app.query_params
    app.selectbox(key="compressed_run").set_value(RATED.run_id).run()
    assert app.segmented_control(key="contest_source").value == "tests"


def test_nonsense_in_the_address_is_ignored_with_a_sentence(place: Path) -> None:
    app = page(**{"from": "nonsense"})
    assert "from is 'nonsense'" in texts(app).replace("\\", "")
    assert app.segmented_control(key="contest_source").value == "tests"


# ---------------------------------------------------------------- the smallest files


def test_a_drawing_is_searched_as_a_test_image_is(recogniser: RecogniserSummary) -> None:
    tests, i = contests.test_images("digits"), surest(recogniser)[0]
    app = draw(page(against=PLAIN.run_id), tests.images[i])
    name = datasets.load("digits").class_names[tests.classes[i]]
    assert f"The recogniser reads your drawing as a{'n' * (name == '8')} {name}" in texts(app)
    all_files = [contests.of_run(run, recogniser, [tests]) for run in (RATED, PLAIN)]
    all_files += [contests.of_image_codec(codec, recogniser, [tests]) for codec in contest.ENTRANTS]
    sizes = [None if files[i] is None else files[i].n_bytes for files in all_files]  # type: ignore[union-attr]
    drawing, *notes = notes_of(app) or []
    assert drawing.startswith(f"Drawing\n{name}: ")
    assert [note.split("\n")[0].removesuffix(" ★") for note in notes] == [
        "–" if size is None else f"{size} B" for size in sizes
    ]
    (best,) = winners({str(n): (files[i],) for n, files in enumerate(all_files)})
    assert [str(n) for n, note in enumerate(notes) if "★" in note] == list(best)
    assert f"the smallest file that can be read as a{'n' * (name == '8')} {name}" in texts(app)


def test_the_same_drawing_is_searched_once(recogniser: RecogniserSummary) -> None:
    drawing = Batch(test_image(0)[None], np.array([0], np.intp))
    again = Batch(test_image(0)[None], np.array([0], np.intp))
    other = Batch(test_image(0)[None], np.array([1], np.intp))
    for find in (
        lambda batch: contests.of_run(RATED, recogniser, [batch]),
        lambda batch: contests.of_image_codec("jpeg", recogniser, [batch]),
    ):
        assert all(a is b for a, b in zip(find(drawing), find(again), strict=True))
        assert find(other) != find(drawing) or find(other) == (None,)


def test_a_drawing_that_the_recogniser_is_unsure_of_waits_for_a_word(recogniser: RecogniserSummary) -> None:
    app = draw(page(), unsure(recogniser))
    assert "The recogniser is only" in texts(app)
    assert "choose what it is" in texts(app)
    assert notes_of(app) is None
    name = name_of(app, recogniser, unsure(recogniser))
    app.selectbox(key="drawing_class").set_value(name).run()
    assert "The recogniser reads your drawing as a" in texts(app)
    assert notes_of(app) is not None


def test_another_class_is_chosen_for_this_drawing_until_the_pad_is_empty(
    recogniser: RecogniserSummary,
) -> None:
    image = test_image(surest(recogniser)[0])
    app = draw(page(), image)
    name = name_of(app, recogniser, image)
    other = "3" if name != "3" else "5"
    app.selectbox(key="drawing_class").set_value(other).run()
    assert f"you say that it is a {other}" in texts(app)
    draw(app, image // 2 * 2, "2")  # one more stroke
    assert app.selectbox(key="drawing_class").value == other
    draw(app, None, "3")
    assert "Draw on the pad" in texts(app)
    draw(app, image, "4")
    assert "you say" not in texts(app)


def test_a_drawing_in_another_size_is_waited_for(place: Path) -> None:
    app = page()
    app.session_state["drawing"] = Drawing("1", {(9, 9): np.full((1, 9, 9), 200, np.uint8)})
    app.run()
    assert not app.exception
    assert "Resizing the drawing" in texts(app)
    assert notes_of(app) is None


# ---------------------------------------------------------------- the table of a class


def test_drawings_are_kept_as_rows_of_a_table(recogniser: RecogniserSummary) -> None:
    app = page(against=PLAIN.run_id)
    first, second = surest(recogniser)[:2]
    draw(app, test_image(first))
    app.text_input(key="drawing_name").set_value("Mia").run()
    app.button(key="keep-drawing").click().run()
    assert app.text_input(key="drawing_name").value == ""
    assert app.button(key="keep-drawing").disabled, "it is in the table"
    draw(app, test_image(second), "2")
    app.button(key="keep-drawing").click().run()
    table = app.dataframe[0].value
    assert table["Name"].tolist() == ["Mia", "2"]
    files = contests.of_run(RATED, recogniser, [drawn(i, recogniser) for i in (first, second)])
    sizes = [None if file is None else file.n_bytes for file in files]
    assert table.iloc[:, 4].tolist() == sizes
    assert "2 images" in texts(app)
    draw(app, None, "3")
    assert len(app.dataframe[0].value) == 2, "the table stays when the pad is cleared"
    app.button(key="clear-drawings").click().run()
    assert not app.dataframe


def drawn(i: int, recogniser: RecogniserSummary) -> Batch:
    image = test_image(i)[None]
    return Batch(image, recognisers.read(recogniser, image).classes)
