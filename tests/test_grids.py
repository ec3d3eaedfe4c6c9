"""Sweeps of several values of any setting: which runs there are, and that they come back from their file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from autoenc import datasets, recipes
from autoenc.errors import ConfigError
from autoenc.schema import GRID, MAX_RUNS, QUESTION, Noise, Sweep, TrainConfig

BASE = TrainConfig(dataset="digits", epochs=2)
PLAIN = Sweep(BASE, ("mlp",), (4, 8))
LISTS: dict[str, tuple[Any, ...]] = {
    "strides": (2, 1),
    "epochs": (2, 4),
    "batch_sizes": (64, 128),
    "learning_rates": (1e-3, 4e-3),
    "decay_epochs": (None, 2),
    "noises": (None, Noise("gaussian", 0.3)),
    "train_images": (None, 100),
    "rate_weights": (None, 0.04),
    "betas": (0.5, 1.0),
    "seeds": (0, 1, 2),
}


def test_every_setting_of_a_config_but_the_data_set_can_be_a_list() -> None:
    fields = {one.field for one in (*QUESTION, *GRID)}
    assert fields == set(TrainConfig.__dataclass_fields__) - {"dataset"}
    assert set(LISTS) == {one.plural for one in GRID}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_makes_a_run_for_each_value_and_comes_back(name: str) -> None:
    model = {"strides": "conv", "betas": "vae"}.get(name, "mlp")
    sweep = replace(PLAIN, models=(model,), **{name: LISTS[name]})
    field = next(one.field for one in GRID if one.plural == name)
    assert {getattr(config, field) for config in sweep.configs()} == set(LISTS[name])
    assert len({config.run_id("f") for config in sweep.configs()}) == 2 * len(LISTS[name])
    assert Sweep.from_json(json.loads(json.dumps(sweep.to_json()))) == sweep
    assert [one.plural for one in sweep.swept] == [name]


def test_seeds_of_a_setting_stand_side_by_side() -> None:
    configs = replace(PLAIN, seeds=(3, 4)).configs()
    assert [(c.latent_size, c.seed) for c in configs] == [(4, 3), (4, 4), (8, 3), (8, 4)]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_one_value_is_the_sweep_with_that_value(name: str) -> None:
    models = ("mlp", "conv", "vae") if name != "rate_weights" else ("mlp",)
    value = LISTS[name][-1]
    field = next(one.field for one in GRID if one.plural == name)
    plain = Sweep(replace(BASE, **{field: value}), models, (4,))
    listed = Sweep(BASE, models, (4,), **{name: (value,)})
    assert listed == plain
    assert set(listed.to_json()) == {"base", "models", "latent_sizes", "layers"}


def test_what_changes_nothing_makes_no_runs_of_its_own() -> None:
    sweep = Sweep(BASE, ("mlp", "conv", "vae"), (4,), strides=(1, 2), betas=(0.5, 1.0))
    assert [c.model for c in sweep.configs()] == ["mlp", "conv", "conv", "vae", "vae"]
    assert len({c.run_id("f") for c in sweep.configs()}) == 5
    most = Sweep(BASE, ("mlp",), tuple(range(1, MAX_RUNS + 1)), strides=(1, 2), betas=(0.5, 1.0, 2.0))
    assert len(most.configs()) == MAX_RUNS


def test_a_decay_over_all_epochs_is_one_of_each_run_and_another_stays() -> None:
    def decays(sweep: Sweep) -> list[tuple[int, int | None]]:
        again = Sweep.from_json(json.loads(json.dumps(sweep.to_json())))
        assert again == sweep
        return [(c.epochs, c.decay_epochs) for c in again.configs()]

    over_all = replace(BASE, decay_epochs=2)
    assert decays(Sweep(over_all, ("mlp",), (4,), epochs=(2, 4))) == [(2, 2), (4, 4)]
    assert decays(Sweep(over_all, ("mlp",), (4,), epochs=(4,))) == [(4, 4)]
    longer = replace(BASE, decay_epochs=4)
    assert decays(Sweep(longer, ("mlp",), (4,), epochs=(2, 4))) == [(2, 4), (4, 4)]
    assert decays(Sweep(longer, ("mlp",), (4,), epochs=(4, 8))) == [(4, 4), (8, 4)]
    assert decays(Sweep(BASE, ("mlp",), (4,), epochs=(2, 4))) == [(2, None), (4, None)]


def test_its_name_tells_the_longest_of_its_runs() -> None:
    sweep = replace(PLAIN, epochs=(30, 4))
    assert sweep.sweep_id("f").startswith("digits-sweep-e30-")
    assert sweep.sweep_id("f") == replace(PLAIN, epochs=(4, 30)).sweep_id("f")


@pytest.mark.parametrize(
    ("lists", "sentence"),
    [
        ({"seeds": (0, 0)}, "seed 0 is given twice"),
        ({"seeds": (0, -1)}, "seed is -1"),
        ({"learning_rates": (1e-3, 0)}, "learning rate is 0; allowed: more than 0"),
        ({"epochs": (1, 2000)}, "epochs is 2000; allowed: 1 to 1,000"),
        ({"rate_weights": (0.01, 0.02), "models": ("mlp", "conv")}, "cannot be trained for its bytes"),
        ({"seeds": tuple(range(51))}, f"102 runs; allowed: {MAX_RUNS}; choose fewer sizes, models or seeds"),
        (
            {"seeds": tuple(range(10_000)), "batch_sizes": tuple(range(1, 10_000))},
            "a sweep of 199,980,000 runs; allowed: 100; choose fewer sizes, models, batch sizes or seeds",
        ),
    ],
)
def test_lists_that_cannot_be_are_refused_in_a_sentence(lists: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        replace(PLAIN, **lists)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("value", ["0,1", 7, None, [[0]], ["x"], {"0": 1}])
@pytest.mark.parametrize("name", LISTS)
def test_a_file_with_a_list_that_is_none_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigError):
        Sweep.from_json(PLAIN.to_json() | {name: value})


def test_recipes_take_lists_and_let_the_rate_decay_over_each_runs_epochs() -> None:
    digits = datasets.info("digits")
    sweep = recipes.sweep(digits, ["vae"], [4], lists={"epochs": (10, 20), "seeds": (0, 1)})
    assert [(c.epochs, c.decay_epochs, c.seed) for c in sweep.configs()] == [
        (10, 10, 0),
        (10, 10, 1),
        (20, 20, 0),
        (20, 20, 1),
    ]
    said = recipes.sweep(digits, ["vae"], [4], lists={"epochs": (10, 20)}, decay_epochs=10)
    assert [(c.epochs, c.decay_epochs) for c in said.configs()] == [(10, 10), (20, 10)]
    constant = recipes.sweep(digits, ["vae"], [4], lists={"epochs": (10, 20)}, decay_epochs=None)
    assert {c.decay_epochs for c in constant.configs()} == {None}
