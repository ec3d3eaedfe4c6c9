"""The report's numbers beside ours: which there are, what they are compared with, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from autoenc import checkpoints, datasets, lab
from autoenc.experiments import EXPERIMENTS, FULL, LESSON, Lab, LabSize, settings
from autoenc.experiments.sizes import CIFAR10_IMAGES
from autoenc.report import Comparison, Results, comparisons
from autoenc.schema import Epoch, Run, TrainConfig
from autoenc.training import TrainState
from tests.labs import run_of
from tests.places import copy, lie_in
from tests.raw_files import put, small_files
from tests.runs import stored, trained

N_TRAIN = 300  # of the small files under the name mnist
N_TWICE = 2  # Conv 128: the report prints two training losses and two test losses
SMALL = LabSize("full", "Full", "", 10, None, (1, 128), (1, 64, 128), (1,), (1,), 10)


@dataclass(frozen=True)
class Models:
    """Every model of which the report prints a number, but for the largest, trained a little."""

    folder: Path
    states: Mapping[TrainConfig, tuple[Run, TrainState]]

    def end_at(self, config: TrainConfig, train: float, test: float | None = None) -> None:
        """Its file says that it has gone all its epochs, a second each, and come to these losses."""
        run, state = self.states[config]
        epoch = Epoch(train, train if test is None else test, 0.75, 0.25, 2, concurrent_jobs=1)
        n_steps = run.steps_per_epoch * config.epochs
        losses = (0.5, 0.1, *(train,) * (n_steps - 2))
        ended = replace(run, run_id=config.run_id(run.fingerprint), config=config)
        stored(replace(ended, epochs=(epoch,) * config.epochs, step_losses=losses), state)


@pytest.fixture(scope="module")
def trained_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Models]:
    """Of small files under the name mnist."""
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        lie_in(folder, patch)
        put(folder / "data/MNIST/raw", small_files(n_train=N_TRAIN))
        data = datasets.load("mnist")
        states = {config: trained(replace(config, epochs=1), data) for config in configs_of(lab_of(SMALL))}
        models = Models(folder, states)
        for config in states:
            models.end_at(config, 0.05)
        yield models


@pytest.fixture
def models(trained_models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Models:
    """Their folders as the test's own."""
    copy(trained_models.folder, tmp_path, monkeypatch)
    return replace(trained_models, folder=tmp_path)


def lab_of(size: LabSize, n_train: int = N_TRAIN) -> Lab:
    """With as many images as there are, or as there are on paper."""
    mnist, colour, hundred = (datasets.info(name) for name in ("mnist", "photos", "cifar100"))
    return Lab(size, replace(mnist, n_train=n_train), colour, hundred)


def configs_of(lab_here: Lab) -> tuple[TrainConfig, ...]:
    """And Conv 1 at stride 1."""
    return (
        *settings.grey(lab_here, "mlp", 1, 128),
        *settings.conv_curves(lab_here),
        *settings.one_and_two_layers(lab_here),
    )


def every(lab_here: Lab) -> dict[str, Comparison]:
    """By what they compare."""
    results = Results(lab_here, checkpoints.summaries()[0])
    found = [one for row in EXPERIMENTS for one in comparisons(row.key, results)]
    assert len({one.what for one in found}) == len(found) - N_TWICE
    return {one.what: one for one in reversed(found)}  # of those that are printed twice the first


# ---------------------------------------------------------------- which there are


def test_every_number_of_the_report_is_compared_in_its_order(models: Models) -> None:
    results = Results(lab_of(SMALL), checkpoints.summaries()[0])
    printed = {row.key: [one.printed for one in comparisons(row.key, results)] for row in EXPERIMENTS}
    assert {key: texts for key, texts in printed.items() if texts} == {
        "mlp-curves": ["0.070", "0.02", "about three times less"],
        "conv-curves": ["0.009", "0.00009", "100 times less"],
        "conv-images": ["0.55", "0.005"],
        "times": ["less than 90 seconds", "4 minutes"],
        "layers": [
            *("91,8", "0,0003", "0,019"),
            *("107,3", "0,0001", "0,006"),
            *("137,6", "0,0001", "0,007"),
            *("147,64", "0.000027", "0.0016"),
        ],
    }


def test_where_other_images_stand_in_nothing_is_compared(models: Models) -> None:
    lab_here = replace(lab_of(SMALL), grey=datasets.info("digits"))
    results = Results(lab_here, checkpoints.summaries()[0])
    assert not [one for row in EXPERIMENTS for one in comparisons(row.key, results)]


def test_nothing_is_trained_so_the_report_stands_alone(models: Models) -> None:
    for run in checkpoints.summaries()[0]:
        checkpoints.delete(run.run_id)
    found = every(lab_of(LESSON, n_train=60_000))
    assert len(found) > 15
    assert {(one.ours, one.ratio, one.agree) for one in found.values()} == {(None, None, None)}
    assert {what: one.reason for what, one in found.items() if one.reason} == {
        "Training time of Conv 1,024": "In the size Lesson this model is trained only up to 256 channels."
    }
    assert not any(one.reason for one in every(lab_of(FULL, n_train=60_000)).values())


# ---------------------------------------------------------------- why they differ


def test_each_ratio_beyond_a_fifth_has_a_reason_and_no_other_has(models: Models) -> None:
    lab_here = lab_of(SMALL)
    for train in (0.009, 0.0001):
        for config in configs_of(lab_here):
            models.end_at(config, train)
        found = every(lab_here)
        ratios = [one.ratio for one in found.values() if one.ratio is not None]
        assert any(ratio > 1.2 for ratio in ratios)
        assert any(ratio < 0.8 for ratio in ratios) or train == 0.0001
        for what, one in found.items():
            if one.ratio is not None:
                assert bool(one.reason) is not (1 / 1.2 <= one.ratio <= 1.2), what


def test_ours_are_the_numbers_of_the_files_and_the_ratio_is_the_report_s_over_ours(models: Models) -> None:
    lab_here = lab_of(SMALL)
    (config,) = settings.grey(lab_here, "conv", 64)
    models.end_at(config, 0.0006, 0.0008)
    found = every(lab_here)
    run = run_of(config)
    loss, test, time = (
        found[f"{what} Conv 64"] for what in ("Training loss of", "Test loss of", "Training time of")
    )
    assert (loss.ours, test.ours, time.ours) == (run.train_loss, run.test_mse, run.seconds)
    assert loss.ratio == pytest.approx(0.5)
    assert test.ratio == pytest.approx(0.019 / 0.0008)
    assert time.ratio == pytest.approx(9.18)  # a second an epoch


def test_why_twelve_times(models: Models) -> None:
    lab_here = lab_of(SMALL)
    small, large = settings.grey(lab_here, "mlp", 1, 128)
    models.end_at(small, 0.0637)
    models.end_at(large, 0.0017)
    found = every(lab_here)
    assert found["Training loss of MLP 1"].reason == ""  # 0.070 / 0.0637 is 1.1
    twelve = found["Training loss of MLP 128"]
    assert twelve.ratio == pytest.approx(11.8, abs=0.05)
    # The third loss is the first below 0.02: the weights had been changed twice. Ten epochs of 300 images.
    assert twelve.reason.startswith("Ours passes 0.02 after 2 of 30 training steps. Why the report's ends")
    assert "No single one of larger batches, a smaller learning rate or fewer" in twelve.reason
    fall = found["Training loss of MLP 1 over that of MLP 128"]
    assert fall.ours == pytest.approx(0.0637 / 0.0017, rel=1e-5)
    assert "Ours: MLP 1 0.064 and MLP 128 0.0017." in fall.reason


def test_its_test_losses_are_sums_over_some_sixty_batches(models: Models) -> None:
    assert lab.sum_factor() == pytest.approx(0.55 / 0.009)  # of 61, 63, 60, 70 and 59 the one in the middle
    lab_here = lab_of(SMALL)
    models.end_at(settings.grey(lab_here, "conv", 1)[0], 0.0141, 0.0133)
    reason = every(lab_here)["Test loss of Conv 1"].reason
    assert "about 61 times its training loss" in reason
    assert "(about 160 images each)" in reason
    assert reason.endswith("Divided by 61 it is 0.009, against 0.013 of ours.")


def test_the_stride_that_the_report_does_not_print_makes_the_difference(models: Models) -> None:
    lab_here = lab_of(SMALL)
    usual, dense = (settings.grey(lab_here, "conv", 1, stride=stride)[0] for stride in (2, 1))
    models.end_at(usual, 0.0141)
    models.end_at(dense, 0.0057)
    assert every(lab_here)["Training loss of Conv 1"].reason == (
        "The report prints neither the stride nor the padding of its convolutions. With stride 2 (196 "
        "numbers for 784 pixels) ours ends at 0.014, with stride 1 (784 numbers) at 0.0057; 0.009 lies "
        "between."
    )
    models.end_at(dense, 0.0120)
    assert "lies between" not in every(lab_here)["Training loss of Conv 1"].reason
    checkpoints.delete(run_of(dense).run_id)
    assert (
        "With stride 2 ours has 196 numbers for 784 pixels."
        in every(lab_here)["Training loss of Conv 1"].reason
    )


def test_a_code_larger_than_the_image_is_called_so(models: Models) -> None:
    """64 channels of 14 x 14 are 12,544 numbers."""
    reason = every(lab_of(SMALL))["Training loss of Conv 64"].reason
    assert reason.startswith(
        "Such a code is 16 times larger than the image (ours: 12,544 numbers for 784 pixels)"
    )


def test_seconds_are_of_another_machine_and_ours_say_how_they_were_taken(models: Models) -> None:
    reason = every(lab_of(SMALL))["Training time of Conv 64"].reason
    assert "another machine" in reason
    assert reason.endswith("Ours: 2 threads on cpu, up to 1 other job meanwhile.")


def test_fewer_images_are_said_first(models: Models) -> None:
    """As if the data set had more images than the models were trained on."""
    lab_here = lab_of(SMALL, n_train=9_000)
    found = every(lab_here)
    for one in found.values():
        if one.reason and one.ours is not None:
            assert one.reason.startswith("Ours has fewer training images.")


def test_a_file_of_an_early_version_does_not_tell_its_training_loss(models: Models) -> None:
    lab_here = lab_of(SMALL)
    runs = [replace(run, train_loss=None) for run in checkpoints.summaries()[0]]
    first = comparisons("mlp-curves", Results(lab_here, runs))[0]
    assert (first.ours, first.ratio) == (None, None)
    assert first.reason == "The file of our run is of an early version and does not tell; train it again."


def test_a_few_models_in_colour_took_half_an_hour(models: Models) -> None:
    """Photographs under the name of CIFAR-10's folder; nobody asks their files before there are runs."""
    lab_here = lab_of(SMALL)
    colour = replace(datasets.info("photos"), name=CIFAR10_IMAGES)
    results = Results(replace(lab_here, colour=colour), checkpoints.summaries()[0])
    (one,) = comparisons("colour-curves", results)
    assert (one.printed, one.reported, one.ours) == ("30 minutes", 1800, None)
    assert comparisons("colour-curves", Results(lab_here, ())) == ()
