"""The pages under AppTest: real sessions and workers, no browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints
from ui import state

DASHBOARD = str(Path(__file__).parent.parent / "dashboard.py")


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
        state.sessions().close()
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


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(DASHBOARD, default_timeout=60)
    app.query_params.update(link)
    return app.run()


def texts(app: AppTest) -> str:
    """All that is said on the page."""
    kinds = (app.markdown, app.warning, app.error, app.info, app.caption, app.success)
    return "\n".join(element.value for kind in kinds for element in kind)


def until(app: AppTest, words: str, seconds: float = 60) -> AppTest:
    end = monotonic() + seconds
    while monotonic() < end:
        app.run()
        if words in texts(app) + "".join(p.proto.text for p in app.get("progress")):
            return app
        sleep(0.1)
    pytest.fail(f"{words!r} has not come: {texts(app)}")


def test_without_mnist_and_internet_the_page_trains_the_embedded_digits() -> None:
    app = opened()
    assert not app.exception
    assert app.selectbox(key="dataset").value == "digits"
    assert "Press Train" in texts(app)
    assert app.button(key="download-mnist").label == "Download MNIST handwritten digits"
    app.number_input(key="epochs").set_value(3)
    app.button(key="train").click().run()
    until(app, "Finished: 3 of 3 epochs")
    assert not app.exception
    run_id = app.query_params["run"]
    assert checkpoints.read(run_id).finished
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
        ("colour", "<script>alert(1)</script>", "is no setting"),
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


# ---------------------------------------------------------------- who may

STUDENT = "198.51.100.7"
Place = Callable[[str | None], None]


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
    assert "The teacher can bring it" in app.info[0].value
    assert not has_button(app, "download-mnist")


def test_a_key_that_is_easily_guessed_is_refused(visitor_at: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_TEACHER_KEY", "1234")
    for address in (STUDENT, None):
        visitor_at(address)
        assert "AUTOENC_TEACHER_KEY has 4 characters" in texts(opened()).replace("\\", "")


def has_button(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def test_a_run_that_would_not_fit_is_refused_before_it_starts() -> None:
    app = opened(dataset="digits", model="conv", latent_size="4096", stride="1", batch_size="1437")
    assert app.button(key="train").disabled
    assert "of memory" in app.error[0].value
