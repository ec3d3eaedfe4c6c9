"""What suits which model and data set; what the command line makes of it. Pages: pages/test_settings.py."""

import subprocess
import sys
from dataclasses import replace

import pytest

from autoenc import cli, datasets, recipes
from autoenc.captions import remarks
from autoenc.cli.sweeping import sweep_from_args
from autoenc.cli.training import train_config
from autoenc.datasets import DatasetInfo
from autoenc.errors import ConfigError
from autoenc.schema import MODELS, NOISES, Noise, RunSummary, Sweep, TrainConfig
from tests.run_summaries import run

DIGITS = datasets.info("digits")  # 100 epochs
MNIST = datasets.info("mnist")  # 10


def trained_by(command: str) -> TrainConfig:
    return train_config(cli.parser().parse_args(["train", *command.split()]))


def swept_by(command: str) -> Sweep:
    return sweep_from_args(cli.parser().parse_args(["sweep", *command.split()]))


# ---------------------------------------------------------------- a model


@pytest.mark.parametrize("model", ["mlp", "conv"])
def test_the_lab_s_models_start_with_one_layer_and_a_constant_rate_of_a_thousandth(model: str) -> None:
    assert recipes.train_config(MNIST, model) == TrainConfig("mnist", model)
    assert recipes.train_config(DIGITS, model) == TrainConfig("digits", model, epochs=100)


def test_a_bottleneck_has_two_layers_and_a_rate_of_four_thousandths_that_decays_over_all_epochs() -> None:
    suited = TrainConfig("mnist", "conv-bottleneck", layers=2, learning_rate=0.004, decay_epochs=10)
    assert recipes.train_config(MNIST, "conv-bottleneck") == suited
    longer = replace(suited, dataset="digits", epochs=100, decay_epochs=100)
    assert recipes.train_config(DIGITS, "conv-bottleneck") == longer
    twenty = recipes.train_config(MNIST, "conv-bottleneck", epochs=20)
    assert twenty == replace(suited, epochs=20, decay_epochs=20)


@pytest.mark.parametrize(
    "changed",
    [{"layers": 1}, {"learning_rate": 0.001}, {"decay_epochs": None}, {"decay_epochs": 3}, {"seed": 7}],
)
def test_what_is_chosen_wins_and_the_rest_suits_the_model(changed: dict[str, int | float | None]) -> None:
    suited = recipes.train_config(MNIST, "conv-bottleneck")
    assert recipes.train_config(MNIST, "conv-bottleneck", **changed) == replace(suited, **changed)


@pytest.mark.parametrize("model", ["mlp", "conv-bottleneck"])
def test_a_model_that_is_trained_for_few_bytes_has_two_layers_and_large_steps_that_decay(model: str) -> None:
    rated = recipes.train_config(MNIST, model, rate_weight=0.04)
    wanted = {"layers": 2, "learning_rate": 0.004, "decay_epochs": 10, "rate_weight": 0.04}
    assert rated == TrainConfig("mnist", model, **wanted)  # type: ignore[arg-type]
    assert trained_by(f"--dataset mnist --model {model} --rate-weight 0.04") == rated
    assert trained_by(f"--dataset mnist --model {model} --rate-weight 0") == recipes.train_config(
        MNIST, model
    )
    swept = swept_by(f"--dataset mnist --models {model} --latent-sizes 32 --rate-weight 0.04")
    assert swept.configs() == (rated,)
    assert remarks.shared_settings(["mlp", "conv-bottleneck"], rated=True) == ""


def test_a_sweep_for_few_bytes_refuses_models_whose_code_has_channels() -> None:
    with pytest.raises(
        ConfigError, match="Conv cannot be trained for its bytes; choose MLP or Conv bottleneck"
    ):
        recipes.sweep(MNIST, ["mlp", "conv"], [8], rate_weight=0.04)


def test_every_model_has_a_recipe() -> None:
    assert tuple(recipes.RECIPES) == MODELS


def test_what_is_not_allowed_is_refused_as_ever() -> None:
    with pytest.raises(ConfigError, match="unknown model 'gan'; known: mlp, conv, conv-bottleneck"):
        recipes.train_config(MNIST, "gan")
    with pytest.raises(ConfigError, match="epochs is 1001; allowed: 1 to 1,000"):
        recipes.train_config(MNIST, "conv-bottleneck", epochs=1001)


# ---------------------------------------------------------------- a sweep


def test_one_model_is_swept_with_what_suits_it_and_several_with_what_suits_all_of_them() -> None:
    alone = recipes.sweep(MNIST, ["conv-bottleneck"], [8, 16])
    assert alone.configs() == tuple(
        recipes.train_config(MNIST, "conv-bottleneck", latent_size=size) for size in (8, 16)
    )
    together = recipes.sweep(MNIST, ["mlp", "conv-bottleneck"], [8])
    assert together.configs() == tuple(TrainConfig("mnist", model, 8) for model in ("mlp", "conv-bottleneck"))


def test_models_that_share_settings_which_do_not_suit_one_of_them_are_said_to() -> None:
    for models in (["mlp", "conv"], ["conv-bottleneck"], []):
        assert remarks.shared_settings(models) == ""
    assert remarks.shared_settings(["mlp", "conv-bottleneck"]) == (
        "Models in one sweep share their settings; on its own, Conv bottleneck starts with 2 layers and a "
        "learning rate of 0.004 that decays to zero."
    )


def test_a_sweep_goes_from_1_to_128_unless_sizes_are_chosen() -> None:
    assert recipes.sweep(MNIST) == Sweep(
        TrainConfig("mnist"), ("mlp", "conv"), (1, 2, 4, 8, 16, 32, 64, 128), (1,)
    )
    deep = recipes.sweep(MNIST, ["conv-bottleneck"], [4], [1, 3], seed=5)
    assert [(c.layers, c.seed, c.learning_rate) for c in deep.configs()] == [(1, 5, 0.004), (3, 5, 0.004)]


# ---------------------------------------------------------------- the command line


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("data", datasets.catalogue(), ids=lambda info: info.name)
def test_the_command_line_trains_and_sweeps_what_suits_model_and_data(model: str, data: DatasetInfo) -> None:
    suited = recipes.train_config(data, model)
    assert trained_by(f"--dataset {data.name} --model {model}") == suited
    swept = swept_by(f"--dataset {data.name} --models {model} --latent-sizes 32,8")
    assert swept.configs() == (replace(suited, latent_size=8), suited)


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        ("--layers 1", {"layers": 1}),
        ("--learning-rate 0.001", {"learning_rate": 0.001}),
        ("--decay-epochs 0", {"decay_epochs": None}),
        ("--decay-epochs 7", {"decay_epochs": 7}),
        ("--epochs 20", {"epochs": 20, "decay_epochs": 20}),
        ("--epochs 20 --decay-epochs 10", {"epochs": 20, "decay_epochs": 10}),
        ("--noise gaussian:0.3", {"noise": Noise("gaussian", 0.3)}),
        ("--stride 1 --batch-size 64 --seed 1", {"stride": 1, "batch_size": 64, "seed": 1}),
        ("--train-images 500 --seed 0", {"train_images": 500}),
    ],
)
def test_options_win_over_what_suits_the_model(options: str, changed: dict[str, object]) -> None:
    wanted = recipes.train_config(MNIST, "conv-bottleneck", **changed)
    assert trained_by(f"--dataset mnist --model conv-bottleneck {options}") == wanted
    swept = swept_by(f"--dataset mnist --models conv-bottleneck --latent-sizes 32 {options}")
    assert swept.configs() == (wanted,)


def test_the_settings_of_before_can_still_be_asked_for() -> None:
    before = "--dataset mnist --model conv-bottleneck --layers 1 --learning-rate 0.001 --decay-epochs 0"
    assert trained_by(before) == TrainConfig("mnist", "conv-bottleneck")


def test_help_tells_the_defaults_that_depend_on_model_and_data_set() -> None:
    help_texts = {command: " ".join(_help(command).split()) for command in ("train", "sweep")}
    for defaults in (
        *("default: 1; conv-bottleneck: 2", "default: 0.001; conv-bottleneck: 0.004", "default: mlp --"),
        *("default: 0; conv- bottleneck: all epochs", "default: 10; digits: 100, photos: 30", "default: 128"),
    ):
        assert defaults in help_texts["train"]
    for defaults in (
        *("default: 1; conv-bottleneck on its own: 2", "default: 0.001; conv-bottleneck on its own: 0.004"),
        *("default: 0; conv- bottleneck on its own: all epochs", "default: 1,2,4,8,16,32,64,128", "mlp,conv"),
    ):
        assert defaults in help_texts["sweep"]


def _help(command: str) -> str:
    subparsers = next(a for a in cli.parser()._actions if a.choices and "train" in a.choices)
    parser = dict(subparsers.choices or {})[command]
    text: str = parser.format_help()
    return text


# ---------------------------------------------------------------- where nobody has chosen


USUAL = {"mnist": 10, "digits": 100, "photos": 30}


def best_first(*runs: RunSummary, dataset: str | None = None) -> list[str]:
    return [run.run_id for run in recipes.by_preference(runs, USUAL, dataset)]


def test_a_finished_run_as_long_as_usual_comes_before_others() -> None:
    begun, short, usual = run("begun", done=9), run("short", epochs=5, done=5), run("usual")
    assert best_first(begun, short, usual) == ["usual", "short", "begun"]
    long = run("long", dataset="digits", epochs=99, done=99)  # 100 are usual there
    assert best_first(long, usual) == ["usual", "long"]


def test_a_code_much_smaller_than_the_image_comes_before_others_and_then_one_of_about_32_numbers() -> None:
    sizes = [run(f"{size}", latent_size=size) for size in (1, 2, 8, 30, 64, 512)]
    assert best_first(*sizes) == ["30", "64", "8", "2", "1", "512"]
    assert best_first(run("no smaller", model="conv", latent_size=4), run("one", latent_size=1)) == [
        *("one", "no smaller"),
    ]


def test_of_equal_sizes_the_smaller_error_comes_first_and_of_equal_errors_the_newer() -> None:
    worse, better = run("worse", latent_size=32, mse=0.02), run("better", latent_size=30, mse=0.01)
    assert best_first(worse, better, run("older", latent_size=32, mse=0.01)) == ["better", "older", "worse"]


def test_clean_images_come_before_noisy_ones() -> None:
    assert best_first(run("noisy", noise=Noise("gaussian", 0.1)), run("clean", latent_size=8)) == [
        *("clean", "noisy"),
    ]


def test_the_user_s_own_runs_come_before_examples_where_they_suit() -> None:
    example, own, tiny = (
        run("example", example=True),
        run("own", latent_size=8),
        run("tiny", epochs=1, done=1),
    )
    assert best_first(tiny, example, own) == ["own", "example", "tiny"]


def test_runs_of_the_data_set_that_is_looked_at_come_before_all_others() -> None:
    other, begun = run("other"), run("begun", dataset="digits", done=1)
    assert best_first(other, begun, dataset="digits") == ["begun", "other"]
    assert best_first(begun, other) == ["other", "begun"]


def test_colour_begins_with_cifar_10_or_else_with_the_largest_set_in_colour_that_is_here() -> None:
    here = {info.name: replace(info, present=True) for info in datasets.catalogue()}
    assert recipes.colour_dataset(here.values()) == "cifar10"
    here["cifar10"] = replace(here["cifar10"], present=False)
    assert recipes.colour_dataset(here.values()) == "svhn"  # 73,257 images; MNIST is grey
    assert recipes.colour_dataset([here["mnist"], here["photos"]]) == "photos"


# ---------------------------------------------------------------- noise


def test_a_denoiser_is_three_convolutions_and_a_perceptron_where_there_are_few_images() -> None:
    noise = Noise("gaussian", 0.3)
    deep = TrainConfig("mnist", "conv", 32, layers=3, learning_rate=0.002, noise=noise)
    assert recipes.denoising_config(MNIST, noise) == deep
    assert recipes.denoising_config(MNIST, None) == TrainConfig("mnist")
    assert recipes.denoising_config(DIGITS, noise) == TrainConfig("digits", epochs=100, noise=noise)
    assert recipes.denoising_config(DIGITS, None) == TrainConfig("digits", epochs=100)


def test_what_a_click_for_noise_trains_can_be_asked_for_by_options() -> None:
    config = recipes.denoising_config(DIGITS, recipes.any_level("blur"))
    assert config == trained_by("--dataset digits --noise blur:0-4")
    deep = "--dataset mnist --model conv --layers 3 --learning-rate 0.002 --noise gaussian:0-1"
    assert recipes.denoising_config(MNIST, recipes.any_level("gaussian")) == trained_by(deep)


def test_the_level_at_first_is_three_tenths_of_the_highest_that_a_noise_has() -> None:
    assert recipes.noise_level("gaussian") == pytest.approx(0.3)
    assert recipes.noise_level("blur") == pytest.approx(1.2)  # of 4 pixels
    assert recipes.noise_levels("blur") == [0.4, 1.2, 2, 4]
    for kind in NOISES:
        assert Noise(kind, recipes.noise_level(kind)).level < recipes.any_level(kind).level


# ---------------------------------------------------------------- what it costs


def test_recipes_and_queries_are_loaded_without_pytorch_and_streamlit() -> None:
    code = "import sys, autoenc.recipes, autoenc.runs; print(*{'torch', 'streamlit'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []
