"""How a recogniser learns, what it can still read, how sure it may be, what the code knows of the class."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc import captions, plots
from autoenc.captions import configs
from autoenc.captions.recognition import accuracies, share
from autoenc.jobs import ProbeJob
from autoenc.plots import Axes, Level
from autoenc.report.recognised import levels
from autoenc.schema import Point, Probe, Recogniser, RecogniserSummary
from ui.app import layout
from ui.components.live_plot import live_plot
from ui.components.save_picture import PngText
from ui.core import catalogue, links, recognisers
from ui.recognise import settings
from ui.widgets import measurements, readings
from ui.widgets.lesson import lesson

HEIGHT = 340  # pixels


def training(recogniser: Recogniser) -> None:
    """Accuracy and loss, while it learns and afterwards."""
    caption = captions.recognition.recogniser_caption(recogniser)
    accuracy, loss = st.columns(2)
    with accuracy:
        figure = plots.recogniser_accuracy(recogniser, caption=caption)
        png = _png(recogniser, "accuracy", "Share of the images that is recognised")
        live_plot(figure.to_json(), key="recogniser-accuracy", height=HEIGHT, png=png)
    with loss:
        png = _png(recogniser, "loss", "Cross-entropy by training step")
        figure = plots.recogniser_loss(recogniser, caption=caption)
        live_plot(figure.to_json(), key="recogniser-loss", height=HEIGHT, png=png)


def sure(summary: RecogniserSummary, recogniser: Recogniser) -> None:
    """Whether "97 % sure" means it."""
    reliability = recognisers.reliability(summary)
    caption = captions.recognition.calibration_caption(reliability)
    figure = plots.reliability_diagram(reliability, caption=caption)
    live_plot(
        figure.to_json(),
        key="reliability",
        height=HEIGHT,
        png=_png(recogniser, "reliability", "How often it is right, against how sure it is"),
    )
    lesson(caption, key="reliability")
    st.caption(
        f"Its scores are divided by {reliability.temperature:.2f} (temperature scaling), fitted on "
        f"{recogniser.n_held_out:,} training images that it has not learnt from. Each dot: test images of "
        "which it is about equally sure; its area grows with their number."
    )


def readable(summary: RecogniserSummary, _: Recogniser) -> None:
    """Accuracy on what came back, against the size of the code, beside the PSNR of the same runs."""
    points = readings.points_of(summary)
    if not points:
        _no_runs(summary)
        return
    readings.follow(summary, points, key="recognise", axes=Axes(settings.LOG_SIZE.get()))
    st.toggle("Log sizes", value=settings.LOG_SIZE.get(), key=settings.LOG_SIZE.key)


def code(summary: RecogniserSummary, recogniser: Recogniser) -> None:
    """What a linear classifier reads from the codes, beside what the recogniser sees in the pictures."""
    points = readings.points_of(summary)
    if not points:
        _no_runs(summary)
        return
    st.markdown(
        "A linear classifier is fitted on the **numbers of the code**; it never sees a picture. Beside it, "
        "what the recogniser sees in the pictures that the decoder draws of them."
    )
    dataset = summary.config.dataset
    jobs = [ProbeJob(dataset, point.run_id) for point in points]
    measurements.follow(
        jobs, lambda probes: _by_code(summary, recogniser, points, probes), key="probes", noun="code"
    )
    _by_epoch(summary, recogniser, points)


def _by_code(
    summary: RecogniserSummary,
    recogniser: Recogniser,
    points: Sequence[Point],
    probes: Sequence[Probe | None],
) -> None:
    known = {probe.run_id: share for probe in probes if probe and (share := probe.accuracy) is not None}
    seen = accuracies(points, readings.measured(summary, points))
    caption = captions.recognition.probe_caption(points, known, seen)
    figure = plots.probe_by_code(
        points, known, seen, _levels(recogniser), Axes(settings.LOG_SIZE.get()), caption=caption
    )
    png = _png(recogniser, "code", "Class read from the code")
    live_plot(figure.to_json(), key="probe-by-code", height=HEIGHT, png=png)
    lesson(caption, key="probe-by-code")


def _by_epoch(summary: RecogniserSummary, recogniser: Recogniser, points: Sequence[Point]) -> None:
    """One run, trained once more, with a classifier after each epoch."""
    layout.subsection("**When does the code learn the class?**")
    by_id = {point.run_id: point for point in points}
    settings.PROBED.limit(list(by_id), points[0].run_id)
    run_id = st.selectbox(
        "Model",
        list(by_id),
        format_func=lambda one: configs.short(by_id[one].config),
        key=settings.PROBED.key,
        width=300,
        help="It is trained once more from the same seed, which gives the same weights at each epoch.",
    )
    point = by_id[run_id or points[0].run_id]
    job = ProbeJob(summary.config.dataset, point.run_id, by_epoch=True)

    def draw(probes: Sequence[Probe | None]) -> None:
        probe = probes[0] or Probe(summary.config.dataset, point.run_id, point.n_latents)
        caption = captions.recognition.probe_epochs_caption(probe)
        figure = plots.probe_by_epoch(probe, point.config.epochs, _levels(recogniser), caption=caption)
        png = _png(recogniser, "epochs", f"Class read from the code, by epoch: {configs.short(point.config)}")
        live_plot(figure.to_json(), key="probe-by-epoch", height=HEIGHT, png=png)
        lesson(caption, key="probe-by-epoch")

    measurements.follow([job], draw, key="probe-epochs", noun="training")


def _levels(recogniser: Recogniser) -> list[Level]:
    return levels(recogniser.accuracy, recogniser.chance)


def _no_runs(summary: RecogniserSummary) -> None:
    title = catalogue.data_title(summary.config.dataset)
    st.info(f"No autoencoder of {title} has been trained yet.", icon=":material/school:")
    links.link_to("sweep", "Train several sizes in Sweep", ":material/show_chart:")


def _png(recogniser: Recogniser, part: str, title: str) -> PngText:
    dataset = catalogue.data_title(recogniser.config.dataset)
    return PngText(
        title,
        f"{dataset}, recogniser, {share(recogniser.accuracy or 0.0)}",
        (recogniser.recogniser_id,),
        part,
    )
