"""Noise under the finger: pictures that follow a slider, computed in the browser."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from autoenc import checkpoints, datasets, denoising, inspection
from autoenc.captions import configs
from autoenc.datasets import Dataset
from autoenc.denoising import Denoised
from autoenc.numerals import decibels
from autoenc.plots import COLOUR
from autoenc.schema import CLASSICAL_METHODS, METHODS
from ui.app import errors, presenter
from ui.components.live_model import LiveRow, Scene, SceneReader, live_model, preload
from ui.components.preload import preload_network
from ui.components.save_picture import PngText
from ui.core import model_cache, pages, recognisers, sessions
from ui.denoise import denoisers, settings
from ui.denoise.form import Compared
from ui.widgets import browser_readers

N_PRESENTED = 8  # images
KEY = "noise-scene"  # the charts follow its slider


def show(compared: Compared) -> None:
    """The images, and what each method makes of them."""
    data = datasets.load(compared.dataset)
    first = settings.first_image(len(data.test))
    n_images = N_PRESENTED if presenter.is_on() else settings.N_IMAGES
    x = np.array(data.test[first : first + n_images])
    scene = Scene(x, denoising.unit_noise(x.shape, settings.NOISE_SEED.get()))
    networks = {"noisy": "noisy"}  # what the browser computes, and by what name it knows it
    with st.container(key="assets"):  # nothing is seen of it
        preload(scene)
        for run in map(sessions.read_run, compared.models):
            if inspection.runs_in_browser(run.model):
                networks[run.run_id] = f"{run.run_id} {checkpoints.content_hash(run.run_id)}"
                preload_network(networks[run.run_id], model_cache.network(run))
    reader = _reader(data, slice(first, first + n_images))
    st.fragment(_pictures)(compared, scene, networks, reader)
    with st.container(horizontal=True, key="scene-actions"):
        st.button("New noise", icon=":material/casino:", key="new-noise", on_click=settings.new_noise)
        st.button(
            "Other images",
            icon=":material/shuffle:",
            key="other-images",
            on_click=settings.next_images,
            args=(len(data.test),),
        )


def _reader(data: Dataset, images: slice) -> SceneReader | None:
    """Who reads these images; None: there is nobody. A file that cannot be used takes nothing else away."""
    recogniser = recognisers.of_dataset(data.name)
    if recogniser is None:
        return None
    with errors.shown(), st.container(key="reader-assets"):
        reader = browser_readers.hand_over(recogniser)
        return SceneReader(reader, tuple(data.test_labels[images].tolist())) if reader else None
    return None


def _pictures(
    compared: Compared, scene: Scene, networks: Mapping[str, str], reader: SceneReader | None
) -> None:
    """Redrawn when the slider comes to rest."""
    with errors.shown():
        if not denoisers.are_here(compared.models):
            st.rerun()  # the whole page, which chooses others
        level = settings.noise_level()
        setting = model_cache.Setting(compared.dataset, compared.kind, level)
        rows = [LiveRow("Original", COLOUR["original"], live="original")]
        for method in compared.every:
            made = model_cache.denoised(setting, method, scene.x, scene.unit)
            rows.append(_row(compared, method, made, networks.get(method)))
        png = png_text(compared, "pictures", "The same noise, removed by each method")
        rests_at = live_model(scene.id, compared.kind, level, rows, key=KEY, reader=reader, png=png)
        if rests_at != level:
            settings.LEVEL.put(rests_at)
            pages.write_address()
            pages.draw_again()


def _row(compared: Compared, method: str, made: Denoised, live: str | None) -> LiveRow:
    return LiveRow(
        name(compared, method),
        COLOUR[colour(compared, method)],
        live=live,
        pictures=None if live else made.x_hat,
        psnr=made.psnr_db,
        ssim=made.ssim,
        mean=_mean(made),
        says=""
        if live or method in CLASSICAL_METHODS
        else "large model: computed on the server when the slider rests",
    )


def _mean(made: Denoised) -> str:
    return f"{decibels(made.mean_psnr_db)}, {made.mean_ssim:.2f}"


def png_text(compared: Compared, part: str, title: str) -> PngText:
    """What is written on a saved picture of what is compared."""
    models = [
        f"{name(compared, run_id)}: {configs.every_setting(sessions.read_run(run_id).config)}"
        for run_id in compared.models
    ]
    ids = compared.models or (f"{compared.dataset}-{compared.kind}",)
    return PngText(title, "; ".join(models) or datasets.short_title(compared.dataset), ids, part)


def name(compared: Compared, method: str) -> str:
    """What a row or a line is called."""
    if method == compared.plain:
        return "Plain autoencoder"
    return "Denoiser" if method == compared.denoiser else METHODS[method]


def colour(compared: Compared, method: str) -> str:
    """Its name in COLOUR."""
    return {compared.plain: "plain", compared.denoiser: "denoiser"}.get(method, method)
