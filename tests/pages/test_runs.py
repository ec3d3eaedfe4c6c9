"""The page Runs, and who may do what with a run."""

from __future__ import annotations

from dataclasses import replace
from time import sleep

import pytest

from autoenc import checkpoints, datasets
from autoenc.schema import Noise, TrainConfig
from tests import runs
from tests.visits import STUDENT, Place, has_button, opened, texts, trained, until
from ui.core import messages


def test_the_runs_are_listed_and_the_chosen_ones_compared() -> None:
    ids = [trained(latent_size=size).query_params["run"] for size in ("13", "14")]
    app = opened("runs", runs=",".join(ids))
    assert not app.exception
    listed = app.dataframe[0].value
    assert set(ids) <= set(listed["Run"])
    assert " runs, " in texts(app)
    assert "The same test images" in texts(app)
    app.text_input(key="find").set_value("k13").run()
    assert list(app.dataframe[0].value["Latent size"]) == [13]


def test_a_run_that_an_earlier_version_tested_is_marked_wherever_it_is_compared() -> None:
    data, noise = datasets.load("digits"), Noise("gaussian", 0.5, up_to=True)
    old, new = (TrainConfig("digits", latent_size=size, epochs=1, noise=noise) for size in (16, 17))
    for config, earlier_tests in ((old, 1), (new, 0)):
        run, state = runs.trained(config, data)
        runs.stored(replace(run, earlier_tests=earlier_tests), state)
    old_id, new_id = (config.run_id(data.fingerprint) for config in (old, new))
    sentence = "tested by an earlier version"
    assert f"A: {sentence}" in texts(opened("runs", runs=f"{old_id},{new_id}")).replace("\\", "")
    assert sentence not in texts(opened("runs", runs=new_id))
    app = opened("denoise", dataset="digits", noise="gaussian:0.5")
    by_model = {option.split(",")[0]: option for option in app.selectbox(key="denoiser").options}
    assert [by_model[name].endswith(" (+)") for name in ("MLP 16", "MLP 17")] == [True, False]
    assert "(+) Tested by an earlier version" in texts(app).replace("\\", "")
    for run_id in (old_id, new_id):
        checkpoints.delete(run_id)


def test_the_teacher_deletes_chosen_runs_and_a_student_cannot(
    visitor_at: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = trained(latent_size="15").query_params["run"]
    one, other = opened("runs", runs=run_id), opened("runs", runs=run_id)
    visitor_at(STUDENT)
    assert not has_button(opened("runs", runs=run_id), "delete-for-good")
    visitor_at(None)
    one.button(key="delete-for-good").click().run()
    assert "Deleted 1 run" in texts(one)
    assert "Deleted 1 run" in texts(one.run()), "another part of the page has it drawn again"
    monkeypatch.setattr(messages, "SHOWN_SECONDS", 0.0)
    assert "Deleted 1 run" not in texts(one.run())
    assert not one.error
    assert not checkpoints.path_of(run_id).exists()
    other.button(key="delete-for-good").click().run()  # in a second tab, which has not noticed
    assert not other.exception
    assert f"run {run_id} is not on this machine any more" in texts(other).replace("\\", "")


def test_a_run_that_is_being_trained_is_not_deleted() -> None:
    app = opened(dataset="digits", model="conv", layers="2", latent_size="10", epochs="1000")
    app.button(key="train").click().run()
    run_id = app.query_params["run"]
    until(app, "Training")
    while not checkpoints.path_of(run_id).exists():
        sleep(0.05)
    runs = opened("runs", runs=run_id)
    runs.button(key="delete-for-good").click().run()
    assert "is being trained" in texts(runs).replace("\\", "")
    assert checkpoints.path_of(run_id).exists()
    app.button(key="stop").click().run()


def test_nonsense_and_a_copy_are_imported_or_refused_in_one_sentence(visitor_at: Place) -> None:
    run_id = trained(latent_size="17").query_params["run"]
    content = checkpoints.path_of(run_id).read_bytes()
    app = opened("runs")
    app.get("file_uploader")[0].set_value(
        ("../../x.safetensors", b"nonsense", "application/octet-stream")
    ).run()
    assert "not a run that can be read" in texts(app).replace("\\", "")
    checkpoints.delete(run_id)
    app.get("file_uploader")[0].set_value(("a.safetensors", content, "application/octet-stream")).run()
    assert f"Imported {run_id}" in texts(app).replace("\\", "")
    assert checkpoints.read(run_id).finished
    visitor_at(STUDENT)
    assert not opened("runs").get("file_uploader")


# ---------------------------------------------------------------- who may


def test_a_student_can_train_and_stop_their_own_run_and_no_other(visitor_at: Place) -> None:
    visitor_at(STUDENT)
    app = opened(dataset="digits", model="conv", layers="2", epochs="1000")
    app.button(key="train").click().run()
    until(app, "Training")
    stop = app.button(key="stop")
    other = opened(run=app.query_params["run"])
    assert not has_button(other, "stop"), "a student who did not start it"
    visitor_at(None)
    teacher = opened(run=app.query_params["run"])
    assert teacher.button(key="stop").label == "Stop"
    visitor_at(STUDENT)
    stop.click().run()
    until(app, "Stopped")


def test_the_teacher_deletes_a_run_and_a_student_cannot(visitor_at: Place) -> None:
    app = opened(dataset="digits", latent_size="7", epochs="2")
    app.button(key="train").click().run()
    until(app, "Finished: 2 of 2 epochs")
    run_id = app.query_params["run"]
    visitor_at(STUDENT)
    assert not has_button(opened(run=run_id), "delete-run")
    visitor_at(None)
    app.run()
    app.button(key="delete-run").click().run()
    assert not checkpoints.path_of(run_id).exists()
    assert "run" not in app.query_params or app.query_params["run"] != run_id
    assert "is not on this machine" in opened(run=run_id).warning[0].value.replace("\\", "")


def test_downloads_belong_to_the_teacher(visitor_at: Place) -> None:
    visitor_at(STUDENT)
    app = opened(dataset="mnist")
    assert "Ask the teacher to download it" in app.info[0].value
    assert not has_button(app, "download-mnist")


def test_a_key_that_is_easily_guessed_is_refused(visitor_at: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_TEACHER_KEY", "1234")
    for address in (STUDENT, None):
        visitor_at(address)
        assert "AUTOENC_TEACHER_KEY has 4 characters" in texts(opened("start")).replace("\\", "")


def test_a_run_that_would_not_fit_is_refused_before_it_starts() -> None:
    app = opened(dataset="digits", model="conv", latent_size="4096", stride="1", batch_size="1437")
    assert app.button(key="train").disabled
    assert "of memory" in app.error[0].value
