"""The page Denoise."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints
from tests.visits import has_button, opened, texts, trained, until, until_true
from ui.core import sessions
from ui.denoise import denoisers


def with_models(**link: str) -> AppTest:
    """The page of noise with a plain model and a denoiser, trained at a click where there is none yet."""
    app = opened("denoise", **{"dataset": "digits", **link})
    for key, widget in (("train-plain", "plain"), ("train-any", "denoiser")):
        if app.selectbox(key=widget).value is None:
            app.button(key=key).click().run()
            until_true(app, lambda: "Training progress" not in texts(app), f"the end of {key}")
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


def plans(app: AppTest) -> list[str]:
    """The models as they will be built, as text."""
    bodies = (html.proto.body.split("</style>")[-1] for html in app.get("html"))
    return [re.sub("<[^>]+>", "", body).strip() for body in bodies if "autoenc-plan" in body]


def test_what_a_click_will_train_stands_below_the_buttons_with_its_shapes() -> None:
    app = with_models(noise="speckle:0.5")
    app.selectbox(key="denoise_kind").select("blur").run()
    assert "Both buttons train MLP 32." in texts(app)
    assert "Denoiser: this network will be trained to remove blur." in texts(app)
    (plan,) = plans(app)
    assert plan.startswith("MLP 32: 50,992 parameters, 32 numbers in the code")
    assert plan.endswith("image 1 x 28 x 28→Linear: code 32→Linear: image 1 x 28 x 28")


def test_another_denoiser_is_shown_where_it_is_offered_and_one_for_each_level_beside_its_button() -> None:
    app = with_models(noise="speckle:0.5")
    assert len(plans(app)) == 1, "in the folded offer of another denoiser"
    app.session_state["questions"] = "Training noise vs. test noise"
    app.run()
    assert "The same network is trained separately for each level" in texts(app)
    assert len(plans(app)) == 2


def test_curves_are_measured_in_the_background_and_told_in_words() -> None:
    app = with_models(noise="speckle:0.5", methods="median")
    app.button(key="measure-curves").click().run()
    app = until(app, "the denoiser")
    assert not app.exception
    until_true(app, lambda: not has_button(app, "stop-curves"), "the end of the curves")
    assert not has_button(app, "measure-curves")
    models = {name: app.query_params[name] for name in ("plain", "denoiser")}
    again = opened("denoise", dataset="digits", noise="speckle:0.5", methods="median", **models)
    assert not has_button(again, "measure-curves"), "what is measured is not measured again"


@pytest.mark.parametrize(
    ("link", "sentence"),
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
    link: dict[str, str], sentence: str
) -> None:
    app = opened("denoise", **link)
    assert not app.exception
    (ignored,) = [w.value for w in app.warning if "Ignored in the link" in w.value]
    assert sentence in ignored
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
    page = opened("denoise")
    until_true(page, lambda: sessions.background().snapshot(curve).value is not None, "the curve")
    assert "is not on this machine" in texts(opened("denoise", training=curve))
    alone = opened("denoise", denoiser=denoiser)
    assert (alone.selectbox(key="denoise_kind").value, alone.selectbox(key="denoiser").value) == (
        "speckle",
        denoiser,
    )


def not_offered(run_id: str) -> None:
    import streamlit as st

    from ui.core import values
    from ui.denoise import denoisers, settings
    from ui.widgets.training_settings import DATASET

    DATASET.put("mnist")
    settings.PLAIN.put("what was chosen")
    denoisers.choose_model(run_id)
    values.put_all_next()
    denoisers.keep_choice(settings.PLAIN, ["the first", "what was chosen"])
    st.markdown(settings.PLAIN.get())


def test_a_click_on_a_model_that_is_not_offered_leaves_what_was_chosen() -> None:
    run_id = trained().query_params["run"]
    assert texts(AppTest.from_function(not_offered, kwargs={"run_id": run_id}).run()) == "what was chosen"


def test_a_finished_run_in_a_link_that_names_no_data_set_is_chosen() -> None:
    dataset = opened("denoise").selectbox(key="dataset").value
    run_id, newer = (
        trained(dataset=dataset, train_images="200", seed=seed).query_params["run"] for seed in ("7", "8")
    )
    assert opened("denoise", training=run_id).selectbox(key="plain").value == run_id
    assert opened("denoise", training=newer).selectbox(key="plain").value == newer


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
    for question, sentence in (
        ("Which code size?", "A small code cannot store the noise"),
        ("Training noise vs. test noise", "each trained with a different noise"),
    ):
        app.session_state["questions"] = question
        app.run()
        assert not app.exception
        assert sentence in texts(app)
    label = app.button(key="train-levels").label  # "clean" where the plain model is another one
    assert re.fullmatch(r"Train [45] more levels: (clean, )?0\.1, 0\.3, 0\.5, 1", label)
