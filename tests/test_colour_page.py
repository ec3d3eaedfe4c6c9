"""The page of colour under AppTest: real sessions and workers, small runs trained beforehand, no browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets
from autoenc.baselines import MEAN_IMAGE, PCA
from autoenc.datasets import Dataset
from autoenc.schema import BaselinePoint, TrainConfig
from tests.runs import stored, trained
from tests.visits import laboratory, opened, settle, texts

SIZES = {"digits": (8, 32), "photos": (32, 128)}  # 98 and 24.5 to 1, 96 and 24 to 1


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A machine with the embedded data sets, two short runs of each, and PCA of one size; no internet."""
    place = tmp_path_factory.mktemp("place")
    with laboratory(place):
        for name, sizes in SIZES.items():
            data = datasets.load(name)
            for size in sizes:
                stored(*trained(TrainConfig(name, latent_size=size, epochs=1), data))
            keep_baselines(data)
        yield place


def keep_baselines(data: Dataset) -> None:
    """The mean image, and PCA with the axis along which the images vary most, and no other."""
    train, test = (torch.from_numpy(images[:500]).flatten(1) / 255 for images in (data.train, data.test))
    mean = train.mean(0)
    _, _, axes = torch.pca_lowrank(train, 1)
    x = test - mean
    left = (x - x @ axes @ axes.T).square().mean()
    empty = PCA.empty(data.name, len(data.train))
    PCA.save(data, replace(empty, points=(BaselinePoint(1, float(left)),)))
    *_, level = MEAN_IMAGE.curves(data)
    MEAN_IMAGE.save(data, level)


@pytest.fixture(autouse=True)
def _settled(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(place, monkeypatch)


def run_of(dataset: str) -> str:
    return next(run.run_id for run in checkpoints.summaries()[0] if run.config.dataset == dataset)


def visit(app: AppTest, page: str) -> AppTest:
    app.query_params.clear()
    return app.switch_page(f"pages/{page}.py").run()


def test_a_newcomer_sees_a_colour_run_and_may_choose_colour_sets_alone() -> None:
    app = opened("colour")
    assert not app.exception
    assert app.selectbox(key="dataset").value == "photos"
    colour = [info for info in datasets.catalogue() if info.image_shape[0] == 3]
    options = [option.partition(" (missing")[0] for option in app.selectbox(key="dataset").options]
    assert len(options) == len(colour)
    assert all(info.title.startswith(option) for info, option in zip(colour, options, strict=True))
    (title,) = (info.title for info in datasets.catalogue() if info.name == "photos")
    assert f"**Example: MLP, latent size 64, 1 layer, {title}" in texts(app).replace("\\", "")


def test_a_visit_to_colour_leaves_the_settings_and_the_run_of_train_as_they_were() -> None:
    run_id = run_of("digits")
    app = opened("train", run=run_id)
    app.select_slider(key="latent_size").set_value(12).run()
    visit(app, "colour")
    assert app.selectbox(key="dataset").value == "photos"
    assert "handwritten digits" not in texts(app)
    app.select_slider(key="latent_size").set_value(48).run()
    visit(app, "train")
    assert (app.selectbox(key="dataset").value, app.select_slider(key="latent_size").value) == ("digits", 12)
    assert address(app)["run"] == run_id
    visit(app, "colour")
    assert (app.selectbox(key="dataset").value, app.select_slider(key="latent_size").value) == ("photos", 48)


def test_the_address_carries_the_part_and_a_link_opens_it_elsewhere() -> None:
    app = opened("colour", part="sweep", dataset="photos", latent_sizes="32,64", models="mlp")
    assert not app.exception
    assert app.multiselect(key="sizes").value == ["32", "64"]
    assert address(app)["part"] == "sweep"
    assert "part" not in address(opened("colour"))
    assert "part is 'elsewhere'" in texts(opened("colour", part="elsewhere")).replace("\\", "")


def address(app: AppTest) -> dict[str, str]:
    given = {name: app.query_params[name] for name in app.query_params}
    return {name: value if isinstance(value, str) else value[0] for name, value in given.items()}


@pytest.mark.parametrize("named", ["dataset", "run"])
def test_a_link_to_images_without_colours_is_refused_in_a_sentence(named: str) -> None:
    app = opened("colour", **{named: "digits" if named == "dataset" else run_of("digits")})
    assert "has no colours" in texts(app).replace("\\", "")
    assert app.selectbox(key="dataset").value == "photos"


def test_a_run_in_colour_tells_where_it_errs() -> None:
    app = opened("colour", run=run_of("photos"), view="errors")
    assert not app.exception
    sentence = texts(app)
    assert "Error by class" in sentence
    assert "Error by channel" in sentence
    assert "in brightness and" in sentence


def test_a_run_without_colours_tells_its_classes_alone() -> None:
    app = opened("train", run=run_of("digits"), view="errors")
    assert not app.exception
    assert "Easiest" in texts(app)
    assert "Error by channel" not in texts(app)


def test_is_colour_harder_compares_at_equal_ratio_and_offers_what_is_missing() -> None:
    app = opened("colour", part="harder")
    assert not app.exception
    sentence = texts(app).replace("\\", "")
    assert "At 24.5 to 1 (MLP) an image of photos has" in sentence  # digits are measured there
    assert "photos: MLP, 2 sizes, 1 epoch" in sentence
    assert app.button(key="equal-start").label.startswith("Train the 8 missing runs")


def test_denoising_colour_leaves_out_the_filter_that_takes_too_long() -> None:
    app = opened("denoise", dataset="photos")
    assert not app.exception
    assert "Best affine filter is left out" in texts(app).replace("\\", "")
