"""Runs in words."""

from dataclasses import replace

import pytest

from autoenc.baselines import MEAN_IMAGE, PCA
from autoenc.captions import configs
from autoenc.jobs import BaselineJob, CurveJob, DownloadJob, TrainJob
from autoenc.schema import (
    Download,
    Noise,
    Snapshot,
    State,
    Sweep,
    TrainConfig,
)
from tests.test_plots import run_of
from ui.widgets import labels


def test_what_tells_runs_apart_is_what_differs() -> None:
    usual = TrainConfig()
    wide = replace(usual, latent_size=64)
    assert configs.differences([usual, wide]) == ("MLP 32", "MLP 64")
    seed, noisy = replace(usual, seed=3), replace(usual, noise=Noise("gaussian", 0.3))
    assert configs.differences([usual, seed, noisy]) == (
        "MLP 32, no noise, seed 0",
        "MLP 32, no noise, seed 3",
        "MLP 32, gaussian noise 0.3, seed 0",
    )
    assert configs.differences([usual, replace(usual, layers=2, model="conv")]) == (
        "MLP 32, 1 layer",
        "Conv 32, 2 layers",
    )


def test_thousands_have_commas_in_titles_and_progress() -> None:
    large = TrainConfig(latent_size=4096, epochs=1000, batch_size=5000, seed=2026)
    differing = configs.differences([large, TrainConfig()])[0]
    assert differing == "MLP 4,096, 1,000 epochs, batch 5,000, seed 2026"
    assert configs.short(large) == "MLP 4,096"
    assert configs.title(large).startswith("MLP, latent size 4,096, 1 layer")
    assert configs.sweep_title(Sweep(large, ("mlp",), (1, 2048))).startswith(
        "MLP, 2 sizes from 1 to 2,048, 1,000 ep"
    )
    run = replace(run_of(4, []), config=large)
    assert labels.progress(Snapshot("x", State.STOPPED, value=run)).startswith("Stopped: 0 of 1,000 epochs")


def test_a_run_of_one_epoch_is_said_as_such() -> None:
    run = replace(run_of(4, []), config=TrainConfig(epochs=1))
    assert labels.progress(Snapshot("x", State.FAILED, value=run)) == "Failed: 0 of 1 epoch"


def test_several_seeds_are_told_as_mean_and_standard_deviation() -> None:
    assert labels.over_seeds([None], 4) == ""
    assert labels.over_seeds([0.0123], 4) == "0.0123"
    assert labels.over_seeds([0.010, 0.012, 0.014], 4) == "0.0120 ± 0.0020"
    assert labels.over_seeds([20.10, 20.14, 20.18], 1) == "20.14 ± 0.04"
    assert labels.over_seeds([20.1, 20.1], 1) == "20.1 ± 0.0"


@pytest.mark.parametrize(
    ("n_latents", "sentence"),
    [(1, "1** number for"), (32, "24.5 times smaller"), (784, "the same size"), (3136, "4 times larger")],
)
def test_the_size_of_the_code_beside_the_pixels(n_latents: int, sentence: str) -> None:
    assert sentence in labels.code_size(n_latents, 784)


def test_a_job_that_waits_says_what_for_and_how_many_are_ahead() -> None:
    waits = Snapshot("x", State.QUEUED, job=TrainJob(TrainConfig()))
    assert labels.progress(waits) == "Waiting: next in line"
    assert labels.progress(replace(waits, ahead=1200)) == "Waiting: 1,200 ahead"
    assert labels.progress(replace(waits, message="the workers are starting")) == (
        "Waiting: the workers are starting"
    )
    for value in (PCA.empty("digits"), Download("mnist", 1, 2)):
        assert labels.progress(replace(waits, value=value, ahead=2)) == "Waiting: 2 ahead"


def test_a_job_at_work_says_how_far_it_is() -> None:
    at_work = Snapshot("x", State.RUNNING)
    assert labels.progress(replace(at_work, value=PCA.empty("digits"))) == "Measuring"
    assert labels.progress(replace(at_work, value=Download("mnist", 3_000_000))) == "Downloading: 3 MB"
    assert labels.progress(replace(at_work, value=Download("mnist", 3_000_000, 12_000_000))) == (
        "Downloading: 3 MB of 12 MB"
    )


def test_a_job_is_called_by_what_was_asked_for_before_anything_has_come() -> None:
    config = TrainConfig("digits", latent_size=9)
    assert TrainJob(config).title == configs.title(config)
    assert DownloadJob("mnist").title == "Download of MNIST handwritten digits"
    assert BaselineJob(PCA, "mnist").title == "PCA of MNIST handwritten digits"
    assert BaselineJob(MEAN_IMAGE, "mnist").title == "Mean image of MNIST handwritten digits"
    assert CurveJob("digits", "gaussian", "median", (0.1,)).title == ("Noise curve, Gaussian: Median filter")
    gone = configs.title(replace(config, dataset="gone"))
    assert gone == "MLP, latent size 9, 1 layer, gone"


def test_the_start_the_end_and_the_failure_of_a_run_are_announced_in_a_sentence() -> None:
    config = TrainConfig(epochs=2)
    run = replace(run_of(2, [], [0.1, 0.01]), config=config)
    what = configs.title(config)
    told = {state: labels.announcement(Snapshot("x", state, "no room.", run)) for state in State}
    assert told[State.RUNNING] == f"Training started: {what}."
    assert told[State.FINISHED] == f"Training finished after 2 epochs: {what}. Test PSNR 20.0 dB."
    assert told[State.FAILED] == f"Training failed: {what}. no room."
    waiting = Snapshot("x", State.QUEUED, job=TrainJob(config))
    assert labels.announcement(waiting) == f"Waiting to train: {TrainJob(config).title}."


def test_a_saved_picture_says_every_setting_that_is_not_the_usual_one() -> None:
    assert configs.every_setting(TrainConfig()) == "MNIST, MLP, 32 numbers, 10 epochs, seed 0"
    conv = TrainConfig("cifar10", "conv", 16, layers=2, stride=1, epochs=1, noise=Noise("gaussian", 0.3))
    assert configs.every_setting(conv) == (
        "CIFAR-10, Conv, 16 channels, 2 layers, stride 1, 1 epoch, gaussian noise 0.3, seed 0"
    )
    wide = TrainConfig(stride=1, batch_size=5000, learning_rate=0.004, decay_epochs=10, train_images=6000)
    assert configs.every_setting(wide, sizes=(128, 1, 32)) == (
        "MNIST, MLP, 3 sizes from 1 to 128, 10 epochs, batch 5,000, learning rate 0.004, "
        "rate decays over 10 epochs, 6,000 training images, seed 0"
    )
    sweep = Sweep(replace(conv, model="mlp"), ("mlp", "conv"), (2, 8), (1, 2))
    assert configs.every_setting_of_sweep(sweep) == (
        "CIFAR-10, MLP and Conv, 2 sizes from 2 to 8, 1 and 2 layers, stride 1, 1 epoch, "
        "gaussian noise 0.3, seed 0"
    )
