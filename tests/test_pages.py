"""The pages under AppTest: real sessions and workers, no browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from math import inf
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest
import streamlit as st
from safetensors import safe_open
from safetensors.torch import save_file
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, cli, datasets, inspection, sweeps
from autoenc.baselines import PCA
from autoenc.captions import configs
from autoenc.cli.sweeping import sweep_from_args
from autoenc.cli.training import train_config
from autoenc.jobs import BaselineJob, DownloadJob, TrainJob
from autoenc.neighbours import Neighbour
from autoenc.schema import MODELS, Noise, Sweep, TrainConfig
from autoenc.sessions.dask import DaskSessions
from autoenc.sweeps import SavedSweep
from tests import runs
from ui.colour import comparison
from ui.core import catalogue, sessions
from ui.denoise import denoisers
from ui.sweep import view as sweep_view
from ui.widgets import labels

DASHBOARD = str(Path(__file__).parent.parent / "dashboard.py")
STUDENT = "198.51.100.7"
Place = Callable[[str | None], None]  # puts the visitor at an address


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A machine with no data set, no run and no internet."""
    place = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_DATA_DIR", str(place / "data"))
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(place / "checkpoints"))
        patch.setenv("AUTOENC_WORKERS", "1")
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
        st.cache_resource.clear()
        yield place
        sessions.background().close()
        st.cache_resource.clear()


@pytest.fixture(autouse=True)
def visitor_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Puts the browser at an address, for AppTest has no socket; None: on this machine, as the teacher's."""

    def visitor_at(address: str | None) -> None:
        monkeypatch.setattr(type(st.context), "ip_address", address)

    visitor_at(None)
    return visitor_at


@pytest.fixture(autouse=True)
def _environment_of_the_place(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(place / "data"))
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(place / "checkpoints"))


def opened(page: str = "train", **link: str) -> AppTest:
    """A page as a new visitor sees it; the front page is `start`."""
    app = AppTest.from_file(DASHBOARD, default_timeout=60)
    if page != "start":
        app.run().switch_page(f"pages/{page}.py")
    app.query_params.update(link)
    return app.run()


def texts(app: AppTest) -> str:
    """All that is said on the page."""
    kinds = (app.markdown, app.warning, app.error, app.info, app.caption, app.success)
    return "\n".join(element.value for kind in kinds for element in kind)


def the_sessions() -> DaskSessions:
    background = sessions.background()
    assert isinstance(background, DaskSessions)
    return background


def has_button(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def until(app: AppTest, words: str, seconds: float = 60) -> AppTest:
    end = monotonic() + seconds
    while monotonic() < end:
        app.run()
        if words in texts(app) + "".join(p.proto.text for p in app.get("progress")):
            return app
        sleep(0.1)
    pytest.fail(f"{words!r} has not come: {texts(app)}")


# ---------------------------------------------------------------- the front page


def test_a_newcomer_without_data_and_internet_sees_an_example_and_is_one_click_from_a_first_model() -> None:
    app = opened("start")
    assert not app.exception
    assert "What is an autoencoder?" in texts(app)
    assert {"Running": "0 of 1", "Waiting": "0"}.keys() <= {metric.label for metric in app.metric}
    until(app, "images never seen during training")  # the example has been trained
    (example,) = checkpoints.summaries()[0]
    assert (example.config.dataset, example.finished) == ("digits", True)
    app.button(key="first").click().run()
    assert not app.exception
    run_id = app.query_params["run"]
    assert run_id.startswith("digits-mlp-k32")
    until(app, "Finished: 100 of 100 epochs")
    assert app.button(key="train").label == "Show the result"
    assert app.query_params["run"] == run_id


def test_a_link_from_before_there_was_a_front_page_opens_the_run() -> None:
    app = opened("start", latent_size="12", dataset="digits")
    assert app.select_slider(key="latent_size").value == 12


# ---------------------------------------------------------------- Train


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
    said = texts(app)
    assert "**50,992** parameters" in said  # 784*32 + 32 + 32*784 + 784
    assert "Code: **32** numbers for 784 pixels, **24.5 times smaller**" in said
    until(app, "Time: about")  # measured once the workers are up


def test_a_code_larger_than_the_image_is_called_so() -> None:
    app = opened(model="conv", latent_size="16")
    assert "Code: **3,136** numbers for 784 pixels, **4 times larger**" in texts(app)
    assert "not smaller" in texts(app)


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
    ("name", "text", "said"),
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
def test_what_is_ignored_in_a_link_is_said(name: str, text: str, said: str) -> None:
    app = opened(**{name: text})
    assert not app.exception
    warnings = [warning.value for warning in app.warning if "Ignored in the link" in warning.value]
    assert len(warnings) == 1
    assert said in warnings[0].replace("\\", "")
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
    (place / "checkpoints").mkdir(exist_ok=True)
    (place / "checkpoints" / f"{run_id}.safetensors").write_bytes(b"nonsense")
    app = opened(run=run_id)
    assert not app.exception
    assert "not a run that can be read" in app.warning[0].value.replace("\\", "")


# ---------------------------------------------------------------- a run in all its states and views


def trained(**settings: str) -> AppTest:
    """The Train page with a run that has finished."""
    app = opened(**{"dataset": "digits", "epochs": "2", **settings})
    app.button(key="train").click().run()
    return until(app, "Finished: 2 of 2 epochs")


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
    said = {}
    for view in ("epochs", "images", "learnt", "model", "export"):
        app = opened(run=run_id, view=view)
        assert not app.exception, view
        errors = [error.value for error in app.error if "download" not in error.value]  # of an earlier test
        assert errors == [], view
        said[view] = texts(app) + "".join(part.proto.json for part in app.get("bidi_component"))
    assert "Sixteen test images" in said["epochs"]
    assert "encoder:" in said["model"]
    assert "The code of test image 0" in said["learnt"] or "The code values" in said["learnt"]
    assert len(set(said.values())) == 5


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
    found = inspection.reconstructions(inspection.open_run(run_id))
    of_class = np.flatnonzero(data.test_labels == 7)
    assert worst == of_class[found.mse[of_class].argmax()]
    assert best == of_class[found.mse[of_class].argmin()]
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


def test_longer_another_seed_and_the_settings_of_a_run() -> None:
    app = trained(latent_size="11")
    short = app.query_params["run"]
    app.select_slider(key="latent_size").set_value(24).run()
    app.button(key="take-settings").click().run()
    assert app.select_slider(key="latent_size").value == 11
    app.button(key="next-102-0").click().run()
    until(app, "Finished: 102 of 102 epochs")
    assert checkpoints.read(app.query_params["run"]).resumed_from_epoch == 2
    app = opened(run=short)
    app.button(key="next-2-1").click().run()
    until(app, "Finished: 2 of 2 epochs")
    assert app.number_input(key="seed").value == 1
    assert " ± " in app.metric[0].value


# ---------------------------------------------------------------- Runs


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
    said = "tested by an earlier version"
    assert f"A: {said}" in texts(opened("runs", runs=f"{old_id},{new_id}")).replace("\\", "")
    assert said not in texts(opened("runs", runs=new_id))
    app = opened("denoise", dataset="digits", noise="gaussian:0.5")
    by_model = {option.split(",")[0]: option for option in app.selectbox(key="denoiser").options}
    assert [by_model[name].endswith(" (+)") for name in ("MLP 16", "MLP 17")] == [True, False]
    assert "(+) Tested by an earlier version" in texts(app).replace("\\", "")
    for run_id in (old_id, new_id):
        checkpoints.delete(run_id)


def test_the_teacher_deletes_chosen_runs_and_a_student_cannot(visitor_at: Place) -> None:
    run_id = trained(latent_size="15").query_params["run"]
    one, other = opened("runs", runs=run_id), opened("runs", runs=run_id)
    visitor_at(STUDENT)
    assert not has_button(opened("runs", runs=run_id), "delete-for-good")
    visitor_at(None)
    one.button(key="delete-for-good").click().run()
    assert "Deleted 1 run" in texts(one).replace("\\", "")
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


# ---------------------------------------------------------------- Sweep


def swept(**link: str) -> AppTest:
    return opened("sweep", **{"dataset": "digits", "models": "mlp", "epochs": "2", **link})


def finished_sweep(app: AppTest, n: int) -> AppTest:
    app.button(key="sweep-start").click().run()
    return until(app, f"{n} of {n} done")


def test_a_newcomer_sees_an_example_grow_and_the_teacher_may_stop_it(visitor_at: Place) -> None:
    visitor_at(STUDENT)
    app = opened("sweep")
    assert "MLP, 7 sizes from 1 to 64, 100 epochs" in texts(app)
    registry = the_sessions().registry
    assert {(one.owner, one.address) for one in (*registry.queue(), *registry.at_work())} == {
        ("the dashboard", "")
    }, "it takes no room in the queue from those who have looked first"
    visitor_at(None)
    app.run()
    app.button(key="stop-sweep").click().run()
    assert not app.exception
    assert has_button(until(app, "done, stopped"), "continue-sweep")


def test_a_sweep_is_said_beforehand_trained_and_shown_in_numbers() -> None:
    app = swept(latent_sizes="1,2,4")
    assert "**3** runs" in texts(app)
    app = finished_sweep(app, 3)
    assert not app.exception
    assert app.dataframe[0].value["Latent size"].tolist() == [1, 2, 4]
    assert "The same test images at every size" in texts(app)
    assert app.button(key="sweep-start").label == "Show the results"
    assert app.query_params["latent_sizes"] == "1,2,4"
    again = opened("sweep", sweep=app.query_params["sweep"])
    assert "3 of 3 done" in again.get("progress")[0].proto.text
    assert again.multiselect(key="sizes").value == ["1", "2", "4"]


def test_runs_on_disk_are_not_trained_again() -> None:
    app = swept(latent_sizes="1,2,4,8")
    assert "**4** runs, **3** of them already trained" in texts(app)
    assert app.button(key="sweep-start").label == "Train the other 1"


def test_a_sweep_that_a_dead_server_left_goes_on_when_it_is_looked_at() -> None:
    sweep = Sweep(TrainConfig("digits", epochs=2), ("mlp",), (3, 5))
    fingerprint = datasets.load("digits").fingerprint
    run_ids = tuple(config.run_id(fingerprint) for config in sweep.configs())
    saved = SavedSweep(sweep, fingerprint, run_ids, owner="somebody")
    sweeps.save(saved)
    until(opened("sweep", sweep=saved.sweep_id), "2 of 2 done")
    found = sweeps.find(saved.sweep_id)
    assert found is not None
    assert not found.wanted, "it has ended: a run that is deleted later is not trained again"


def test_a_sweep_with_nothing_to_try_is_refused_in_a_sentence() -> None:
    app = swept(latent_sizes="1")
    app.multiselect(key="sizes").set_value([]).run()
    assert "at least one latent size" in app.error[0].value
    assert app.button(key="sweep-start").disabled
    app.multiselect(key="sizes").set_value(["2"]).run()
    assert not app.button(key="sweep-start").disabled


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"latent_sizes": "1,x"}, "latent size 'x' is not a whole number"),
        ({"latent_sizes": "1,1"}, "latent size 1 is given twice"),
        ({"latent_sizes": "9999"}, "latent size is 9999"),
        ({"models": "gan"}, "unknown model 'gan'"),
        ({"layers": "0"}, "layers is 0"),
        ({"sweep": "../../etc"}, "is not on this machine"),
        ({"nonsense": "1"}, "'nonsense' is not a setting"),
        ({"epochs": "x"}, "epochs is 'x'; it must be a number"),
    ],
)
def test_nonsense_in_the_link_of_a_sweep_is_named_and_the_page_stays_usable(
    link: dict[str, str], said: str
) -> None:
    app = swept(**link)
    assert not app.exception
    assert said in texts(app).replace("\\", "")
    assert not app.button(key="sweep-start").disabled


def test_sizes_that_do_not_fit_into_memory_are_left_out_with_the_reason() -> None:
    app = swept(models="conv", latent_sizes="1,4096", batch_size="1437", stride="1")
    assert "Left out: Conv 4,096: this run needs about" in texts(app).replace("\\", "")
    assert not app.button(key="sweep-start").disabled


def test_a_sweep_is_stopped_by_who_started_it_and_the_teacher(visitor_at: Place) -> None:
    visitor_at(STUDENT)
    app = swept(models="conv", latent_sizes="32,48", epochs="1000")
    app.button(key="sweep-start").click().run()
    until(app, "of 1,000 epochs")
    sweep_id = app.query_params["sweep"]
    other = opened("sweep", sweep=sweep_id)
    assert not has_button(other, "stop-sweep")
    fingerprint = datasets.load("digits").fingerprint
    one = TrainConfig("digits", "conv", 32, epochs=1000).run_id(fingerprint)
    app.button(key=f"stop-{one}").click().run()
    until(app, "Conv 48: ")  # the other goes on
    app.button(key="stop-sweep").click().run()
    assert has_button(until(app, "0 of 2 done, stopped"), "continue-sweep")
    visitor_at(None)


def test_a_sweep_with_noise_has_no_pca_fitted_because_none_is_shown() -> None:
    app = swept(models="mlp", latent_sizes="4", epochs="1000", noise="gaussian:0.3", train_images="700")
    app.button(key="sweep-start").click().run()
    until(app, "1 at work")
    assert sessions.background().snapshot(BaselineJob(PCA, "digits", 700).job_id) is None
    app.button(key="stop-sweep").click().run()
    until(app, "stopped")


def test_a_sweep_of_missing_data_offers_to_bring_them() -> None:
    app = opened("sweep", dataset="mnist")
    assert app.button(key="sweep-start").disabled
    assert app.button(key="download-mnist").label == "Download MNIST handwritten digits"


def test_a_run_that_a_sweep_has_joined_is_still_stopped_by_who_started_it_alone(visitor_at: Place) -> None:
    visitor_at(STUDENT)
    first = opened(dataset="digits", model="conv", latent_size="40", epochs="1000")
    first.button(key="train").click().run()
    until(first, "of 1,000 epochs")
    run_id = first.query_params["run"]
    other = swept(models="conv", latent_sizes="40", epochs="1000")
    other.button(key="sweep-start").click().run()
    until(other, "1 at work")
    assert not has_button(other, f"stop-{run_id}")
    other.button(key="stop-sweep").click().run()
    assert sessions.background().snapshot(run_id).state.active
    first.button(key="stop").click().run()
    until(first, "Stopped")
    visitor_at(None)


def test_the_front_page_says_of_each_job_what_its_own_page_says() -> None:
    """One worker: the first runs, the others wait in their order."""
    background, me = sessions.background(), "somebody"
    long = TrainConfig("digits", "conv", 64, layers=2, epochs=1000, seed=5)
    jobs = [TrainJob(long), TrainJob(TrainConfig("digits", latent_size=9, epochs=7))]
    ids = [
        background.start(job, me) for job in (*jobs, DownloadJob("mnist"), BaselineJob(PCA, "digits", 600))
    ]
    end = monotonic() + 60
    while labels.seconds_left(background.snapshot(ids[0])) is None:
        assert monotonic() < end
        sleep(0.05)
    app = opened("start")
    said = [bar.proto.text for bar in app.get("progress")]
    title = configs.title(long)
    (running,) = (text for text in said if text.startswith(f"{title} – Training: "))
    assert re.search(r" epochs, \d+ (min|s) left$|, \d+\.\d (h|s) left$", running)
    assert "0.00 s" not in running
    assert said[said.index(running) + 1 :][:3] == [
        f"{configs.title(jobs[1].config)} – Waiting: next in line",
        "Download of MNIST handwritten digits – Waiting: 1 ahead",
        f"PCA of {catalogue.data_title('digits')} – Waiting: 2 ahead",
    ]
    assert {metric.label: metric.value for metric in app.metric}["Waiting"] == "3"
    for job_id in reversed(ids):
        background.stop(job_id)


# ---------------------------------------------------------------- a machine that others use, too


def test_pages_say_why_the_time_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    until(opened(), "Time: about")  # from now on nothing is measured any more
    measuring = the_sessions()._measuring
    monkeypatch.setattr(measuring, "speed", None)
    monkeypatch.setattr(measuring, "starved", True)
    said = "Time: unknown while other programs train on this machine"
    assert said in texts(opened(model="conv", latent_size="19", epochs="900"))
    assert said in texts(swept(models="conv", latent_sizes="19", epochs="900"))


def test_pages_say_that_other_programs_take_the_cores_from_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = sessions._neighbours()
    monkeypatch.setattr(found, "_busy", (Neighbour("chromium", 12, float(the_sessions().n_cores)),))
    monkeypatch.setattr(found, "_at", inf)  # nobody looks again
    said = "mostly chromium, process 12). Runs here take longer than usual."
    sweep = Sweep(TrainConfig("digits", "conv", layers=2, epochs=1000, seed=6), ("conv",), (64,), (2,))
    (config,) = sweep.configs()
    saved = SavedSweep(
        sweep, datasets.load("digits").fingerprint, (run_id := the_sessions().start(TrainJob(config), "me"),)
    )
    sweeps.save(saved)
    pages = {"start": {}, "train": {"run": run_id}, "sweep": {"sweep": saved.sweep_id}}
    until(opened("train", run=run_id), "Training: ")
    for page, link in pages.items():
        assert said in texts(opened(page, **link)).replace("\\", ""), page
    the_sessions().stop(run_id)
    while the_sessions().counts() != (0, 0):
        sleep(0.05)
    for page, link in pages.items():
        assert "Runs here take longer" not in texts(opened(page, **link)), f"nothing runs: {page}"


def test_what_a_sweep_at_rest_watches_is_another_thing_when_another_window_goes_on_with_it() -> None:
    sweep = Sweep(TrainConfig("digits", epochs=2, seed=9), ("mlp",), (3, 5))
    fingerprint = datasets.load("digits").fingerprint
    run_ids = tuple(config.run_id(fingerprint) for config in sweep.configs())
    saved = SavedSweep(sweep, fingerprint, run_ids, wanted=False)
    sweeps.save(saved)
    one, other = (opened("sweep", sweep=saved.sweep_id) for _ in range(2))
    resting = sweep_view._moment(saved.sweep_id)
    assert resting == sweep_view._moment(saved.sweep_id), "nothing has changed: the page is not redrawn"
    assert has_button(one, "continue-sweep")
    other.button(key="continue-sweep").click().run()
    assert sweep_view._moment(saved.sweep_id) != resting
    until(other, "2 of 2 done")


def test_a_page_at_rest_is_drawn_anew_when_what_it_watches_has_changed_and_not_before() -> None:
    def page() -> None:
        import streamlit as st

        from ui.core import idle

        st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
        seen, now = st.session_state.get("seen", "at rest"), st.session_state.get("now", "at rest")
        st.session_state["seen"] = now
        idle._watch(lambda: now, seen)

    app = AppTest.from_function(page).run().run()
    assert app.session_state["drawn"] == 2
    app.session_state["now"] = "at work"
    assert app.run().session_state["drawn"] == 4


# ---------------------------------------------------------------- noise


def with_models(**link: str) -> AppTest:
    """The page of noise with a plain model and a denoiser, trained at a click where there is none yet."""
    app = opened("denoise", **{"dataset": "digits", **link})
    for key, widget in (("train-plain", "plain"), ("train-any", "denoiser")):
        if app.selectbox(key=widget).value is None:
            app.button(key=key).click().run()
            end = monotonic() + 60
            while "being trained here" in texts(app) and monotonic() < end:
                sleep(0.1)
                app.run()
            assert app.selectbox(key=widget).value is not None
    return app


def test_the_page_of_noise_trains_what_it_lacks_at_a_click_and_takes_it() -> None:
    app = with_models(noise="speckle:0.5")
    assert not app.exception
    plain, denoiser = (
        checkpoints.read(app.selectbox(key=name).value).config for name in ("plain", "denoiser")
    )
    assert plain.noise is None
    assert str(denoiser.noise) == "speckle:0-1.0"
    assert app.query_params["noise"] == "speckle:0.5"
    assert app.query_params["denoiser"] == app.selectbox(key="denoiser").value


def test_curves_are_measured_in_the_background_and_told_in_words() -> None:
    app = with_models(noise="speckle:0.5", methods="median")
    app.button(key="measure-curves").click().run()
    app = until(app, "the denoiser")
    assert not app.exception
    end = monotonic() + 60
    while has_button(app, "stop-curves") and monotonic() < end:
        sleep(0.1)
        app.run()
    assert not has_button(app, "measure-curves")
    models = {name: app.query_params[name] for name in ("plain", "denoiser")}
    again = opened("denoise", dataset="digits", noise="speckle:0.5", methods="median", **models)
    assert not has_button(again, "measure-curves"), "what is measured is not measured again"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"noise": "snow:0.3"}, "unknown noise 'snow'"),
        ({"noise": "gaussian:7"}, "more than 0, at most 1"),
        ({"noise": "gaussian:much"}, "it is written KIND"),
        ({"methods": "affine,magic"}, "unknown method 'magic'"),
        ({"plain": "nix"}, "run 'nix' is not on this machine"),
        ({"denoiser": "../../etc/passwd"}, "is not on this machine"),
        ({"dataset": "moon"}, "moon"),
        ({"training": "nix"}, "run 'nix' is not on this machine"),
        ({"images": "-16"}, "a whole number from 0 on"),
        ({"draw": "many"}, "draw is 'many'"),
        ({"colour": "red"}, "'colour' is not a setting"),
    ],
)
def test_nonsense_in_the_link_of_noise_is_named_and_the_page_stays_usable(
    link: dict[str, str], said: str
) -> None:
    app = opened("denoise", **link)
    assert not app.exception
    (ignored,) = [w.value for w in app.warning if "Ignored in the link" in w.value]
    assert said in ignored
    assert app.selectbox(key="denoise_kind").value == "gaussian"


def test_runs_that_do_not_suit_a_link_are_named() -> None:
    app = with_models(noise="speckle:0.5")
    plain, denoiser = (app.selectbox(key=name).value for name in ("plain", "denoiser"))
    assert "it cannot be the denoiser one" in texts(opened("denoise", denoiser=plain))
    other = opened("denoise", noise="blur:1", denoiser=denoiser)
    assert "removes speckle noise; choose that noise to see it" in texts(other)
    assert other.selectbox(key="denoise_kind").value == "blur"
    elsewhere = opened("denoise", denoiser=denoiser, dataset="mnist", noise="speckle:0.5")
    assert "was trained on digits, not on mnist" in texts(elsewhere)
    assert elsewhere.selectbox(key="dataset").value == "mnist"
    curve = denoisers.curve_job("digits", "speckle", "noisy").job_id
    sessions.background().start(denoisers.curve_job("digits", "speckle", "noisy"), "a test")
    while sessions.background().snapshot(curve).value is None:
        sleep(0.05)
    assert "is not on this machine" in texts(opened("denoise", training=curve))
    alone = opened("denoise", denoiser=denoiser)
    assert (alone.selectbox(key="denoise_kind").value, alone.selectbox(key="denoiser").value) == (
        "speckle",
        denoiser,
    )


def test_no_noise_at_all_is_kept_in_the_link() -> None:
    app = with_models(noise="speckle:0")
    assert not app.warning
    assert app.query_params["noise"] == "speckle:0"


def test_what_was_chosen_is_there_again_after_a_visit_to_another_page() -> None:
    app = opened("denoise", dataset="digits", noise="blur:0.8", methods="tv")
    app.query_params.clear()  # as a browser does that follows the navigation
    app.switch_page("pages/start.py").run()
    for key in ("denoise_kind", "methods"):
        del app.session_state[key]  # as Streamlit does when a part of that page is redrawn
    app.switch_page("pages/denoise.py").run()
    assert app.query_params["noise"] == "blur:0.8"
    assert app.query_params["methods"] == "tv"


def test_the_way_to_other_settings_leads_to_train_with_this_noise() -> None:
    app = with_models(noise="speckle:0.5")
    app.run().button(key="to-train").click().run()
    assert app.selectbox(key="noise_kind").value == "speckle"
    assert app.toggle(key="noise_up_to").value


def test_a_run_that_is_deleted_while_the_page_is_open_is_not_chosen_any_more() -> None:
    app = with_models(noise="speckle:0.5")
    checkpoints.delete(app.selectbox(key="denoiser").value)
    app.run()
    assert not app.exception
    assert app.selectbox(key="denoiser").value is None
    assert has_button(app, "train-any")
    assert "is not on this machine any more" in texts(app)
    assert "is not on this machine any more" not in texts(app.run())


def test_a_link_carries_the_images_and_the_noise_that_are_looked_at() -> None:
    app = opened("denoise", dataset="digits")
    app.button(key="other-images").click().run()
    app.button(key="new-noise").click().run()
    assert (app.query_params["images"], app.query_params["draw"]) == ("16", "1")
    again = opened("denoise", dataset="digits", images="16", draw="1")
    assert not again.warning
    assert (again.session_state["first image"], again.session_state["noise seed"]) == (16, 1)


def test_a_data_set_with_fewer_images_than_were_passed_by_shows_its_last() -> None:
    app = opened("denoise", dataset="digits")
    app.session_state["first image"] = 368  # of MNIST; there are 360 of these
    app.run()
    assert not app.exception
    assert not app.error
    app.button(key="other-images").click().run()
    assert app.session_state["first image"] < 345


def test_a_model_that_cannot_be_trained_is_told_and_the_page_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("denoise", dataset="digits", noise="shot:0.5")
    monkeypatch.setattr("autoenc.sessions.registry.MAX_WAITING", 0)
    app.button(key="train-any").click().run()
    assert not app.exception
    assert "runs in the queue" in texts(app)
    app.run()
    assert has_button(app, "train-any")


def test_another_noise_brings_a_level_that_suits_it_and_its_own_denoisers() -> None:
    app = with_models(noise="speckle:0.5")
    app.selectbox(key="denoise_kind").select("blur").run()
    assert not app.exception
    assert app.query_params["noise"] == "blur:1.2"
    assert app.selectbox(key="denoiser").value is None


def test_the_questions_of_size_and_of_training_noise_say_what_they_need() -> None:
    app = with_models(noise="speckle:0.5")
    for question, said in (
        ("Which code size?", "A small code cannot store the noise"),
        ("Training noise vs. test noise", "each trained with other noise"),
    ):
        app.session_state["questions"] = question
        app.run()
        assert not app.exception
        assert said in texts(app)
    label = app.button(key="train-levels").label  # "clean" where the plain model is another one
    assert re.fullmatch(r"Train [45] more levels: (clean, )?0\.1, 0\.3, 0\.5, 1", label)


# ---------------------------------------------------------------- the same choice on a page and in a command


def form_of_train() -> None:
    import streamlit as st

    from ui.widgets import training_form

    st.session_state["asked"] = training_form.train_form()


def form_of_sweep() -> None:
    import streamlit as st

    from ui.sweep import form

    st.session_state["asked"] = form.sweep_form()


def form(script: Callable[[], None]) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    if script is form_of_sweep:  # what a page with an address does
        app.session_state["models"], app.session_state["sizes"] = ["mlp", "conv"], ["1", "2"]
        app.session_state["depths"], app.session_state["alone"] = ["1"], False
    return app.run()


def trained_by(command: str) -> TrainConfig:
    return train_config(cli.parser().parse_args(["train", *command.split()]))


def swept_by(command: str) -> Sweep:
    arguments = f"sweep --latent-sizes 1,2 {command}".split()
    return sweep_from_args(cli.parser().parse_args(arguments))


def test_the_form_and_the_command_line_train_the_same_of_every_model_and_data_set() -> None:
    app = form(form_of_train)
    assert app.session_state["asked"] == trained_by("")
    for dataset in datasets.names():
        app.selectbox(key="dataset").select(dataset).run()
        for model in MODELS:
            app.segmented_control(key="model").set_value(model).run()
            assert app.session_state["asked"] == trained_by(f"--dataset {dataset} --model {model}")


def test_the_form_and_the_command_line_sweep_the_same_of_all_models_and_data_sets() -> None:
    app = form(form_of_sweep)
    for dataset in ("digits", "cifar10"):
        app.selectbox(key="dataset").select(dataset).run()
        for models in (models for n in (1, 2, 3) for models in combinations(MODELS, n)):
            app.pills(key="models").set_value(list(models)).run()
            command = f"--dataset {dataset} --models {','.join(models)}"
            assert app.session_state["asked"] == swept_by(command), command
            assert ("share their settings" in texts(app)) == (len(models) > 1 and "conv-bottleneck" in models)


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
        assert app.session_state["asked"] == trained_by(f"--model {model} {options}")


def test_what_is_set_back_to_what_suits_the_model_follows_it_again() -> None:
    app = form(form_of_train)
    app.segmented_control(key="model").set_value("conv-bottleneck").run()
    for layers in (1, 2):
        app.segmented_control(key="layers").set_value(layers).run()
        assert app.session_state["asked"] == trained_by(f"--model conv-bottleneck --layers {layers}")
    app.segmented_control(key="model").set_value("mlp").run()
    assert app.session_state["asked"] == trained_by("")


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
