"""The tab *Invent images* as a visitor sees it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets
from tests.runs import PLAIN, FileContent, put, stored
from tests.runs import trained as trained_run
from tests.visits import opened, texts


@pytest.fixture(scope="module")
def run_id(place: Path) -> str:
    """A code of two numbers."""
    return next(run.run_id for run in checkpoints.summaries()[0])


@pytest.fixture(scope="module")
def other_id(run_id: str) -> str:
    return stored(*trained_run(replace(PLAIN, latent_size=5, epochs=1), datasets.load("digits"))).stem


def components(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the components of the page are given, by key: of pictures their head."""
    given = []
    for part in app.get("bidi_component"):
        if part.proto.json:
            given.append(json.loads(part.proto.json))
        elif (message := part.proto.bytes)[4:5] == b"{":
            given.append(json.loads(message[4 : 4 + int.from_bytes(message[:4], "big")]))
    return {one["key"]: one for one in given if "key" in one}


def errors(app: AppTest) -> str:
    return "".join(error.value.replace("\\", "") for error in app.error)


def invented(**link: str) -> AppTest:
    app = opened("latent", view="samples", **link)
    assert not app.exception
    return app


def test_rows_of_invented_images_stand_below_real_ones_with_the_share_that_can_be_read(run_id: str) -> None:
    app = invented(run=run_id)
    rows = components(app)[f"samples-all-{run_id}"]["rows"]
    titles = [row["label"].partition(":")[0] for row in rows]
    assert titles == [
        "Test images",
        "Their reconstructions",
        "Gaussian of all codes",
        "Uniform in the box of the codes",
        "N(0, I)",
    ]
    assert all(row["label"].endswith("%") and len(row["notes"]) == 10 for row in rows)
    said = texts(app).replace("\\", "")
    assert "images drawn from the Gaussian of its codes, the recogniser is sure of" in said
    assert "The variances run from" in said


def test_each_class_has_a_row_of_its_own(run_id: str) -> None:
    app = components(invented(run=run_id))
    rows = [row for half in (0, 1) for row in app[f"samples-classes-{half}-{run_id}"]["rows"]]
    assert [row["label"].partition(":")[0] for row in rows] == list("0123456789")


def test_draw_again_shows_other_images_and_the_address_says_which(run_id: str) -> None:
    app = invented(run=run_id)
    before = components(app)[f"samples-all-{run_id}"]["rows"]
    app.button(key="draw-again").click().run()
    after = components(app)[f"samples-all-{run_id}"]["rows"]
    same = [one["frames"] == other["frames"] for one, other in zip(before, after, strict=True)]
    assert same == [True, True, False, False, False]  # what is real stays
    assert app.query_params["draw"] == "1"
    again = components(invented(run=run_id, draw="1"))[f"samples-all-{run_id}"]["rows"]
    assert [row["frames"] for row in again] == [row["frames"] for row in after]


def test_another_model_stands_beside_it_and_in_the_address(run_id: str, other_id: str) -> None:
    app = invented(run=run_id)
    assert f"samples-all-{other_id}" not in components(app)
    assert "beside" not in app.query_params
    app.selectbox(key="samples_beside_shown").select(other_id).run()
    shown = components(app)
    assert {f"samples-all-{run_id}", f"samples-all-{other_id}", f"covariance-{other_id}"} <= shown.keys()
    assert app.query_params["beside"] == other_id
    assert "MLP 5" in texts(app)
    linked = components(invented(run=run_id, beside=other_id))
    assert f"samples-all-{other_id}" in linked


def test_every_picture_of_two_models_that_differ_only_in_their_seeds_is_saved_under_a_name_of_its_own(
    run_id: str, other_id: str
) -> None:
    config = replace(PLAIN, latent_size=5, epochs=1, seed=8)
    twin_id = stored(*trained_run(config, datasets.load("digits"))).stem
    given = components(invented(run=other_id, beside=twin_id))
    titles = [one["png"]["title"] for one in given.values() if one.get("png")]
    assert len(titles) == len(set(titles)) == 6


def test_a_model_with_a_prior_stands_beside_a_plain_one_unless_somebody_chooses_otherwise(
    run_id: str,
) -> None:
    prior = stored(*trained_run(replace(PLAIN, model="vae", latent_size=2), datasets.load("digits")))
    try:
        app = invented(run=run_id)
        shown = components(app)
        titles = [row["label"].partition(":")[0] for row in shown[f"samples-all-{run_id}"]["rows"]]
        assert titles[2] == "N(0, I)", "what the prior is stands first"
        assert f"samples-all-{prior.stem}" in shown
        assert "beside" not in app.query_params
        app.selectbox(key="samples_beside_shown").select("none").run()
        assert f"samples-all-{prior.stem}" not in components(app)
        assert app.query_params["beside"] == "none"
    finally:
        prior.unlink()


def test_a_model_that_draws_no_finite_numbers_leaves_the_other_on_the_page(run_id: str) -> None:
    path = stored(*trained_run(replace(PLAIN, latent_size=3, epochs=1), datasets.load("digits")))
    content = FileContent(data=path.read_bytes())
    put(path.stem, content.with_tensors(lambda tensors: tensors["model.encoder.1.weight"].fill_(3e38)))
    try:
        app = invented(run=run_id, beside=path.stem)
        assert "are not finite numbers: its training went wrong" in errors(app)
        assert f"samples-all-{run_id}" in components(app)
        alone = invented(run=path.stem)
        assert "choose another run" in errors(alone)
    finally:
        path.unlink()


def test_nonsense_in_a_link_is_said_and_the_page_stays_usable(run_id: str) -> None:
    app = invented(run=run_id, beside="nothing", draw="x")
    assert texts(app).count("Ignored in the link") == 2
    assert f"samples-all-{run_id}" in components(app)


def test_without_a_recogniser_the_images_are_shown_and_a_recogniser_is_offered() -> None:
    photos = next(run.run_id for run in checkpoints.examples() if run.config.dataset == "photos")
    app = invented(run=photos)
    rows = components(app)[f"samples-all-{photos}"]["rows"]
    assert rows[2]["label"] == "Gaussian of all codes"
    assert rows[2]["notes"] is None
    assert "it draws nonsense there" in texts(app)
