"""The contest on the page Compress: who takes part, what the files are, what is read in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, compression, datasets, recipes
from autoenc.compression import contest
from autoenc.compression.codec import compress
from autoenc.schema import RunSummary
from tests.visits import has_button, opened, texts
from ui.core import contests, recognisers

EXAMPLES = {run.config: run for run in checkpoints.examples()}
RATED, PLAIN = EXAMPLES[recipes.RATED_EXAMPLE], EXAMPLES[recipes.EXAMPLE]
PHOTOS = EXAMPLES[recipes.COLOUR_EXAMPLE]


def contest_of(run: RunSummary, **link: str) -> AppTest:
    app = opened("compress", run=run.run_id, view="contest", **link)
    assert not app.exception
    return app


def started(app: AppTest) -> AppTest:
    app.button(key="contest").click().run()
    assert not app.exception
    return app


def rows_of(app: AppTest) -> list[dict[str, Any]]:
    """Of its pictures."""
    for part in app.get("bidi_component"):
        message = part.proto.bytes
        if message[4:5] == b"{":
            head = json.loads(message[4 : 4 + int.from_bytes(message[:4], "big")])
            if head.get("key") == "contest-pictures":
                return list(head["rows"])
    raise AssertionError("there are no pictures")


def test_the_page_begins_with_the_model_that_is_trained_for_few_bytes(place: Path) -> None:
    app = opened("compress", view="contest")
    assert app.selectbox(key="compressed_run").value == RATED.run_id
    assert not app.dataframe  # nothing is computed before the button is pressed


def test_under_each_picture_stand_the_bytes_of_a_real_file(place: Path) -> None:
    app = started(contest_of(RATED, against=PLAIN.run_id))
    original, rated, plain, *codecs = rows_of(app)
    assert [row["label"] for row in codecs] == ["JPEG", "WebP", "AVIF", "PNG"]
    codec, data = compression.codec_of(RATED.run_id), datasets.load("digits")
    recogniser = recognisers.of_dataset("digits")
    assert recogniser is not None
    entries = contests.of_run(RATED, recogniser, [contests.test_images("digits")])
    assert len(entries) == len(original["notes"]) == len(plain["notes"]) == 16
    for i, (entry, note) in enumerate(zip(entries, rated["notes"], strict=True)):
        if entry is None:
            assert note == "–"
            continue
        file = compress(codec, data.test[i : i + 1], codec.step(entry.knob))
        assert note.split("\n")[0] == f"{len(file.to_bytes())} B"
        read = recognisers.read(recogniser, entry.picture[None])
        assert read.classes.tolist() == [data.test_labels[i]]
        assert read.confidences[0] >= contest.SURE
    assert sum(entry is not None for entry in entries) >= 12
    table = app.dataframe[0].value
    assert len(table) == 16
    assert np.nanmax(table["File (bytes)"]) < np.nanmin(table["PNG"])


def test_a_model_without_others_has_every_star(place: Path) -> None:
    app = contest_of(RATED)
    app.multiselect(key="contest_against").set_value([]).run()
    _, rated, *codecs = rows_of(started(app))
    assert all(note == "–" or note.endswith("★") for note in rated["notes"])
    assert not any("★" in note for row in codecs for note in row["notes"])


def test_other_models_are_chosen_again_before_they_compete(place: Path) -> None:
    app = started(contest_of(RATED))
    assert len(app.dataframe) == 1
    app.multiselect(key="contest_against").set_value([]).run()
    assert not app.dataframe
    app.multiselect(key="contest_against").set_value([PLAIN.run_id]).run()
    assert app.query_params["against"] == PLAIN.run_id
    same = contest_of(RATED, against=PLAIN.run_id)
    assert same.multiselect(key="contest_against").value == [PLAIN.run_id]


def test_only_models_of_the_same_images_take_part(place: Path) -> None:
    app = contest_of(RATED, against=PHOTOS.run_id)
    assert app.multiselect(key="contest_against").value == [PLAIN.run_id]  # those that are usual
    wrong = contest_of(RATED, against="nobody")
    assert "is not on this machine" in texts(wrong).replace("\\", "")


def test_without_a_recogniser_one_is_offered_or_a_sentence_says_why_there_is_none(place: Path) -> None:
    app = contest_of(PHOTOS)
    assert not has_button(app, "contest")
    assert has_button(app, "train-recogniser-contest") == ("A recogniser is the judge" in texts(app))
