"""All test codes as points in a plane, and what the decoder draws at each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from autoenc import datasets, inspection
from autoenc.captions import latent_map
from autoenc.latent import tsne
from autoenc.plots import CLASS_COLOURS
from autoenc.schema import ModelInfo, Run
from ui.app import errors
from ui.components.code_map import (
    Answer,
    Layer,
    MapLook,
    MapScene,
    code_map,
    preload_map,
    preload_pictures,
)
from ui.core import code_maps, pages
from ui.core.code_maps import Mapped
from ui.core.links import Param, one_of
from ui.core.text import plain
from ui.core.values import Value
from ui.widgets import browser_decoders, measurements, png_texts
from ui.widgets.lesson import lesson

PLANES = {"pca": "PCA", "tsne": "t-SNE"}
LAYERS: dict[Layer, str] = {"points": "Points", "sheet": "Sheet", "both": "Both"}
FEW_NUMBERS = {1: "Its number", 2: "Its two numbers"}  # of a code that needs no PCA
MAX_SENT = 1_500_000  # numbers of codes that a browser is sent where their map has no way back: 3 MB
MAX_CELLS = (36, 600)  # images of a sheet
SHEET_MULTIPLICATIONS = 2e9  # of a whole sheet: half a second for two workers
KEY = "code-map"

PLANE = Value("latent_plane", "pca")
LAYER: Value[Layer] = Value("latent_layer", "points")
PLACE = Value[tuple[str, tuple[float, float]] | None]("latent_place", None)  # the server drew it

PARAMS: tuple[Param, ...] = (one_of("plane", PLANE, list(PLANES)), one_of("layer", LAYER, list(LAYERS)))


@dataclass(frozen=True, eq=False)
class _Shown:
    """What the fragment shows."""

    run: Run
    mapped: Mapped
    look: MapLook
    map_id: str
    pictures: str
    decoder: str | None  # the id under which the browser has it


def show(run: Run) -> None:
    """The tab."""
    place = st.container(key="map-lesson")
    with st.container(horizontal=True, vertical_alignment="bottom", key="map-choices"):
        _choice(PLANE, PLANES | {"pca": _by_numbers(run)}, "Seen by")
        _choice(LAYER, LAYERS, "Show")
    if PLANE.get() == "pca":
        _show(run, code_maps.by_numbers(run), place)
        return
    job = code_maps.job(run)
    if job.n_images < tsne.MIN_POINTS:
        st.info(f"t-SNE needs at least {tsne.MIN_POINTS} test images; here are {job.n_images}.")
        return
    if not measurements.is_measured(job):
        with place:
            lesson(latent_map.TSNE, key="map")
    button = f"Map {job.n_images:,} codes by t-SNE"
    draw = partial(_draw, run, job, place)
    measurements.follow([job], draw, key="code-map", noun="map", button=button)


def _by_numbers(run: Run) -> str:
    return FEW_NUMBERS.get(run.model.n_latents, PLANES["pca"])


def _choice(value: Value[Any], titles: dict[Any, str], label: str) -> None:
    st.segmented_control(
        label,
        list(titles),
        format_func=titles.__getitem__,
        key=value.key,
        required=True,
        width="content",
        label_visibility="collapsed",
    )


def _draw(run: Run, job: Any, place: Any, values: Sequence[Any]) -> None:
    """As far as t-SNE is; the map is drawn when it has ended."""
    (code_map,) = values
    if code_map is not None and measurements.is_measured(job):
        _show(run, code_maps.by_tsne(run, job, code_map), place)


def _show(run: Run, mapped: Mapped, place: Any) -> None:
    data, plane = datasets.load(run.config.dataset), mapped.plane
    with place:
        sentences = (
            latent_map.classes_caption(data.class_names, mapped.shares),
            latent_map.holes_caption(mapped.empty, decodes=plane.origin is not None),
        )
        lesson(" ".join(filter(None, sentences)), key="map")
    classes = code_maps.classes(run) if plane.origin is not None else None
    scene = _scene(run, mapped, len(data.class_names))
    with st.container(key="assets"):  # nothing is seen of it
        preload_map(scene)
        decoder = browser_decoders.hand_over(run)
    title = f"Map of codes, {PLANES['tsne'] if plane.kind == 'tsne' else _by_numbers(run)}"
    names = classes.names if classes is not None else ()
    look = MapLook(title, LAYER.get(), tuple(data.class_names), CLASS_COLOURS, names)
    pictures = f"pictures {run.fingerprint} {len(mapped.codes)}"
    with st.container(key="map-room"):
        st.fragment(_map)(_Shown(run, mapped, look, scene.id, pictures, decoder))
    note = latent_map.plane_note(
        plane.kind, run.model.n_latents, plane.share, len(mapped.codes), plane.is_line
    )
    st.caption(plain(f"{latent_map.POINTING} {note}"))
    with st.container(key="reader-assets"):  # after the map: they are large, and it waits for none of them
        preload_pictures(pictures, np.asarray(data.test[: len(mapped.codes)]))


def _scene(run: Run, mapped: Mapped, n_classes: int) -> MapScene:
    plane, test = mapped.plane, mapped.codes
    live = inspection.runs_in_browser(run.model)
    forms, limits, back = None, (0.0, 0.0, 0.0), None
    if plane.origin is not None and plane.axes is not None:
        classes = code_maps.classes(run)
        forms, limits = classes.on(plane), (classes.near, classes.usual, classes.far)
        back = np.concatenate([plane.origin[None], plane.axes])
    sent = live and back is None and test.z.size <= MAX_SENT
    return MapScene(
        points=plane.points,
        labels=test.labels,
        n_classes=n_classes,
        image_shape=run.model.image_shape,
        extent=plane.extent,
        gap=mapped.gap,
        max_cells=_max_cells(run.model),
        is_line=plane.is_line,
        back=back,
        codes=test.z if sent else None,
        forms=forms,
        near=limits[0] if plane.kind == "pca" else 0.0,
        usual=limits[1],
        far=limits[2],
        sheet=None if live or back is None else code_maps.sheet(run),
    )


def _max_cells(model: ModelInfo) -> int:
    """About half of a model's work is the decoder's."""
    few, many = MAX_CELLS
    return max(few, min(many, int(SHEET_MULTIPLICATIONS / max(1, model.n_multiplications / 2))))


def _map(shown: _Shown) -> None:
    """Drawn again where only the server can draw the place at which the reader rests."""
    with errors.shown():
        map_id, answer = shown.map_id, None
        place = PLACE.get()
        if place is not None and place[0] == map_id:
            answer = Answer(place[1], code_maps.drawn(shown.run, shown.mapped, place[1]))
        png = png_texts.of_one_model(shown.run, "map", shown.look.title)
        rested = code_map(map_id, shown.pictures, shown.decoder, shown.look, key=KEY, answer=answer, png=png)
        if rested is not None and place != (map_id, rested):
            PLACE.put((map_id, rested))
            pages.draw_again()
