"""What a recogniser reads in the pictures of a run, on its page: without a recogniser, and with one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets, inspection, recognition
from autoenc.captions.recognition import share
from autoenc.jobs import RecogniserJob
from autoenc.recognition import ImageReader, Readings
from autoenc.schema import Noise, RecogniserConfig, TrainConfig
from tests.runs import stored
from tests.runs import trained as trained_run
from tests.visits import has_button, opened, texts
from ui.components import pixels
from ui.widgets import recogniser_offer

NOISY = TrainConfig("digits", latent_size=3, epochs=1, noise=Noise("gaussian", 0.3))


@pytest.fixture(scope="module")
def run_id() -> str:
    return next(run.run_id for run in checkpoints.summaries()[0])


def components(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the components of the page are given, by key: of pictures their head."""
    given = []
    for part in app.get("bidi_component"):
        if part.proto.json:
            given.append(json.loads(part.proto.json))
        elif (message := part.proto.bytes)[4:5] == b"{":
            given.append(json.loads(message[4 : 4 + int.from_bytes(message[:4], "big")]))
    return {one["key"]: one for one in given if "key" in one}


def test_without_a_recogniser_the_page_offers_to_train_one_and_has_no_order_by_what_it_reads() -> None:
    photos = next(run.run_id for run in checkpoints.examples() if run.config.dataset == "photos")
    app = opened("train", run=photos, view="recognised")
    assert not app.exception
    can_learn = not recogniser_offer.cannot_read("photos")  # else a sentence says why
    assert ("Can it still be read?" in texts(app)) == can_learn
    assert has_button(app, "train-recogniser-run") == can_learn
    images = opened("train", run=photos, view="images", order="unrecognised")
    assert not images.exception
    assert "No recogniser has read these images yet" in texts(images)
    assert images.segmented_control(key="order").value == "in order"
    assert "no longer recognised" not in images.segmented_control(key="order").options
    original, reconstruction = components(images)["gallery"]["rows"]
    assert original["notes"] is None
    assert all(note.endswith("dB") for note in reconstruction["notes"])


@pytest.fixture(scope="module")
def reader(place: Path) -> ImageReader:
    """A recogniser of digits: from here on the machine has one."""
    job = RecogniserJob(RecogniserConfig("digits", 5))
    for _ in job.run():
        pass
    return recognition.open_reader(job.job_id, datasets.load("digits"))


def reads(reader: ImageReader, run_id: str) -> tuple[Readings, Readings]:
    """In the originals and in the reconstructions."""
    trained = inspection.open_run(run_id)
    return reader.read(trained.data.test), reader.read(inspection.reconstructions(trained).x_hat)


def test_the_tab_tells_what_is_still_recognised_and_shows_the_most_frequent_change(
    run_id: str, reader: ImageReader
) -> None:
    before, after = reads(reader, run_id)
    labels = datasets.load("digits").test_labels
    app = opened("train", run=run_id, view="recognised")
    assert not app.exception
    said = texts(app).replace("\\", "")
    assert f"After compression: {share((after.classes == labels).mean())}." in said
    figure = json.loads(components(app)["confusion"]["figure"])
    written = dict(
        zip(
            zip(figure["data"][2]["y"], figure["data"][2]["x"], strict=False),
            figure["data"][2]["text"],
            strict=False,
        )
    )
    pairs = [(a, b) for a, b in zip(before.classes.tolist(), after.classes.tolist(), strict=False)]
    assert written == {pair: str(pairs.count(pair)) for pair in set(pairs)}
    changed = [pair for pair in pairs if pair[0] != pair[1]]
    a, b = max(changed, key=changed.count)
    n = changed.count((a, b))
    original, reconstruction = components(app)["confusion-images"]["rows"]
    assert len(original["notes"]) == min(16, n)
    assert all(note.startswith(f"≠{b}: ") for note in reconstruction["notes"])
    assert all(note.startswith(f"{a}: ") for note in original["notes"])
    assert all(reconstruction["marked"])
    assert original["marked"] is None


def test_an_address_opens_a_cell_with_its_images(run_id: str, reader: ImageReader) -> None:
    before, after = reads(reader, run_id)
    same = int(before.classes[before.classes == after.classes][0])
    app = opened("train", run=run_id, view="recognised", cell=f"{same}-{same}")
    assert not app.exception
    assert f"Read as {same} before and after reconstruction" in texts(app)
    assert components(app)["confusion-images"]["rows"][1]["marked"] == [False] * 16
    assert app.query_params["cell"] == f"{same}-{same}"
    assert not opened("train", run=run_id, view="recognised", cell="99-0").exception
    assert "Ignored in the link" in texts(opened("train", run=run_id, view="recognised", cell="x"))


def test_every_image_has_its_reading_and_the_surest_mistakes_come_first(
    run_id: str, reader: ImageReader
) -> None:
    before, after = reads(reader, run_id)
    labels = datasets.load("digits").test_labels
    lost = inspection.no_longer_recognised(labels, before.classes, after.classes, after.confidences)
    app = opened("train", run=run_id, view="images", order="unrecognised")
    assert not app.exception
    assert app.number_input(key="image").value == lost[0]
    _, reconstruction = components(app)["gallery"]["rows"]
    assert all(re.fullmatch(r"≠\d: \d+ %\n\d+\.\d dB", note) for note in reconstruction["notes"])
    assert all("the recogniser" in hint or ": " in hint for hint in reconstruction["hints"])


def test_the_film_and_its_caption_are_the_recognisers(run_id: str, reader: ImageReader) -> None:
    app = opened("train", run=run_id)
    x_hat = checkpoints.read(run_id).previews[-1].x_hat
    read = reader.read(pixels.array(x_hat))
    original, reconstruction = components(app)["preview"]["rows"]
    assert [note.partition(":")[0].strip("≠") for note in reconstruction["notes"][-16:]] == [
        str(index) for index in read.classes
    ]
    assert reconstruction["hints"][-1].endswith(" % sure")
    assert len(original["notes"]) == 16
    assert "Recognised: the recogniser names the class" in texts(app)


def test_of_a_denoiser_what_is_read_in_its_noisy_input_is_shown_too(reader: ImageReader) -> None:
    run, state = trained_run(NOISY, datasets.load("digits"))
    stored(run, state)
    app = opened("train", run=run.run_id, view="recognised")
    assert not app.exception
    assert "Reconstructed from noisy images: " in texts(app).replace("\\", "")
    rows = components(opened("train", run=run.run_id, view="images"))["gallery"]["rows"]
    assert [row["label"] for row in rows] == ["Original", "Noisy", "Reconstruction"]
    assert all(len(row["notes"]) == 16 for row in rows)
