"""The chooser of data sets under AppTest: image folders are opened, told of, brought in, missed."""

import gzip
import io
import shutil
from pathlib import Path

import numpy as np

from autoenc import datasets
from tests.raw_files import small_files
from tests.test_datasets_folders import colour, put, two_classes
from tests.visits import Place, opened, texts, until
from ui.core.text import plain


def test_an_image_folder_is_opened_trained_and_missed_when_it_is_gone(place: Path) -> None:
    put(place / "data/mine", {**two_classes(20), "train/a/<b>x*.png": b"nothing"})
    app = opened(dataset="mine", latent_size="2", epochs="1", batch_size="20")
    assert not app.exception
    assert plain("1 file cannot be read and is left out: train/a/<b>x*.png") in texts(app)
    app.button(key="train").click().run()
    until(app, "Finished: 1 of 1 epoch")
    run_id = app.query_params["run"]
    shutil.rmtree(place / "data/mine")
    later = opened(run=run_id[0] if isinstance(run_id, list) else run_id, view="images")
    assert not later.exception
    assert "The data set mine is not on this machine any more" in texts(later)
    assert "import it again under this name" in texts(later)


def test_classes_that_look_alike_are_chosen_each_for_itself(place: Path) -> None:
    odd = ("All classes", ":red[x]", "a\tb", "a b", "all")
    put(place / "data/odd", {f"{split}/{c}/1.png": colour() for split in ("train", "test") for c in odd})
    app = opened(dataset="odd", latent_size="2", epochs="1", batch_size="4")
    app.button(key="train").click().run()
    until(app, "Finished: 1 of 1 epoch")
    run_id = app.query_params["run"]
    run_id = run_id[0] if isinstance(run_id, list) else run_id
    gallery = opened(run=run_id, view="images")
    chooser = gallery.selectbox(key="class")
    assert len(set(chooser.options)) == 6
    assert chooser.options[1:3] == [":red[x]", "All classes (2)"]
    chooser.select("All classes (2)").run()
    assert not gallery.exception
    assert gallery.session_state["class"] == 1
    index = datasets.load("odd").class_names.index("all")
    gallery.selectbox(key="class").set_value(index).run()
    assert gallery.session_state["class"] == index
    assert gallery.query_params["class"] in (str(index), [str(index)])
    again = opened(run=run_id, view="images", **{"class": str(index)})
    assert not again.exception
    assert again.selectbox(key="class").value == index
    assert not opened("start").exception  # it shows as many of the five test images as there are
    shutil.rmtree(place / "data/odd")


def test_a_folder_that_is_no_data_set_is_refused_and_the_page_stays(place: Path) -> None:
    put(place / "data/half", {"train/a/1.png": b"nothing"})
    app = opened(dataset="half")
    assert not app.exception
    assert "has no pictures for test" in texts(app)
    assert app.button(key="train").disabled
    shutil.rmtree(place / "data/half")


def test_pictures_are_brought_in_by_the_teacher_alone(visitor_at: Place) -> None:
    keys = [button.key for button in opened().button]
    assert "own-go" in keys
    visitor_at("198.51.100.7")
    keys = [button.key for button in opened().button]
    assert "own-go" not in keys


def npz_of_digits() -> bytes:
    """As Keras has it."""
    digits = datasets.load("digits")
    content = io.BytesIO()
    np.savez_compressed(
        content,
        x_train=digits.train[:300, 0],
        y_train=digits.train_labels[:300],
        x_test=digits.test[:100, 0],
        y_test=digits.test_labels[:100],
    )
    return content.getvalue()


def test_an_npz_is_uploaded_trained_and_refused_where_it_is_none(place: Path) -> None:
    app = opened(latent_size="2", batch_size="100")
    app.get("file_uploader")[0].set_value([("mnist.npz", npz_of_digits(), "application/octet-stream")]).run()
    app.text_input(key="own-name-0").set_value("keras").run()
    app.button(key="own-go").click().run()
    assert not app.exception
    assert app.selectbox(key="dataset").value == "keras"
    assert (place / "data/keras/arrays.npz").is_file()
    app.button(key="train").click().run()
    until(app, "Finished: 10 of 10 epochs")  # as many as a new data set starts with
    app.get("file_uploader")[0].set_value([("a.npz", b"PK\3\4 nothing", "application/octet-stream")]).run()
    app.text_input(key="own-name-1").set_value("other").run()
    app.button(key="own-go").click().run()
    assert not app.exception
    assert "it is damaged" in texts(app)
    assert not (place / "data/other").exists()
    shutil.rmtree(place / "data/keras")


def test_the_four_files_of_mnist_are_uploaded_at_once(place: Path) -> None:
    files = [
        (f"{name}.gz", gzip.compress(content), "application/gzip")
        for name, content in small_files(n_train=60, n_test=20).items()
    ]
    app = opened()
    app.get("file_uploader")[0].set_value(files).run()
    app.text_input(key="own-name-0").set_value("four").run()
    app.button(key="own-go").click().run()
    assert not app.exception
    assert app.selectbox(key="dataset").value == "four"
    data = datasets.load("four")
    assert (len(data.train), len(data.test), data.image_shape) == (60, 20, (1, 28, 28))
    shutil.rmtree(place / "data/four")
