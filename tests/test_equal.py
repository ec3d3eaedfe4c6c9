"""Two data sets at equal compression: what is measured, what is read between, what is said."""

import math
from dataclasses import replace

import pytest

from autoenc import captions, equal, plots, sweeps
from autoenc.published import published
from autoenc.schema import BaselineCurve, Noise, RunSummary, Subject, TrainConfig
from tests.sweep_points import line, mean_image, pca

GREY = Subject("MNIST", 784, (tuple(line("mlp", {8: 0.04, 32: 0.01, 64: 0.005})),))


def colours(losses: dict[int, float], *baselines: BaselineCurve) -> Subject:
    points = tuple(replace(p, n_pixels=3072) for p in line("mlp", losses))
    return Subject("CIFAR-10", 3072, (points,), baselines)


COLOUR = colours({32: 0.012, 128: 0.003, 256: 0.0015})


def summary(dataset: str, latent_size: int, mse: float | None = 0.01, **settings: object) -> RunSummary:
    config = TrainConfig(dataset, latent_size=latent_size, **settings)  # type: ignore[arg-type]
    return RunSummary(
        **{"run_id": config.run_id("f"), "config": config, "fingerprint": "f", "image_shape": (3, 32, 32)},
        **{"n_parameters": 1, "n_latents": latent_size, "n_train_images": 1, "epochs_done": config.epochs},
        **{"train_loss": mse, "test_mse": mse, "seconds": 1.0, "seconds_per_epoch": 1.0},
        **{"images_per_second": 1.0, "device": "cpu", "threads": 1, "concurrent_jobs": 0, "attempt": 1},
        **{"modified": 0.0, "n_bytes": 1},
    )


# ---------------------------------------------------------------- between two sizes


def test_between_two_measured_sizes_the_error_is_read_from_a_straight_line_on_logarithmic_axes() -> None:
    curve = ((10.0, 0.01), (1000.0, 0.0001))
    assert equal.at(curve, 100) == pytest.approx(0.001)  # halfway between both exponents
    assert equal.at(curve, 10) == 0.01
    assert equal.at(curve, 1000) == pytest.approx(0.0001)


@pytest.mark.parametrize("x", [9.9, 1001])
def test_beyond_what_is_measured_nothing_is_said(x: float) -> None:
    assert equal.at(((10.0, 0.01), (1000.0, 0.0001)), x) is None
    assert equal.at((), x) is None


def test_two_curves_are_compared_where_both_are_known() -> None:
    one, other = ((10.0, 0.04), (40.0, 0.01)), ((20.0, 0.3), (80.0, 0.1))
    assert [x for x, _, _ in equal.both(one, other)] == [20, 40]
    ((_, a, b), _) = equal.both(one, other)
    assert (a, b) == (pytest.approx(0.02), 0.3)


def test_an_error_may_be_shown_beside_that_of_the_mean_image() -> None:
    with_baseline = replace(COLOUR, baselines=(mean_image(0.06),))
    assert equal.measured(0.015, "lost", with_baseline) == pytest.approx(0.25)
    assert equal.measured(0.015, "lost", COLOUR) is None
    assert equal.measured(0.01, "psnr", COLOUR) == pytest.approx(20)


# ---------------------------------------------------------------- which runs


def test_runs_that_differ_in_size_alone_are_a_line_and_those_with_the_most_sizes_are_taken() -> None:
    many = [summary("cifar10", k, epochs=5) for k in (32, 64, 128)]
    newer = [summary("cifar10", k, epochs=10) for k in (32, 64)]
    subject = sweeps.subject("CIFAR-10", "f", 3072, [*newer, *many])
    ((*points,),) = subject.lines
    assert [(p.config.latent_size, p.config.epochs) for p in points] == [(32, 5), (64, 5), (128, 5)]
    assert points[0].ratio == 96


def test_the_user_s_own_runs_are_compared_before_examples_of_more_sizes() -> None:
    own = [summary("photos", size, epochs=5) for size in (8, 16)]
    examples = [replace(summary("photos", size, epochs=9), example=True) for size in (8, 16, 32)]
    for runs in ([*own, *examples], [*examples, *own]):
        (shown,) = sweeps.subject("photos", "f", 3072, runs).lines
        assert [(point.config.epochs, point.config.latent_size) for point in shown] == [(5, 8), (5, 16)]
    (shown,) = sweeps.subject("photos", "f", 3072, examples).lines
    assert len(shown) == 3


def test_noise_fewer_images_other_data_and_lost_runs_are_not_compared() -> None:
    runs = [
        summary("cifar10", 32, noise=Noise("gaussian", 0.3)),
        summary("cifar10", 32, train_images=500),
        replace(summary("cifar10", 32), fingerprint="another"),
        replace(summary("cifar10", 32), epochs_done=3),
        summary("cifar10", 32, math.nan),
        summary("cifar10", 32, None),
    ]
    assert sweeps.subject("CIFAR-10", "f", 3072, runs).lines == ()


def test_the_newest_run_of_a_size_counts() -> None:
    runs = [summary("cifar10", 32, 0.02, seed=1), summary("cifar10", 32, 0.01)]
    ((point,),) = sweeps.subject("CIFAR-10", "f", 3072, runs).lines
    assert point.test_mse == 0.02


@pytest.mark.parametrize("n_pixels", [784, 3072, 12_288])
def test_the_sizes_that_are_trained_compress_images_of_any_size_about_equally(n_pixels: int) -> None:
    sweep = sweeps.equal_sweep(TrainConfig(), n_pixels)
    ratios = sorted((n_pixels / k for k in sweep.latent_sizes), reverse=True)
    assert ratios == pytest.approx(sweeps.RATIOS, rel=0.42)
    assert len(ratios) == len(sweeps.RATIOS)


# ---------------------------------------------------------------- in words


def test_a_sentence_says_how_much_harder_colour_is_at_equal_ratio() -> None:
    worse = colours({32: 0.05, 128: 0.03, 256: 0.02})
    # 24 to 1 is measured for CIFAR-10; MNIST's 24 lies between 24.5 (.01) and 12.25 (.005): near .00980
    sentence = captions.equal.equal_caption(worse, GREY)
    assert sentence.startswith("At 24 to 1 (MLP) an image of CIFAR-10 has 3.1 times the error of one of")
    assert "MNIST (0.03 against 0.0098)" in sentence


def test_the_sentence_follows_the_numbers_where_colour_is_easier() -> None:
    sentence = captions.equal.equal_caption(COLOUR, GREY)
    assert "has 3.3 times less error than one of MNIST" in sentence  # .0098 / .003 = 3.27


def test_where_ratio_and_code_size_disagree_the_words_say_that_it_depends() -> None:
    mixed = colours({32: 0.015, 64: 0.009, 128: 0.005, 256: 0.003})  # at 32 numbers .015 against .01
    assert "Which is harder depends on what is held equal" in captions.equal.equal_caption(mixed, GREY)
    harder = colours({32: 0.09, 64: 0.08, 128: 0.07, 256: 0.06})
    assert "depends" not in captions.equal.equal_caption(harder, GREY)


def test_pca_speaks_where_no_model_is_trained_and_nobody_where_nothing_overlaps() -> None:
    def linear(name: str, n_pixels: int, sizes: tuple[int, ...]) -> Subject:
        return Subject(name, n_pixels, (), (pca({k: 1 / (10 * k) for k in sizes}),))

    near = captions.equal.equal_caption(linear("CIFAR-10", 3072, (64, 128)), linear("MNIST", 784, (16, 32)))
    assert "(PCA)" in near
    assert captions.equal.equal_caption(linear("CIFAR-10", 3072, (512,)), linear("MNIST", 784, (1, 2))) == ""


def test_the_words_tell_which_runs_are_compared_and_what_the_mean_image_is_worth() -> None:
    assert "CIFAR-10: MLP, 3 sizes, 10 epochs." in captions.equal.compared_runs_caption([COLOUR, GREY])
    both = [replace(s, baselines=(mean_image(mse),)) for s, mse in ((COLOUR, 0.0624), (GREY, 0.0673))]
    assert "0.062 for CIFAR-10 and 0.067 for MNIST" in captions.equal.no_code_caption(both)
    assert captions.equal.no_code_caption([COLOUR, both[1]]) == ""


# ---------------------------------------------------------------- the figure


def test_the_figure_has_both_data_sets_told_apart_and_the_published_model() -> None:
    figure = plots.error_at_equal(
        [COLOUR, GREY], "ratio", "mse", published=published("cifar10"), caption="so"
    )
    mlp, other, diamonds = figure.data
    assert [trace.hovertemplate.partition("<extra>")[2] for trace in (mlp, other)] == [
        "MLP, CIFAR-10</extra>",
        "MLP, MNIST</extra>",
    ]
    assert (mlp.legendgroup, mlp.showlegend, other.legendgroup, other.showlegend) == (
        "MLP",
        True,
        "MLP",
        False,
    )
    assert list(mlp.x) == [12, 24, 96]
    assert list(mlp.y) == [0.0015, 0.003, 0.012]
    assert (mlp.line.dash, other.line.dash) == ("solid", "dash")
    assert sorted(diamonds.x) == [12, 24, 48]  # 256, 128, 64 of 3072; 384 is beyond the runs
    assert diamonds.name == "UvA tutorial 9 (read from its figure)"
    assert "500 epochs, validation images; read from a figure" in diamonds.hovertemplate
    assert figure.layout.meta["caption"] == "so"


@pytest.mark.parametrize("by", equal.BY)
@pytest.mark.parametrize("measure", equal.MEASURES)
def test_the_figure_can_be_drawn_before_there_is_anything(by: equal.By, measure: equal.Measure) -> None:
    nothing = [Subject("photos", 3072), Subject("MNIST", 784)]
    assert len(plots.error_at_equal(nothing, by, measure).data) == 0
    drawn = plots.error_at_equal([COLOUR, GREY], by, measure, published=published("cifar10"))
    assert drawn.to_json()


def test_each_baseline_with_a_code_has_a_grey_line_of_its_own_on_both_data_sets() -> None:
    other = replace(pca({64: 0.004}), baseline="other", title="Other")
    subjects = [replace(s, baselines=(pca({64: 0.005}), other, mean_image(0.06))) for s in (COLOUR, GREY)]
    figure = plots.error_at_equal(subjects, "numbers", "mse")
    assert [trace.name for trace in figure.data] == ["MLP", "PCA", "Other"] * 2
    pca_line, other_line = figure.data[1:3]
    assert pca_line.line.color != other_line.line.color
    assert {trace.mode for trace in (pca_line, other_line)} == {"lines"}
    one_sided = plots.error_at_equal([subjects[0], GREY], "numbers", "mse")
    assert list(one_sided.data[4].y) == [None]


def test_published_figures_are_of_cifar10_alone() -> None:
    assert published("cifar10") == published("cifar10-images") != {}
    assert published("mnist") == {}


# ---------------------------------------------------------------- before everything is measured


def test_while_runs_are_missing_the_comparison_says_so_far() -> None:
    whole = captions.equal.equal_caption(COLOUR, GREY)
    assert whole
    assert captions.equal.equal_caption(COLOUR, GREY, growing=True) == f"So far: {whole}"
    nothing = Subject("MNIST", 784)
    assert captions.equal.equal_caption(COLOUR, nothing, growing=True) == ""


def test_a_single_size_is_drawn_within_the_usual_span_with_pca_around_it() -> None:
    one = colours({64: 0.008}, pca({32: 0.01, 64: 0.006, 128: 0.004}))
    figure = plots.error_at_equal([one, Subject("MNIST", 784)], "ratio", "mse")
    pca_line = next(trace for trace in figure.data if trace.name == "PCA")
    assert list(pca_line.x) == [24, 48, 96]


def test_the_axis_is_labelled_by_the_sizes_in_colour_or_where_they_are_few_by_all() -> None:
    few = colours({64: 0.008})
    ticks = plots.error_at_equal([COLOUR, GREY], "ratio", "mse").layout.xaxis.tickvals
    assert list(ticks) == [12, 24, 96]
    ticks = plots.error_at_equal([few, GREY], "ratio", "mse").layout.xaxis.tickvals
    assert 48 in ticks
    assert len(ticks) >= 3
    axis = plots.error_at_equal([few, Subject("MNIST", 784)], "ratio", "mse").layout.xaxis
    assert (axis.tickvals, axis.dtick) == (None, "D2"), "one label alone says nothing of the scale"


def test_two_models_of_about_one_size_are_no_span_either() -> None:
    pair = [colours({128: 0.005}), Subject("MNIST", 784, (tuple(line("mlp", {32: 0.01})),))]
    low, high = plots.error_at_equal(pair, "ratio", "mse").layout.xaxis.range
    assert 10 ** (high - low) > 30


def test_what_the_chart_lacks_of_a_data_set_is_named_with_what_brings_it() -> None:
    curves = tuple(replace(curve, points=(), done=0.0) for curve in (pca({1: 0.05}), mean_image(0.07)))
    empty = Subject("MNIST", 784, (), curves)
    sentence = (
        "There is no finished model of MNIST on all images and without noise yet. PCA and mean image are "
        "measured when there is one."
    )
    assert captions.equal.nothing_measured_caption([COLOUR, empty]) == sentence
    measured = replace(empty, baselines=(pca({1: 0.05}),))
    assert captions.equal.nothing_measured_caption([COLOUR, measured]) == ""


def test_a_baseline_that_is_still_measured_is_not_compared() -> None:
    def pair(done: float) -> tuple[Subject, Subject]:
        baseline = replace(pca({1: 0.05, 64: 0.01}), done=done)
        return Subject("MNIST", 784, (), (baseline,)), Subject("CIFAR-10", 3072, (), (baseline,))

    assert captions.equal.equal_caption(*pair(1.0))
    assert captions.equal.equal_caption(*pair(0.5)) == ""
