"""What is said of sweeps with several seeds or several values of a setting, to the letter."""

from __future__ import annotations

from dataclasses import replace

from autoenc import captions
from autoenc.captions import configs
from autoenc.schema import Noise, State, Sweep, TrainConfig
from tests.sweep_points import PCA, line, seeded

MLP = seeded({8: (0.019, 0.02, 0.021), 16: (0.009, 0.01, 0.011)})


def test_means_are_compared_and_the_spread_at_the_largest_size_is_said() -> None:
    means = "MLP: from 8 to 16 numbers the test loss halves (0.02 to 0.01); better than PCA at every size."
    dots = "Each dot is a mean over seeds, its bar one standard deviation; the small dots are single runs."
    spread = "Test loss at the largest size: MLP with 16 numbers 0.01 on average over 3 seeds, ±\u00a00.001."
    assert captions.sweep.loss_caption(MLP, [PCA]).startswith(means)
    assert captions.sweep.loss_caption(MLP).endswith(f"{dots} {spread}")


def test_of_one_seed_nothing_is_said_of_means() -> None:
    assert "mean over seeds" not in captions.sweep.loss_caption(line("mlp", {8: 0.02, 16: 0.01}))


def test_missing_runs_are_counted_as_runs_and_said_once() -> None:
    waiting = replace(MLP[-1], state=State.QUEUED, test_mse=None)
    caption = captions.sweep.loss_caption([*MLP[:-1], waiting])
    assert caption.startswith("So far (5 of 6 runs): MLP: ")
    assert caption.count("So far") == 1
    assert "on average over 2 seeds" in caption


def test_captions_that_stand_together_say_once_how_many_runs_there_are_so_far() -> None:
    partial = [*MLP[:-1], replace(MLP[-1], state=State.RUNNING)]
    captions_of = captions.sweep.time_caption, captions.sweep.timing_caption
    time, timing = (caption(partial) for caption in captions_of)
    text = captions.sweep.one_text(partial, time, timing)
    assert text == f"{time} {timing.removeprefix('So far (5 of 6 runs): ')}"
    assert text.count("So far") == 1
    assert captions.sweep.one_text(partial, "", timing) == timing
    assert captions.sweep.one_text(partial, "", "") == ""
    assert captions.sweep.one_text(MLP, "a.", "", "b.") == "a. b."


def test_a_difference_of_models_within_the_spread_over_seeds_is_called_undecided() -> None:
    mlp, conv = seeded({196: (0.009, 0.01, 0.011)}), seeded({1: (0.0085, 0.0095, 0.0105)}, "conv")
    assert captions.sweep.code_caption([*mlp, *conv]) == (
        "At 196 numbers Conv has 0.0095 and MLP 0.01. The difference is smaller than the spread over seeds "
        "(±\u00a00.001): these runs do not show which is better."
    )


def test_a_difference_larger_than_the_spread_is_one() -> None:
    mlp, conv = seeded({196: (0.009, 0.01, 0.011)}), seeded({1: (0.039, 0.04, 0.041)}, "conv")
    assert captions.sweep.code_caption([*mlp, *conv]) == (
        "At 196 numbers MLP is better: Conv has 4 times the loss (0.01 against 0.04)."
    )


def test_the_best_and_the_worst_of_several_settings_are_named_and_the_best_is_described() -> None:
    points = [
        *seeded({8: (0.05,), 16: (0.04,)}, learning_rate=0.1),
        *seeded({8: (0.02,), 16: (0.01,)}, learning_rate=0.01),
        *seeded({8: (0.03,), 16: (0.02,)}, learning_rate=0.001),
    ]
    assert captions.sweep.loss_caption(points) == (
        "MLP with 16 numbers is best with learning rate 0.01 (0.01), worst with learning rate 0.1 (0.04). "
        "MLP, learning rate 0.01: from 8 to 16 numbers the test loss halves (0.02 to 0.01)."
    )


def test_settings_that_seeds_cannot_tell_apart_are_not_ranked_in_silence() -> None:
    points = [
        *seeded({16: (0.009, 0.01, 0.011)}, learning_rate=0.01),
        *seeded({16: (0.0095, 0.0105, 0.0115)}, learning_rate=0.001),
        *seeded({16: (0.05, 0.05, 0.05)}, learning_rate=0.1),
    ]
    assert (
        "The difference is smaller than the spread over seeds (±\u00a00.001) between the best and "
        "learning rate 0.001." in captions.sweep.loss_caption(points)
    )


def test_the_front_is_one_of_means() -> None:
    """The luckiest seed does not make a size the best for its time."""
    points = seeded({8: (0.02, 0.02), 16: (0.001, 0.041)})
    best = "MLP with 8 numbers is both the fastest and the best of 2 means over seeds."
    assert captions.sweep.front_caption(points) == best


def test_layers_are_compared_at_equal_settings() -> None:
    points = [
        *seeded({16: (0.04,)}, learning_rate=0.1),
        *seeded({16: (0.02,)}, learning_rate=0.01),
        *seeded({16: (0.01,)}, learning_rate=0.01, layers=2),
    ]
    assert captions.sweep.layers_caption(points).startswith(
        "MLP, learning rate 0.01 with 16 numbers: 2 layers instead of 1 have half the loss"
    )


def test_a_sweep_and_its_runs_are_called_by_what_tells_them_apart() -> None:
    base = TrainConfig("digits", epochs=5)
    sweep = Sweep(
        base, ("mlp", "vae"), (4, 8), learning_rates=(0.001, 0.01), betas=(0.5, 1.0), seeds=(0, 1, 2)
    )
    mlp, vae = sweep.configs()[0], sweep.configs()[-1]
    assert configs.in_sweep(mlp, sweep) == "MLP 4, learning rate 0.001, seed 0"
    assert configs.in_sweep(vae, sweep) == "VAE 8, learning rate 0.01, beta 1, seed 2"
    assert configs.family_in_sweep(mlp, sweep) == "MLP, 1 layer, learning rate 0.001, seed 0"
    assert configs.sweep_title(sweep).startswith(
        "MLP and VAE, 2 sizes from 4 to 8, learning rates 0.001 and 0.01, betas 0.5 and 1, 3 seeds, 5 epochs"
    )
    assert "seeds 0, 1 and 2" in configs.every_setting_of_sweep(sweep)
    noisy = Sweep(base, ("mlp",), (4,), epochs=(2, 4), noises=(None, Noise("gaussian", 0.3)))
    assert configs.sweep_title(noisy).startswith(
        "MLP, size 4, epochs 2 and 4, noises none and gaussian noise 0.3, UCI"
    )
