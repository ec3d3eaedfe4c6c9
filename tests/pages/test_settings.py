"""The same choice on a page and in a command is the same model, trained alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import cli, datasets
from autoenc.cli.sweeping import sweep_from_args
from autoenc.cli.training import train_config
from autoenc.schema import MODELS, Sweep, TrainConfig
from tests.visits import opened, texts
from ui.colour import comparison


def form_of_train() -> None:
    import streamlit as st

    from ui.widgets import training_form

    with training_form.train_form():
        training_form.code_settings()
    st.session_state["form_value"] = training_form.config()


def form_of_sweep() -> None:
    import streamlit as st

    from ui.core import links
    from ui.sweep import form

    links.remember_all()  # what every page does
    with form.sweep_form():
        form.code_settings()
    st.session_state["form_value"] = form.sweep()


def form(script: Callable[[], None]) -> AppTest:
    return AppTest.from_function(script, default_timeout=60).run()


def trained_by(command: str) -> TrainConfig:
    return train_config(cli.parser().parse_args(["train", *command.split()]))


def swept_by(command: str) -> Sweep:
    return sweep_from_args(cli.parser().parse_args(["sweep", *command.split()]))


def test_the_form_and_the_command_line_train_the_same_of_every_model_and_data_set() -> None:
    app = form(form_of_train)
    assert app.session_state["form_value"] == trained_by("")
    for dataset in datasets.names():
        app.selectbox(key="dataset").select(dataset).run()
        for model in MODELS:
            app.segmented_control(key="model").set_value(model).run()
            assert app.session_state["form_value"] == trained_by(f"--dataset {dataset} --model {model}")


def test_the_form_and_the_command_line_sweep_the_same_of_all_models_and_data_sets() -> None:
    app = form(form_of_sweep)
    assert app.session_state["form_value"] == swept_by("")
    app.multiselect(key="sizes").set_value(["1", "2"]).run()
    for dataset in datasets.names():
        app.selectbox(key="dataset").select(dataset).run()
        most = 3 if dataset in ("digits", "cifar10") else 1  # models at once: they share what suits any data
        for models in (models for n in range(1, most + 1) for models in combinations(MODELS, n)):
            app.pills(key="models").set_value(list(models)).run()
            command = f"--dataset {dataset} --models {','.join(models)} --latent-sizes 1,2"
            assert app.session_state["form_value"] == swept_by(command), command
            shares = len(models) > 1 and not {"conv-bottleneck", "vae"}.isdisjoint(models)
            assert ("share their settings" in texts(app)) == shares


@pytest.mark.parametrize(
    ("changed", "options"),
    [
        ({"learning_rate": 0.01}, "--learning-rate 0.01"),
        ({"decay_epochs": 5}, "--decay-epochs 5"),
        ({"epochs": 20}, "--epochs 20"),
        ({"epochs": 20, "decay_epochs": 7}, "--epochs 20 --decay-epochs 7"),
        ({"seed": 3, "batch_size": 64}, "--seed 3 --batch-size 64"),
    ],
)
def test_another_model_changes_only_what_the_visitor_has_not_changed(
    changed: dict[str, float], options: str
) -> None:
    app = form(form_of_train)
    for key, value in changed.items():
        app.number_input(key=key).set_value(value).run()
    for model in ("conv-bottleneck", "mlp", "conv-bottleneck"):
        app.segmented_control(key="model").set_value(model).run()
        assert app.session_state["form_value"] == trained_by(f"--model {model} {options}")


def test_what_is_set_back_to_what_suits_the_model_follows_it_again() -> None:
    app = form(form_of_train)
    app.segmented_control(key="model").set_value("conv-bottleneck").run()
    for layers in (1, 2):
        app.segmented_control(key="layers").set_value(layers).run()
        assert app.session_state["form_value"] == trained_by(f"--model conv-bottleneck --layers {layers}")
    app.segmented_control(key="model").set_value("mlp").run()
    assert app.session_state["form_value"] == trained_by("")


def test_from_page_to_page_each_model_has_what_suits_it_and_the_visitor_s_own_settings_stay() -> None:
    app = opened("train", dataset="digits")
    app.segmented_control(key="model").set_value("conv-bottleneck").run()
    app.segmented_control(key="layers").set_value(3).run()
    app.query_params = {}
    app = app.switch_page("pages/sweep.py").run()
    assert app.number_input(key="learning_rate").value == 0.001  # of mlp and conv
    assert app.pills(key="depths").value == ["1"]
    app.pills(key="models").set_value(["conv-bottleneck"]).run()
    assert app.number_input(key="learning_rate").value == 0.004
    assert app.number_input(key="decay_epochs").value == 100
    app.pills(key="depths").set_value(["1"]).run()
    app.query_params = {}
    app = app.switch_page("pages/train.py").run()
    assert app.segmented_control(key="layers").value == 3
    assert app.number_input(key="learning_rate").value == 0.004
    app.query_params = {}
    app = app.switch_page("pages/sweep.py").run()
    assert app.pills(key="depths").value == ["1"]
    assert not app.exception


def test_a_link_from_before_models_had_recipes_opens_the_run_that_it_opened_then() -> None:
    """What an address does not say is as it always was, whatever suits the model."""
    app = opened("train", dataset="digits", model="conv-bottleneck", latent_size="5")
    assert app.segmented_control(key="layers").value == 1
    assert [app.number_input(key=key).value for key in ("learning_rate", "decay_epochs")] == [0.001, 0]
    app.segmented_control(key="model").set_value("conv").run()
    assert app.query_params["model"] == "conv"
    assert not {"layers", "learning_rate", "decay_epochs"} & set(app.query_params)
    other = opened("train", **{name: value[-1] for name, value in app.query_params.items()})
    other.segmented_control(key="model").set_value("conv-bottleneck").run()  # a link that suits follows
    assert other.segmented_control(key="layers").value == 2


def test_a_click_for_colour_trains_what_a_command_sweeps() -> None:
    infos = [datasets.info("photos"), datasets.info("digits")]
    for model in ("mlp", "conv-bottleneck"):
        for info, sweep in zip(infos, comparison.equal_sweeps(infos, [model]), strict=True):
            sizes = ",".join(map(str, sweep.latent_sizes))
            command = f"--dataset {info.name} --models {model} --latent-sizes {sizes}"
            assert sweep == sweep_from_args(cli.parser().parse_args(["sweep", *command.split()]))


def from_colour_to_the_other_pages() -> None:
    import streamlit as st

    from ui.core import values, workspace
    from ui.widgets.training_settings import MODEL

    workspace.enter("colour")
    MODEL.put("mlp")
    MODEL.put_next("conv")
    workspace.enter("all")
    values.put_all_next()
    st.session_state["there"] = MODEL.get()
    workspace.enter("colour")
    st.session_state["back"] = MODEL.get()


def test_settings_that_one_page_asks_of_another_go_with_the_visitor_to_other_pages_than_colour() -> None:
    app = AppTest.from_function(from_colour_to_the_other_pages).run()
    assert (app.session_state["there"], app.session_state["back"]) == ("conv", "mlp")
