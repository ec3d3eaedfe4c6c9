"""The frames of a film in words."""

from dataclasses import replace

import pytest

from autoenc.captions import frames
from autoenc.schema import Images, Preview
from tests.test_plots import run_of

RUN = replace(run_of(4, []), x=Images((1, 1, 1, 2), bytes([0, 255])))
OFF = Images((1, 1, 1, 2), bytes([0, 204]))  # 0.2 off in one of two pixels: 0.04 / 2 = 0.02, 17.0 dB


@pytest.mark.parametrize(
    ("step", "epoch", "said"),
    [
        (0, 0, "untrained"),
        (1, None, "after 1 step"),
        (2000, None, "after 2,000 steps"),
        (1407, 3, "after epoch 3 of 4"),
        (469_000, 1000, "after epoch 1,000 of 4"),
    ],
)
def test_a_frame_tells_its_moment_and_its_own_error(step: int, epoch: int | None, said: str) -> None:
    preview = Preview(step, epoch, OFF)
    assert frames.moment(RUN, preview) == said
    assert frames.frame(RUN, preview) == f"{said}: 17.0 dB"
    assert frames.frame(RUN, preview, "14 of 16 recognised") == f"{said}: 17.0 dB, 14 of 16 recognised"


def test_an_exact_copy_is_said_as_such() -> None:
    assert frames.frame(RUN, Preview(1, None, RUN.x)) == "after 1 step: \u221e dB"


@pytest.mark.parametrize(
    ("n_classes", "fewest"),
    [
        (10, 8),  # half of them; guesses get 1.6, and hardly ever 1.6 + 3 * 1.2 = 5.2
        (2, 14),  # guesses get 8, with a deviation of 2
        (100, 8),
        (1, 16),
    ],
)
def test_how_many_are_recognised_is_said_only_where_it_is_no_luck(n_classes: int, fewest: int) -> None:
    assert [n for n in range(17) if frames.reading(n, 16, n_classes)] == list(range(fewest, 17))
    assert frames.reading(fewest, 16, n_classes) == f"{fewest} of 16 recognised"
    assert f"Shown from {fewest} of 16 on" in frames.reading_caption(16, n_classes)


def test_the_caption_says_who_recognises_and_what_guessing_would_get() -> None:
    caption = frames.reading_caption(16, 10)
    assert caption.startswith("Recognised: a nearest-neighbour comparison")
    assert caption.endswith("guessing would get 2.")
    caption = frames.reading_caption(16, 10, 0.993)
    assert caption.startswith("Recognised: the recogniser names the class; it knows 99.3 % of the original")
    assert caption.endswith("guessing would get 2.")
