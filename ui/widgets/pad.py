"""The pad, and the networks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from autoenc import checkpoints, inspection
from autoenc.captions import configs
from autoenc.schema import RecogniserSummary, Run
from ui.app import errors
from ui.components.draw_pad import PadModel, draw_pad
from ui.components.preload import preload_network
from ui.components.readings import BrowserReader
from ui.core import catalogue, drawings, model_cache, recognisers, sessions
from ui.widgets import browser_readers, png_texts


def with_models(run_ids: Iterable[str]) -> None:
    """Something to draw on, and beside it what models make of it; the drawing is kept when the pen rests."""
    with errors.shown():
        runs = [sessions.read_run(run_id) for run_id in run_ids]
        readers = _readers(runs)
        with st.container(key="assets"):  # nothing is seen of it
            models = [_pad_model(run, reader) for run, reader in zip(runs, readers, strict=True)]
        _draw(models)


def alone(size: tuple[int, int]) -> None:
    """The same pad without models; what is drawn comes in this size (H, W)."""
    with errors.shown():
        _draw([], [size])


def _draw(models: Sequence[PadModel], sizes: Sequence[tuple[int, int]] = ()) -> None:
    drawing = draw_pad(models, key="pad", latest_id=drawings.latest_id(), sizes=sizes)
    if drawing is not None:
        drawings.LATEST.put(drawing)
        st.rerun()  # the pad learns that it has arrived


def _readers(runs: Sequence[Run]) -> list[BrowserReader | None]:
    """Who reads what each model draws; None: nobody. A file that cannot be used takes nothing else away."""
    of_runs = [recognisers.for_run(run) for run in runs]
    handed: dict[RecogniserSummary, BrowserReader | None] = {}
    with errors.shown(), st.container(key="reader-assets"):
        for recogniser in dict.fromkeys(filter(None, of_runs)):
            handed[recogniser] = browser_readers.hand_over(recogniser)
    return [handed.get(recogniser) if recogniser else None for recogniser in of_runs]


def _pad_model(run: Run, reader: BrowserReader | None) -> PadModel:
    network = None
    if inspection.runs_in_browser(run.model):
        network = f"{run.run_id} {checkpoints.content_hash(run.run_id)}"
        preload_network(network, model_cache.network(run))
    return PadModel(
        f"{configs.short(run.config)}, {catalogue.data_title(run.config.dataset)}",
        run.model.image_shape,
        network,
        sum(layer.part == "encoder" for layer in run.model.layers),
        run.model.code_shape,
        run.model.n_latents,
        png_texts.of_one_model(run, "drawing", "What the model makes of a drawing"),
        reader,
    )
