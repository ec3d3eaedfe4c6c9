"""What sections 5 and 6 of the report show of real runs, small ones: what their files hold, no more."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autoenc import checkpoints, datasets
from autoenc.captions import compression, outlook
from autoenc.experiments import EXPERIMENTS, Lab, Status, settings, steps
from autoenc.jobs import TrainJob
from autoenc.report import Chart, Pictures, Results, Table
from autoenc.schema import Epoch, RatePoint, Run, State
from tests.labs import (
    COLOUR_SQUARES,
    GREY_SQUARES,
    SIDE,
    blocks,
    chart,
    column,
    do,
    drawn,
    lab_of_squares,
    numbers,
    put_squares,
    run_of,
    shown,
)
from tests.places import copy, lie_in
from tests.sweep_points import point

SECTIONS_5_AND_6 = tuple(one.key for one in EXPERIMENTS if one.section in ("5", "6"))
TEST_LOSS = "test loss (MSE per pixel)"


@pytest.fixture(scope="module")
def done_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folders of a lab in which sections 5 and 6 are done."""
    folder = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as patch:
        lie_in(folder, patch)
        put_squares(folder / "data")
        for name in (GREY_SQUARES, COLOUR_SQUARES):
            datasets.load(name)
        do(lab_of_squares(), *SECTIONS_5_AND_6)
        yield folder


@pytest.fixture
def lab(done_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Its folders as the test's own."""
    copy(done_folder, tmp_path, monkeypatch)
    return lab_of_squares()


def traces(block: Chart) -> list[dict[str, Any]]:
    every: list[dict[str, Any]] = json.loads(block.figure)["data"]
    return every


def test_each_experiment_of_sections_5_and_6_has_blocks_when_its_runs_are_there(lab: Lab) -> None:
    assert len(SECTIONS_5_AND_6) == 9
    for key in SECTIONS_5_AND_6:
        section = shown(lab, key)
        assert section.status is Status.DONE, key
        assert section.blocks, key
        assert not section.missing, key
        assert section.conditions, key
        for block in section.blocks:
            if isinstance(block, Chart):
                assert any(drawn(trace["y"]) for trace in traces(block)), block.key
            if not isinstance(block, Table):
                assert block.caption, block.key
                assert not block.caption.startswith("So far"), block.key
            assert numbers(block).rows, block.key


def test_nothing_is_trained_so_only_the_images_in_colour_are_there(lab: Lab) -> None:
    """What was measured of models and of image codecs is in the cache still, but no model is here."""
    for run in checkpoints.summaries()[0]:
        checkpoints.delete(run.run_id)
    assert [key for key in SECTIONS_5_AND_6 if shown(lab, key).blocks] == ["colour-images"]


def test_every_loss_and_time_in_the_tables_is_that_of_a_run_s_file(lab: Lab) -> None:
    n_rows = 0
    for key in SECTIONS_5_AND_6:
        for block in shown(lab, key).blocks:
            table = numbers(block)
            if TEST_LOSS not in table.columns or "seconds" not in table.columns:
                continue
            rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            for row in rows:
                if row["seconds"] is None:  # a baseline
                    continue
                run = checkpoints.read(str(row["run"]))
                assert (row[TEST_LOSS], row["seconds"]) == (run.test_mse, run.seconds), block.key
                n_rows += 1
    assert n_rows > 20


def test_the_times_of_both_data_sets_are_drawn_as_they_are_in_the_files(lab: Lab) -> None:
    block = chart(blocks(lab, "second")["second-times"])
    lines = {(trace["name"], trace["line"]["dash"]): trace for trace in traces(block)}
    assert set(lines) == {("MLP", "solid"), ("Conv", "solid"), ("MLP", "dash")}  # no Conv of grey images
    mlp = settings.grey(lab, "mlp", *lab.size.mlp_sizes)
    assert drawn(lines["MLP", "dash"]["x"]) == [1, 16, 64]
    assert drawn(lines["MLP", "dash"]["y"]) == pytest.approx(
        [run_of(config).seconds for config in mlp], rel=1e-3
    )
    assert [trace["showlegend"] for trace in traces(block)].count(True) == 2  # a model, not a data set


def test_equal_compression_compares_the_lab_s_own_runs(lab: Lab) -> None:
    block = chart(blocks(lab, "second")["second-equal"])
    assert {trace["name"] for trace in traces(block)} >= {"MLP", "Conv"}
    assert set(column(numbers(block), "data set")) == {lab.grey.short_title, lab.colour.short_title}


def test_a_missing_run_is_left_out_and_the_other_is_shown(lab: Lab) -> None:
    (small,) = settings.colour(lab, "mlp", 1)
    checkpoints.delete(run_of(small).run_id)
    pictures = blocks(lab, "colour-reconstructions")["colour-reconstructions"]
    assert isinstance(pictures, Pictures)
    assert [strip.label for strip in pictures.strips] == ["Original", "MLP 128"]
    assert blocks(lab, "colour-curves")["colour-curves"].caption.startswith("So far")


def test_the_longer_training_is_drawn_and_both_ends_are_in_the_table(lab: Lab) -> None:
    every = blocks(lab, "longer")
    assert [len(drawn(trace["x"])) for trace in traces(chart(every["longer"]))] == [2, 2]
    ends = numbers(every["longer-ends"])
    assert column(ends, "epochs") == [1, 2, 1, 2]
    assert column(ends, "model") == ["MLP 128", "MLP 128", "Conv 16", "Conv 16"]
    checkpoints.delete(run_of(settings.longer(lab)[1]).run_id)
    assert [len(drawn(trace["x"])) for trace in traces(chart(blocks(lab, "longer")["longer"]))] == [1, 2]


def test_more_layers_are_in_one_table_with_the_size_of_their_code(lab: Lab) -> None:
    every = blocks(lab, "deeper")
    assert column(numbers(every["deeper"]), "layers") == [1, 2, 3, 4]
    codes = [4 * side * side for side in (8, 4, 2, 1)]  # a stride of 2 halves each side
    assert column(numbers(every["deeper"]), "numbers in the code") == codes
    assert "a code of 4 numbers instead of 256" in every["deeper-code"].caption


def test_a_hundred_classes_stand_beside_ten(lab: Lab) -> None:
    every = blocks(lab, "hundred")
    assert f"{lab.colour.short_title} through models of the same settings" in every["hundred"].caption
    assert isinstance(every["hundred-losses"], Table)


def test_what_is_recognised_is_what_was_read(lab: Lab) -> None:
    table = numbers(blocks(lab, "recogniser")["recognised"])
    by_source = dict(zip(column(table, "pictures"), column(table, "share recognised"), strict=True))
    (config,) = settings.grey(lab, "mlp", 16)
    read = Results(lab, checkpoints.summaries()[0]).value(steps.reading(config, settings.reader(lab)))
    right = sum(row[i] for i, row in enumerate(read.readings[0].confusion))
    assert by_source[run_of(config).run_id] == right / len(datasets.load(GREY_SQUARES).test)
    assert "originals" in by_source


def test_the_bytes_of_a_code_are_those_that_were_measured(lab: Lab) -> None:
    every = blocks(lab, "bytes")
    table = numbers(every["bytes-at-one-quality"])
    each, rates = column(table, "bytes per image"), column(table, "times smaller than the pixels")
    assert each == sorted(each)  # type: ignore[type-var]
    assert rates == [SIDE * SIDE / n for n in each]  # type: ignore[operator]
    measured = set(column(numbers(every["bytes"]), "bytes per image"))
    assert set(each) <= measured
    quality = dict(zip(column(table, "stored as"), column(table, "PSNR (dB)"), strict=True))
    assert quality.pop("PNG, alone (exact)") is None
    assert None not in quality.values()


def test_no_code_is_weighed_so_codecs_say_nothing(lab: Lab) -> None:
    for config in settings.weighed(lab):
        checkpoints.delete(run_of(config).run_id)
    assert not blocks(lab, "bytes")


# ---------------------------------------------------------------- words


def with_losses(run: Run, *losses: float, seconds: float = 1.0, resumed: int = 0) -> Run:
    epochs = tuple(Epoch(loss, loss, seconds, 0.0, 1) for loss in losses)
    return replace(run, epochs=epochs, resumed_from_epoch=resumed)


def test_more_epochs_are_worth_what_they_change_and_cost(lab: Lab) -> None:
    usual, longer = (run_of(config) for config in settings.longer(lab)[:2])
    caption = outlook.longer_caption(with_losses(usual, 0.02), with_losses(longer, 0.02, 0.01))
    assert caption == (
        "MLP 128, 2 epochs instead of 1: the test loss halves (0.02 to 0.01), in twice the time."
    )
    assert outlook.longer_caption(None, longer) == ""
    assert outlook.longer_caption(usual, with_losses(longer, float("nan"))) == ""


def test_it_is_said_which_training_went_on_from_a_shorter_one(lab: Lab) -> None:
    longer = run_of(settings.longer(lab)[1])
    assert outlook.continued_caption([longer]) == ""
    said = outlook.continued_caption([with_losses(longer, 0.02, 0.01, resumed=1)])
    assert said == "The longer training continues the shorter one: MLP 128 from epoch 1 on."


def test_a_run_in_the_queue_continues_the_shorter_one(lab: Lab, checkpoint_folder: Path) -> None:
    """As jobs do it: the run of two epochs has the epoch of the other in it."""
    usual, longer = settings.longer(lab)[:2]
    checkpoints.delete(run_of(longer).run_id)
    list(TrainJob(longer).run())
    assert run_of(longer).resumed_from_epoch == 1
    assert run_of(longer).epochs[0].test_loss == run_of(usual).epochs[0].test_loss
    assert "MLP 128 from epoch 1 on" in blocks(lab, "longer")["longer"].caption


def test_deeper_models_are_compared_from_the_fewest_layers_to_the_most() -> None:
    few, many = point("conv", 64, 0.001, 10.0), point("conv", 64, 0.004, 20.0, layers=2)
    said = (
        "2 layers instead of 1: a code of 3,136 numbers instead of 12,544, and the test loss grows to 4 "
        "times as much (0.001 to 0.004), in twice the time."
    )
    assert outlook.deeper_caption([many, few], 0.067) == outlook.deeper_caption([many, few], None) == said
    assert outlook.deeper_caption([few, replace(many, state=State.RUNNING)], 0.067) == ""


def test_a_deep_model_that_is_no_better_than_the_mean_image_has_learnt_nothing() -> None:
    few, many = point("conv", 64, 0.001), point("conv", 64, 0.11, layers=2)
    assert outlook.deeper_caption([few, many], 0.067).endswith(
        " With 2 layers the model is no better than the mean image in place of every image (0.067): it has "
        "learnt nothing in this training."
    )


def test_times_that_were_taken_beside_other_runs_are_called_so() -> None:
    alone, beside = point(concurrent_jobs=0), point(latent_size=4, concurrent_jobs=2)
    assert outlook.company_caption([alone]) == ""
    assert outlook.company_caption([alone, beside]) == (
        "1 of 2 runs were timed beside up to 2 other jobs: compare with care."
    )


def test_a_code_of_32_numbers_in_14_bytes_is_56_times_smaller_than_784() -> None:
    own, png = RatePoint(1.0, 100, 1400, 0.01), RatePoint(100, 100, 26_800, 0.0)
    caption = compression.real_rate_caption("MLP 32", 32, 784, own, [("PNG alone", png)])
    assert caption == (
        "The code of MLP 32 has 32 numbers for 784 bytes of pixels, 24.5 times smaller; in a file it takes "
        "14 bytes at 20.0 dB, 56 times smaller. The fewest bytes of others that are about as good or better: "
        "PNG alone 268 (exact)."
    )
    assert compression.real_rate_caption("MLP 32", 32, 784, None, [("PNG alone", png)]) == ""
