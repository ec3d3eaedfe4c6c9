"""Which of the runs: small folders on paper, the newest first."""

from dataclasses import replace
from typing import Any

import pytest

from autoenc import models, runs
from autoenc.errors import ConfigError
from autoenc.runs import Selection
from autoenc.schema import Noise, Run, RunSummary, TrainConfig
from tests.run_summaries import COLOUR, GREY, run

WEAK, STRONG = Noise("gaussian", 0.1), Noise("gaussian", 0.5)
ANY, BLUR = Noise("gaussian", 1.0, up_to=True), Noise("blur", 1.0)


def names(selected: Any) -> list[str]:
    return [one.run_id for one in selected]


def as_run(summary: RunSummary) -> Run:
    """The same run as it is looked at."""
    info = models.describe(summary.config, summary.image_shape)
    return Run(
        run_id=summary.run_id,
        config=summary.config,
        fingerprint=summary.fingerprint,
        model=info,
        n_train_images=summary.n_train_images,
        device="cpu",
        versions={},
        x=None,  # type: ignore[arg-type]  # no picture is looked at
    )


# ---------------------------------------------------------------- a selection

FOLDER = (
    run("mnist-conv-k16", model="conv", latent_size=16),
    run("mnist-mlp-k16", latent_size=16),
    run("cifar10-mlp-k8", dataset="cifar10", latent_size=8, shape=COLOUR),
    run("mnist-mlp-k4", latent_size=4, done=0),
)


@pytest.mark.parametrize(
    ("selection", "selected"),
    [
        (Selection(), ["mnist-conv-k16", "mnist-mlp-k16", "cifar10-mlp-k8", "mnist-mlp-k4"]),
        (Selection("MNIST k16"), ["mnist-conv-k16", "mnist-mlp-k16"]),
        (Selection("mnist svhn"), []),
        (Selection(datasets=["cifar10", "svhn"]), ["cifar10-mlp-k8"]),
        (Selection(models=["conv", "conv-bottleneck"]), ["mnist-conv-k16"]),
        (Selection("mlp", finished=True), ["mnist-mlp-k16", "cifar10-mlp-k8"]),
        (Selection(sort="size"), ["mnist-mlp-k4", "cifar10-mlp-k8", "mnist-conv-k16", "mnist-mlp-k16"]),
    ],
)
def test_a_selection_has_the_runs_that_match_in_all_its_parts(
    selection: Selection, selected: list[str]
) -> None:
    assert names(selection.of(FOLDER)) == selected


def test_sorted_by_error_a_run_without_a_result_is_last_and_equals_are_the_newest_first() -> None:
    small, large, same = (replace(run(str(mse)), test_mse=mse) for mse in (0.001, 0.1, 0.1))
    without = run("without", done=0)
    selected = Selection(sort="error").of([without, large, replace(same, run_id="older"), small])
    assert names(selected) == ["0.001", "0.1", "older", "without"]


def test_a_model_or_an_order_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown model 'gan'; known: mlp, conv, conv-bottleneck"):
        Selection(models=["mlp", "gan"])
    with pytest.raises(ConfigError, match="sort is 'age'; known: newest, error, size"):
        Selection(sort="age")


def test_runs_are_found_by_their_names() -> None:
    assert runs.by_id(FOLDER)["mnist-mlp-k16"] is FOLDER[1]


# ---------------------------------------------------------------- alike


def test_other_seeds_are_of_the_same_settings_and_images_and_finished() -> None:
    this, same = run("this"), [run("seed 1", seed=1), run("seed 2", seed=2)]
    others = [
        *(run("begun", seed=3, done=9), run("longer", seed=4, epochs=5, done=5), run("layers", layers=2)),
        *(run("images", seed=5, data="g"), run("noise", seed=6, noise=WEAK), run("size", latent_size=8)),
    ]
    assert names(runs.of_other_seeds([this, *others, *same], as_run(this))) == ["seed 1", "seed 2"]


def test_all_sizes_of_a_run_are_there_once_each_with_its_own() -> None:
    this = run("32", latent_size=32)
    folder = [
        *(run("64", latent_size=64), this, run("4", latent_size=4), run("begun", latent_size=2, done=3)),
        *(run("seed", latent_size=8, seed=1), run("images", latent_size=16, data="g")),
    ]
    assert names(runs.of_all_sizes(folder, this)) == ["4", "32", "64"]


def test_all_levels_of_a_denoiser_go_from_clean_images_to_any_level_of_its_noise() -> None:
    kinds = {"any": ANY, "strong": STRONG, "clean": None, "weak": WEAK, "blur": BLUR}
    folder = [run(name, noise=noise) for name, noise in kinds.items()]
    folder += [run("begun", noise=Noise("gaussian", 0.2), done=1), run("deep", noise=WEAK, layers=2)]
    by_name = runs.by_id(folder)
    assert names(runs.of_all_levels(folder, by_name["strong"])) == ["clean", "weak", "strong", "any"]
    assert names(runs.of_all_levels(folder, by_name["clean"])) == ["clean"]
    assert names(runs.of_all_levels(folder, by_name["blur"])) == ["clean", "blur"]


def test_what_is_missing_among_levels_of_noise_are_the_same_settings_with_the_others() -> None:
    this = run("weak", noise=WEAK, seed=3)
    missing = runs.missing_levels([this, run("clean", seed=3)], this, [0.1, 0.5])
    assert missing == tuple(TrainConfig(noise=noise, seed=3) for noise in (STRONG, ANY))
    assert runs.missing_levels([this], this, [0.1])[0] == TrainConfig(seed=3)


def test_runs_are_timed_alike_that_have_the_same_model_batch_images_and_kind_of_noise() -> None:
    info = models.describe(TrainConfig(), GREY)
    alike = run("alike", seed=3, learning_rate=0.1, epochs=5, done=1)
    others = [
        *(run("new", done=0), run("size", latent_size=8), run("noise", noise=WEAK)),
        *(run("colour", shape=COLOUR), run("batch", batch_size=64)),
        replace(run("fewer"), n_train_images=500),
    ]
    timed = runs.timings([*others, alike, run("older"), run("strong", noise=STRONG)])
    assert names(timed[runs.workload_of(TrainConfig(), info, 60_000)]) == ["alike", "older"]
    assert names(timed[runs.workload_of(TrainConfig(), info, 500)]) == ["fewer"]
    weak = runs.workload_of(TrainConfig(noise=WEAK), info, 60_000)
    assert names(timed[weak]) == ["noise", "strong"], "a level of noise costs no time"
    assert "new" not in [name for alike in timed.values() for name in names(alike)]


# ---------------------------------------------------------------- for the pages of noise and of pictures


def test_runs_on_clean_images_are_finished_and_of_these_images() -> None:
    folder = [
        *(run("large", latent_size=784), run("small"), run("noisy", noise=WEAK), run("begun", done=2)),
        *(run("others", data="g"), run("older")),
    ]
    assert names(runs.on_clean_images(folder, "f")) == ["large", "small", "older"]


def test_denoisers_are_of_one_kind_of_noise_and_those_for_any_level_come_first() -> None:
    folder = [
        *(run("weak", noise=WEAK), run("blur", noise=BLUR), run("any", noise=ANY), run("clean")),
        *(run("strong", noise=STRONG), run("others", noise=ANY, data="g"), run("begun", noise=ANY, done=1)),
    ]
    assert names(runs.denoisers(folder, "f", "gaussian")) == ["any", "weak", "strong"]
    assert names(runs.denoisers(folder, "f", "blur")) == ["blur"]


def test_runs_for_a_picture_have_their_images_here() -> None:
    folder = [
        *(run("noisy", noise=WEAK), run("new"), run("begun", done=1), run("replaced", data="g")),
        *(run("gone", dataset="svhn", data="h"), run("unreadable", dataset="photos", data="i"), run("old")),
    ]
    here = {"mnist": "f", "photos": None}
    assert names(runs.for_a_picture(folder, here)) == ["new", "old", "noisy"]


def test_a_picture_is_first_shown_to_a_grey_model_then_to_one_of_the_other_kind_and_examples_last() -> None:
    colour, best, second = run("colour", dataset="svhn", shape=COLOUR), run("best"), run("second")
    clothes, noisy = run("clothes", dataset="fashion-mnist"), run("noisy", noise=WEAK)
    example = run("example", dataset="digits", example=True)
    photos = run("photos", dataset="photos", shape=COLOUR, example=True)
    folder = [example, photos, clothes, colour, best, second, noisy]
    assert names(runs.first_for_a_picture(folder, 2)) == ["clothes", "colour"]
    in_turn = ["clothes", "colour", "photos", "best", "example"]
    assert names(runs.first_for_a_picture(folder, 5)) == in_turn
    assert names(runs.first_for_a_picture([example, photos, best, clothes], 2)) == ["best", "photos"]
    assert names(runs.first_for_a_picture([example, photos, colour], 2)) == ["colour", "example"]
    assert names(runs.first_for_a_picture([noisy, example], 2)) == ["noisy", "example"]
    assert names(runs.first_for_a_picture([noisy], 2)) == ["noisy"]
    assert runs.first_for_a_picture([], 2) == []
