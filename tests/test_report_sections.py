"""What the report's sections 1 to 4 show of real runs, small ones: exactly what their files hold, no more."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autoenc import checkpoints, datasets
from autoenc.captions import code_sizes
from autoenc.errors import AutoencError
from autoenc.experiments import EXPERIMENTS, Lab, LabSize, Status, settings
from autoenc.report import Chart, Pictures
from autoenc.schema import Epoch, Images, Run
from tests.labs import blocks, do, numbers, run_of, shown, train

SECTIONS_1_TO_4 = tuple(one.key for one in EXPERIMENTS if one.section in ("1.2", "2", "3", "4"))
TINY = LabSize(
    "tiny",
    "Tiny",
    "For the tests.",
    epochs=1,
    train_images=None,
    mlp_sizes=(1, 2, 128, 512),
    conv_sizes=(1, 2, 64, 128),
    colour_mlp_sizes=(1,),
    colour_conv_sizes=(1,),
    more_epochs=2,
    deep_channels=8,
)
LEVELS = (settings.MODERATE, settings.HIGH)


def lab_of(name: str, epochs: int = 1) -> Lab:
    """Its data set stands in for MNIST, as one of few images: trained as long as is usual for these."""
    grey, colour, hundred = (datasets.info(one) for one in (name, "photos", "cifar100"))
    return Lab(TINY, replace(grey, default_epochs=epochs), colour, hundred)


@pytest.fixture(scope="module")
def done_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The checkpoints of a lab of the digits in which sections 1 to 4 are done."""
    folder = tmp_path_factory.mktemp("lab") / "checkpoints"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(folder))
        do(lab_of("digits"), *SECTIONS_1_TO_4)
        yield folder


@pytest.fixture
def lab(done_folder: Path, checkpoint_folder: Path) -> Lab:
    """Its runs in a folder of the test's own."""
    shutil.copytree(done_folder, checkpoint_folder)
    return lab_of("digits")


def test_each_experiment_of_sections_1_to_4_has_blocks_and_words_when_its_runs_are_there(lab: Lab) -> None:
    assert len(SECTIONS_1_TO_4) == 13
    keys: list[str] = []
    for key in SECTIONS_1_TO_4:
        section = shown(lab, key)
        assert section.status is Status.DONE, key
        assert section.blocks, key
        assert not section.missing
        keys += [block.key for block in section.blocks]
        for block in section.blocks:
            assert block.title, block.key
            assert block.caption, block.key
            assert not block.caption.startswith("So far"), block.key
            if isinstance(block, Chart):
                assert json.loads(block.figure)["data"]
    assert len(set(keys)) == len(keys)  # each is the name of a CSV file


def test_nothing_is_trained_so_there_are_the_images_and_the_models_on_paper(
    checkpoint_folder: Path, new_results: None
) -> None:
    lab = lab_of("digits")
    assert [key for key in SECTIONS_1_TO_4 if shown(lab, key).blocks] == ["images", "mlp-model", "conv-model"]


# ---------------------------------------------------------------- numbers


def test_the_losses_of_the_curves_are_those_of_the_runs_files(lab: Lab) -> None:
    for key, block_key, config in (
        ("mlp-curves", "mlp-curve-128", settings.grey(lab, "mlp", 128)[0]),
        ("conv-curves", "conv-curve-1", settings.grey(lab, "conv", 1)[0]),
        ("conv-curves", "conv-curve-1-stride-1", settings.grey(lab, "conv", 1, stride=1)[0]),
    ):
        run = run_of(config)
        rows = numbers(blocks(lab, key)[block_key]).rows
        assert [row[3] for row in rows] == list(run.step_losses)
        assert [row[4] for row in rows if row[4] is not None] == [epoch.test_loss for epoch in run.epochs]
        assert {row[0] for row in rows} == {run.run_id}
    together = numbers(blocks(lab, "conv-curves")["conv-curve-together"])
    ends = [run_of(config).epochs[-1] for config in settings.conv_curves(lab)]
    assert [row[2:4] for row in together.rows] == [(end.train_loss, end.test_loss) for end in ends]


def test_the_sizes_and_the_table_of_layers_have_the_last_losses_of_the_files(lab: Lab) -> None:
    for key, configs in (
        ("mlp-sizes", settings.mlp_sizes(lab)),
        ("conv-sizes", settings.conv_sizes(lab)),
    ):
        table = numbers(blocks(lab, key)[key])
        by_run = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
        for run in map(run_of, configs):
            row = by_run[run.run_id]
            assert row["test loss (MSE per pixel)"] == pytest.approx(run.epochs[-1].test_loss, abs=0)
            assert row["numbers in the code"] == run.model.n_latents
    layers = numbers(blocks(lab, "layers")["layers"])
    for config in settings.one_and_two_layers(lab):
        run = run_of(config)
        (row,) = (row for row in layers.rows if row[-1] == run.run_id)
        assert row[:2] == (config.layers, config.latent_size)
        assert row[3:6] == (run.epochs[-1].train_loss, run.epochs[-1].test_loss, run.model.n_latents)


def test_pca_stands_beside_channels_only_where_it_has_as_many_numbers(lab: Lab) -> None:
    """One channel of a 28 x 28 image at stride 2 is 196 numbers: PCA of one number is no rival."""

    def names(key: str, block: str) -> set[str]:
        chart = blocks(lab, key)[block]
        assert isinstance(chart, Chart)
        return {trace["name"] for trace in json.loads(chart.figure)["data"]}

    assert "PCA" in names("mlp-sizes", "mlp-sizes")
    assert "PCA" not in names("conv-sizes", "conv-sizes")
    assert "PCA" in names("conv-sizes", "conv-sizes-code")
    assert "mlp-sizes-code" not in blocks(lab, "mlp-sizes")


def test_the_decibels_under_the_pictures_are_those_of_their_pixels(lab: Lab) -> None:
    pictures = blocks(lab, "mlp-images")["mlp-images"]
    assert isinstance(pictures, Pictures)
    original, *made = (pixels(strip.images) for strip in pictures.strips)
    data = datasets.load("digits")
    np.testing.assert_array_equal(original, data.test[:16])
    assert pictures.strips[0].notes == tuple(data.class_names[label] for label in data.test_labels[:16])
    expected = [10 * np.log10(255**2 / ((original - x.astype(float)) ** 2).mean((1, 2, 3))) for x in made]
    shown_values = [row[-1] for row in numbers(pictures).rows]
    np.testing.assert_allclose(np.array(shown_values, float), np.concatenate(expected), rtol=1e-5)
    assert pictures.strips[1].notes[0] == f"{expected[0][0]:.1f} dB"


def pixels(images: Images) -> np.ndarray:
    return np.frombuffer(images.data, np.uint8).reshape(images.shape)


def test_the_images_are_counted_and_one_of_each_class_is_shown(lab: Lab) -> None:
    pictures = blocks(lab, "images")["images"]
    assert isinstance(pictures, Pictures)
    assert pictures.strips[0].notes == tuple("0123456789")
    rows = numbers(pictures).rows
    data = datasets.load("digits")
    assert [sum(row[i] for row in rows if isinstance(row[i], int)) for i in (1, 2)] == [  # type: ignore[misc]
        len(data.train),
        len(data.test),
    ]


def test_noise_is_the_same_for_all_ways_and_its_curves_are_those_that_were_measured(lab: Lab) -> None:
    every = blocks(lab, "noise")
    noisy = []
    for level in LEVELS:
        pictures = every[f"noise-{round(100 * level)}"]
        assert isinstance(pictures, Pictures)
        labels = [strip.label for strip in pictures.strips]
        assert labels == ["Original", "Noisy", "Trained on clean images", "Trained on noise"]
        rows = numbers(pictures).rows
        noisy.append(np.mean([row[-1] for row in rows if row[0] == "noisy" and isinstance(row[-1], float)]))
        assert len({strip.images.data for strip in pictures.strips}) == 4
    assert noisy[0] > noisy[1]  # more noise, less PSNR
    table = numbers(every["noise-curves"])
    plain = run_of(settings.plain(lab)).run_id
    levels = [row[2] for row in table.rows if row[0] == plain]
    assert levels == list(settings.levels())


def test_a_photograph_goes_through_the_model_in_the_size_of_its_images(lab: Lab) -> None:
    pictures = blocks(lab, "foreign")["foreign"]
    assert isinstance(pictures, Pictures)
    given, made = pictures.strips
    assert given.images.shape == made.images.shape == (8, 1, 28, 28)
    assert given.notes[0] == "A face"
    assert pictures.caption.startswith("A face: ")


# ---------------------------------------------------------------- what is missing


def test_a_missing_run_is_left_out_and_the_rest_is_shown(lab: Lab) -> None:
    (config,) = settings.grey(lab, "mlp", 128)
    gone = run_of(config).run_id
    checkpoints.delete(gone)
    assert set(blocks(lab, "mlp-curves")) == {"mlp-curve-1"}
    pictures = blocks(lab, "mlp-images")["mlp-images"]
    assert isinstance(pictures, Pictures)
    assert [strip.label for strip in pictures.strips] == ["Original", "MLP 1"]
    sizes = blocks(lab, "mlp-sizes")["mlp-sizes"]
    assert sizes.caption.startswith("So far (3 of 4 runs)")
    assert gone not in {row[0] for row in numbers(sizes).rows}
    assert blocks(lab, "times")["times"].caption.startswith("So far (7 of 8 runs)")
    assert "3 of 4" in shown(lab, "mlp-sizes").missing or "5 of 6" in shown(lab, "mlp-sizes").missing


def test_without_the_denoiser_the_plain_model_is_shown_and_the_other_way_round(lab: Lab) -> None:
    checkpoints.delete(run_of(settings.denoiser(lab)).run_id)
    pictures = blocks(lab, "noise")["noise-30"]
    assert isinstance(pictures, Pictures)
    assert [strip.label for strip in pictures.strips] == ["Original", "Noisy", "Trained on clean images"]
    assert "trained on noise" not in blocks(lab, "noise")["noise-curves"].caption
    checkpoints.delete(run_of(settings.plain(lab)).run_id)
    assert not blocks(lab, "noise")  # there is only noise


def test_a_damaged_file_counts_as_missing(lab: Lab) -> None:
    run_id = run_of(settings.grey(lab, "mlp", 512)[0]).run_id
    path = checkpoints.path_of(run_id)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(AutoencError):
        checkpoints.read(run_id)
    assert not shown(lab, "foreign").blocks


def test_names_of_classes_may_be_any_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkpoint_folder: Path
) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "cache"))
    names = ("<b>x<b>", "$y$ *z*")
    draws = np.random.default_rng(0)
    for split in ("train", "test"):
        for name in names:
            folder = tmp_path / "data" / "mine" / split / name
            folder.mkdir(parents=True)
            for i in range(64):  # one batch of both classes
                image = draws.integers(0, 256, (8, 8), np.uint8)
                Image.fromarray(image).save(folder / f"{i}.png")
    datasets.load("mine")
    lab = lab_of("mine")
    train(*settings.grey(lab, "mlp", 1, 128, 512), settings.plain(lab))
    images = blocks(lab, "images")["images"]
    assert isinstance(images, Pictures)
    assert set(images.strips[0].notes) == set(names)  # as they are: whoever shows them escapes them
    for key in ("mlp-curves", "mlp-images", "foreign", "noise"):
        assert shown(lab, key).blocks, key


# ---------------------------------------------------------------- words


def with_losses(run: Run, *losses: float) -> Run:
    """A run that went so, with training losses twice as large."""
    epochs = tuple(Epoch(2 * loss, loss, 1.0, 0.1, 1) for loss in losses)
    return replace(run, epochs=epochs)


def test_curves_are_compared_by_their_ends_and_by_when_the_larger_code_is_ahead(lab: Lab) -> None:
    small, large = (run_of(config) for config in settings.grey(lab, "mlp", 1, 128))
    small = with_losses(small, 0.09, 0.08)
    assert code_sizes.curves_caption(small, with_losses(large, 0.085, 0.01)) == (
        "From 1 to 128 numbers, after 2 epochs: the training loss becomes 8 times smaller (0.16 to 0.02) and "
        "the test loss becomes 8 times smaller (0.08 to 0.01). MLP 128 is better after epoch 2 than MLP 1 at "
        "its end."
    )
    assert "never gets below" in code_sizes.curves_caption(small, with_losses(large, 0.5, 0.4))
    assert code_sizes.curves_caption(small, with_losses(large, 0.085, float("nan"))) == ""


def test_a_code_larger_than_the_image_does_not_compress(lab: Lab) -> None:
    """128 channels of 14 x 14 are 25,088 numbers for 784 pixels; one channel is 196."""
    small, large = (blocks(lab, "conv-model")[f"conv-model-{k}"].caption for k in (1, 128))
    assert "25,088 numbers for 784 pixels, 32 times larger: it does not compress." in large
    assert "196 numbers for 784 pixels, 4 times smaller." in small
