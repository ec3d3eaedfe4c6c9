"""The front page, and the page Runs where there is none."""

from __future__ import annotations

import re
from time import monotonic, sleep

from autoenc import checkpoints
from autoenc.baselines import PCA
from autoenc.captions import configs
from autoenc.jobs import BaselineJob, DownloadJob, TrainJob
from autoenc.schema import TrainConfig
from tests.visits import opened, texts, until
from ui.core import catalogue, forecasts, sessions

NEW = True  # nobody has trained anything


def test_the_page_runs_says_where_runs_come_from_and_leads_there() -> None:
    app = opened("runs")
    assert not app.exception
    assert [title.value for title in app.title][-1] == "No runs yet"
    assert "0 runs" not in texts(app)
    assert "Train a model or start a sweep: its runs appear here." in texts(app)
    assert not app.text_input  # there is nothing to find
    assert app.get("page_link")[-1].proto.page.endswith("train")


def test_a_newcomer_without_data_and_internet_sees_an_example_and_is_one_click_from_a_first_model() -> None:
    app = opened("start")
    assert not app.exception
    assert "What is an autoencoder?" in texts(app)
    assert {"Running": "0 of 1", "Waiting": "0"}.keys() <= {metric.label for metric in app.metric}
    assert "Example: MLP, latent size 32" in texts(app)
    assert checkpoints.summaries()[0] == ()  # nothing is trained unasked
    assert sessions.background().counts() == (0, 0)
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


def test_the_front_page_says_of_each_job_what_its_own_page_says() -> None:
    """One worker: the first runs, the others wait in their order."""
    background, me = sessions.background(), "somebody"
    long = TrainConfig("digits", "conv", 64, layers=2, epochs=1000, seed=5)
    jobs = [TrainJob(long), TrainJob(TrainConfig("digits", latent_size=9, epochs=7))]
    ids = [
        background.start(job, me) for job in (*jobs, DownloadJob("mnist"), BaselineJob(PCA, "digits", 600))
    ]
    end = monotonic() + 60
    while forecasts.seconds_left(background.snapshot(ids[0])) is None:
        assert monotonic() < end
        sleep(0.05)
    app = opened("start")
    sentences = [bar.proto.text for bar in app.get("progress")]
    title = configs.title(long)
    (running,) = (text for text in sentences if text.startswith(f"{title} – Training: "))
    assert re.search(r" epochs, \d+ (min|s) left$|, \d+\.\d (h|s) left$", running)
    assert "0.00 s" not in running
    assert sentences[sentences.index(running) + 1 :][:3] == [
        f"{configs.title(jobs[1].config)} – Waiting: next in line",
        "Download of MNIST handwritten digits – Waiting: 1 ahead",
        f"PCA of {catalogue.data_title('digits')} – Waiting: 2 ahead",
    ]
    assert {metric.label: metric.value for metric in app.metric}["Waiting"] == "3"
    for job_id in reversed(ids):
        background.stop(job_id)
