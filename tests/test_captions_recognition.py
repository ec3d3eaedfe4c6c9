"""What is said of recognition is what the numbers say, and nothing before there are enough of them."""

from __future__ import annotations

from dataclasses import replace

from autoenc.captions import recognition
from autoenc.schema import (
    Point,
    Probe,
    Reading,
    ReadingCurve,
    Reliability,
    ReliabilityBin,
    State,
    TrainConfig,
)

NAMES = ("0", "1", "8")


def point(size: int, mse: float = 0.01, model: str = "mlp") -> Point:
    config = TrainConfig("digits", model, size)
    return Point(f"{model}-{size}", config, size, 784, 1000, State.FINISHED, done=1.0, test_mse=mse)


def read(source: str, right: int, wrong: int = 0, at: float = 0.0, done: float = 1.0) -> ReadingCurve:
    """100 images; `wrong` of class 0 are taken for an 8, the other mistakes are 8s taken for a 1."""
    other = 100 - right - wrong
    confusion = ((right, 0, wrong), (0, 0, 0), (0, other, 0))
    return ReadingCurve("digits", "reader", source, (Reading(at, confusion),), done)


def test_a_share_has_a_digit_more_near_all_and_less_than_all_is_never_called_all() -> None:
    assert [recognition.share(one) for one in (0.1, 0.614, 0.993, 0.9999, 1.0)] == [
        *("10 %", "61 %", "99.3 %", "99.9 %", "100 %")
    ]


def test_the_smallest_size_that_is_enough_is_named_with_what_is_confused_below_it() -> None:
    points = [point(2), point(4), point(8)]
    curves = {"mlp-2": read("mlp-2", 30, 60), "mlp-4": read("mlp-4", 85, 12), "mlp-8": read("mlp-8", 97)}
    assert recognition.readable_caption(points, curves, NAMES) == (
        "MLP, 1 layer: 8 numbers are enough for 97 %; with 4 it falls below 90 %, to 85 %: "
        "most often a 0 is taken for an 8 (12 images)."
    )


def test_of_several_seeds_one_is_told_and_named_as_others_would_contradict_it() -> None:
    first = [point(2), point(4)]
    second = [
        replace(p, run_id=f"{p.run_id}-1", config=replace(p.config, seed=p.config.seed + 1)) for p in first
    ]
    curves = {"mlp-2": read("mlp-2", 30, 60), "mlp-4": read("mlp-4", 97)}
    curves |= {"mlp-2-1": read("mlp-2-1", 95), "mlp-4-1": read("mlp-4-1", 60)}
    said = recognition.readable_caption([*first, *second], curves, NAMES)
    assert said.startswith(f"MLP, 1 layer, seed {first[0].config.seed}: 4 numbers are enough for 97 %;")
    assert said.count("MLP") == 1


def test_a_model_that_is_always_or_never_legible_is_called_so() -> None:
    always = {"mlp-2": read("mlp-2", 95), "mlp-4": read("mlp-4", 99)}
    assert "at least 95 % recognised, even with 2 numbers" in recognition.readable_caption(
        [point(2), point(4)], always, NAMES
    )
    never = {"mlp-2": read("mlp-2", 30), "mlp-4": read("mlp-4", 80)}
    assert "never above 90 %; at most 80 %, with 4 numbers" in recognition.readable_caption(
        [point(2), point(4)], never, NAMES
    )


def test_a_recogniser_that_reads_few_originals_is_measured_by_its_own() -> None:
    """Nine tenths of 80 % are 72 %."""
    points, curves = [point(2), point(4)], {"mlp-2": read("mlp-2", 60, 30), "mlp-4": read("mlp-4", 75)}
    said = recognition.readable_caption(points, curves, NAMES, 0.8)
    assert "4 numbers are enough for 75 %; with 2 it falls below 72 %, to 60 %" in said


def test_what_is_still_being_read_makes_no_sentence_and_the_others_say_so_far() -> None:
    points = [point(2), point(4)]
    curves = {"mlp-2": read("mlp-2", 30), "mlp-4": read("mlp-4", 99, done=0.5)}
    assert recognition.readable_caption(points, curves, NAMES).startswith("So far: ")
    assert not recognition.readable_caption(points, {"mlp-4": curves["mlp-4"]}, NAMES)
    assert not recognition.readable_caption(points, {}, NAMES)


def test_psnr_and_recognition_disagree_only_where_the_worse_picture_is_recognised_better() -> None:
    blurred, noisy = point(2, 0.02), point(4, 0.01, "conv")
    said = recognition.psnr_caption([blurred, noisy], {"mlp-2": 0.95, "conv-4": 0.80})
    assert "MLP 2 has the larger error" in said
    assert "95 %" in said
    assert not recognition.psnr_caption([blurred, noisy], {"mlp-2": 0.80, "conv-4": 0.95})


def test_a_code_that_knows_more_than_its_picture_shows_is_told_with_both_shares() -> None:
    points = [point(2), point(4)]
    said = recognition.probe_caption(points, {"mlp-2": 0.43, "mlp-4": 0.9}, {"mlp-2": 0.11, "mlp-4": 0.9})
    assert "from the 2 numbers of MLP 2 a linear classifier reads 43 % of the classes" in said
    assert "11 %" in said
    alike = recognition.probe_caption(points[:1], {"mlp-2": 0.5}, {"mlp-2": 0.52})
    assert alike == "Code and picture tell about as much of the class."
    assert not recognition.probe_caption(points, {"mlp-2": 0.5}, {"mlp-2": 0.52}), "one is missing"


def test_how_the_code_learns_the_class_is_told_from_untrained_to_trained() -> None:
    probe = Probe("digits", "run", 2, ((0, 0.2), (10, 0.45)), 1.0)
    said = recognition.probe_epochs_caption(probe)
    assert "Untrained, 20 %" in said
    assert "after 10 epochs 45 %" in said
    assert not recognition.probe_epochs_caption(replace(probe, accuracies=((0, 0.2),)))


def test_calibration_is_told_with_the_mean_error_and_the_images_it_is_unsure_of() -> None:
    # |0.6 - 0.5| * 10 / 100 + |0.99 - 0.98| * 90 / 100 = 0.019
    reliability = Reliability((ReliabilityBin(0.6, 0.5, 10), ReliabilityBin(0.99, 0.98, 90)), 1.1)
    said = recognition.calibration_caption(reliability)
    assert "off by 1.9 %" in said
    assert "less than 90 % sure of 10 images of 100, and recognises 50 % of these" in said


def test_the_level_where_each_method_breaks_down_is_told() -> None:
    noisy = replace(
        read("noisy", 95, at=0.1),
        readings=(read("", 95, at=0.1).readings[0], read("", 60, at=0.3).readings[0]),
    )
    denoised = read("denoiser", 98, at=0.3)
    said = recognition.noise_caption([("no filter", noisy), ("the denoiser", denoised)])
    assert said == (
        "Fewer than 90 % are recognised with no filter from 0.3 on. "
        "At least 90 % at every level: the denoiser."
    )
