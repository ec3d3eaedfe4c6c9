"""The figure of bytes and quality shows the rates that it is given, each where it belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from autoenc import plots
from autoenc.plots import Axes, RateLine
from autoenc.schema import Point, RateCurve, RatePoint, State, TrainConfig

N_PIXELS = 784


def curve(source: str, *points: RatePoint) -> RateCurve:
    return RateCurve("digits", source, points, 1.0)


RUN = RateLine(
    "MLP 48",
    "MLP 48",
    "#1b7fc4",
    curve("run-1", RatePoint(2.0, 100, 980, 0.01), RatePoint(1.0, 100, 1960, 0.001, 196)),
    is_run=True,
    knob="step",
)
ALONE = RateLine("WebP", "WebP, alone", "#d2b478", curve("webp", RatePoint(5.0, 10, 980, 1e-3)), alone=True)
TILED = RateLine("WebP", "WebP, tiled", "#d2b478", curve("webp-tiled", RatePoint(5.0, 100, 1960, 1e-3)))
PNG = RateLine(
    "PNG", "PNG, tiled", "#8c939c", curve("png-tiled", RatePoint(100.0, 10, 980, 0.0)), lossless=True
)


def traces(figure: Any) -> dict[str, Any]:
    return {trace.uid: trace for trace in figure.data if trace.uid}


def test_a_run_stands_at_its_bits_per_pixel_and_psnr_and_a_click_answers_source_and_knob() -> None:
    run = traces(plots.psnr_by_rate([RUN], N_PIXELS))["rates run-1"]
    assert list(run.x) == pytest.approx([0.1, 0.2])  # 8 * 9.8 / 784
    assert list(run.y) == pytest.approx([20, 30])
    assert [tuple(one) for one in run.customdata] == [("run-1", 2.0), ("run-1", 1.0)]
    assert "19.6 bytes an image (2 of it head and tables), 100 images" in run.hovertext[1]
    assert "step 1" in run.hovertext[1]


def test_tiled_is_solid_and_alone_dashed_and_both_are_one_entry_of_the_legend() -> None:
    figure = plots.psnr_by_rate([RUN, ALONE, TILED], N_PIXELS)
    drawn = traces(figure)
    assert (drawn["rates webp"].line.dash, drawn["rates webp-tiled"].line.dash) == ("dash", "solid")
    assert (drawn["rates webp"].showlegend, drawn["rates webp-tiled"].showlegend) == (False, True)
    assert drawn["rates webp"].legendgroup == drawn["rates webp-tiled"].legendgroup
    assert list(drawn["rates webp"].x) == [1.0]
    assert "dashed: alone" in {trace.name for trace in figure.data}
    assert "dashed: alone" not in {trace.name for trace in plots.psnr_by_rate([RUN, TILED], N_PIXELS).data}


def test_what_comes_back_exactly_is_a_vertical_line_that_answers_no_click() -> None:
    exact = traces(plots.psnr_by_rate([RUN, PNG], N_PIXELS))["rates png-tiled"]
    assert set(exact.x) == {1.0}
    assert exact.y[-1] > 30
    assert exact.customdata is None
    assert "98 bytes an image, without any error" in exact.hovertemplate


def test_every_line_is_there_from_the_first_moment_on() -> None:
    empty = [replace(line, curve=RateCurve("digits", line.curve.source)) for line in (RUN, TILED, PNG)]
    drawn = traces(plots.psnr_by_rate(empty, N_PIXELS))
    assert set(drawn) == {"rates run-1", "rates webp-tiled", "rates png-tiled"}
    assert {trace.x for trace in drawn.values()} == {(None,)}


def test_what_is_hardly_an_image_is_left_out_and_a_very_good_one_does_not_squeeze_the_others() -> None:
    ends = (RatePoint(9.0, 100, 190, 0.05), RatePoint(0.1, 100, 9800, 1e-6))  # 0.019 bits per pixel; 60 dB
    figure = plots.psnr_by_rate([replace(RUN, curve=curve("run-1", *ends))], N_PIXELS)
    assert list(traces(figure)["rates run-1"].x) == [1.0]
    assert figure.layout.yaxis.autorangeoptions.clipmax == 45


def test_a_linear_axis_ends_a_little_beyond_the_run() -> None:
    far = replace(ALONE, curve=curve("webp", RatePoint(5.0, 1, 980, 1e-3)))  # 10 bits per pixel
    linear = plots.psnr_by_rate([RUN, far], N_PIXELS, log=False).layout.xaxis
    assert linear.range == pytest.approx((0, 0.3))  # the next even step from 0.25
    log = plots.psnr_by_rate([RUN, far], N_PIXELS, caption="said")
    assert (log.layout.xaxis.type, log.layout.xaxis.range) == ("log", None)
    assert log.layout.meta["caption"] == "said"
    widest = max(shape.x1 for shape in log.layout.shapes)
    assert widest == 20, "an unseen line, to the next step of 1, 2, 5"


# ---------------------------------------------------------------- beside the numbers of a sweep


def test_a_weighed_run_has_a_cross_at_its_real_ratio_which_the_axis_reaches() -> None:
    points = [
        Point(f"run-{k}", TrainConfig("digits", "mlp", k), k, 784, 1000, State.FINISHED, test_mse=0.2 / k)
        for k in (8, 16)
    ]
    plain = plots.loss_by_ratio_in_bytes(points, (), Axes())
    weighed = plots.loss_by_ratio_in_bytes(
        points,
        (),
        Axes(),
        in_bytes=[("run-8", RatePoint(1.0, 100, 400, 0.03)), ("gone", RUN.curve.points[0])],
    )
    crosses = {trace.name: trace for trace in weighed.data}["in real bytes"]
    assert (list(crosses.x), list(crosses.y)) == ([196], [0.03])  # 784 bytes of pixels in 4
    assert "MLP, k = 8, in real bytes: 4 an image, 196 times smaller" in crosses.hovertext[0]
    assert crosses.customdata is None
    assert plain.layout.xaxis.range[1] < 2.1 < 2.29 < weighed.layout.xaxis.range[1]
    assert plain.layout.xaxis.range[0] == weighed.layout.xaxis.range[0]
