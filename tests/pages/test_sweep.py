"""The page Sweep, and what pages say of a machine that others use, too."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from time import monotonic, sleep

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets, sweeps
from autoenc.baselines import PCA
from autoenc.jobs import BaselineJob, TrainJob
from autoenc.neighbours import Neighbour
from autoenc.schema import Sweep, TrainConfig
from autoenc.sweeps import SavedSweep
from tests.visits import STUDENT, Place, has_button, opened, swept, texts, the_sessions, until, until_true
from ui.core import sessions
from ui.sweep import view as sweep_view


def finished_sweep(app: AppTest, n: int) -> AppTest:
    app.button(key="sweep-start").click().run()
    return until(app, f"{n} of {n} done")


def test_a_newcomer_sees_an_example_of_a_sweep_and_copies_its_settings() -> None:
    app = opened("sweep")
    assert "**Example: MLP, 7 sizes from 1 to 64, 100 epochs" in texts(app)
    assert the_sessions().counts() == (0, 0)
    app.button(key="take-sweep").click().run()
    assert not app.exception
    assert app.multiselect(key="sizes").value == ["1", "2", "4", "8", "16", "32", "64"]
    assert not has_button(app, "take-sweep")
    assert "**Example: " in texts(app)  # it is none of the user's own
    assert app.button(key="sweep-start").label == "Start the sweep"
    assert sweeps.newest() is None


def test_a_sweep_of_other_settings_than_the_form_s_is_called_the_last_one() -> None:
    app = finished_sweep(swept(latent_sizes="1,6"), 2)
    assert "Last sweep" not in texts(app)
    app.multiselect(key="sizes").set_value(["7"]).run()
    assert "**Last sweep: MLP, 2 sizes from 1 to 6" in texts(app)
    app.button(key="take-sweep").click().run()
    assert app.multiselect(key="sizes").value == ["1", "6"]
    assert "Last sweep" not in texts(app)


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
    app = until(opened("sweep", sweep=saved.sweep_id), "2 of 2 done")
    ended = replace(saved, wanted=False)  # a run that is deleted later is not trained again
    until_true(app, lambda: sweeps.find(saved.sweep_id) == ended, "its end")


def test_a_sweep_with_nothing_to_try_is_refused_in_a_sentence() -> None:
    app = swept(latent_sizes="1")
    app.multiselect(key="sizes").set_value([]).run()
    assert "at least one latent size" in app.error[0].value
    assert app.button(key="sweep-start").disabled
    app.multiselect(key="sizes").set_value(["2"]).run()
    assert not app.button(key="sweep-start").disabled


@pytest.mark.parametrize(
    ("link", "sentence"),
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
    link: dict[str, str], sentence: str
) -> None:
    app = swept(**link)
    assert not app.exception
    assert sentence in texts(app).replace("\\", "")
    assert not app.button(key="sweep-start").disabled


def test_sizes_that_do_not_fit_into_memory_are_left_out_with_the_reason() -> None:
    app = swept(models="conv", latent_sizes="1,4096", batch_size="1437", stride="1")
    (left_out,) = (line for line in app.markdown if "Left out: **Conv 4,096**" in line.value)
    assert "Conv 4,096: this run needs about" in left_out.help.replace("\\", "")
    assert not app.button(key="sweep-start").disabled


def test_a_sweep_that_another_program_trains_is_watched_and_cannot_be_stopped_here() -> None:
    sweep = Sweep(TrainConfig("digits", epochs=2), ("mlp",), (11,))
    fingerprint = datasets.load("digits").fingerprint
    (run_id,) = (config.run_id(fingerprint) for config in sweep.configs())
    sweeps.save(SavedSweep(sweep, fingerprint, (run_id,), wanted=False))
    with checkpoints.write_lock(run_id):
        app = opened("sweep", sweep=sweep.sweep_id(fingerprint))
        assert "Trained by another program: stop it there." in texts(app)
        assert not has_button(app, "stop-sweep")
    assert "another program" not in texts(
        until_true(app, lambda: has_button(app, "continue-sweep"), "an offer")
    )


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
    until(app, "1 running")
    assert sessions.background().snapshot(BaselineJob(PCA, "digits", 700).job_id) is None
    app.button(key="stop-sweep").click().run()
    until(app, "stopped")


def test_a_finished_sweep_gets_the_baselines_that_it_lacks_and_the_page_waits_for_them() -> None:
    sweep = Sweep(TrainConfig("digits", epochs=1, train_images=200), ("mlp",), (2,))
    (config,) = sweep.configs()
    for _ in TrainJob(config, "cpu").run():
        pass
    fingerprint = datasets.load("digits").fingerprint
    saved = SavedSweep(sweep, fingerprint, (config.run_id(fingerprint),), wanted=False)
    sweeps.save(saved)
    jobs = sweeps.baseline_jobs(saved)
    assert [job.stored() for job in jobs] == [None] * len(jobs), "older than all baselines"
    until(opened("sweep", sweep=saved.sweep_id), "1 of 1 done")
    end = monotonic() + 60
    while "baselines" in dict(sweep_view._moment(saved.sweep_id)) and monotonic() < end:
        sleep(0.1)
    assert sweep_view._moment(saved.sweep_id) == (("readings", 1),), "its pictures are read at a click"
    assert all(job.stored() is not None for job in jobs)


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
    until(other, "1 running")
    assert not has_button(other, f"stop-{run_id}")
    other.button(key="stop-sweep").click().run()
    assert sessions.background().snapshot(run_id).state.active
    first.button(key="stop").click().run()
    until(first, "Stopped")
    visitor_at(None)


# ---------------------------------------------------------------- a machine that others use, too


def test_pages_say_why_the_time_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    until(opened(), "Time: **")  # from now on nothing is measured any more
    measuring = the_sessions()._measuring
    monkeypatch.setattr(measuring, "speed", None)
    monkeypatch.setattr(measuring, "starved", True)
    sentence = "Time: unknown while other programs train on this machine"
    assert sentence in texts(opened(model="conv", latent_size="19", epochs="900"))
    assert sentence in texts(swept(models="conv", latent_sizes="19", epochs="900"))


def test_pages_say_that_other_programs_take_the_cores_from_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    neighbours = sessions._neighbours()
    monkeypatch.setattr(neighbours, "_busy", (Neighbour("chromium", 12, float(the_sessions().n_cores)),))
    monkeypatch.setattr(neighbours, "_at", inf)  # nobody looks again
    sentence = "mostly chromium, process 12). Runs here take longer than usual."
    sweep = Sweep(TrainConfig("digits", "conv", layers=2, epochs=1000, seed=6), ("conv",), (64,), (2,))
    (config,) = sweep.configs()
    saved = SavedSweep(
        sweep, datasets.load("digits").fingerprint, (run_id := the_sessions().start(TrainJob(config), "me"),)
    )
    sweeps.save(saved)
    pages = {"start": {}, "train": {"run": run_id}, "sweep": {"sweep": saved.sweep_id}}
    until(opened("train", run=run_id), "Training: ")
    for page, link in pages.items():
        assert sentence in texts(opened(page, **link)).replace("\\", ""), page
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
        idle._watch(idle._Look(lambda: now, (seen,)))

    app = AppTest.from_function(page, default_timeout=60).run().run()
    assert app.session_state["drawn"] == 2
    app.session_state["now"] = "at work"
    assert app.run().session_state["drawn"] == 4
