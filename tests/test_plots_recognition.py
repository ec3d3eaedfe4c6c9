"""The figures of recognition show the shares that they are given, each where it belongs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoenc import plots
from autoenc.plots import Axes, Level, NoisyLine, Reference
from autoenc.schema import (
    Point,
    Probe,
    Reading,
    ReadingCurve,
    Recogniser,
    RecogniserConfig,
    RecogniserEpoch,
    Reliability,
    ReliabilityBin,
    State,
    TrainConfig,
)

POINTS = [
    Point(f"run-{k}", TrainConfig("digits", "mlp", k), k, 784, 1000, State.FINISHED, test_mse=1 / k)
    for k in (2, 4, 8)
]
LEVELS = [Level("originals 99 %", 0.99), Level("guess 10 %", 0.1)]


def reading(at: float, share: float) -> Reading:
    right = round(100 * share)
    return Reading(at, ((right, 100 - right), (0, 0)))


def traces(figure: object) -> dict[str, dict[str, object]]:
    return {trace.name: trace for trace in figure.data}  # type: ignore[attr-defined]


def test_runs_stand_at_their_code_and_share_and_a_click_answers_the_run() -> None:
    pca = ReadingCurve("digits", "reader", "pca", (reading(1, 0.2), reading(4, 0.6), reading(64, 0.99)), 1.0)
    shown = traces(
        plots.accuracy_by_code(
            POINTS, {"run-2": 0.3, "run-8": 0.9}, [Reference("PCA", pca)], LEVELS, Axes(), caption="said"
        )
    )
    assert list(shown["MLP"]["x"]) == [2, 8], "what has not been read has no dot"
    assert list(shown["MLP"]["y"]) == [0.3, 0.9]
    assert list(shown["MLP"]["customdata"]) == ["run-2", "run-8"]
    assert list(shown["PCA"]["x"]) == [4], "as far as the codes reach"
    assert list(shown["PCA"]["y"]) == [0.6]
    assert list(shown["originals 99 %"]["y"]) == [0.99, 0.99]


def test_psnr_stands_beside_it_at_the_same_codes() -> None:
    shown = traces(plots.psnr_by_code(POINTS, (), Axes()))
    assert list(shown["MLP"]["x"]) == [2, 4, 8]
    assert list(shown["MLP"]["y"]) == pytest.approx([3.01, 6.021, 9.031], rel=1e-3)  # -10 log10(1 / k)


def test_noise_curves_have_a_point_a_level_and_all_methods_from_the_first_moment_on() -> None:
    curve = ReadingCurve("digits", "reader", "noisy", (reading(0.1, 0.9), reading(0.3, 0.4)), 0.5)
    lines = [
        NoisyLine("Noisy", "#000000", curve),
        NoisyLine("Denoiser", "#ffffff", replace(curve, readings=())),
    ]
    shown = traces(plots.accuracy_by_noise(lines, "gaussian", LEVELS[:1]))
    assert list(shown["Noisy"]["x"]) == [0.1, 0.3]
    assert list(shown["Noisy"]["y"]) == [0.9, 0.4]
    assert list(shown["Denoiser"]["x"]) == [None]


def test_the_code_and_the_pictures_of_a_model_are_two_lines() -> None:
    shown = traces(plots.probe_by_code(POINTS, {"run-4": 0.8}, {"run-4": 0.5}, LEVELS, Axes()))
    assert list(shown["MLP"]["y"]) == [0.8]
    assert list(shown["MLP: pictures"]["y"]) == [0.5]
    by_epoch = plots.probe_by_epoch(Probe("digits", "run-4", 4, ((0, 0.2), (3, 0.7))), 3, LEVELS)
    assert list(traces(by_epoch)["from the code"]["y"]) == pytest.approx([0.2, 0.7])


def test_accuracy_is_averaged_over_steps_and_tested_at_the_end_of_each_epoch() -> None:
    recogniser = Recogniser(
        recogniser_id="reader",
        config=RecogniserConfig("digits", 2),
        fingerprint="f",
        image_shape=(1, 28, 28),
        class_names=("0", "1"),
        n_parameters=1,
        n_train_images=128 * 50,
        n_held_out=10,
        device="cpu",
        versions={},
        epochs=(RecogniserEpoch(1.0, 0.5, 0.9, 1.0, 1.0, 1.0, 1),),
        step_losses=(1.0,) * 60,
        step_accuracies=(0.5,) * 25 + (0.7,) * 25 + (0.1,) * 10,
    )
    shown = traces(plots.recogniser_accuracy(recogniser))
    assert list(shown["train"]["x"]) == [25, 50], "ten steps are too few for a dot"
    assert list(shown["train"]["y"]) == pytest.approx([0.5, 0.7])
    assert (list(shown["test"]["x"]), list(shown["test"]["y"])) == ([50], pytest.approx([0.9]))
    assert list(traces(plots.recogniser_loss(recogniser))["test"]["y"]) == pytest.approx([0.5])


def test_a_share_of_few_images_has_a_long_bar_that_ends_inside_the_plot() -> None:
    figure = plots.reliability_diagram(
        Reliability((ReliabilityBin(0.35, 0.0, 3), ReliabilityBin(0.99, 1.0, 9000)), 1.0)
    )
    dots = traces(figure)["test images"]
    few, many = dots["error_y"]["array"][0], dots["error_y"]["arrayminus"][1]  # type: ignore[index]
    assert few == pytest.approx(4 / 7, abs=1e-3)  # Wilson: z^2 / n / (1 + z^2 / n), z = 2
    assert many < 0.001
    assert dots["marker"]["size"][1] == 40  # type: ignore[index]
