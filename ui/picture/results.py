"""What each model makes of the picture, and how strange the picture is to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import streamlit as st

from autoenc import out_of_distribution, plots
from autoenc.captions import configs
from autoenc.captions.out_of_distribution import (
    MEASURE_NOTE,
    figures,
    picture_caption,
    tiles_caption,
    whole_loss,
)
from autoenc.out_of_distribution import Reconstruction, TileReconstructions
from autoenc.pictures import thumbnail
from autoenc.plots import COLOUR
from autoenc.schema import Run
from ui.app import errors, layout
from ui.components.forward_pass import ForwardPass, forward_pass
from ui.components.live_plot import live_plot
from ui.components.readings import ImageReading
from ui.components.save_button import save_button
from ui.core import model_cache, recognisers, sessions
from ui.core.text import plain
from ui.picture import reconstruct
from ui.picture.reconstruct import Picture
from ui.widgets import browser_readers, code_hand, png_texts
from ui.widgets.code_hand import Hand
from ui.widgets.lesson import lesson

HEIGHT = 220  # pixels of the histogram
THUMBNAIL = 130  # pixels of the longer side


def show(run_id: str, picture: Picture, fit: str, invert: str) -> None:
    """One model; an error is shown in its place."""
    with errors.shown(), st.container(border=True, key=f"model-{run_id}"):
        run = sessions.read_run(run_id)
        if fit == "tile":
            tiles = reconstruct.tile_reconstructions(picture, run, invert)
            files = reconstruct.tile_pictures(picture, run, invert, COLOUR["error"])
            if tiles is not None and files is not None:
                _head(run, tiles.whole_mse, picture, invert)
                _tiled(run, picture, tiles, files)
            return
        reconstruction = reconstruct.reconstruction(picture, run, invert)
        if reconstruction is None:
            st.caption("Resizing the drawing for this model…")
        else:
            _head(run, reconstruction.mse, picture, invert)
            _shrunk(run, picture, reconstruction)


def _head(run: Run, mse: float, picture: Picture, invert: str) -> None:
    inverted = " · inverted" if reconstruct.is_inverted(picture, run, invert) else ""
    title = plain(configs.title(run.config))
    layout.subsection(f"**{title}**{inverted}")
    st.markdown(figures(mse))


def _shrunk(run: Run, picture: Picture, reconstruction: Reconstruction) -> None:
    caption = picture_caption(
        reconstruction, model_cache.test_errors(run), noisy=run.config.noise is not None
    )
    (lost,) = out_of_distribution.loss_shares(np.array([reconstruction.mse]), reconstruction.x[None])
    step = ForwardPass(reconstruction.x, None, reconstruction.code, reconstruction.x_hat, "")
    png = png_texts.of_one_model(run, "picture", f"{picture.title} on its way through the model")
    readings = _readings(run, reconstruction)
    forward_pass([step], key=f"way-{run.run_id}", difference=COLOUR["error"], readings=readings, png=png)
    _place(run, float(lost), None, caption)
    code_hand.folded(run, Hand(f"picture-{run.run_id}", reconstruction.x, picture.title))


def _readings(run: Run, reconstruction: Reconstruction) -> tuple[ImageReading, ImageReading] | None:
    """Of the picture and of what came back; None: nobody reads images of this kind, or is able to."""
    recogniser = recognisers.for_run(run)
    if recogniser is None:
        return None
    with errors.shown():
        return browser_readers.read(recogniser, reconstruction.x, reconstruction.x_hat)
    return None


def _tiled(run: Run, picture: Picture, reconstruction: TileReconstructions, files: Sequence[bytes]) -> None:
    """`files`: original, reconstruction and error."""
    tiles = reconstruction.tiles
    caption = tiles_caption(reconstruction, model_cache.test_errors(run), noisy=run.config.noise is not None)
    each = out_of_distribution.loss_shares(reconstruction.mse, tiles.images)
    texts = (
        f"Original, {tiles.width} x {tiles.height} pixels",
        f"Reconstruction, {len(tiles.images)} tile{'s'[: len(tiles.images) > 1]}",
        "Error (black = no error)",
    )
    row = f"tiles-{run.run_id}"
    with st.container(key=row):
        for column, text, file in zip(st.columns(3), texts, files, strict=True):
            column.image(file, caption=text, width="stretch", alt=text)
        save_button(row, png=png_texts.of_one_model(run, "tiles", f"{picture.title}, tile by tile"))
    _place(run, whole_loss(reconstruction), each, caption)


def _place(run: Run, lost: float, tiles: np.ndarray | None, caption: str) -> None:
    """Where the loss lies among those of the test images, as a chart and a sentence."""
    of = "The tiles' errors" if tiles is not None else "This picture's error"
    whose = f"{of} among those of the test images"
    where, sentence_column = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with where:
        figure = plots.loss_among_tests(model_cache.test_errors(run).contrast_lost, lost, tiles, caption)
        png = png_texts.of_one_model(run, "errors", whose)
        live_plot(figure.to_json(), key=f"errors-{run.run_id}", height=HEIGHT, png=png)
    with sentence_column:
        lesson(caption, key=f"picture-{run.run_id}")
        st.caption(f"{whose}. {MEASURE_NOTE}")


def heading(picture: Picture, run_ids: Iterable[str]) -> None:
    """What is looked at."""
    with st.container(horizontal=True, vertical_alignment="center", key="given-picture"):
        if picture.pixels is not None:
            small = thumbnail(picture.pixels, THUMBNAIL)
            st.image(_as_shown(small), width="content", output_format="PNG", alt=picture.title)
        with st.container(width="stretch"):
            layout.section(f"**{plain(picture.title)}**")
            if picture.is_in_photos and any(
                sessions.read_run(run_id).config.dataset == "photos" for run_id in run_ids
            ):
                st.caption("The model of photographs was trained on parts of this picture.")


def _as_shown(picture: np.ndarray) -> np.ndarray:
    """As Streamlit takes pictures: (H, W) or (H, W, 3)."""
    return picture[0] if len(picture) == 1 else picture.transpose(1, 2, 0)
