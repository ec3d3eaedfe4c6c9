"""What is said of a reconstruction: each damage has words of its own, and what was not seen is not said."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some
from numpy.typing import NDArray

from autoenc import captions
from autoenc.captions.images import Reader, Reading
from autoenc.datasets import Dataset
from autoenc.errors import ShapeError

Image = NDArray[np.uint8]
Change = Callable[[Image], Image]


def blurred(x: Image, times: int) -> Image:
    """A box filter of three by three, some times over."""
    planes = x.astype(float)
    for _ in range(times):
        padded = np.pad(planes, ((0, 0), (1, 1), (1, 1)), mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        planes = windows.mean((-1, -2))
    return planes.round().astype(np.uint8)


@pytest.fixture(scope="module")
def flag() -> Image:
    """A thick pole, and from its header a thin line, two pixels wide: white on black."""
    x = np.zeros((1, 28, 28), np.uint8)
    x[0, 4:24, 6:11] = 255
    x[0, 6:8, 11:24] = 255
    return x


@pytest.fixture(scope="module")
def photograph() -> Image:
    """Coarse patches in many colours, none of them black."""
    patches = np.random.default_rng(0).integers(40, 220, (3, 8, 8))
    return np.repeat(np.repeat(patches, 4, axis=1), 4, axis=2).astype(np.uint8)


def sentence_of(x: Image, change: Change) -> str:
    return captions.images.describe(x, change(x.copy())).sentence


# ---------------------------------------------------------------- drawings


def without_line(x: Image) -> Image:
    x[0, 6:8, 11:24] = 0
    return x


def without_pole(x: Image) -> Image:
    x[0, 8:24, 6:11] = 0
    return x


def with_ghost(x: Image) -> Image:
    x[0, 14:24, 18:26] = 100
    return x


DAMAGE: dict[str, tuple[Change, str]] = {
    "copied": (lambda x: x, "exact: no difference can be seen"),
    "thin erased": (without_line, "all thin strokes are lost"),
    "thick erased": (without_pole, "half of the strokes are gone"),
    "softer": (lambda x: x // 2 + blurred(x, 1) // 2, "edges are a little soft"),
    "blurred": (lambda x: x // 4 + blurred(x, 1) // 4 * 3, "edges are blurred"),
    "very blurred": (lambda x: blurred(x, 1), "edges are very blurred"),
    "ghost": (with_ghost, "grey shadows appear where nothing was"),
    "black": (np.zeros_like, "nothing is left of it"),
    "paler": (lambda x: x // 10 * 7, "strokes are paler"),
    "much paler": (lambda x: x // 2, "strokes are much paler"),
    "lifted": (lambda x: x // 2 + 60, "black has turned grey"),
    "cloud": (lambda x: blurred(x, 60), "only a grey cloud is left"),
    "moved": (lambda x: np.roll(x, 9, axis=2), "the shape has changed"),
    "a little noise": (lambda x: x - x // 12, "hardly any difference can be seen"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_each_damage_to_a_drawing_is_told(name: str, flag: Image) -> None:
    change, expected = DAMAGE[name]
    assert expected in sentence_of(flag, change)


def test_what_is_damaged_otherwise_is_told_otherwise(flag: Image) -> None:
    sentences = [sentence_of(flag, change).partition(": ")[2] for change, _ in DAMAGE.values()]
    assert len(set(sentences)) == len(DAMAGE)


def test_half_of_a_thin_line_is_half_of_the_thin_strokes(flag: Image) -> None:
    x_hat = flag.copy()
    x_hat[0, 6:8, 17:24] = 0
    assert captions.images.describe(flag, x_hat).sentence.endswith(": half of the thin strokes are lost")


def test_a_thick_stroke_that_is_kept_has_lost_nothing(flag: Image) -> None:
    damage = captions.images.measure(flag, without_line(flag.copy()))
    assert damage.lost_thin == 1
    assert damage.lost == pytest.approx(26 / (26 + 100))  # pixels of the line; of line and pole


def test_the_same_picture_four_times_as_large_is_told_the_same(flag: Image) -> None:
    for change in (without_line, lambda x: blurred(x, 1), with_ghost):
        x, x_hat = (a.repeat(4, 1).repeat(4, 2) for a in (flag, change(flag.copy())))
        assert (
            captions.images.describe(x, x_hat).sentence
            == captions.images.describe(flag, change(flag.copy())).sentence
        )


def test_a_sentence_has_two_findings_at_most_and_the_gravest_first(flag: Image) -> None:
    x_hat = with_ghost(blurred(without_line(flag.copy()) // 2 + 20, 3))
    sentence = captions.images.describe(flag, x_hat).sentence
    assert sentence.endswith("the shape has changed, all thin strokes are lost")
    assert sentence.count(",") == 1


# ---------------------------------------------------------------- photographs


def saturated(x: Image, factor: float) -> Image:
    grey = x.mean(0)
    return (grey + factor * (x - grey)).clip(0, 255).round().astype(np.uint8)


PHOTOGRAPHS: dict[str, tuple[Change, str]] = {
    "copied": (lambda x: x, "exact: no difference can be seen"),
    "washed out": (lambda x: saturated(x, 0.5), "colours are washed out"),
    "grey": (lambda x: saturated(x, 0), "the colours are lost"),
    "soft": (lambda x: blurred(x, 1), "fine detail is lost"),
    "very soft": (lambda x: blurred(x, 8), "only rough shapes are left"),
    "flat": (lambda x: np.full_like(x, 128), "nothing is left of it"),
    "brighter": (lambda x: x + 30, "it is brighter"),
    "darker": (lambda x: x - 30, "it is darker"),
    "less contrast": (lambda x: (128 + 0.5 * (x - 128.0)).astype(np.uint8), "closer together"),
    "grainy": (
        lambda x: (x + np.random.default_rng(1).normal(0, 60, x.shape)).clip(0, 255).astype(np.uint8),
        "it has become grainy",
    ),
}


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_each_damage_to_a_photograph_is_told_and_none_of_strokes(name: str, photograph: Image) -> None:
    change, expected = PHOTOGRAPHS[name]
    sentence = sentence_of(photograph, change)
    assert expected in sentence
    assert "stroke" not in sentence


def test_colours_that_were_not_there_are_told(photograph: Image) -> None:
    grey = saturated(photograph, 0)
    assert "colours appear where none were" in captions.images.describe(grey, photograph).sentence


def test_a_grey_picture_has_no_colours_to_lose(photograph: Image) -> None:
    assert captions.images.measure(photograph[:1], photograph[:1]).saturation is None


def test_digits_are_drawings_and_photographs_are_not(mnist: Dataset, photograph: Image) -> None:
    assert captions.images.is_drawn(mnist.train[:256])
    assert not captions.images.is_drawn(photograph)
    assert not captions.images.is_drawn(255 - mnist.train[:256])  # black on white


def test_whoever_knows_the_data_set_may_say_what_it_is(flag: Image) -> None:
    assert "strokes" not in captions.images.describe(flag, without_line(flag.copy()), drawn=False).sentence


# ---------------------------------------------------------------- decibels and notes


def test_a_tenth_off_everywhere_is_20_db() -> None:
    x = np.full((1, 8, 8), 0.5)
    verdict = captions.images.describe(x, x + 0.1)
    assert verdict.psnr_db == pytest.approx(20)
    assert verdict.sentence.startswith("20.0 dB: ")
    assert captions.images.note(verdict) == "20.0 dB"


def test_what_came_back_exactly_has_no_decibels(flag: Image) -> None:
    verdict = captions.images.describe(flag, flag)
    assert verdict.psnr_db == math.inf
    assert captions.images.note(verdict) == "exact"


# ---------------------------------------------------------------- readings


def test_a_digit_that_still_looks_like_itself_is_said_to(flag: Image) -> None:
    verdict = captions.images.describe(flag, flag // 2, Reading("7", 0.2, 0.1))
    said = "still looks like a 7 to a nearest-neighbour comparison; strokes are much paler"
    assert verdict.sentence.partition(": ")[2].startswith(said)
    assert captions.images.note(verdict).count("\n") == 0


def test_a_digit_that_looks_like_another_is_said_to(flag: Image) -> None:
    verdict = captions.images.describe(flag, without_line(flag.copy()), Reading("7", 0.2, -0.1))
    assert "no longer looks like a 7 to a nearest-neighbour comparison; all thin strokes" in verdict.sentence
    assert captions.images.note(verdict) == f"{verdict.psnr_db:.1f} dB\nnot a 7"


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        (Reading("7", -0.1, -0.2), "the reader was wrong before"),
        (Reading("7", -0.1, 0.2), "it was wrong before, and right by chance"),
        (Reading("7", 0.2, 0.05), "it hesitates"),
        (Reading("7", 0.2, -0.05), "it hesitates between two others"),
    ],
)
def test_a_reader_that_is_not_sure_is_not_quoted(reading: Reading, why: str, flag: Image) -> None:
    verdict = captions.images.describe(flag, without_line(flag.copy()), reading)
    assert "looks" not in verdict.sentence, why
    assert verdict.misread == ""


@pytest.mark.parametrize("ruin", ["black", "cloud"])
def test_nothing_looks_like_a_digit_where_nothing_of_it_is_left(ruin: str, flag: Image) -> None:
    change, _ = DAMAGE[ruin]
    for margin in (0.2, -0.2):
        verdict = captions.images.describe(flag, change(flag.copy()), Reading("7", 0.2, margin))
        assert "looks" not in verdict.sentence
        assert verdict.misread == ""


def test_a_reader_that_wavers_where_nothing_is_seen_is_not_quoted(flag: Image) -> None:
    verdict = captions.images.describe(flag, flag - flag // 12, Reading("7", 0.2, -0.2))
    assert verdict.sentence.endswith("dB: hardly any difference can be seen")
    assert verdict.misread == ""


def test_clothes_have_names_with_an_article_too(photograph: Image) -> None:
    x_hat = blurred(photograph, 1)
    still = captions.images.describe(photograph, x_hat, Reading("Ankle boot", 0.2, 0.2))
    assert "still looks like an Ankle boot to " in still.sentence
    changed = captions.images.describe(photograph, x_hat, Reading("Sneaker", 0.2, -0.2))
    assert "no longer looks like a Sneaker to " in changed.sentence


def test_the_word_for_eight_begins_with_a_vowel(flag: Image) -> None:
    assert "still looks like an 8" in captions.images.describe(flag, flag // 2, Reading("8", 1, 1)).sentence


# ---------------------------------------------------------------- readings by a recogniser


@pytest.mark.parametrize(
    ("confidences", "seen", "said"),
    [
        ((0.9, 0.95), "7", "the recogniser still sees a 7; all thin strokes are lost"),
        ((0.9, 0.4), "7", "the recogniser is no longer sure; all thin strokes are lost"),
        ((0.5, 0.4), "7", "all thin strokes are lost"),  # nor was it before
        ((0.9, -0.95), "8", "the recogniser now sees an 8; all thin strokes are lost"),
        ((0.5, -0.95), "8", "the recogniser now sees an 8; all thin strokes are lost"),
        ((0.9, -0.4), "8", "the recogniser is not sure: perhaps an 8; all thin strokes are lost"),
        ((-0.9, -0.95), "8", "all thin strokes are lost"),  # it was wrong before
        ((-0.9, 0.95), "7", "all thin strokes are lost"),
    ],
)
def test_a_recogniser_says_what_it_sees(
    confidences: tuple[float, float], seen: str, said: str, flag: Image
) -> None:
    verdict = captions.images.describe(flag, without_line(flag.copy()), Reading("7", *confidences, seen))
    assert verdict.sentence.partition(": ")[2] == said
    assert captions.images.note(verdict) == f"{verdict.psnr_db:.1f} dB"  # what it reads stands there anyway


def test_a_recogniser_is_not_quoted_where_nothing_is_left_or_nothing_is_seen(flag: Image) -> None:
    for x_hat in (np.zeros_like(flag), flag - flag // 12):
        assert (
            "recogniser" not in captions.images.describe(flag, x_hat, Reading("7", 0.9, -0.9, "8")).sentence
        )


def test_what_a_recogniser_reads_becomes_readings_of_the_true_classes(digits: Dataset) -> None:
    images = np.array([3, 0])
    own, other = digits.test_labels[images], (digits.test_labels[images] + 1) % 10
    sure = np.array([0.9, 0.5], np.float32)
    before, after = (own.astype(np.intp), sure), (np.array([own[0], other[1]], np.intp), sure)
    names = [digits.class_names[index] for index in (*own, other[1])]
    assert captions.images.recognised(digits, images, before, after) == [
        Reading(names[0], pytest.approx(0.9), pytest.approx(0.9), names[0]),
        Reading(names[1], pytest.approx(0.5), pytest.approx(-0.5), names[2]),
    ]


# ---------------------------------------------------------------- odd pictures


floats = st.floats(0, 1, width=32) | st.sampled_from([math.nan, math.inf, -math.inf, -1.0, 7.0])


@settings(max_examples=60)
@given(st.data(), st.sampled_from([1, 3]), st.integers(1, 9), st.integers(1, 9))
def test_whatever_the_pixels_there_is_a_sentence(data: st.DataObject, c: int, h: int, w: int) -> None:
    x, x_hat = (data.draw(some.arrays(np.float32, (c, h, w), elements=floats)) for _ in range(2))
    verdict = captions.images.describe(x, x_hat, Reading("1", 0.2, -0.2))
    assert ": " in verdict.sentence
    assert "nan" not in verdict.sentence
    assert verdict.psnr_db >= 0


@pytest.mark.parametrize("value", [0, 255])
def test_one_pixel_and_an_even_picture_that_came_back_are_exact(value: int) -> None:
    for shape in ((1, 1, 1), (3, 1, 1), (1, 28, 28), (3, 28, 28)):
        x = np.full(shape, value, np.uint8)
        assert captions.images.describe(x, x).sentence == "exact: no difference can be seen"


def test_something_in_a_black_picture_is_a_ghost(flag: Image) -> None:
    assert "shadows appear where nothing was" in captions.images.describe(np.zeros_like(flag), flag).sentence


def test_pictures_of_two_shapes_are_not_compared(flag: Image) -> None:
    for other in (flag[:, :27], flag[0], np.repeat(flag, 3, 0), flag[:, :0]):
        with pytest.raises(ShapeError, match="cannot be compared"):
            captions.images.describe(flag, other)


# ---------------------------------------------------------------- the reader


def test_the_reader_reads_real_digits_and_knows_how_well(mnist: Dataset) -> None:
    reader = Reader(mnist.train, mnist.train_labels)
    right = (reader.read(mnist.test[:1000]) == mnist.test_labels[:1000]).mean()
    assert reader.reliable
    assert right > 0.92
    assert reader.accuracy == pytest.approx(right, abs=0.04)  # two samples of 500 and 1000


def test_what_is_paler_is_read_the_same(digits: Dataset) -> None:
    reader = Reader(digits.train, digits.train_labels)
    assert (reader.read(digits.test // 4) == reader.read(digits.test)).mean() > 0.95


def test_two_readers_of_the_same_images_are_one(digits: Dataset) -> None:
    one, other = (Reader(digits.train, digits.train_labels) for _ in range(2))
    assert one.accuracy == other.accuracy
    assert one.read(digits.test).tolist() == other.read(digits.test).tolist()


def test_a_training_image_is_read_as_what_it_is(digits: Dataset) -> None:
    used = np.arange(200) % 11 != 10  # each eleventh is held out to test the reader
    reader = Reader(digits.train[:200], digits.train_labels[:200])
    assert (reader.read(digits.train[:200][used]) == digits.train_labels[:200][used]).all()


def test_the_sign_of_a_margin_is_what_the_reader_reads(digits: Dataset) -> None:
    reader = Reader(digits.train, digits.train_labels)
    for images in (digits.test, digits.test[..., ::-1]):  # in a mirror it mistakes many
        right = reader.read(images) == digits.test_labels
        assert ((reader.margins(images, digits.test_labels) > 0) == right).all()
        assert right.any()
    assert not right.all()


def test_a_digit_half_way_to_another_has_a_smaller_margin(digits: Dataset) -> None:
    reader = Reader(digits.train, digits.train_labels)
    labels = digits.test_labels
    eight, three = (digits.test[labels == digit][:1] for digit in (8, 3))
    mixed = eight // 2 + three // 2
    whole, half = (reader.margins(images, np.array([8], np.uint8))[0] for images in (eight, mixed))
    assert whole > max(half, 0)


def test_labels_that_mean_nothing_make_no_reader(digits: Dataset) -> None:
    labels = np.random.default_rng(0).permutation(digits.train_labels)
    assert not Reader(digits.train, labels).reliable


def test_a_handful_of_images_makes_no_reader(digits: Dataset) -> None:
    assert not Reader(digits.train[:5], digits.train_labels[:5]).reliable


def test_a_reader_refuses_images_of_another_shape(digits: Dataset) -> None:
    reader = Reader(digits.train[:50], digits.train_labels[:50])
    with pytest.raises(ShapeError, match=r"\(1, 27, 28\) were given; known are \(1, 28, 28\)"):
        reader.read(digits.test[:, :, 1:])
