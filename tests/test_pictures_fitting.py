"""A picture of any size becomes a model's images: one that it fits into, or tiles that make it up again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autoenc.errors import PictureError, ShapeError
from autoenc.pictures import (
    are_on_dark_ground,
    fitted,
    inverted,
    is_bright_ground,
    joined,
    open_picture,
    save,
    shrunk,
    tiled,
)
from tests.odd_pictures import of

# ---------------------------------------------------------------- fitting


def test_a_pixel_is_the_mean_of_the_area_that_it_covers() -> None:
    picture = np.array([[[0, 100, 10, 10], [100, 200, 10, 50]]], np.uint8)
    assert shrunk(picture, (1, 1, 2)).tolist() == of(100, 20).tolist()


def test_the_aspect_is_kept_and_the_rest_has_the_median_of_the_border() -> None:
    wide = np.full((1, 20, 40), 90, np.uint8)
    wide[:, 8:12, 16:24] = 250  # four by four of its pixels become one
    image = shrunk(wide, (1, 10, 10))
    assert (image[0, [0, 1, 8, 9]] == 90).all()
    assert (image[0, 4, 4:6] == 250).all()
    assert (image == 250).sum() == 2


def test_nothing_is_cut_off() -> None:
    tall = np.zeros((1, 100, 10), np.uint8)
    tall[:, 0], tall[:, -1] = 255, 255
    image = shrunk(tall, (1, 20, 20))
    assert image[0, 0, 9:11].min() > 0
    assert image[0, -1, 9:11].min() > 0


def test_a_small_picture_is_enlarged() -> None:
    assert shrunk(of(77), (3, 8, 8)).tolist() == np.full((3, 8, 8), 77).tolist()
    assert shrunk(np.full((3, 1, 50), 7, np.uint8), (1, 8, 8)).tolist() == np.full((1, 8, 8), 7).tolist()


def test_grey_becomes_three_equal_channels_and_colour_the_brightness_that_the_eye_sees() -> None:
    assert shrunk(of(3, 9), (3, 1, 2)).tolist() == [[[3, 9]]] * 3
    colours = np.eye(3, dtype=np.uint8)[:, None] * 255  # red, green, blue
    assert shrunk(colours, (1, 1, 3)).tolist() == of(76, 150, 29).tolist()  # .299, .587, .114 of 255


def test_dark_strokes_on_a_bright_ground_become_bright_ones() -> None:
    paper = np.full((3, 9, 9), 250, np.uint8)
    paper[:, 4, 2:7] = 10
    assert is_bright_ground(paper)
    assert not is_bright_ground(inverted(paper))
    half = np.full((1, 8, 8), 250, np.uint8)
    half[:, 2:6, 1:7] = 20  # 24 of 64 pixels: much else than paper
    assert not is_bright_ground(half)
    assert inverted(paper)[:, 4, 4].tolist() == [245, 245, 245]


def test_images_with_black_around_them_are_on_dark_ground() -> None:
    images = np.zeros((3, 1, 8, 8), np.uint8)
    images[:, :, 2:6, 2:6] = 255
    assert are_on_dark_ground(images)
    assert not are_on_dark_ground(255 - images)


# ---------------------------------------------------------------- tiles


@pytest.mark.parametrize("size", [(8, 8), (9, 17), (1, 1), (3, 40), (16, 8)])
@pytest.mark.parametrize("channels", [1, 3])
def test_tiles_put_together_are_the_picture(size: tuple[int, int], channels: int) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (channels, *size), np.uint8)
    tiles = tiled(picture, (channels, 8, 8))
    assert tiles.images.shape == (tiles.rows * tiles.columns, channels, 8, 8)
    assert tiles.picture.tolist() == picture.tolist()


def test_tiles_stand_row_by_row_and_repeat_the_edge() -> None:
    picture = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    tiles = tiled(picture, (1, 2, 2))
    assert (tiles.rows, tiles.columns) == (1, 2)
    assert tiles.images.tolist() == [[[[0, 1], [3, 4]]], [[[2, 2], [5, 5]]]]


@pytest.mark.parametrize("size", [(1000, 1000), (3000, 10), (10, 3000), (1, 60_000), (500, 1200)])
def test_a_large_picture_is_reduced_until_its_tiles_are_few(size: tuple[int, int]) -> None:
    tiles = tiled(np.full((3, *size), 5, np.uint8), (1, 28, 28), most=50)
    assert len(tiles.images) <= 50
    assert tiles.picture.shape == (1, tiles.height, tiles.width)
    assert (tiles.images == 5).all()


def test_a_picture_of_few_tiles_is_not_reduced() -> None:
    tiles = tiled(np.zeros((1, 280, 280), np.uint8), (1, 28, 28), most=100)
    assert (tiles.height, tiles.width) == (280, 280)


def test_other_images_than_the_tiles_are_not_put_together() -> None:
    tiles = tiled(of(1, 2, 3, 4), (1, 1, 2))
    with pytest.raises(ShapeError, match="do not replace"):
        joined(tiles, tiles.images[:1])


@pytest.mark.parametrize("shape", [(2, 8, 8), (1, 0, 8)])
def test_a_shape_that_is_no_image_s_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ShapeError, match="a model's images"):
        shrunk(of(1), shape)
    with pytest.raises(ShapeError, match="a picture is"):
        tiled(np.zeros((1, 4, 4), np.float32), (1, 8, 8))  # type: ignore[arg-type]


# ---------------------------------------------------------------- as the page Your picture does it


def stroke(ground: int, ink: int) -> np.ndarray:
    """A bar across the middle of 40 x 40 pixels."""
    picture = np.full((1, 40, 40), ground, np.uint8)
    picture[:, 18:22, 10:30] = ink
    return picture


ON_BLACK = np.stack([stroke(0, 255)[:, ::4, ::4]] * 3)  # (3, 1, 10, 10)


def test_dark_strokes_are_inverted_for_a_model_of_bright_ones_and_not_the_other_way_round() -> None:
    image = fitted(stroke(255, 0), ON_BLACK)
    assert image.shape == (1, 10, 10)
    assert image.tolist() == shrunk(stroke(0, 255), (1, 10, 10)).tolist()
    assert fitted(stroke(0, 255), ON_BLACK).tolist() == image.tolist()


def test_dark_strokes_stay_dark_for_a_model_of_dark_ones() -> None:
    assert fitted(stroke(255, 0), 255 - ON_BLACK).tolist() == shrunk(stroke(255, 0), (1, 10, 10)).tolist()


def test_a_picture_in_colour_is_grey_for_grey_images() -> None:
    assert fitted(np.repeat(stroke(0, 200), 3, axis=0), ON_BLACK).shape == (1, 10, 10)


@pytest.mark.parametrize("images", [ON_BLACK[0], ON_BLACK[:0]])
def test_without_images_to_be_like_a_picture_is_refused(images: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="at least one"):
        fitted(stroke(0, 255), images)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_that_was_saved_opens_as_it_was(channels: int, tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (channels, 5, 7), np.uint8)
    save(picture, tmp_path / "picture.png")
    assert open_picture(tmp_path / "picture.png").tolist() == picture.tolist()
    assert open_picture(str(tmp_path / "picture.png")).tolist() == picture.tolist()


def test_what_is_no_picture_is_not_saved(tmp_path: Path) -> None:
    for wrong in (np.zeros((2, 5, 7), np.uint8), np.zeros((5, 7), np.uint8), np.zeros((1, 5, 7))):
        with pytest.raises(ShapeError, match="allowed: uint8"):
            save(wrong, tmp_path / "picture.png")
    assert list(tmp_path.glob("*")) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"cannot write .*gone"):
        save(stroke(0, 255), tmp_path / "gone" / "picture.png")
