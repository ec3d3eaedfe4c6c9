"""What is said of the charts of runs follows from the runs, to the letter."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoenc import captions
from autoenc.schema import Run
from tests.test_plots import run_of


def trained(*test_losses: float, seconds: float = 0.5) -> Run:
    """Training losses are the same."""
    return run_of(max(1, len(test_losses)), [], list(test_losses), seconds)


@pytest.mark.parametrize(
    ("losses", "sentence"),
    [
        ((), ""),
        ((0.06,), "After epoch 1 the test loss is 0.06; the training loss is 0.06."),
        (
            (0.06, 0.04, 0.03),
            "From epoch 1 to 3 the test loss halves (0.06 to 0.03); the training loss is 0.03 at the end.",
        ),
        (
            (0.05, 0.02, 0.04),
            "From epoch 1 to 3 the test loss falls by a fifth (0.05 to 0.04); the training loss is 0.04 at "
            "the end. It was lowest after epoch 2: 0.02.",
        ),
        (
            (0.05, float("nan")),
            "From epoch 1 to 2 the test loss goes from 0.05 to no number; the training loss is no number at "
            "the end.",
        ),
    ],
)
def test_the_chart_of_the_loss_is_told_from_its_ends_and_its_lowest_point(
    losses: tuple[float, ...], sentence: str
) -> None:
    assert captions.training.loss_caption(trained(*losses)) == sentence


def test_other_seeds_are_told_by_their_spread() -> None:
    runs = [trained(0.05, last) for last in (0.03, 0.02, 0.025)]
    caption = captions.training.loss_caption(runs[0], runs[1:])
    assert caption.endswith("Over 3 seeds the last test loss lies between 0.02 and 0.03.")


@given(st.lists(st.floats(min_value=0), max_size=5))
def test_whatever_the_losses_are_there_is_no_exponent_and_no_foreign_word(losses: list[float]) -> None:
    caption = captions.training.loss_caption(trained(*losses))
    assert not re.search(r"\de[+-]?\d|\bnan\b|\binf\b", caption)


def test_the_chart_of_the_time_is_told_from_its_median_epoch() -> None:
    run = trained(0.06, 0.05, 0.04)  # 0.5 s to train on 60,000 images, 0.05 s to test
    told = "3 epochs: each takes 0.5 s to train and 0.05 s to test, 120,000 training images per second."
    assert captions.training.timing_caption(run) == told
    uneven = replace(run, epochs=(*run.epochs[:2], replace(run.epochs[2], seconds=2.0)))
    assert "each takes 0.5 s (0.5 s to 2.0 s) to train" in captions.training.timing_caption(uneven)
    assert captions.training.timing_caption(trained()) == ""


def test_compared_runs_are_told_from_the_best_to_the_worst() -> None:
    runs = {"A: MLP 8": trained(0.05), "B: MLP 32": trained(0.02), "C: MLP 64": trained(float("nan"))}
    caption = captions.training.comparison_caption(runs)
    order = "B: MLP 32 0.02, A: MLP 8 0.05 and C: MLP 64 no number"
    assert caption == f"Test loss after the last epoch, from best to worst: {order}."


def test_one_run_is_compared_with_none() -> None:
    one = captions.training.comparison_caption({"A": trained(0.05), "B": trained()})
    assert one == "Test loss after the last epoch: A 0.05."
    assert captions.training.comparison_caption({"A": trained()}) == ""
