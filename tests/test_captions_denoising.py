"""What is said of curves of denoising follows from them, to the letter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoenc import captions
from autoenc.schema import Curve, Noise, Quality


def curve(psnr: Mapping[float, float], noise: str = "gaussian") -> Curve:
    """Of a PSNR at each level."""
    points = tuple(
        Quality(level, 10 ** (-db / 10), db - 2, db + 2, 0.5, 0.4, 0.6) for level, db in psnr.items()
    )
    return Curve("mnist", noise, "median", 1000, points, 1.0)


@dataclass(frozen=True)
class Model:
    """A trained one, by the noise of its training or its size."""

    curve: Curve
    n_latents: int = 1
    noise: Noise | None = None


def ahead(*gains: float, noise: str = "gaussian", step: float = 0.1) -> tuple[Curve, Curve]:
    """The noisy images at 20 dB, and a method by so much better at 0.1, 0.2, 0.3 ..."""
    levels = [round(step * (i + 1), 4) for i in range(len(gains))]
    return (
        curve(dict.fromkeys(levels, 20.0), noise),
        curve({level: 20 + gain for level, gain in zip(levels, gains, strict=True)}, noise),
    )


# ---------------------------------------------------------------- where it helps


@pytest.mark.parametrize(
    ("gains", "sentence"),
    [
        # from -1 to 3 over a tenth: a quarter of the way from 0.1 to 0.2 is 0.125
        ((-1, 3, 6), "Below 0.12 the filter makes the picture worse; beyond it helps, by up to 6 dB at 0.3."),
        ((2, 1, -1), "Below 0.25 the filter helps, by up to 2 dB at 0.1; beyond it makes the picture worse."),
        ((1, 2.5, 2), "The filter helps at every measured level, most at 0.2: by 2.5 dB."),
        ((0, 2.5, 2), "The filter helps and never makes the picture worse, most at 0.2: by 2.5 dB."),
        ((2.5, 0, 1), "The filter helps and never makes the picture worse, most at 0.1: by 2.5 dB."),
        ((-3, -1), "The filter makes the picture worse at every measured level, most at 0.1: by 3 dB."),
        ((-3, 0, -1), "The filter never helps and makes the picture worse, most at 0.1: by 3 dB."),
        ((0.02, -0.04), "The filter makes no difference at any measured level."),
        (
            (-1, 1, 2, -2),
            "The filter helps from 0.15 to 0.35, by up to 2 dB at 0.3; elsewhere it makes the picture worse.",
        ),
        (
            (1, -1, 1),
            "The filter helps below 0.15 and beyond 0.25, by up to 1 dB at 0.1; "
            "elsewhere it makes the picture worse.",
        ),
        ((-1, 0, 1), "Below 0.2 the filter makes the picture worse; beyond it helps, by up to 1 dB at 0.3."),
        (
            (0.04, -3, 1, 0),
            "Below 0.28 the filter makes the picture worse; beyond it helps, by up to 1 dB at 0.3.",
        ),
        ((1,), ""),
        ((), ""),
    ],
)
def test_where_a_method_crosses_the_noisy_pictures_is_told(gains: tuple[float, ...], sentence: str) -> None:
    assert captions.denoising.crossing_caption("Filter", *ahead(*gains)) == sentence


def test_a_crossing_of_blur_is_told_in_pixels() -> None:
    noisy, method = ahead(-1, 3, noise="blur", step=1.0)
    sentence = (
        "Below 1.2 px the median filter makes the picture worse; beyond it helps, by up to 3 dB at 2 px."
    )
    assert captions.denoising.crossing_caption("Median filter", noisy, method) == sentence


def test_only_levels_that_both_have_count() -> None:
    noisy = curve({0.1: 20, 0.2: 15, 0.3: 12})
    method = curve({0.1: 21, 0.25: 3, 0.3: 16})
    sentence = "The denoiser helps at every measured level, most at 0.3: by 4 dB."
    assert captions.denoising.crossing_caption("Denoiser", noisy, method) == sentence
    assert captions.denoising.crossing_caption("Denoiser", noisy, curve({0.1: 21, 0.25: 3})) == ""


def test_a_picture_that_came_back_exactly_has_no_psnr_to_compare() -> None:
    two = curve({0.1: 20, 0.2: 20})
    exact = replace(two, points=(Quality(0.05, 0, 99, 99, 1, 1, 1), *two.points))
    sentence = captions.denoising.crossing_caption("X", exact, curve({0.05: 3, 0.1: 21, 0.2: 22}))
    assert sentence == captions.denoising.crossing_caption("X", two, curve({0.1: 21, 0.2: 22})) != ""


# ---------------------------------------------------------------- who is ahead


@pytest.mark.parametrize(
    ("gains", "sentence"),
    [
        (
            (-1, 1, 3.1),
            "At 0.3 the denoiser is 3.1 dB better than the PCA; it is better at every level from 0.2 on.",
        ),
        (
            (3, 1, -1),
            "At 0.1 the denoiser is 3 dB better than the PCA; it is better at every level up to 0.2.",
        ),
        ((1, 2), "At 0.2 the denoiser is 2 dB better than the PCA; it is better at every measured level."),
        ((-1, 1, 2, -1), "At 0.3 the denoiser is 2 dB better than the PCA; it is better from 0.2 to 0.3."),
        ((1, -1, 2), "At 0.3 the denoiser is 2 dB better than the PCA; it is better at 2 of 3 levels."),
        ((-1, 2, -1), "At 0.2 the denoiser is 2 dB better than the PCA; it is better at that level only."),
        ((-1, -0.4), "The denoiser is never better than the PCA; it comes closest at 0.2, 0.4 dB behind."),
        ((-1, 0.01), "The denoiser is never better than the PCA, but equal at 0.2."),
        ((1,), ""),
    ],
)
def test_by_how_much_and_where_one_is_better_is_told(gains: tuple[float, ...], sentence: str) -> None:
    reference, method = ahead(*gains)
    assert captions.denoising.gain_caption("PCA", reference, "Denoiser", method) == sentence


@pytest.mark.parametrize(
    ("median", "denoiser", "sentence"),
    [
        ((25, 20, 15), (20, 19, 18), "Best up to 0.2: the median filter; at 0.3: the denoiser."),
        ((25, 15, 15), (20, 19, 18), "Best at 0.1: the median filter; from 0.2 on: the denoiser."),
        ((25, 24, 23), (20, 19, 18), "Best at every measured level: the median filter."),
        (
            (25, 24, 23),
            (25, 24, 23),
            "Best at every measured level: the median filter and the denoiser (equal).",
        ),
        ((25, 24, 23), (20, 24.02, 18), "Best at every measured level: the median filter."),
        (
            (25, 15, 15, 20),
            (20, 19, 18, 15),
            "Best at 0.1: the median filter; from 0.2 to 0.3: the denoiser; at 0.4: the median filter.",
        ),
        ((25,), (20,), ""),
    ],
)
def test_who_is_best_where_is_told(
    median: tuple[float, ...], denoiser: tuple[float, ...], sentence: str
) -> None:
    def at_levels(psnr: tuple[float, ...]) -> Curve:
        return curve({round(0.1 * (i + 1), 4): db for i, db in enumerate(psnr)})

    lines = [("Median filter", at_levels(median)), ("the denoiser", at_levels(denoiser))]
    assert captions.denoising.best_caption(lines) == sentence


def test_what_lies_in_the_choice_of_the_images_makes_nobody_the_best() -> None:
    filtered = curve({0.1: 20.15, 0.2: 20.4})  # on 1,000 images
    denoiser = replace(curve({0.1: 20, 0.2: 20}), n_images=10_000)
    sentence = captions.denoising.best_caption([("Median filter", filtered), ("Denoiser", denoiser)])
    assert sentence == "Best at every measured level: the median filter."
    sentence = captions.denoising.best_caption(
        [("Median filter", curve({0.1: 20.15, 0.2: 20})), ("Denoiser", denoiser)]
    )
    assert sentence == "Best at every measured level: the median filter and the denoiser (equal)."


def test_nobody_is_best_alone_or_before_all_are_measured() -> None:
    whole = curve({0.1: 20, 0.2: 15})
    assert captions.denoising.best_caption([("X", whole)]) == ""
    assert captions.denoising.best_caption([("X", whole), ("Y", curve({}))]) == ""
    assert captions.denoising.best_caption([]) == ""


def test_methods_that_are_no_tools_have_no_article() -> None:
    low, high = curve({0.1: 20, 0.2: 15}), curve({0.1: 21, 0.2: 16})
    for name, sentence in [
        ("Total variation", "total variation"),
        ("the non-local means", "non-local means"),
        ("Noisy", "the unfiltered noisy picture"),
        ("no filter", "no filter"),
    ]:
        assert (
            captions.denoising.best_caption([("X", low), (name, high)])
            == f"Best at every measured level: {sentence}."
        )


# ---------------------------------------------------------------- sizes of the code


def sizes(best: Mapping[float, int], noise: str = "gaussian") -> list[Model]:
    """Codes of 8, 32 and 128 numbers, and which is best at each level."""
    return [
        Model(curve({level: 20 + (size == k) for level, size in best.items()}, noise), k)
        for k in (8, 32, 128)
    ]


@pytest.mark.parametrize(
    ("best", "sentence"),
    [
        (
            {0.1: 128, 0.5: 32, 1.0: 8},
            "With little noise (0.1) a code of 128 numbers is best; at 0.5 a code of 32, at 1 a code of 8.",
        ),
        (
            {0.1: 128, 0.2: 8, 0.5: 32, 1.0: 32},
            "With little noise (0.1) a code of 128 numbers is best; at 0.5 and 1 a code of 32.",
        ),
        ({0.5: 32, 1.0: 8}, "At 0.5 a code of 32 numbers is best; at 1 a code of 8."),
        (
            {0.1: 32, 0.5: 32, 1.0: 32},
            "The best size does not depend on the noise: 32 numbers at every measured level.",
        ),
        (
            {0.1: 32, 0.2: 8, 0.5: 32, 1.0: 32},
            "With little noise (0.1) a code of 32 numbers is best; at 0.2 a code of 8, "
            "at 0.5 and 1 a code of 32.",
        ),
        ({0.1: 32}, ""),
    ],
)
def test_the_best_size_at_little_some_and_much_noise_is_told(
    best: Mapping[float, int], sentence: str
) -> None:
    assert captions.denoising.size_caption(sizes(best)) == sentence


def test_of_equal_sizes_the_smallest_is_best_and_blur_is_in_pixels() -> None:
    equal = [Model(curve({0.4: 20, 4.0: 10}, "blur"), k) for k in (4, 1, 2)]
    always = "The best size does not depend on the noise: 1 number at every measured level."
    assert captions.denoising.size_caption(equal) == always
    sentence = "With little noise (0.4 px) a code of 128 numbers is best; at 4 px a code of 8."
    assert captions.denoising.size_caption(sizes({0.4: 128, 4.0: 8}, "blur")) == sentence


def test_one_size_is_compared_with_nothing() -> None:
    assert captions.denoising.size_caption(sizes({0.1: 8, 1.0: 8})[:1]) == ""
    assert captions.denoising.size_caption([]) == ""


# ---------------------------------------------------------------- training noise against test noise

COLUMNS = (0.05, 0.3, 1.0)
AT_HOME = {"clean": (25, 15, 5), "0.3": (20, 20, 10), "1": (12, 12, 12)}


def models(trained: Mapping[str, tuple[float, ...]]) -> list[Model]:
    return [
        Model(curve(dict(zip(COLUMNS, psnr, strict=False))), noise=noise_of(name))
        for name, psnr in trained.items()
    ]


def noise_of(name: str) -> Noise | None:
    return None if name == "clean" else Noise("gaussian", float(name.split()[-1]), up_to=" to " in name)


@pytest.mark.parametrize(
    ("trained", "sentence"),
    [
        (AT_HOME, "Each model is best near the noise it was trained with."),
        # 0.84 dB behind is not "never more than 0.8"
        (
            AT_HOME | {"0 to 1": (24.5, 19.16, 11.5)},
            "Each model is best near the noise it was trained with; "
            "the model trained at 0 to 1 is never more than 0.9 dB behind.",
        ),
        (
            AT_HOME | {"0 to 1": (19, 19, 11)},
            "Each model is best near the noise it was trained with; "
            "the model trained at 0 to 1 is up to 6 dB behind, at 0.05.",
        ),
        (
            AT_HOME | {"0 to 1": (26, 21, 13)},
            "Among the models trained at one level, each is best near its own level; "
            "the model trained at 0 to 1 is best at every tested level.",
        ),
        (
            AT_HOME | {"1": (26, 12, 12)},
            "Near their own noise, 2 of the 3 models trained at one level are the best of these.",
        ),
        (
            {"clean": (20, 15, 5), "0.3": (25, 20, 10), "1": (21, 21, 9)},
            "No model is best near the noise it was trained with.",
        ),
        # 0.6 is near no tested level
        (
            AT_HOME | {"0.6": (5, 5, 5)},
            "Each model that was tested there is best near the noise it was trained with.",
        ),
        (
            {"clean": (25, 15, 5), "0 to 1": (24, 14, 4)},
            "The model trained at 0 to 1 is never more than 1 dB behind.",
        ),
        (AT_HOME | {"1": (12, 12)}, ""),  # not measured to the end
        ({"clean": (25, 15, 5)}, ""),
        ({}, ""),
    ],
)
def test_what_training_with_noise_is_good_for_is_told(
    trained: Mapping[str, tuple[float, ...]], sentence: str
) -> None:
    assert captions.denoising.matrix_caption(models(trained), COLUMNS) == sentence


# ---------------------------------------------------------------- whatever comes

LEVELS = st.sampled_from([0.05, 0.1, 0.3, 0.5, 1.0])
CURVES = st.dictionaries(LEVELS, st.floats(-10, 60)).map(curve)
NAMES = st.sampled_from(["clean", "0.1", "0.3", "1", "0 to 1", "0 to 0.5"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(1, 9), CURVES), max_size=5))
def test_whatever_comes_the_words_are_whole_sentences(measured: list[tuple[str, int, Curve]]) -> None:
    rows = [Model(one, k, noise_of(name)) for name, k, one in measured]
    curves = [one for *_, one in measured]
    sentences = [
        captions.denoising.best_caption([(name, one) for name, _, one in measured]),
        captions.denoising.size_caption(rows),
        captions.denoising.matrix_caption(rows, (0.1, 0.5)),
        *(captions.denoising.crossing_caption("X", one, other) for one in curves for other in curves),
        *(captions.denoising.gain_caption("X", one, "Y", other) for one in curves for other in curves),
    ]
    for words in sentences:
        assert words == "" or (words[0].isupper() and words.endswith("."))
        assert not re.search(r"nan|inf|None|\de|  |-\d|; \.|\b0 dB", words)


def test_similarity_is_told_at_the_middle_level_the_best_method_first() -> None:
    noisy, model = ahead(1, 2, 3)
    better = replace(model, points=tuple(replace(point, ssim=0.75) for point in model.points))
    told = captions.denoising.similarity_caption([("No filter", noisy), ("Denoiser", better)])
    assert told == "SSIM at 0.2, best first: the denoiser 0.75 and no filter 0.50."
    assert captions.denoising.similarity_caption([("No filter", noisy), ("Denoiser", curve({}))]) == ""


# ---------------------------------------------------------------- before all levels are measured


def test_a_denoiser_that_helps_only_at_high_noise_is_not_called_useless_after_four_of_twelve_levels() -> None:
    noisy, denoiser = ahead(-4, -3, -2, -1, 0.5, 1, 2, 3)
    partial = replace(denoiser, points=denoiser.points[:4], done=4 / 12)
    for one in (replace(noisy, points=noisy.points[:4], done=4 / 12), noisy):
        assert captions.denoising.crossing_caption("denoiser", one, partial) == ""
        assert captions.denoising.gain_caption("filter", one, "denoiser", partial) == ""
        assert captions.denoising.best_caption([("filter", one), ("denoiser", partial)]) == ""
        assert captions.denoising.similarity_caption([("filter", one), ("denoiser", partial)]) == ""
    assert "never" not in captions.denoising.gain_caption("filter", noisy, "denoiser", denoiser)


def test_the_reference_too_has_to_be_measured() -> None:
    noisy, denoiser = ahead(1, 2, 3)
    partial = replace(noisy, points=noisy.points[:2], done=0.999)
    assert captions.denoising.crossing_caption("denoiser", partial, denoiser) == ""
    assert captions.denoising.gain_caption("filter", partial, "denoiser", denoiser) == ""


def test_which_method_is_best_waits_for_the_slowest() -> None:
    one, other = ahead(1, 2, 3)
    lines = [("filter", one), ("denoiser", other)]
    assert captions.denoising.best_caption(lines)
    assert captions.denoising.best_caption([*lines, ("median", replace(one, points=(), done=0.0))]) == ""


def test_which_size_is_best_waits_for_all_sizes() -> None:
    small, large = ahead(-1, 1, 2)
    partial = replace(large, points=large.points[:2], done=0.66)
    assert captions.denoising.size_caption([Model(small, 4), Model(large, 64)])
    assert captions.denoising.size_caption([Model(small, 4), Model(partial, 64)]) == ""


def test_models_are_not_compared_before_all_are_tested_at_all_levels() -> None:
    rows = [
        Model(curve({0.1: 30, 0.3: 20}), noise=Noise("gaussian", 0.1)),
        Model(curve({0.1: 25, 0.3: 25}), noise=Noise("gaussian", 0.3)),
    ]
    partial = replace(rows[1], curve=replace(rows[1].curve, points=rows[1].curve.points[:1], done=0.5))
    assert captions.denoising.matrix_caption(rows, [0.1, 0.3])
    assert captions.denoising.matrix_caption([rows[0], partial], [0.1, 0.3]) == ""
