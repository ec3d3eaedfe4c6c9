"""What is said of bytes follows from the curves, and nothing is said of what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from autoenc.captions.compression import (
    Rival,
    exact_caption,
    large_code_caption,
    rates_caption,
    sweep_caption,
)
from autoenc.compression import compared
from autoenc.schema import Point, RateComparison, RateCurve, RatePoint, State, TrainConfig


def curve(source: str, *points: tuple[float, float], done: float = 1.0) -> RateCurve:
    """Points of bytes an image and PSNR in dB; exact where that is infinite."""
    return RateCurve(
        "digits",
        source,
        tuple(
            RatePoint(float(i), 100, round(100 * n_bytes), 10 ** (-psnr / 10))
            for i, (n_bytes, psnr) in enumerate(points)
        ),
        done,
    )


def rival(name: str, own: RateCurve, other: RateCurve) -> Rival:
    return Rival(name, other, compared(own.points, other.points))


OWN = curve("run", (10, 20), (20, 24), (40, 28))
TWICE = curve("pca", (20, 20), (40, 24), (80, 28))  # twice the bytes at each PSNR
HALF = curve("best", (5, 20), (10, 24), (20, 28))


# ---------------------------------------------------------------- where curves cross


def test_a_curve_of_twice_the_bytes_is_half_worse_everywhere() -> None:
    assert compared(OWN.points, TWICE.points) == RateComparison(pytest.approx(-0.5))
    assert compared(OWN.points, HALF.points) == RateComparison(pytest.approx(1.0))


def test_curves_that_cross_in_the_middle_cross_there_and_the_direction_is_known() -> None:
    # The logarithms of the rates are straight lines: at 24 dB both take 20 bytes.
    steep = curve("steep", (20, 22), (20 * 1.1, 26))
    flat = curve("flat", (20 / 1.5, 22), (20 * 1.6, 26))
    over = compared(flat.points, steep.points)
    assert over.wins_above_db is None
    assert over.loses_above_db == pytest.approx(22 + 4 * _log(1.5) / (_log(1.5) + _log(1.6 / 1.1)), abs=0.02)
    assert compared(steep.points, flat.points).wins_above_db == pytest.approx(over.loses_above_db, abs=0.02)


def _log(value: float) -> float:
    return float(np.log(value))


def test_no_common_psnr_is_no_number() -> None:
    assert compared(OWN.points, curve("far", (10, 29), (20, 31)).points) == RateComparison(None)
    assert compared(OWN.points, curve("one", (10, 22)).points) == RateComparison(None)


# ---------------------------------------------------------------- in words


def test_savings_and_losses_are_told_in_percent() -> None:
    rivals = [rival("PCA", OWN, TWICE), rival("the best", OWN, HALF), rival("a copy", OWN, OWN)]
    assert rates_caption(OWN, rivals) == (
        "At equal PSNR this model takes 50 % fewer bytes than PCA, as many as a copy and "
        "2 times as many as the best."
    )
    a_third = Rival("WebP tiled", TWICE, RateComparison(1 / 3))
    assert rates_caption(OWN, [a_third]) == "At equal PSNR this model takes 33 % more bytes than WebP tiled."
    two = [rival("PCA", OWN, TWICE), rival("JPEG tiled", OWN, TWICE)]
    assert rates_caption(OWN, two) == (
        "At equal PSNR this model takes 50 % fewer bytes than PCA and 50 % fewer than JPEG tiled."
    )


def test_a_crossing_is_told_with_its_psnr() -> None:
    late = Rival("AVIF tiled", TWICE, RateComparison(-0.2, loses_above_db=25.04))
    early = Rival("PCA", TWICE, RateComparison(-0.3, wins_above_db=21.0))
    assert rates_caption(OWN, [late, early]) == (
        "At equal PSNR this model takes 20 % fewer bytes than AVIF tiled and 30 % fewer than PCA; "
        "AVIF tiled is better above 25.0 dB; PCA is better only below 21.0 dB."
    )


def test_without_a_common_quality_that_is_said_and_why() -> None:
    far = curve("jpeg", (199, 29), (300, 31))
    poor = curve("poor", (1, 10), (2, 12))
    rivals = [rival("JPEG alone", OWN, far), rival("a poor one", OWN, poor)]
    assert rates_caption(OWN, rivals) == (
        "No common quality with JPEG alone (at least 199 bytes an image) and a poor one (at most 12.0 dB)."
    )


def test_nothing_is_said_too_early_and_so_far_while_something_is_missing() -> None:
    nothing = curve("run", done=0)
    assert rates_caption(nothing, [rival("PCA", nothing, TWICE)]) == ""
    assert rates_caption(OWN, []) == ""
    assert rates_caption(OWN, [rival("PCA", OWN, curve("pca", done=0))]) == ""
    assert rates_caption(OWN, [rival("PCA", OWN, curve("pca", (20, 20), done=0.1))]) == ""
    begun = curve("pca", (20, 20), (40, 24), done=0.6)
    assert rates_caption(OWN, [rival("PCA", OWN, begun)]) == (
        "So far: At equal PSNR this model takes 50 % fewer bytes than PCA."
    )


def test_the_least_bytes_of_an_exact_copy_are_named_with_their_codec() -> None:
    exact = [
        ("PNG alone", curve("png", (268, float("inf")))),
        ("PNG tiled", curve("png-tiled", (165, float("inf")))),
        ("WebP lossless alone", curve("webp-lossless", done=0)),
    ]
    assert exact_caption(exact) == "An exact copy takes at least 165 bytes an image (PNG tiled)."
    assert exact_caption(exact[2:]) == ""


def test_a_code_larger_than_its_image_is_told_in_bytes() -> None:
    own = curve("conv", (400, 20), (1568, 30.5), (3000, 31))
    assert large_code_caption("Conv 16", 3136, 784, own) == (
        "The code of Conv 16 has 3,136 numbers for 784 bytes of pixels; coded, it takes 1,568 bytes at "
        "30.5 dB: 2 times larger than the pixels."
    )
    assert large_code_caption("MLP 48", 48, 784, own) == ""
    assert large_code_caption("Conv 16", 3136, 784, curve("conv", done=0)) == ""


def point(latent_size: int) -> Point:
    config = TrainConfig("digits", "mlp", latent_size)
    return Point(f"run-{latent_size}", config, latent_size, 784, 1000, State.FINISHED, test_mse=0.01)


def test_of_a_sweep_the_smallest_file_that_is_good_enough_is_told_beside_its_numbers() -> None:
    points = [point(8), point(32), point(64)]
    in_bytes = {
        "run-8": RatePoint(1.0, 100, 500, 0.03),  # too poor
        "run-32": RatePoint(1.0, 100, 1700, 0.0098),
        "run-64": RatePoint(1.0, 100, 2900, 0.004),
    }
    assert sweep_caption(points, in_bytes) == (
        "In real bytes (crosses): MLP 32 has 32 numbers for 784 bytes of pixels, 24.5 times smaller; in its "
        "file an image takes 17 bytes at 20.1 dB, 46.1 times smaller."
    )
    assert sweep_caption(points[:1], in_bytes).startswith("In real bytes (crosses): MLP 8 has 8 numbers")
    assert sweep_caption(points, {}) == ""


def test_the_setting_that_stands_for_a_run_is_the_smallest_that_loses_half_a_decibel_at_most() -> None:
    own = curve("run", (10, 18), (17, 19.6), (30, 20), (60, 20.1))
    near = own.near(0.01)  # 20 dB
    assert near is not None
    assert near.bytes_per_image == 17
    assert own.near(0.001) is None
