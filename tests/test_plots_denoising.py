"""What the figures of denoising promise: nothing jumps, all is legible, the best is marked."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from plotly.graph_objects import Figure

from autoenc import plots
from autoenc.plots import Line, MatrixRow, SizeCurve
from autoenc.plots.denoising.matrix import SCALE
from autoenc.plots.denoising.sizes import RAMP
from autoenc.schema import NOISES, Curve, Noise, Quality, usual_levels
from tests.test_plots_colours import COLOUR_VISION, seen

LEVELS = usual_levels("gaussian")


def quality(level: float, psnr: float) -> Quality:
    """Its 80 % reach from 3 dB below to 2 dB above."""
    return Quality(level, 10 ** (-psnr / 10), psnr - 3, psnr + 2, 0.8, 0.7, 0.9)


def curve(method: str, psnr: Mapping[float, float], n_images: int = 10_000, noise: str = "gaussian") -> Curve:
    points = tuple(quality(level, db) for level, db in psnr.items())
    return Curve("mnist", noise, method, n_images, points, 1.0)


def falling(method: str, first: float, n_measured: int = 12, n_images: int = 10_000) -> Curve:
    """From the first PSNR down by 1 dB a level."""
    return curve(method, {level: first - i for i, level in enumerate(LEVELS[:n_measured])}, n_images)


def lines(n_measured: int = 12) -> list[Line]:
    return [
        Line("Noisy", "#e69f00", falling("noisy", 20, n_measured)),
        Line("Denoiser", "#d55e00", falling("run", 26, n_measured)),
        Line("Median filter", "#1b7fc4", falling("median", 24, n_measured, 1000), "dot"),
    ]


def sizes(n_measured: int = 12) -> list[SizeCurve]:
    """Codes of 1 to 64 numbers; that of 16 is the best at each level."""
    ks = (64, 1, 2, 4, 8, 16, 32)
    return [
        SizeCurve(f"run-{k}", k, k, falling(f"run-{k}", 26 - abs(math.log2(k / 16)), n_measured)) for k in ks
    ]


def rows(n_measured: int = 12) -> list[MatrixRow]:
    """`clean` is better at the first three levels, `0 to 1` at the others."""
    noisy = {level: 24.0 - 0.5 * i for i, level in enumerate(LEVELS[:n_measured])}
    return [
        MatrixRow(None, "run-clean", falling("run-clean", 25.2, n_measured)),
        MatrixRow(Noise("gaussian", 1, up_to=True), "run-0-1", curve("run-0-1", noisy)),
    ]


def by_size(runs: Sequence[SizeCurve], sentence: str = "") -> Figure:
    return plots.quality_by_size(runs, (0.1, 0.5, 1.0), sentence)


FIGURES: dict[str, Callable[[int], Figure]] = {
    "PSNR": lambda n: plots.quality_curves(lines(n), "psnr", caption="It falls."),
    "SSIM": lambda n: plots.quality_curves(lines(n), "ssim", caption="It falls."),
    "spread": lambda n: plots.quality_curves(lines(n), "psnr", spread=True, caption="It falls."),
    "sizes": lambda n: by_size(sizes(n), "It falls."),
    "matrix": lambda n: plots.transfer_matrix(rows(n), LEVELS, "It falls."),
}
every_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())


def trace_of(figure: Figure, name: str) -> Any:
    """The last of this name: a line, not its band."""
    return [trace for trace in figure.data if trace.name == name][-1]


# ---------------------------------------------------------------- all of them


@every_figure
def test_what_grows_keeps_its_traces_its_margins_and_its_planned_axis(draw: Callable[[int], Figure]) -> None:
    stages = [draw(n) for n in (0, 1, 5, 12)]
    assert len({tuple((trace.name, trace.uid) for trace in figure.data) for figure in stages}) == 1
    for one, other in pairwise(figure.layout for figure in stages):
        assert one.margin == other.margin
        assert one.xaxis.range == other.xaxis.range is not None
        assert one.xaxis.uirevision == other.xaxis.uirevision
        assert one.yaxis.uirevision == other.yaxis.uirevision
        assert one.yaxis.range == other.yaxis.range


@every_figure
def test_a_figure_is_told_to_those_who_cannot_see_it_and_has_a_file_name(
    draw: Callable[[int], Figure],
) -> None:
    meta = draw(12).layout.meta
    assert meta["caption"] == "It falls."
    assert meta["name"].startswith(("mnist-gaussian-psnr-by-", "mnist-gaussian-ssim-by-"))


@every_figure
def test_letters_are_legible_from_the_back_row(draw: Callable[[int], Figure]) -> None:
    layout = draw(12).layout
    assert min(layout.font.size, layout.xaxis.title.font.size, layout.yaxis.title.font.size) >= 15
    assert layout.hovermode == "closest"


@every_figure
def test_no_figure_weighs_8_kb(draw: Callable[[int], Figure]) -> None:
    assert len(draw(12).to_json()) < 8000


def test_without_lines_runs_and_rows_there_are_empty_figures() -> None:
    for figure in (plots.quality_curves([], "psnr"), by_size([]), plots.transfer_matrix([], LEVELS)):
        assert "NaN" not in figure.to_json()


# ---------------------------------------------------------------- curves


def test_psnr_is_that_of_the_mean_error_and_ssim_the_mean() -> None:
    assert trace_of(plots.quality_curves(lines(), "psnr"), "Denoiser").y[:3] == (26, 25, 24)
    assert set(trace_of(plots.quality_curves(lines(), "ssim"), "Denoiser").y) == {0.8}


def test_each_line_is_drawn_as_it_was_asked_for() -> None:
    figure = plots.quality_curves(lines(), "psnr")
    assert trace_of(figure, "Noisy").line.color == "#e69f00"
    assert trace_of(figure, "Median filter").line.color == "#1b7fc4"
    assert trace_of(figure, "Median filter").line.dash == "dot"


@pytest.mark.parametrize("noise", NOISES)
def test_the_axis_reaches_to_the_largest_level_and_says_what_a_level_is(noise: str) -> None:
    figure = plots.quality_curves([Line("X", "#000000", Curve("mnist", noise, "noisy"))], "psnr")
    low, high = figure.layout.xaxis.range
    assert low < 0 < NOISES[noise].most < high < 1.02 * NOISES[noise].most
    title = figure.layout.xaxis.title.text
    assert title == f"{NOISES[noise].title}: {NOISES[noise].axis}"
    assert len(title) < 45  # on a telephone there is room for no more


@pytest.mark.parametrize(
    ("psnr", "low", "high"),
    [({}, 10, 30), ({0.3: 22.0}, 10, 30), ({0.3: 9.9}, 5, 30), ({0.3: 30.1}, 10, 35), ({0.3: 5.0}, 5, 30)],
)
def test_the_psnr_axis_widens_in_steps_of_5_db(psnr: Mapping[float, float], low: int, high: int) -> None:
    layout = plots.quality_curves([Line("X", "#000000", curve("run", psnr))], "psnr").layout
    assert (layout.shapes[0].y0, layout.shapes[0].y1) == (low, high)
    assert layout.yaxis.range is None


def test_another_noise_and_another_measure_inherit_no_zoom() -> None:
    one = plots.quality_curves(lines(), "psnr").layout
    blurred = plots.quality_curves(
        [Line("X", "#000000", curve("run", {1.0: 20}, noise="blur"))], "psnr"
    ).layout
    assert one.xaxis.uirevision != blurred.xaxis.uirevision
    assert one.yaxis.uirevision != plots.quality_curves(lines(), "ssim").layout.yaxis.uirevision


def test_the_band_goes_once_around_the_middle_80_percent_and_has_room() -> None:
    line = Line("X", "#102030", curve("run", {0.1: 20.0, 0.2: 31.0}))
    band, _ = plots.quality_curves([line], "psnr", spread=True).data
    # 3 dB below from left to right, 2 dB above from right to left
    assert list(zip(band.x, band.y, strict=True)) == [(0.1, 17), (0.2, 28), (0.2, 33), (0.1, 22)]
    assert band.fillcolor == "rgba(16,32,48,0.16)"
    assert plots.quality_curves([line], "psnr", spread=True).layout.shapes[0].y1 == 35
    assert plots.quality_curves([line], "psnr").data[0].x == (None,)


def test_a_click_on_a_point_answers_its_level() -> None:
    assert trace_of(plots.quality_curves(lines(3), "psnr"), "Denoiser").customdata == (0.05, 0.1, 0.15)


def test_each_point_tells_its_middle_80_percent_and_how_many_images() -> None:
    shown = trace_of(plots.quality_curves(lines(), "psnr"), "Median filter")
    assert shown.hovertext[0] == "21.0 to 26.0 dB"
    assert "1,000 test images" in shown.hovertemplate


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"noisy": 10_000, "run": 10_000}, "10,000 test images"),
        ({"noisy": 10_000, "run": 10_000, "median": 1000}, "10,000 test images (slow filters: 1,000)"),
        ({"noisy": 10_000, "run": 360, "median": 1000}, ""),
        ({"run": 10_000, "other": 360}, ""),
    ],
)
def test_the_axis_says_how_many_images_where_that_can_be_said(
    counts: Mapping[str, int], sentence: str
) -> None:
    drawn = [Line(name, "#000000", falling(name, 20, 3, n)) for name, n in counts.items()]
    title = plots.quality_curves(drawn, "psnr").layout.yaxis.title.text
    assert title.startswith("PSNR (dB)")
    assert (sentence in title) if sentence else ("images" not in title)


def test_a_picture_that_came_back_exactly_is_a_gap() -> None:
    exact = Curve(
        "mnist", "gaussian", "run", 1, (Quality(0.1, 0, math.inf, math.inf, 1, 1, 1), quality(0.2, 20))
    )
    figure = plots.quality_curves([Line("X", "#000000", exact)], "psnr", spread=True)
    assert trace_of(figure, "X").y == (None, 20)
    assert "Infinity" not in figure.to_json()


def test_seven_methods_leave_half_of_a_chart_of_340_pixels_to_the_plot() -> None:
    names = ("Noisy", "Plain autoencoder", "Denoiser", "Best affine filter", "Median filter")
    names += ("Total variation", "Non-local means")
    margin = plots.quality_curves([Line(n, "#000000", falling(n, 20)) for n in names], "psnr").layout.margin
    assert 340 - margin.t - margin.b >= 340 / 2


# ---------------------------------------------------------------- sizes


def test_a_line_a_level_joins_the_sizes_in_their_order() -> None:
    line = trace_of(by_size(sizes()), "0.1")
    assert line.x == (1, 2, 4, 8, 16, 32, 64)
    assert line.y == (21, 22, 23, 24, 25, 24, 23)  # 0.1 is the second level: 1 dB below the first
    assert line.customdata == tuple(f"run-{k}" for k in (1, 2, 4, 8, 16, 32, 64))
    assert line.hovertext[0] == "1 number (latent size 1)"


def test_a_larger_ring_in_the_colour_of_its_line_marks_the_best_size() -> None:
    figure = by_size(sizes())
    ring = trace_of(figure, "best")
    assert list(zip(ring.x, ring.y, strict=True)) == [(16, 25), (16, 20), (16, 15)]
    assert list(ring.marker.color) == [trace_of(figure, name).line.color for name in ("0.1", "0.5", "1")]
    assert ring.marker.size > 1.5 * trace_of(figure, "0.1").marker.size
    assert ring.customdata is None


def test_of_equally_good_sizes_the_smallest_has_the_ring() -> None:
    equal = [SizeCurve(f"run-{k}", k, k, curve(f"run-{k}", {0.1: 20})) for k in (8, 2, 4)]
    assert trace_of(plots.quality_by_size(equal, (0.1,), ""), "best").x == (2,)


@pytest.mark.parametrize("vision", COLOUR_VISION)
@pytest.mark.parametrize("colours", [RAMP, SCALE], ids=["ramp", "scale"])
def test_colours_of_an_order_fall_or_rise_in_lightness_for_every_eye(
    colours: Sequence[str], vision: str
) -> None:
    lightness = np.array([seen(colour, vision)[0] for colour in colours])
    steps = np.diff(lightness)
    assert (abs(steps) > 5).all()
    assert len(set(np.sign(steps))) == 1


@pytest.mark.parametrize("page", ["#ffffff", "#0e1117"])
def test_lines_of_the_ramp_show_on_a_white_and_on_a_dark_page(page: str) -> None:
    assert min(contrast(colour, page) for colour in RAMP) > 2


def contrast(one: str, other: str) -> float:
    """Of the Web Content Accessibility Guidelines, 1 to 21."""
    lightness = [(seen(colour, "usual")[0] + 16) / 116 for colour in (one, other)]
    low, high = sorted(f**3 for f in lightness)
    return (high + 0.05) / (low + 0.05)


# ---------------------------------------------------------------- training noise against test noise


def test_a_cell_has_its_psnr_and_answers_the_run_of_its_row() -> None:
    cells, numbers = plots.transfer_matrix(rows(), LEVELS).data
    assert [round(z, 4) for z in cells.z[0][:3]] == [25.2, 24.2, 23.2]
    assert numbers.text[:3] == ("25.2", "24.2", "23.2")
    assert [{run_id for run_id, _ in row} for row in cells.customdata] == [{"run-clean"}, {"run-0-1"}]
    assert cells.hovertext[0][1].startswith("trained at clean, tested at 0.1: 24.2 dB<br>")
    assert cells.colorbar.title.text == "PSNR (dB)"
    assert numbers.customdata is None


def test_the_scale_begins_and_ends_at_multiples_of_5_db() -> None:
    cells = plots.transfer_matrix(rows(), LEVELS).data[0]  # from 25.2 - 11 to 25.2 dB
    assert (cells.zmin, cells.zmax) == (10, 30)


def test_a_cell_that_is_not_measured_is_empty() -> None:
    cells, numbers = plots.transfer_matrix(rows(2), LEVELS).data
    assert list(cells.z[0][2:]) == [None] * 10
    assert list(numbers.x) == [0, 1, 0, 1]
    assert not cells.hoverongaps


def test_a_cell_tells_its_level_with_its_unit() -> None:
    row = MatrixRow(Noise("blur", 0.4), "run", curve("run", {2.0: 20.0}, noise="blur"))
    figure = plots.transfer_matrix([row], (2.0,))
    assert figure.data[0].hovertext[0][0].startswith("trained at 0.4, tested at 2 px: 20.0 dB<br>")
    assert figure.layout.xaxis.title.text == "tested at (Blur, px)"


def test_the_best_of_each_column_has_a_frame_and_one_row_alone_has_none() -> None:
    frames = plots.transfer_matrix(rows(), LEVELS).layout.shapes
    # 25.2, 24.2, 23.2, 22.2 against 24, 23.5, 23, 22.5
    best = [round((frame.y0 + frame.y1) / 2) for frame in sorted(frames, key=lambda frame: frame.x0)]
    assert best == [0, 0, 0] + [1] * 9
    assert len(plots.transfer_matrix(rows()[:1], LEVELS).layout.shapes) == 0


def test_rows_go_down_and_columns_to_the_right_and_names_may_be_equal() -> None:
    twice = [MatrixRow(Noise("gaussian", 0.3), run_id, falling(run_id, 20)) for run_id in ("a", "b")]
    layout = plots.transfer_matrix(twice, (0.1, 0.3)).layout
    assert layout.yaxis.range == (1.5, -0.5)
    assert layout.yaxis.ticktext == ("0.3", "0.3")
    assert layout.xaxis.ticktext == ("0.1", "0.3")


@pytest.mark.parametrize("psnr", [0.01, 2.0, 10.0, 14.0, 18.0, 22.0, 29.9])
def test_a_number_stands_out_from_its_cell(psnr: float) -> None:
    """As much as small letters need."""
    ends = [MatrixRow(None, name, curve(name, {0.1: db})) for name, db in [("a", 0.001), ("b", 29.99)]]
    cells, numbers = plots.transfer_matrix(
        [*ends, MatrixRow(None, "c", curve("c", {0.1: psnr}))], (0.1,)
    ).data
    at = psnr / 30 * (len(SCALE) - 1)
    below, above = SCALE[math.floor(at)], SCALE[math.ceil(at)]
    parts = [(int(below[i : i + 2], 16), int(above[i : i + 2], 16)) for i in (1, 3, 5)]
    mixed = "#" + "".join(f"{round(a + (b - a) * (at % 1)):02x}" for a, b in parts)
    assert (cells.zmin, cells.zmax) == (0, 30)
    assert contrast(mixed, numbers.textfont.color[2]) > 4.5
