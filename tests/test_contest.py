"""The smallest file in which a recogniser still reads its image: real files, a reader worked out by hand."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from torch import nn

from autoenc.captions.contest import contest_caption, drawing_caption, never_caption, smallest_caption
from autoenc.compression import codec as codecs
from autoenc.compression import contest
from autoenc.compression.codec import Codec, Pixels
from autoenc.compression.contest import SURE, Entry
from autoenc.recognition import Readings
from autoenc.schema import Step

WHOLE = np.array([[[[255, 0], [0, 0]]], [[[0, 255], [0, 255]]], [[[30, 30], [30, 30]]]], np.uint8)
CLASSES = np.array([0, 1, 2])
STEPS = tuple(Step.nearest(value) for value in (4.0, 1.0, 0.25, 0.01))


def pixels_as_code() -> Codec:
    """The code of an image of four pixels is the image."""
    return Codec(nn.Flatten(), nn.Unflatten(1, (1, 2, 2)), (1, 2, 2), (4,), "ab" * 8, None)


def by_the_brightest(images: Pixels) -> Readings:
    """0: the first pixel is bright; 1: the second is; 2: none. It is sure, but for dark pictures."""
    flat = images.reshape(len(images), -1)
    classes = np.where(flat[:, 0] > 127, 0, np.where(flat[:, 1] > 127, 1, 2))
    sure = np.where((classes == 2) & (flat.max(1) == 0), SURE - 0.01, SURE)
    return Readings(classes.astype(np.intp), sure.astype(np.float32))


def entry(n_bytes: int, picture: Pixels = WHOLE[0]) -> Entry:
    return Entry(1.0, n_bytes, 19, 20.0, 0.95, picture)


def test_the_largest_step_at_which_the_class_is_read_makes_the_smallest_file() -> None:
    codec = pixels_as_code()
    first, second, _ = contest.of_model(codec, STEPS, WHOLE, CLASSES, by_the_brightest)
    assert first is not None
    assert second is not None
    assert (first.knob, second.knob) == (1.0, 1.0)  # at a step of 4 all is black
    file = codecs.compress(codec, WHOLE[:1], STEPS[1])
    assert (first.n_bytes, first.n_bytes_head) == (len(file.to_bytes()), file.n_bytes_head)
    assert np.array_equal(first.picture, WHOLE[0])


def test_a_class_that_is_read_without_being_sure_does_not_count() -> None:
    *_, dark = contest.of_model(pixels_as_code(), STEPS, WHOLE, CLASSES, by_the_brightest)
    assert dark is not None
    assert dark.knob == STEPS[3].value  # 30 of 255 is 0.12: at larger steps it is black, read as 2 as well
    assert np.abs(dark.picture.astype(int) - 30).max() <= 1


def test_what_is_never_read_has_no_file() -> None:
    wrong = np.array([1, 0, 0])
    assert contest.of_model(pixels_as_code(), STEPS, WHOLE, wrong, by_the_brightest) == (None,) * 3


def test_a_png_is_the_file_that_pillow_writes() -> None:
    png = contest.ENTRANTS["png"]
    first, *_ = contest.of_image_codec(png, WHOLE, CLASSES, by_the_brightest)
    file = io.BytesIO()
    Image.fromarray(WHOLE[0, 0]).save(file, "PNG", optimize=True)
    assert first is not None
    assert (first.n_bytes, first.psnr_db) == (len(file.getvalue()), float("inf"))


def test_an_image_codec_tries_rising_qualities_and_keeps_the_smallest_file() -> None:
    images = np.zeros((1, 1, 16, 16), np.uint8)
    images[0, 0, :8] = 255
    read_at: list[int] = []

    def only_good_ones(pictures: Pixels) -> Readings:
        error = np.abs(pictures.astype(int) - images).max()
        read_at.append(int(error))
        return Readings(np.array([int(error > 20)], np.intp), np.array([1.0], np.float32))

    jpeg = contest.ENTRANTS["jpeg"]
    (smallest,) = contest.of_image_codec(jpeg, images, np.array([0]), only_good_ones)
    assert smallest is not None
    qualities = range(jpeg.qualities[0], contest.MAX_QUALITY + 1, contest.QUALITY_STEP)
    good = [quality for quality, error in zip(qualities, read_at, strict=True) if error <= 20]
    files = {quality: len(jpeg.write(Image.fromarray(images[0, 0]), quality)) for quality in good}
    assert smallest.n_bytes == min(files.values())


def test_a_step_that_is_too_fine_ends_the_search_and_what_was_found_stays() -> None:
    steps = (*STEPS[:2], Step(1, -40))
    first, *_ = contest.of_model(pixels_as_code(), steps, WHOLE, CLASSES, by_the_brightest)
    assert first is not None
    assert first.knob == 1.0


def test_models_that_are_trained_for_their_bytes_compete_at_whole_steps() -> None:
    steps = contest.steps_of(pixels_as_code(), WHOLE, rated=True)
    assert [step.value for step in steps] == [8, 6, 5, 4, 3, 2, 1]
    plain = contest.steps_of(pixels_as_code(), WHOLE, rated=False)
    assert [step.value for step in plain] == sorted((step.value for step in plain), reverse=True)
    assert len(plain) == len(contest.CONTEST_BITS)


# ---------------------------------------------------------------- who wins


def test_equally_small_files_win_both() -> None:
    files = {"A": (entry(20), entry(30), None), "B": (entry(20), entry(29), None)}
    assert contest.winners(files) == (("A", "B"), ("B",), ())
    assert contest_caption(files, {"PNG": (entry(200), entry(300), None), "JPEG": (None,) * 3}) == (
        "B makes the smallest file of 2 of 3 images, A of 1; equally small files count for both. "
        "Such a file has 24.5 bytes on average; 19 of them are its head, which names the model and the step. "
        "Image codecs on their own: PNG 250 bytes."
    )
    assert never_caption(files) == "Recognised in none of their files: 1 image by A and 1 image by B."


def test_where_nothing_can_be_read_the_caption_says_so() -> None:
    assert (
        contest_caption({"A": (None, None)}, {}) == "None of 2 images can be read in a file of these models."
    )
    assert never_caption({"A": (entry(20),)}) == ""


@pytest.mark.parametrize("n", [1, 2])
def test_a_contest_of_one_model_has_one_winner(n: int) -> None:
    assert contest.winners({"A": (entry(20),) * n}) == (("A",),) * n


# ---------------------------------------------------------------- a drawing


def test_the_smallest_file_of_a_drawing_is_told_with_what_the_others_need() -> None:
    files = {"MLP 48": (entry(22),), "Conv 48": (entry(22),), "MLP 1": (None,), "JPEG": (codec_entry(197),)}
    assert smallest_caption(files, "8") == (
        "MLP 48 and Conv 48 make the smallest file that can be read as an 8: 22 bytes, of which 19 are its "
        "head. JPEG needs 197 bytes."
    )
    others = {"MLP 48": (entry(83),), "JPEG": (codec_entry(1_197),), "WebP": (codec_entry(70),)}
    assert smallest_caption(others, "7") == (
        "WebP makes the smallest file that can be read as a 7: 70 bytes. MLP 48 needs 83 bytes and JPEG "
        "1,197."
    )
    assert smallest_caption({"MLP 48": (entry(22),)}, "7").endswith("of which 19 are its head.")


def codec_entry(n_bytes: int) -> Entry:
    return Entry(50, n_bytes, 0, 20.0, 0.95, WHOLE[0])


def test_a_drawing_that_no_file_keeps_readable_should_be_drawn_again() -> None:
    said = smallest_caption({"MLP 48": (None,), "PNG": (None,)}, "7")
    assert said == "None of these files can be read as a 7. Draw more clearly, or choose other models."


def test_what_is_read_in_a_drawing_is_said_plainly() -> None:
    assert drawing_caption("7", 0.97) == "The recogniser reads your drawing as a 7, 97 % sure."
    assert drawing_caption("7", 0.61, "7") == "The recogniser reads your drawing as a 7, 61 % sure."
    assert drawing_caption("1", 0.97, "7") == (
        "The recogniser reads your drawing as a 1, 97 % sure; you say that it is a 7."
    )


@pytest.mark.parametrize(("confidence", "shown"), [(0.61, "61 %"), (SURE - 0.001, "89 %")])
def test_an_unsure_recogniser_says_what_to_do_next(confidence: float, shown: str) -> None:
    said = drawing_caption("8", confidence)
    assert said.startswith(f"The recogniser is only {shown} sure that your drawing is an 8;")
    assert said.endswith("Draw more clearly, or choose what it is.")
    assert drawing_caption("8", SURE).startswith("The recogniser reads your drawing as an 8")
