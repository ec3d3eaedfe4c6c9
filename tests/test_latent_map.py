"""Planes of codes, sheets, distances from classes, t-SNE and its job; what is said of a map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.distance import mahalanobis
from sklearn.decomposition import PCA

from autoenc import cache, datasets, inspection, latent
from autoenc.captions import latent_map
from autoenc.errors import ConfigError, ShapeError
from autoenc.inspection import Trained
from autoenc.jobs import MapJob
from autoenc.latent import Codes, planes, tsne
from autoenc.schema import CodeMap, State, TrainConfig
from tests.runs import stored, trained
from ui.components.code_map import MapScene, _place

RNG = np.random.default_rng(0)
CONFIG = TrainConfig("digits", "mlp", 6, epochs=2, train_images=256)
SPREAD = np.array([5, 4, 3, 1, 0.5, 0.1], np.float32)
Z = (RNG.standard_normal((300, 6)) * SPREAD + 2).astype(np.float32)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Trained:
    """A small run in a folder of its own, and an empty cache."""
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "cache"))
    made, state = trained(CONFIG, datasets.load("digits"))
    stored(made, state)
    return inspection.open_run(made.run_id)


# ---------------------------------------------------------------- planes


def test_the_pca_plane_is_that_of_scikit_learn() -> None:
    plane, pca = latent.plane_of(Z), PCA(2).fit(Z)
    expected = pca.transform(Z)
    signs = np.sign((expected * plane.points).sum(0))
    assert np.allclose(plane.points, expected * signs, atol=1e-3)
    assert plane.share == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-4)


def test_a_place_of_the_pca_plane_leads_to_the_code_that_lies_there() -> None:
    plane = latent.plane_of(Z)
    codes = latent.code_at(plane, Z, np.array([[1.5, -2]], np.float32))
    assert np.allclose((codes - plane.origin) @ plane.axes.T, [[1.5, -2]], atol=1e-4)


def test_codes_of_two_numbers_are_their_own_plane() -> None:
    plane = latent.plane_of(Z[:, :2])
    assert np.array_equal(plane.points, Z[:, :2])
    assert np.array_equal(latent.code_at(plane, Z[:, :2], Z[:5, :2]), Z[:5, :2])


def test_of_a_code_of_one_number_only_the_way_to_the_right_matters() -> None:
    plane = latent.plane_of(Z[:, :1])
    assert plane.is_line
    assert np.array_equal(plane.points[:, 0], Z[:, 0])
    places = np.array([[3, 0], [3, 17]], np.float32)
    assert latent.code_at(plane, Z[:, :1], places).tolist() == [[3], [3]]


def test_without_a_way_back_a_place_is_the_mean_of_the_nearest_codes() -> None:
    points = np.array([[0, 0]] * planes.N_DECODED + [[9, 9]], np.float32)
    z = np.arange(len(points), dtype=np.float32)[:, None]
    assert latent.code_at(latent.mapped(points), z, np.array([[0.1, 0]], np.float32)) == [[2]]


def test_a_plane_of_other_codes_is_refused() -> None:
    with pytest.raises(ShapeError):
        latent.code_at(latent.plane_of(Z), Z[:10], np.zeros((1, 2), np.float32))


def test_codes_that_are_all_the_same_have_a_plane_too() -> None:
    plane = latent.plane_of(np.ones((20, 6), np.float32))
    assert np.isfinite(plane.extent).all()
    assert plane.share == 1.0


def test_the_extent_holds_nearly_all_points_and_is_a_square() -> None:
    plane = latent.plane_of(Z)
    left, bottom, right, top = plane.extent
    assert right - left == pytest.approx(top - bottom)
    inside = (plane.points > [left, bottom]).all(1) & (plane.points < [right, top]).all(1)
    assert inside.mean() > 0.97


# ---------------------------------------------------------------- neighbours and holes


def test_neighbours_of_two_heaps_are_of_their_class() -> None:
    heaps = np.concatenate([RNG.standard_normal((40, 2)), RNG.standard_normal((40, 2)) + 50])
    labels = np.repeat([0, 2], 40)
    shares = latent.neighbour_shares(heaps.astype(np.float32), labels, 3)
    assert shares[0, 0] == shares[2, 2] == 1
    assert np.isnan(shares[1]).all()


def test_of_a_sheet_with_one_full_corner_the_rest_is_empty() -> None:
    plane = replace(latent.plane_of(Z[:, :2]), points=np.array([[0, 0], [1, 1]], np.float32))
    assert latent.empty_share(plane, 4) == pytest.approx(14 / 16)


def test_the_sentences_say_which_class_keeps_to_itself_and_which_two_mix() -> None:
    shares = np.array([[0.9, 0.1, 0], [0.1, 0.5, 0.4], [0, 0.5, 0.5]])
    says = latent_map.classes_caption(["cat", "dog", "wolf"], shares)
    assert says == (
        "Of the ten points nearest to an image, 63 % are of its class: cat keeps to itself most (90 %), dog "
        "and wolf mix most."
    )
    assert latent_map.classes_caption(["cat"], np.ones((1, 1))) == ""
    assert "every class has its own place" in latent_map.classes_caption(["cat", "dog"], np.eye(2))


def test_holes_are_told_where_there_are_some_and_the_decoder_draws_there() -> None:
    assert "21 % of the map is empty" in latent_map.holes_caption(0.21, decodes=True)
    assert latent_map.holes_caption(0.21, decodes=False) == ""
    assert latent_map.holes_caption(0.01, decodes=True) == ""


# ---------------------------------------------------------------- distances from the classes


def test_distances_from_classes_are_those_of_scipy_and_on_a_plane_a_polynomial() -> None:
    labels = np.arange(300) % 3
    z = Z + labels[:, None] * np.array([3, 0, 0, 1, 0, 0], np.float32)
    classes = latent.classes_of(Codes(z, labels))
    inverse = np.linalg.inv(np.cov((z - classes.means[labels]).T, bias=True))
    expected = [[mahalanobis(code, mean, inverse) for mean in classes.means] for code in z[:5]]
    assert np.allclose(classes.distances(z[:5]), expected, rtol=1e-3)
    plane = latent.plane_of(z)
    (a, b) = place = (2.0, -3.0)
    terms = np.array([1, a, b, a * a, a * b, b * b])
    code = latent.code_at(plane, z, np.array([place], np.float32))
    assert np.allclose(np.sqrt(classes.on(plane) @ terms), classes.distances(code)[0], rtol=1e-3)


def test_of_the_training_images_95_in_100_are_within_the_usual_distance() -> None:
    codes = Codes(Z, np.zeros(300, np.intp))
    classes = latent.classes_of(codes)
    nearest = classes.distances(Z).min(1)
    assert (nearest <= classes.usual).mean() == pytest.approx(0.95, abs=0.01)
    assert classes.near < classes.usual < classes.far


# ---------------------------------------------------------------- sheets


def test_a_sheet_is_what_the_decoder_draws_at_each_place_the_highest_first(run: Trained) -> None:
    z = latent.test_codes(run).z
    plane = latent.plane_of(z)
    sheet = latent.sheet(run, side=4)
    height, width = run.run.model.image_shape[1:]
    assert sheet.shape == (1, 4 * height, 4 * width)
    assert sheet.dtype == np.uint8
    left, bottom, right, top = plane.extent
    place = np.array([[left + (right - left) / 8, top - (top - bottom) / 8]], np.float32)
    with torch.inference_mode():
        drawn = run.model.draw(torch.from_numpy(latent.code_at(plane, z, place)))
    expected = (drawn[0].clamp(0, 1) * 255).round().byte().numpy()
    assert np.abs(sheet[:, :height, :width].astype(int) - expected).max() <= 1


# ---------------------------------------------------------------- t-SNE


def test_tsne_keeps_two_heaps_apart_and_is_the_same_again() -> None:
    z = np.concatenate([Z[:75], Z[75:150] + 40])
    *_, (done, points) = tsne.points(z, lambda: 1)
    assert done == 1
    shares = latent.neighbour_shares(points, np.repeat([0, 1], 75), 2)
    assert shares[0, 0] == shares[1, 1] == 1
    *_, (_, again) = tsne.points(z, lambda: 1)
    assert np.array_equal(points, again)


def test_the_job_keeps_its_map_and_finds_it_again(run: Trained) -> None:
    n_images = len(run.data.test)
    job = MapJob("digits", run.run.run_id, n_images, 6)
    assert job.stored() is None
    *_, latest = job.run()
    assert isinstance(latest, CodeMap)
    assert latest.n_images == n_images
    snapshot = job.stored()
    assert snapshot is not None
    assert (snapshot.state, snapshot.value) == (State.FINISHED, replace(latest, done=1.0))
    cache.save(job.job_id, {"points": "AAAA"})
    assert job.stored() is None


def test_a_job_of_a_few_images_says_that_they_are_too_few(run: Trained) -> None:
    with pytest.raises(ConfigError, match="at least 100 test images"):
        list(MapJob("digits", run.run.run_id, 12, 6).run())


# ---------------------------------------------------------------- what the browser is sent, and sends


def scene() -> MapScene:
    points = np.zeros((3, 2), np.float32)
    return MapScene(points, np.array([0, 1, 1]), 2, (1, 8, 8), (-1, -1, 1, 1), 0.1, 100)


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": np.full((3, 2), np.nan, np.float32)},
        {"points": np.zeros((3, 3), np.float32)},
        {"labels": np.array([0, 1, 2])},
        {"labels": np.array([0, 1])},
        {"codes": np.zeros((2, 4), np.float32)},
        {"back": np.zeros((2, 4), np.float32)},
        {"sheet": np.zeros((1, 8, 8), np.uint8)},
    ],
)
def test_scenes_whose_parts_do_not_fit_are_refused(wrong: dict[str, np.ndarray]) -> None:
    with pytest.raises(ShapeError):
        replace(scene(), **wrong)


def test_what_a_browser_sends_is_a_place_of_this_map_or_nothing() -> None:
    assert _place({"map": "it", "at": [1, 2.5]}, "it") == (1.0, 2.5)
    for at in (None, 7, "ab", [1], [1, "2"], [1, float("nan")], [1e12, 0], [True, None], [10**400, 0]):
        assert _place({"map": "it", "at": at}, "it") is None
    for sent in (None, 7, [], {}, {"map": "other", "at": [1, 2]}):
        assert _place(sent, "it") is None
