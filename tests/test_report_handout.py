"""The hand-out: what is in its HTML and its CSV files, and how it is made in the background.

The lab is that of a machine without data sets: digits and photographs that come with the program, and the
runs and measurements that do so too.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from safetensors import safe_open

from autoenc import checkpoints, datasets
from autoenc.errors import AutoencError
from autoenc.experiments import EXPERIMENTS, Lab, LabNow, Status, lab_here, look
from autoenc.jobs import TrainJob
from autoenc.places import EXAMPLE_CACHE, EXAMPLE_CHECKPOINTS
from autoenc.report import Chart, Comparison, Pictures, Printed, Results, Strip, Table, shown
from autoenc.report.handout import (
    HandoutJob,
    Made,
    figures,
    html_bytes,
    make,
    page,
    stored,
    tables,
    zip_bytes,
)
from autoenc.report.sections import Section
from autoenc.schema import Images, RunSummary, State
from tests.conftest import prepared_only
from tests.runs import files_no_larger_than

HOSTILE = "<script>alert(1)</script>"
HTTP = re.compile(r"""(?:src|href|data-src|srcset)\s*=\s*["']?\s*(?!data:|#)[^"'\s>]+""")


def lab() -> Lab:
    infos = datasets.catalogue()
    by_name = {info.name: info for info in infos}
    return replace(lab_here("lesson", infos), grey=by_name["digits"], colour=by_name["photos"])


def now_of(lab: Lab) -> LabNow:
    return look(lab, None, (*checkpoints.summaries()[0], *checkpoints.examples()))


def results_of(lab: Lab) -> Results:
    return Results(lab, (*checkpoints.summaries()[0], *checkpoints.examples()))


def made_of(now: LabNow, runs: tuple[RunSummary, ...]) -> Made:
    making = make(now, Results(now.lab, runs))
    while True:
        try:
            next(making)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("lab")
    places = {
        "AUTOENC_CHECKPOINT_DIR": str(folder / "ck"),
        "AUTOENC_DATA_DIR": str(folder / "none"),
        "AUTOENC_CACHE_DIR": str(prepared_only(folder / "cache")),
    }
    with patch.dict(os.environ, places):
        yield made_of(now_of(lab()), checkpoints.examples())


@pytest.fixture(scope="module")
def html(handout: Made) -> str:
    return handout.html.decode()


@pytest.fixture
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_results: None) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "none"))


def section_with(*blocks: object, comparisons: tuple[Comparison, ...] = ()) -> Section:
    return Section(EXPERIMENTS[0], Status.DONE, ("Digits: 3 epochs",), blocks, comparisons)


def rendered(*sections: Section, of: Lab | None = None) -> str:
    now = now_of(of or lab())
    return page.html(now, results_of(now.lab), sections)


# ---------------------------------------------------------------- one file, nothing loaded


def test_plotly_js_stands_in_the_head_exactly_once(html: str) -> None:
    source = figures.plotly_js()
    assert html.count(source[:5000]) == 1
    assert html.index(source[:5000]) < html.index("</head>")
    assert source.strip()[-2000:] in html


def test_nothing_is_loaded_from_anywhere(html: str) -> None:
    without_plotly = html.replace(figures.plotly_js(), "")
    assert HTTP.findall(without_plotly) == []
    assert "@import" not in without_plotly
    assert "url(" not in without_plotly
    assert "https:" not in without_plotly


def test_it_is_smaller_than_six_megabytes(handout: Made) -> None:
    assert 1_000_000 < len(handout.html) < 6_000_000


def test_every_chart_is_drawn_by_plotly_and_none_as_pixels(handout: Made, html: str) -> None:
    charts = [block for one in handout.sections for block in one.blocks if isinstance(block, Chart)]
    assert len(charts) > 2
    for chart in charts:
        assert html.count(f'id="chart-{chart.key}"') == 1
    assert "scattergl" not in html.replace(figures.plotly_js(), "")


class _Text(HTMLParser):
    """What a reader sees, script and style left out."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.levels: list[int] = []
        self.attributes: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append((tag, {name: value or "" for name, value in attrs}))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.tags:
            del self.tags[len(self.tags) - 1 - self.tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.tags):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(html: str) -> _Text:
    parser = _Text()
    parser.feed(html)
    return parser


def test_headings_go_down_one_level_at_a_time(html: str) -> None:
    levels = read(html).levels
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_every_picture_has_words_and_every_head_of_a_column_a_scope(html: str) -> None:
    attributes = read(html).attributes
    images = [values for tag, values in attributes if tag == "img"]
    assert len(images) > 20
    assert all(values["alt"] and values["src"].startswith("data:image/png;base64,") for values in images)
    assert all("scope" in values for tag, values in attributes if tag == "th")


def test_all_experiments_are_there_in_the_order_of_the_report_each_with_its_state(html: str) -> None:
    text = read(html).text
    places = [text.index(f"{one.title} ", text.index("Skip to")) for one in EXPERIMENTS]
    assert places == sorted(places)
    assert "done" in text
    assert "to do" in text
    assert "needs data" in text


def test_what_has_not_been_trained_is_said(html: str) -> None:
    text = read(html).text
    assert "1 of 2 done." in text  # of MLP 1 and MLP 128 the program brings the first
    assert "CIFAR-100 colour pictures of a hundred things: not on this machine." in text


def test_a_lab_of_which_nothing_has_been_done_says_so() -> None:
    text = read(made_of(look(lab(), None, ()), runs=()).html.decode()).text
    assert "The runs behind the figures" not in text
    assert "0 of 2 done." in text


def test_every_figure_says_its_conditions(handout: Made, html: str) -> None:
    n_blocks = sum(len(one.blocks) for one in handout.sections)
    assert n_blocks == html.count("<figure")
    figures = iter(html.split("<figure")[1:])
    for section in handout.sections:
        trains = section.experiment.key not in ("images", "mlp-model", "conv-model", "colour-images")
        assert all(bool(re.search(r"\d+ epochs?$", said)) == trains for said in section.conditions)
        for _, figure in zip(section.blocks, figures, strict=False):
            assert f'<p class="conditions">{escape("; ".join(section.conditions))}</p>' in figure[:2000]


def test_the_runs_behind_the_figures_and_their_versions_are_named(html: str, handout: Made) -> None:
    text = read(html).text
    cells = {cell for _, column, cell, _ in rows_of(handout) if column.startswith("run")}
    run_ids = {path.stem for path in EXAMPLE_CHECKPOINTS.glob("*.safetensors")} & cells
    assert len(run_ids) > 5
    for run_id in run_ids:
        assert run_id in text.split("The runs behind the figures")[-1]
        with safe_open(EXAMPLE_CHECKPOINTS / f"{run_id}.safetensors", "np") as file:
            versions = json.loads(file.metadata()["autoenc"])["versions"]
        assert f"autoenc {versions['autoenc']}, PyTorch {versions['torch']}" in text
    assert re.search(r"Machine .+, \d+ cores?, \d+(\.\d)? [GM]B of memory, \w+", text)


# ---------------------------------------------------------------- its numbers


def floats_in_files() -> set[float]:
    """All that the files of the examples hold, read without any code of ours."""
    numbers = set[float]()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, float):
            numbers.add(value)

    for path in EXAMPLE_CHECKPOINTS.rglob("*.safetensors"):
        with safe_open(path, "np") as file:
            for text in file.metadata().values():
                if text.startswith("{"):
                    walk(json.loads(text))
            for name in file.keys():  # noqa: SIM118 - it is no dict
                if name.startswith("history."):
                    numbers.update(map(float, file.get_tensor(name).ravel()))
    for path in EXAMPLE_CACHE.rglob("*.json"):
        walk(json.loads(path.read_text(encoding="utf-8")))
    return numbers


def rows_of(made: Made) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """File, column, cell and row."""
    for name, text in made.csvs.items():
        for row in csv.DictReader(io.StringIO(text)):
            for column, cell in row.items():
                yield name, column, cell, row


def psnr_of_picture(run_id: str, picture: int) -> float:
    """Of the n-th test image, by the pixels in the file and numpy."""
    with safe_open(EXAMPLE_CHECKPOINTS / f"{run_id}.safetensors", "np") as file:
        x, x_hat = file.get_tensor("preview.x"), file.get_tensor("preview.x_hat")[-1]
    error = (x[picture - 1].astype(float) - x_hat[picture - 1]) / 255
    return float(-10 * math.log10(np.mean(error**2)))


def n_pixels(run_id: str) -> int:
    with safe_open(EXAMPLE_CHECKPOINTS / f"{run_id}.safetensors", "np") as file:
        return math.prod(json.loads(file.metadata()["autoenc"])["image_shape"])


def test_no_number_is_in_it_that_is_not_in_a_file_of_a_run_or_a_measurement(handout: Made) -> None:
    numbers = floats_in_files()
    n_measured, n_computed = 0, 0
    for name, column, cell, row in rows_of(handout):
        if not re.fullmatch(r"-?\d+\.\d+(e-?\d+)?", cell):
            continue
        if column == "PSNR (dB)" and "MSE per pixel" in row:
            assert float(cell) == pytest.approx(-10 * math.log10(float(row["MSE per pixel"])))
            n_computed += 1
        elif column == "PSNR (dB)" and "picture" in row:
            expected = psnr_of_picture(row["run or method"], int(row["picture"]))
            assert float(cell) == pytest.approx(expected, abs=1e-4)
            n_computed += 1
        elif column == "times smaller":
            assert float(cell) == n_pixels(row["run"]) / int(row["numbers in the code"])
            n_computed += 1
        else:
            assert float(cell) in numbers, (name, column, cell)
            n_measured += 1
    assert n_measured > 200
    assert n_computed > 10


def test_a_table_shows_the_numbers_of_its_csv_rounded(html: str, handout: Made) -> None:
    """Below its chart: four digits of what the file has."""
    rows = list(csv.DictReader(io.StringIO(handout.csvs["mlp-sizes.csv"])))
    column = list(rows[0]).index("test loss (MSE per pixel)")
    shown = [float(cells[column]) for cells in cells_of(html, "mlp-sizes")]
    assert shown == [float(f"{float(row['test loss (MSE per pixel)']):.4g}") for row in rows]
    assert len(shown) > 10


def test_of_a_long_table_the_first_rows_are_shown_and_how_many_more_the_csv_has(
    html: str, handout: Made
) -> None:
    n_rows = len(handout.csvs["mlp-curve-1.csv"].splitlines()) - 1
    assert len(cells_of(html, "mlp-curve-1")) == 60
    assert f"The first 60 rows; mlp-curve-1.csv has {n_rows - 60:,} more." in read(html).text


def cells_of(html: str, key: str) -> list[list[str]]:
    """Row by row, of the table of a figure."""
    figure = html.split(f'id="figure-{key}"')[1].split("</figure>")[0]
    rows = (re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in figure.split("<tr>"))
    return [cells for cells in rows if cells]


def test_a_chart_has_the_numbers_of_its_csv_to_four_digits(handout: Made, html: str) -> None:
    chart = next(block for one in handout.sections for block in one.blocks if block.key == "mlp-sizes")
    assert isinstance(chart, Chart)
    drawn = html.split('id="chart-mlp-sizes"')[1].split("</script>")[0]
    losses = [row[chart.numbers.columns.index("test loss (MSE per pixel)")] for row in chart.numbers.rows]
    packed = re.findall(r'"dtype":"f4","bdata":"([^"]*)"', drawn)
    arrays = [np.frombuffer(b64decode(json.loads(f'"{text}"')), "<f4") for text in packed]
    shown = np.concatenate(
        [*arrays, np.array(re.findall(r"(?<=[\[,])[\d.]+(?:e-?\d+)?(?=[\],])", drawn), float)]
    )
    assert len(losses) > 10
    for loss in losses:
        if loss is not None:
            assert np.isclose(shown, loss, rtol=5e-4).any()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (0.0024567, "0.002457"),
        (12345.6, "12,346"),
        (1024, "1,024"),
        (None, "–"),
        ("MLP 1", "MLP 1"),
        (5.0, "5"),
    ],
)
def test_cells_are_rounded_for_people(cell: object, text: str) -> None:
    assert shown(cell) == text


def test_a_csv_has_every_digit_and_no_text_that_a_spreadsheet_computes() -> None:
    third = np.float64(1) / 3
    rows = (
        ("=SUM(A1)", third, -0.5),
        ("+1", 1e-7, None),
        ("@x", 2, 3),
        ("-2", math.inf, 4),
        ('a "b", c', 0.1, 5),
    )
    text = tables.as_csv(Table("t", "T", ("name", "=value", "n"), rows))
    assert list(csv.reader(io.StringIO(text))) == [
        ["name", "'=value", "n"],
        ["'=SUM(A1)", "0.3333333333333333", "-0.5"],
        ["'+1", "1e-07", ""],
        ["'@x", "2", "3"],
        ["'-2", "inf", "4"],
        ['a "b", c', "0.1", "5"],
    ]


def test_names_of_csv_files_are_safe() -> None:
    names = tables.csvs([section_with(Table("../../etc/Pass wd", "T", ("a",), ((1,),)))])
    assert list(names) == ["etc-pass-wd.csv"]


def test_comparisons_have_both_numbers_their_ratio_and_the_reason() -> None:
    one = Comparison(
        "mlp-curves", "Training loss of MLP 128", 0.02, "0.02", 0.0016, "MSE per pixel", "Not known."
    )
    absent = replace(one, what="Training loss of MLP 1", ours=None, reason="")
    section = section_with(comparisons=(one, absent))
    text = read(rendered(section)).text
    assert "Training loss of MLP 128 MSE per pixel 0.02 0.0016 12 Not known." in text
    assert "Training loss of MLP 1 MSE per pixel 0.02 – –" in text
    rows = list(csv.DictReader(io.StringIO(tables.csvs([section])["comparisons.csv"])))
    assert [(row["ours"], row["reported / ours"]) for row in rows] == [("0.0016", "12.5"), ("", "")]


# ---------------------------------------------------------------- names from folders


def test_names_of_data_sets_and_classes_are_text_wherever_they_stand() -> None:
    images = Images((1, 1, 2, 2), bytes(4))
    figure = json.dumps({"data": [{"type": "scatter", "name": HOSTILE, "x": [1], "y": [2]}],
                         "layout": {"meta": {"caption": HOSTILE}}})  # fmt: skip
    numbers = Table("n", HOSTILE, (HOSTILE,), ((HOSTILE,),), HOSTILE)
    blocks = (
        Chart("c", HOSTILE, figure, numbers),
        Pictures("p", HOSTILE, (Strip(HOSTILE, images, (HOSTILE,)),), HOSTILE),
        numbers,
        Printed("t", HOSTILE, HOSTILE, HOSTILE),
    )
    hostile = replace(lab(), grey=replace(lab().grey, title=HOSTILE, short_title=HOSTILE))
    section = replace(section_with(*blocks), conditions=(HOSTILE,), missing=HOSTILE)
    html = rendered(section, of=hostile)
    assert html.count("&lt;script&gt;alert(1)") > 10
    assert "<script>alert" not in html
    assert "alert(1)</script>" not in html


# ---------------------------------------------------------------- made in the background


@dataclass
class _Ended:
    job: HandoutJob
    done: list[float]
    doing: list[str]


def finished(job: HandoutJob) -> _Ended:
    records = list(job.run())
    return _Ended(job, [one.done for one in records], [one.doing for one in records])


def test_the_job_tells_how_far_it_is_and_leaves_both_files(no_data: None) -> None:
    job = HandoutJob.of(now_of(lab()))
    assert job.stored() is None
    ended = finished(job)
    assert ended.done == sorted(ended.done)
    assert ended.done[-1] == 1
    assert f"Drawing: {EXPERIMENTS[0].title}" in ended.doing
    snapshot = job.stored()
    assert snapshot is not None
    assert snapshot.state is State.FINISHED
    assert snapshot.value.n_bytes == len(html_bytes(job))
    with zipfile.ZipFile(io.BytesIO(zip_bytes(job))) as archive:
        assert "mlp-curve-1.csv" in archive.namelist()
    assert job.needed_dataset() == "digits"


def test_it_is_another_one_when_a_run_is_there_and_the_old_one_goes(no_data: None) -> None:
    before = HandoutJob.of(now_of(lab()))
    assert HandoutJob.of(now_of(lab())) == before
    finished(before)
    other = replace(before, colour="photos-2")  # of another lab
    stored.save(other.job_id, html_bytes(before), zip_bytes(before))
    config = lab().config(lab().grey, latent_size=128)
    for _ in TrainJob(config, "cpu").run():
        pass
    after = HandoutJob.of(now_of(lab()))
    assert after.job_id != before.job_id
    finished(after)
    assert before.stored() is None
    assert not stored.html_path(before.job_id).exists()
    assert after.stored() is not None
    assert other.stored() is not None
    assert config.run_id(datasets.load("digits").fingerprint) in html_bytes(after).decode()


def test_a_failed_step_makes_another_one_that_says_why(no_data: None) -> None:
    job = replace(HandoutJob.of(now_of(lab())), failures=(("mlp-curves", "the disk is full"),))
    finished(job)
    assert "1 of 2 done. the disk is full." in read(html_bytes(job).decode()).text


@pytest.mark.parametrize("ending", ["html", "zip"])
@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
def test_a_damaged_one_is_none(no_data: None, handout: Made, ending: str, harm: str) -> None:
    job = HandoutJob.of(now_of(lab()))
    stored.save(job.job_id, handout.html, handout.archive)
    assert job.stored() is not None
    path = stored.html_path(job.job_id) if ending == "html" else stored.zip_path(job.job_id)
    content = bytearray(path.read_bytes())
    if harm == "gone":
        path.unlink()
    else:
        content[60] ^= 255
        path.write_bytes(content[: len(content) // 2] if harm == "cut" else content)
    assert job.stored() is None
    if harm != "gone":
        assert not path.exists()


def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(no_data: None) -> None:
    job = HandoutJob.of(now_of(lab()))
    refused = pytest.raises(AutoencError, match=r"^cannot write the hand-out to .*; make room there$")
    with files_no_larger_than(200_000), refused:
        finished(job)
    assert list(stored.html_path(job.job_id).parent.iterdir()) == []
    assert job.stored() is None
    finished(job)
    assert job.stored() is not None


def test_one_that_has_gone_is_told_with_what_to_do(no_data: None) -> None:
    with pytest.raises(AutoencError, match="make the hand-out again"):
        html_bytes(HandoutJob.of(now_of(lab())))
