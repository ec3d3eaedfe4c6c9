"""What is said of a sweep follows from its points, to the letter."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoenc import captions
from autoenc.captions.ratios import changes, times_text
from autoenc.schema import Point, State
from tests.sweep_points import BASELINES, MEAN_IMAGE, PCA, line, pca, point

WORDS = {
    "large": captions.sweep.large_caption,
    "loss": lambda points: captions.sweep.loss_caption(points, BASELINES),
    "code": lambda points: captions.sweep.code_caption(points, BASELINES),
    "time": captions.sweep.time_caption,
    "timing": captions.sweep.timing_caption,
    "front": captions.sweep.front_caption,
    "ratio": captions.sweep.ratio_caption,
    "layers": captions.sweep.layers_caption,
    "tests": captions.sweep.tests_caption,
}


@pytest.mark.parametrize(
    ("ratio", "noun", "verb"),
    [
        (1.0, "the same", "stays the same"),
        (1.02, "the same", "stays the same"),
        (0.98, "the same", "stays the same"),
        (1.1, "a tenth more", "grows by a tenth"),
        (1.2, "a fifth more", "grows by a fifth"),
        (1.5, "half more", "grows by half"),
        (1.06, "6 % more", "grows by 6 %"),
        (2.0, "twice", "doubles"),
        (2.1, "2.1 times", "grows to 2.1 times as much"),
        (3.24, "3.2 times", "grows to 3.2 times as much"),
        (128.0, "128 times", "grows to 128 times as much"),
        (1234.5, "1,234 times", "grows to 1,234 times as much"),
        (0.8, "a fifth less", "falls by a fifth"),
        (0.667, "a third less", "falls by a third"),
        (0.5, "half", "halves"),
        (0.25, "4 times less", "becomes 4 times smaller"),
        (0.01, "100 times less", "becomes 100 times smaller"),
    ],
)
def test_a_ratio_is_told_as_people_tell_it(ratio: float, noun: str, verb: str) -> None:
    assert (times_text(ratio), changes(ratio)) == (noun, verb)


@given(st.floats(1e-6, 1e6))
def test_every_ratio_has_words_without_an_exponent(ratio: float) -> None:
    assert not re.search(r"\de|nan|inf", f"{times_text(ratio)} {changes(ratio)}")


# ---------------------------------------------------------------- loss


def test_the_doublings_that_buy_most_and_least_are_told_with_their_losses() -> None:
    points = line("mlp", {1: 0.06, 2: 0.054, 4: 0.027})
    sentence = "from 2 to 4 numbers the test loss halves (0.054 to 0.027), from 1 to 2 it falls by a tenth"
    assert captions.sweep.loss_caption(points) == f"MLP: {sentence}."


def test_where_a_larger_code_stops_paying_is_told() -> None:
    points = line("conv", {16: 0.004, 32: 0.002, 64: 0.002, 128: 0.00199})
    sentence = "from 16 to 32 channels the test loss halves (0.004 to 0.002), beyond 32 it hardly changes"
    assert captions.sweep.loss_caption(points) == f"Conv: {sentence}."


def test_of_missing_sizes_the_gain_a_doubling_counts() -> None:
    """Half in one doubling is more than a quarter in three."""
    points = line("mlp", {1: 0.08, 2: 0.04, 16: 0.01})
    assert captions.sweep.loss_caption(points).startswith("MLP: from 1 to 2 numbers the test loss halves")


@pytest.mark.parametrize(
    ("losses", "sentence"),
    [
        ({1: 0.06, 2: 0.05}, "as good as PCA at every size"),
        ({1: 0.03, 2: 0.02}, "better than PCA at every size"),
        ({1: 0.03, 2: 0.02, 4: 0.08}, "better than PCA up to 2 numbers, worse than it from 4 on"),
        ({1: 0.03, 2: 0.08}, "better than PCA at 1 number, worse than it from 2 on"),
        ({16: 0.03}, "worse than PCA at 16 numbers"),
    ],
)
def test_pca_is_compared_where_it_has_a_code_of_the_same_size(
    losses: dict[int, float], sentence: str
) -> None:
    assert f"{sentence}." in captions.sweep.loss_caption(line("mlp", losses), [PCA])


@pytest.mark.parametrize(
    ("losses", "size"),
    [
        ({1: 0.06, 4: 0.04, 16: 0.018, 64: 0.007}, "16 numbers"),
        ({1: 0.05, 4: 0.05, 16: 0.018}, "16 numbers"),
        ({1: 0.05, 2: 0.04}, "1 number"),
    ],
)
def test_where_the_sigmoid_beats_pca_is_said_with_its_reason(losses: dict[int, float], size: str) -> None:
    """PCA has 0.06, 0.05, 0.04, 0.02 and 0.008 at 1, 2, 4, 16 and 64 numbers."""
    why = "although its encoder is as linear as PCA's: the sigmoid at the end of its decoder does that."
    assert captions.sweep.loss_caption(line("mlp", losses), [PCA]).endswith(
        f" From {size} on it beats PCA {why}"
    )


def test_the_sigmoid_is_not_praised_for_what_it_has_not_done() -> None:
    worse, deep = line("mlp", {16: 0.018, 64: 0.009}), line("mlp", {16: 0.01, 64: 0.001}, layers=2)
    conv = line("conv-bottleneck", {16: 0.01, 64: 0.001})
    assert not [
        points for points in (worse, deep, conv) if "sigmoid" in captions.sweep.loss_caption(points, [PCA])
    ]


def test_pca_that_is_exact_is_compared_with_nothing() -> None:
    assert captions.sweep.loss_caption([point()], [pca({16: 1e-9})]) == ""


def test_the_mean_image_is_spoken_of_where_a_model_is_no_better() -> None:
    """Its error is 0.067."""
    (better, one, all_of_them) = (
        captions.sweep.loss_caption(line("mlp", losses), [MEAN_IMAGE])
        for losses in ({1: 0.06, 2: 0.05}, {1: 0.068, 2: 0.05}, {1: 0.068, 2: 0.067})
    )
    assert "mean image" not in better
    assert one.endswith("; no better than the mean image at 1 number.")
    assert all_of_them.endswith("; no better than the mean image at any size.")


def test_every_baseline_that_is_measured_at_a_size_is_compared_there() -> None:
    other = replace(pca({1: 0.02, 2: 0.01}), baseline="other", title="Other")
    sentence = captions.sweep.loss_caption(line("mlp", {1: 0.03, 2: 0.02}), [PCA, other])
    assert "better than PCA at every size; worse than Other at every size." in sentence


def test_models_are_compared_at_about_equal_code_size() -> None:
    points = [point("mlp", 64, 0.008), point("mlp", 128, 0.004), point("conv", 1, 0.016)]
    sentence = "At about equal code size (128 and 196 numbers) MLP is better: Conv has 4 times the loss"
    assert captions.sweep.code_caption(points) == f"{sentence} (0.004 against 0.016)."


def test_models_that_are_equally_good_are_called_so() -> None:
    points = [point("mlp", 196, 0.01), point("conv", 1, 0.01)]
    assert (
        captions.sweep.code_caption(points)
        == "At 196 numbers MLP and Conv are equally good (0.01 against 0.01)."
    )


def test_the_smallest_code_that_does_not_compress_is_named() -> None:
    sentence = "Conv with 4 channels already keeps 784 numbers for 784 pixels: it does not compress."
    assert captions.sweep.code_caption(line("conv", {2: 0.02, 4: 0.01, 8: 0.005})) == sentence


def test_the_strongest_compression_that_reaches_20_db_is_told_with_what_it_reaches() -> None:
    points = line("mlp", {8: 0.02, 16: 0.01, 32: 0.001})
    sentence = "The strongest compression that still reaches 20 dB (MSE 0.01) is 49 times"
    assert captions.sweep.ratio_caption(points) == f"{sentence}: MLP with 16 numbers, 20.0 dB."


def test_where_none_reaches_20_db_the_nearest_is_told() -> None:
    sentence = "No run reaches 20 dB (MSE 0.01); the closest is MLP with 16 numbers: 17.0 dB."
    assert captions.sweep.ratio_caption([point(loss=0.02), point(latent_size=8, loss=0.03)]) == sentence


def test_a_code_as_large_as_the_image_is_called_no_compression() -> None:
    sentence = "20 dB (MSE 0.01) is reached only without compression: by Conv with 8 channels, 30.0 dB."
    assert captions.sweep.ratio_caption([point("conv", 8, 0.001)]) == sentence


# ---------------------------------------------------------------- time


def test_what_a_larger_code_costs_in_time() -> None:
    points = line("conv", {1: 0.1, 64: 0.01, 128: 0.001}, [10, 40, 80])
    sentence = (
        "Conv: a code 128 times larger takes 8 times the time; from 64 to 128 channels the time doubles."
    )
    assert captions.sweep.time_caption(points) == sentence


def test_times_that_do_not_grow() -> None:
    sentence = "MLP: a code twice as large takes the same time."
    assert captions.sweep.time_caption(line("mlp", {1: 0.1, 2: 0.1}, [5, 5])) == sentence


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ([{}, {}], "Each run had the machine to itself, on cpu with 2 threads."),
        ([{}], "The run had the machine to itself, on cpu with 2 threads."),
        ([{"threads": 1}, {}], "Each run had the machine to itself, on cpu with 1 to 2 threads."),
        (
            [{"concurrent_jobs": 1}, {}],
            "1 of 2 runs was timed beside up to 1 other run (hollow dots): compare these with care.",
        ),
        (
            [{"concurrent_jobs": None}, {"concurrent_jobs": 3}],
            "1 of 2 runs was timed beside up to 3 other runs, for 1 of 2 it is unknown "
            "whether other runs shared the machine (hollow dots): compare these with care.",
        ),
        (
            [{"device": "cuda"}, {}],
            "Each run had the machine to itself. Devices differ (cpu, cuda): their times cannot be compared.",
        ),
    ],
)
def test_which_kind_of_times_are_shown(changed: list[dict[str, object]], sentence: str) -> None:
    assert (
        captions.sweep.timing_caption([point(latent_size=2**i, **more) for i, more in enumerate(changed)])
        == sentence
    )


def test_runs_that_were_tested_on_noise_of_their_own_are_counted() -> None:
    old, new = point("mlp", 4, earlier_test=True), point("mlp", 8)
    assert captions.sweep.tests_caption([new]) == ""
    assert captions.sweep.tests_caption([old, new]).startswith("1 of 2 was tested by an earlier version")
    assert captions.sweep.tests_caption([old, old, new]).startswith("2 of 3 were tested")
    assert captions.sweep.tests_caption([old, old]).startswith("All runs were tested")


def test_the_front_is_told_with_the_price_of_its_last_halving() -> None:
    points = line("mlp", {1: 0.06, 2: 0.03, 4: 0.02, 8: 0.015, 16: 0.016}, [2, 4, 5, 12, 20])
    sentence = (
        "4 of 5 runs are best for their time, from MLP with 1 number (2 s) to MLP with 8 numbers (12 s)."
    )
    price = "From MLP with 2 numbers to MLP with 8 numbers the loss halves for 3 times the time."
    assert captions.sweep.front_caption(points) == f"{sentence} {price}"


def test_one_run_that_beats_all_is_told() -> None:
    points = line("mlp", {1: 0.01, 2: 0.03}, [2, 4])
    assert (
        captions.sweep.front_caption(points)
        == "MLP with 1 number is both the fastest and the best of 2 runs."
    )


def test_layers_are_compared_at_the_largest_size_that_both_have() -> None:
    points = [
        *line("conv", {64: 0.4, 128: 0.3}, [1, 1]),
        *line("conv", {64: 0.2, 256: 0.1}, [1.5, 9], layers=2),
    ]
    sentence = "Conv with 64 channels: 2 layers instead of 1 have half the loss and take half more time"
    code = "(the code has 3,136 numbers instead of 12,544)"
    assert captions.sweep.layers_caption(points) == f"{sentence} {code}."


# ---------------------------------------------------------------- whatever comes


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
@pytest.mark.parametrize(
    "points",
    [
        [],
        [point(state=state, loss=None) for state in (None, *State) if state is not State.FINISHED],
        [point(loss=bad, seconds=0.0) for bad in (None, math.nan, math.inf, 0.0, 1e300)],
    ],
    ids=["none", "unfinished", "diverged"],
)
def test_of_nothing_nothing_is_said(words: object, points: list[Point]) -> None:
    assert callable(words)
    assert words(points) == ""


some_points = st.lists(
    st.builds(
        point,
        model=st.sampled_from(["mlp", "conv"]),
        latent_size=st.sampled_from([1, 2, 3, 64, 1024]),
        layers=st.integers(1, 4),
        loss=st.none() | st.sampled_from([0.0, math.nan, math.inf]) | st.floats(1e-7, 1),
        seconds=st.sampled_from([0.0, math.nan]) | st.floats(0.01, 1e5),
        concurrent_jobs=st.sampled_from([None, 0, 1, 7]),
        threads=st.integers(0, 4),
        device=st.sampled_from(["", "cpu", "cuda"]),
        state=st.sampled_from([None, *State]),
    ),
    max_size=8,
)


@given(some_points)
@settings(max_examples=150, deadline=None)
def test_whatever_comes_each_says_whole_sentences_without_nan(points: list[Point]) -> None:
    for words in WORDS.values():
        sentence = words(points)
        assert sentence == "" or re.fullmatch(r"[A-Z0-9].*\.", sentence)
        assert not re.search(r"nan|inf\b|None|\de[+-]|  |\b1 numbers|\b1 channels", sentence)


@given(some_points)
@settings(max_examples=100, deadline=None)
def test_only_sizes_that_were_finished_are_named(points: list[Point]) -> None:
    sizes = {f"{p.config.latent_size:,}" for p in points if p.finished}
    for words in WORDS.values():
        named = re.findall(r"with ([\d,]+) (?:number|channel)", words(points))
        assert set(named) <= sizes


def test_a_run_that_is_stopped_does_not_count() -> None:
    finished = line("mlp", {1: 0.06, 2: 0.03})
    stopped = replace(point(latent_size=4, loss=0.001), state=State.STOPPED)
    so_far = captions.sweep.loss_caption([*finished, stopped])
    assert so_far == f"So far (2 of 3 runs): {captions.sweep.loss_caption(finished)}"


def test_the_largest_code_of_each_model_is_told_with_its_loss() -> None:
    points = [*line("mlp", {8: 0.02, 32: 0.01}), point("conv", 16, loss=0.001)]
    runs = "MLP with 32 numbers 0.01 (20.0 dB) and Conv with 16 channels 0.001 (30.0 dB)"
    assert captions.sweep.large_caption(points) == f"Test loss at the largest size: {runs}."
    assert captions.sweep.large_caption([]) == ""


# ---------------------------------------------------------------- before all runs are there


@pytest.mark.parametrize("state", [None, State.QUEUED, State.RUNNING, State.STOPPED, State.INTERRUPTED])
@pytest.mark.parametrize("name", ["loss", "large", "code", "time", "timing", "front", "ratio"])
def test_what_is_said_of_all_runs_says_how_many_there_are_so_far(name: str, state: State | None) -> None:
    finished = [*line("mlp", {1: 0.06, 2: 0.03, 4: 0.009}), point("conv", 4, 0.001)]
    missing = replace(point(latent_size=8, loss=None), state=state)
    whole, partial = WORDS[name](finished), WORDS[name]([*finished, missing])
    assert whole
    assert "So far" not in whole
    assert partial.startswith("So far (4 of 5 runs): ")


def test_a_run_that_failed_is_not_waited_for() -> None:
    finished = line("mlp", {1: 0.06, 2: 0.03})
    failed = replace(point(latent_size=4, loss=None), state=State.FAILED)
    assert captions.sweep.loss_caption([*finished, failed]) == captions.sweep.loss_caption(finished)


def test_no_run_reaches_20_db_is_said_of_all_runs_only() -> None:
    points = [point(latent_size=1, loss=0.06), replace(point(latent_size=64, loss=None), state=State.QUEUED)]
    assert captions.sweep.ratio_caption(points).startswith("So far (1 of 2 runs): No run reaches 20 dB")


def test_before_a_run_is_finished_nothing_is_said() -> None:
    points = [replace(point(latent_size=k, loss=None), state=State.RUNNING) for k in (1, 2)]
    assert {name: words(points) for name, words in WORDS.items()} == dict.fromkeys(WORDS, "")


@pytest.mark.parametrize("done", [0.0, 0.5, 0.99])
def test_nothing_is_compared_with_a_baseline_that_is_still_measured(done: float) -> None:
    """PCA has come to its first size, where the model is better; it is worse at all others."""
    points = line("mlp", {1: 0.05, 2: 0.06, 4: 0.05})
    partial = replace(PCA, points=PCA.points[:1], done=done)
    assert "PCA" in captions.sweep.loss_caption(points, [PCA])
    assert "PCA" not in captions.sweep.loss_caption(points, [partial])
