"""The page Train, and a run on it in all its states and views."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.torch import save_file

from autoenc import checkpoints, datasets, inspection
from autoenc.schema import State
from tests.visits import next_opened, opened, texts, trained, until
from ui.core import polling, sessions


def test_the_page_trains_what_its_controls_say() -> None:
    app = opened()
    assert not app.exception
    assert app.selectbox(key="dataset").value == "digits"
    assert app.button(key="download-mnist").label == "Download MNIST handwritten digits"
    app.number_input(key="epochs").set_value(3)
    app.button(key="train").click().run()
    until(app, "Finished: 3 of 3 epochs")
    assert not app.exception
    assert checkpoints.read(app.query_params["run"]).finished
    assert app.button(key="train").label == "Show the result"


def test_the_page_says_beforehand_what_will_happen() -> None:
    app = opened(model="mlp", latent_size="32")
    sentence = texts(app)
    assert "**50,992** parameters" in sentence  # 784*32 + 32 + 32*784 + 784
    assert "Code: **32** numbers for 784 pixels, **24.5 times smaller**" in sentence
    until(app, "Time: **")  # measured once the workers are up


def test_a_code_larger_than_the_image_stands_out_in_the_line_that_says_so() -> None:
    app = opened(model="conv", latent_size="16")
    marked = ":orange-background[:material/warning: **4 times larger**]"
    assert f"Code: **3,136** numbers for 784 pixels, {marked}" in texts(app)
    assert ":material/warning:" not in texts(opened(model="mlp", latent_size="32"))


def test_a_learning_rate_that_ends_before_the_training_is_one_more_line() -> None:
    line = ":orange-background[:material/trending_down: The model stops learning after epoch 5]"
    assert line in texts(opened(epochs="10", decay_epochs="5")).split("\n")
    assert "stops learning" not in texts(opened(epochs="5", decay_epochs="5"))


def test_a_model_is_trained_for_few_bytes_with_what_suits_it_and_its_page_tells_them() -> None:
    app = opened(dataset="digits", model="mlp", latent_size="8")
    app.selectbox(key="rate_weight").set_value(0.04).run()
    assert app.query_params["rate_weight"] == "0.04"
    assert app.segmented_control(key="layers").value == 2
    assert app.number_input(key="learning_rate").value == 0.004
    assert app.number_input(key="decay_epochs").value == app.number_input(key="epochs").value
    app.number_input(key="epochs").set_value(2).run()
    app.button(key="train").click().run()
    until(app, "Finished: 2 of 2 epochs")
    run = checkpoints.read(app.query_params["run"])
    assert (run.config.rate_weight, run.config.layers, run.config.decay_epochs) == (0.04, 2, 2)
    assert run.code_bytes is not None
    told = {metric.label: metric.value for metric in app.metric}
    assert told["Bytes per image"] == f"{run.code_bytes:.1f}"
    assert "Numbers in the code" not in told
    said = texts(app).replace("\\", "")
    assert "Trained for few bytes: MSE + 0.04 x bits per pixel." in said
    assert "After epoch 2 the code takes" in said
    for view in ("images", "errors", "learnt", "model", "export"):
        assert not opened(run=run.run_id, view=view).exception


def test_a_code_of_channels_has_no_weight_and_the_weight_comes_back_with_the_other_model() -> None:
    app = opened(dataset="digits", model="mlp", rate_weight="0.3")
    assert app.selectbox(key="rate_weight").value == 0.3  # none of those that are offered
    app.segmented_control(key="model").set_value("conv").run()
    assert not app.exception
    assert not app.error
    assert not any(box.key == "rate_weight" for box in app.selectbox)
    assert app.segmented_control(key="layers").value == 1
    app.segmented_control(key="model").set_value("conv-bottleneck").run()
    assert app.selectbox(key="rate_weight").value == 0.3


def test_a_sweep_may_be_for_few_bytes_where_all_of_its_codes_are_numbers() -> None:
    app = opened("sweep", dataset="digits", models="mlp,conv-bottleneck")
    app.selectbox(key="rate_weight").set_value(0.04).run()
    assert app.query_params["rate_weight"] == "0.04"
    assert app.pills(key="depths").value == ["2"]
    assert "share their settings" not in texts(app)
    app.pills(key="models").set_value(["mlp", "conv"]).run()
    assert not app.error
    assert not any(box.key == "rate_weight" for box in app.selectbox)


def test_a_model_with_a_prior_has_a_beta_and_its_page_tells_its_kl() -> None:
    app = opened(
        dataset="digits", model="vae", latent_size="8", layers="3", epochs="2", learning_rate="0.004"
    )
    assert not any(box.key == "rate_weight" for box in app.selectbox)
    app.selectbox(key="beta").set_value(4.0).run()
    assert app.query_params["beta"] == "4.0"
    app.button(key="train").click().run()
    until(app, "Finished: 2 of 2 epochs")
    run = checkpoints.read(app.query_params["run"])
    assert (run.config.model, run.config.beta, run.config.layers) == ("vae", 4.0, 3)
    assert run.kl is not None
    told = {metric.label: metric.value for metric in app.metric}
    assert told["KL (nats per image)"] == f"{run.kl:.1f}"
    said = texts(app).replace("\\", "")
    assert "Trained with the squared error of an image + 4 x KL." in said
    assert "After epoch 2 the KL is" in said
    for view in ("images", "errors", "learnt", "model", "export"):
        assert not opened(run=run.run_id, view=view).exception


def test_beta_is_of_models_with_a_prior_only_and_comes_back_with_them() -> None:
    app = opened(dataset="digits", model="vae", beta="0.3")
    assert app.selectbox(key="beta").value == 0.3  # none of those that are offered
    app.segmented_control(key="model").set_value("mlp").run()
    assert not app.exception
    assert not any(box.key == "beta" for box in app.selectbox)
    app.segmented_control(key="model").set_value("vae").run()
    assert app.selectbox(key="beta").value == 0.3


def test_a_link_opens_the_same_settings_and_run_elsewhere() -> None:
    first = opened(dataset="digits", latent_size="5", epochs="2", seed="7")
    first.button(key="train").click().run()
    until(first, "Finished: 2 of 2 epochs")
    link = {name: first.query_params[name] for name in first.query_params}
    assert {"dataset", "model", "latent_size", "run"} <= set(link)
    other = opened(**link)
    assert (other.select_slider(key="latent_size").value, other.number_input(key="seed").value) == (5, 7)
    assert "Finished: 2 of 2 epochs" in "".join(p.proto.text for p in other.get("progress"))


def test_a_link_to_a_run_alone_brings_its_settings() -> None:
    first = opened(dataset="digits", latent_size="6", epochs="2")
    first.button(key="train").click().run()
    until(first, "Finished: 2 of 2 epochs")
    other = opened(run=first.query_params["run"])
    assert other.select_slider(key="latent_size").value == 6
    assert other.number_input(key="epochs").value == 2


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("dataset", "minst", "unknown dataset"),
        ("model", "transformer", "unknown model"),
        ("latent_size", "0", "latent size is 0"),
        ("latent_size", "-1", "latent size is"),
        ("latent_size", "1e9", "must be a number"),
        ("latent_size", "1000000000", "latent size is 1000000000"),
        ("latent_size", "abc", "must be a number"),
        ("latent_size", "９" * 5000, "latent size"),
        ("layers", "5", "layers is 5"),
        ("stride", "3", "stride is 3"),
        ("epochs", "0", "epochs is 0"),
        ("batch_size", "0", "batch size is 0"),
        ("learning_rate", "nan", "learning rate is nan"),
        ("noise", "snow:0.3", "unknown noise"),
        ("noise", "gaussian", "KIND:LEVEL"),
        ("seed", "-5", "seed is"),
        ("run", "../../etc/passwd", "is not the name of a run"),
        ("run", "mnist-mlp-k1-e1-00000000", "is not on this machine"),
        ("colour", "<script>alert(1)</script>", "is not a setting"),
    ],
)
def test_what_is_ignored_in_a_link_is_said(name: str, text: str, sentence: str) -> None:
    app = opened(**{name: text})
    assert not app.exception
    warnings = [warning.value for warning in app.warning if "Ignored in the link" in warning.value]
    assert len(warnings) == 1
    assert sentence in warnings[0].replace("\\", "")
    assert not app.button(key="train").disabled


def test_settings_that_do_not_go_together_are_refused_on_the_page() -> None:
    app = opened(dataset="digits", train_images="100", batch_size="128")
    assert not app.exception
    assert "batch size is 128" in app.error[0].value.replace("\\", "")
    assert app.button(key="train").disabled


def test_a_missing_data_set_is_offered_and_a_failed_download_says_so(place: Path) -> None:
    app = opened(dataset="mnist")
    assert "is not on this machine" in app.info[0].value
    assert app.button(key="train").disabled
    app.button(key="download-mnist").click().run()
    until(app, "could not download mnist")
    assert not app.exception
    assert not list((place / "data").rglob("*-ubyte*"))


def test_a_damaged_checkpoint_is_told_in_one_sentence(place: Path) -> None:
    run_id = "digits-mlp-k9-e1-0123abcd"
    (place / "checkpoint").mkdir(exist_ok=True)
    (place / "checkpoint" / f"{run_id}.safetensors").write_bytes(b"nonsense")
    app = opened(run=run_id)
    assert not app.exception
    assert "not a run that can be read" in app.warning[0].value.replace("\\", "")


# ---------------------------------------------------------------- a run in all its states and views


@pytest.mark.parametrize(
    "settings",
    [
        {"latent_size": "3"},
        {"latent_size": "4", "layers": "3", "noise": "gaussian:0.3"},
        {"model": "conv", "latent_size": "4", "layers": "2"},
        {"model": "conv", "latent_size": "1", "noise": "gaussian:0.3"},
        {"model": "conv-bottleneck", "latent_size": "5", "layers": "2", "decay_epochs": "2"},
    ],
    ids=["MLP", "deep denoising MLP", "deep convolutions", "denoising convolutions", "bottleneck"],
)
def test_every_view_of_a_finished_run_has_something_to_see(settings: dict[str, str]) -> None:
    run_id = trained(**settings).query_params["run"]
    sentences = {}
    for view in ("epochs", "images", "learnt", "model", "export"):
        app = opened(run=run_id, view=view)
        assert not app.exception, view
        errors = [error.value for error in app.error if "download" not in error.value]  # of an earlier test
        assert errors == [], view
        sentences[view] = texts(app) + "".join(part.proto.json for part in app.get("bidi_component"))
    assert "Sixteen test images" in sentences["epochs"]
    assert "encoder:" in sentences["model"]
    assert "The code of test image 0" in sentences["learnt"] or "The code values" in sentences["learnt"]
    assert not re.search(r"\b1 (channels|values|numbers|layers|epochs)\b", " ".join(sentences.values()))
    assert len(set(sentences.values())) == 5


def test_the_images_of_a_class_and_their_order() -> None:
    run_id = trained(latent_size="2").query_params["run"]
    app = opened(run=run_id, view="images")
    data = datasets.load("digits")
    app.selectbox(key="class").set_value(7).run()
    first = app.number_input(key="image").value
    assert first == list(data.test_labels).index(7)
    app.segmented_control(key="order").set_value("worst first").run()
    worst = app.number_input(key="image").value
    app.segmented_control(key="order").set_value("best first").run()
    best = app.number_input(key="image").value
    drawn = inspection.reconstructions(inspection.open_run(run_id))
    of_class = np.flatnonzero(data.test_labels == 7)
    assert worst == of_class[drawn.mse[of_class].argmax()]
    assert best == of_class[drawn.mse[of_class].argmin()]
    app.segmented_control(key="order").set_value("shuffled").run()
    before = app.number_input(key="image").value
    seen = {before}
    for _ in range(4):
        app.button(key="shuffle").click().run()
        seen.add(app.number_input(key="image").value)
    assert len(seen) > 1


def test_a_run_that_diverges_says_why_and_what_to_do() -> None:
    path = checkpoints.path_of(trained(latent_size="5").query_params["run"])
    with safe_open(path, "pt") as file:
        tensors, head = {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118
    spoilt = {name: 3e38 * x.sign() if name.startswith("model") else x for name, x in tensors.items()}
    save_file(spoilt, path, head)
    app = opened(dataset="digits", latent_size="5", epochs="3")  # goes on from there
    app.button(key="train").click().run()
    until(app, "Failed")
    assert "smaller learning rate" in texts(app)
    assert not app.exception


def test_a_stopped_run_goes_on_and_an_interrupted_one_tells_so() -> None:
    app = opened(dataset="digits", model="conv", layers="2", latent_size="6", epochs="1000")
    app.button(key="train").click().run()
    until(app, "Training: 2 of") if "Training: 2 of" in texts(app) else until(app, "Training")
    run_id = app.query_params["run"]
    while not checkpoints.path_of(run_id).exists():
        sleep(0.05)
    app.run().button(key="stop").click().run()
    until(app, "Stopped")
    assert app.run().button(key="train").label.startswith("Resume from epoch")
    sessions.background().forget(run_id)  # as after a restart of the dashboard
    app = opened(run=run_id, view="images")
    assert "Interrupted" in "".join(p.proto.text for p in app.get("progress"))
    assert not app.exception


def test_a_run_that_has_ended_is_not_shown_as_it_was_a_moment_before() -> None:
    run_id = trained(latent_size="23").query_params["run"]
    ended = sessions.snapshot(run_id)
    assert ended is not None
    running = replace(ended, state=State.RUNNING)  # as others saw it, less than half a second ago
    polling._frames()[run_id] = polling._Frame(at=monotonic() + 60, seen=running)
    assert "Finished: 2 of 2 epochs" in opened(run=run_id).get("progress")[0].proto.text


def test_longer_another_seed_and_the_settings_of_a_run() -> None:
    app = trained(latent_size="11")
    short = app.query_params["run"]
    app.select_slider(key="latent_size").set_value(24).run()
    app.button(key="take-settings").click().run()
    assert app.select_slider(key="latent_size").value == 11
    next_opened(app).button(key="next-102-0").click().run()
    until(app, "Finished: 102 of 102 epochs")
    assert checkpoints.read(app.query_params["run"]).resumed_from_epoch == 2
    app = opened(run=short)
    next_opened(app).button(key="next-2-1").click().run()
    until(app, "Finished: 2 of 2 epochs")
    assert app.number_input(key="seed").value == 1
    assert " ± " in app.metric[0].value
