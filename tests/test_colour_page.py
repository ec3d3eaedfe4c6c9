"""The page of colour under AppTest: real sessions and workers, small runs trained beforehand, no browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets
from autoenc.baselines import MEAN_IMAGE, PCA
from autoenc.datasets import Dataset
from autoenc.jobs import BaselineJob
from autoenc.schema import BaselinePoint, TrainConfig
from tests.runs import stored, trained
from tests.visits import laboratory, opened, settle, texts, the_sessions, until_true
from ui.core import catalogue

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


def test_nothing_is_measured_for_a_comparison_before_a_model_of_its_images_is_trained(place: Path) -> None:
    make_dataset(place / "data" / "stripes")
    catalogue.prepare("stripes")
    jobs = [BaselineJob(baseline, "stripes") for baseline in (PCA, MEAN_IMAGE)]
    app = opened("colour", part="harder", grey="stripes")
    assert not app.exception
    assert app.selectbox(key="equal_grey").value == "stripes"
    sentence = (
        "There is no finished model of stripes on all images and without noise yet. PCA and mean image are "
        "measured when there is one."
    )
    assert sentence in texts(app).replace("\\", "")
    assert the_sessions().snapshots(job.job_id for job in jobs) == {}
    stored(*trained(TrainConfig("stripes", latent_size=2, epochs=1, batch_size=8), datasets.load("stripes")))
    app = opened("colour", part="harder", grey="stripes")
    assert "No model of stripes" not in texts(app)
    assert the_sessions().snapshots(job.job_id for job in jobs).keys() == {job.job_id for job in jobs}
    until_true(app, lambda: all(job.stored() is not None for job in jobs), "what stands beside the model")


def make_dataset(folder: Path) -> None:
    """Grey images in two classes, as somebody puts them into the data folder."""
    for part, label in product(("train", "test"), ("down", "across")):
        (folder / part / label).mkdir(parents=True)
        for number in range(4):
            pixels = np.zeros((8, 8), np.uint8)
            pixels[:, 2 * number] = 255
            image = Image.fromarray(pixels if label == "down" else pixels.T)
            image.save(folder / part / label / f"{number}.png")


def test_before_the_first_sweep_its_place_says_what_will_be_seen_there() -> None:
    app = opened("colour", part="sweep", dataset="photos", latent_sizes="32,64", models="mlp,conv")
    assert not app.exception
    (sentence,) = (info.value for info in app.info)
    expected = "4 runs (MLP and Conv, 2 sizes from 32 to 64), with PCA and mean image for comparison."
    assert expected in sentence.replace("\\", "")
    noisy = opened("colour", part="sweep", dataset="photos", noise="gaussian:0.3")
    assert ", with mean image for comparison." in texts(noisy), "no baseline that is not measured"


def test_denoising_colour_leaves_out_the_filter_that_takes_too_long() -> None:
    app = opened("denoise", dataset="photos")
    assert not app.exception
    assert "Best affine filter is left out" in texts(app).replace("\\", "")
