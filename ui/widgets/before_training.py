"""Before the click: images of the data set with their classes, and the model as it will be built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from autoenc import datasets, models
from autoenc.captions import configs
from autoenc.plots import COLOUR
from autoenc.schema import LayerInfo, TrainConfig
from ui.components.pictures import PictureRow, pictures
from ui.components.save_picture import PngText
from ui.core import catalogue

N_IMAGES = 8
ROUND = "Round"  # it computes something, though without parameters
_STYLE = """
<style>
.autoenc-plan { margin-bottom: 0.5rem; font-size: 0.85rem; line-height: 1.25; }
.autoenc-plan div { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem; margin-top: 0.2rem; }
.autoenc-plan span { padding: 0.1rem 0.4rem; border: 1px solid #8886; border-radius: 0.4rem; }
.autoenc-plan .code { border: 2px solid; }
.autoenc-plan i > b { font-weight: normal; }
.autoenc-plan span b { white-space: nowrap; }
.autoenc-plan i { display: inline-flex; align-items: center; gap: 0.25rem; font-style: normal; }
</style>
"""


def show(dataset: str) -> DeltaGenerator | None:
    """What a training begins with: images, and the place for its models; None: the data set is not here."""
    if not catalogue.is_present(dataset):
        return None
    images, built = st.columns(2, gap="medium")
    with images:
        training_images(dataset)
    return built


def models_to_train(planned: Sequence[TrainConfig]) -> None:
    """As they will be built; their data set is here."""
    with st.container(key=f"plans-{len(planned)}"):
        for config in planned:
            _model(config)


def network(config: TrainConfig, purpose: str) -> None:
    """Under a button that trains it: what it will be trained for, and the model; its data set is here."""
    st.caption(purpose)
    _model(config)


def training_images(dataset: str, columns: int = N_IMAGES) -> None:
    """The first of them, with their classes, where the data set is here."""
    data = datasets.load(dataset)
    x, labels = np.array(data.train[:N_IMAGES]), data.train_labels[:N_IMAGES]
    names = tuple(data.class_names[label] for label in labels)
    row = PictureRow(f"Training images, {len(data.train):,} in all", x, COLOUR["original"], notes=names)
    png = PngText("Training images", data.title, (dataset,), "training-images")
    pictures([row], key="before-images", columns=columns, png=png)


def _model(config: TrainConfig) -> None:
    """Its layers in a row, each with the shape that it gives."""
    model = models.describe(config, datasets.load(config.dataset).image_shape)
    shown = [layer for layer in model.layers if layer.n_parameters or layer.name == ROUND]
    beside = "".join(f" + {layer.name}" for layer in model.heads)
    encoder, decoder = ([layer for layer in shown if layer.part == part] for part in ("encoder", "decoder"))
    boxes = [
        _box("image", model.image_shape),
        *_boxes(encoder[:-1]),
        _box(f"{encoder[-1].name}{beside}: code", model.code_shape, "code"),
        *_boxes(decoder[:-1]),
        _box(f"{decoder[-1].name}: image", model.image_shape),
    ]
    first, *others = boxes
    steps = first + "".join(f"<i><b aria-hidden='true'>→</b>{box}</i>" for box in others)
    st.html(
        f"{_STYLE}<div class='autoenc-plan'><b>{escape(configs.short(config))}</b>: "
        f"{model.n_parameters:,} parameters, {model.n_latents:,} numbers in the code"
        f"<div>{steps}</div></div>"
    )


def _boxes(layers: Iterable[LayerInfo]) -> list[str]:
    return [_box(layer.name, layer.output_shape) for layer in layers]


def _box(name: str, shape: tuple[int, ...], kind: str = "") -> str:
    return f"<span class='{kind}'>{escape(name)} <b>{' x '.join(map(str, shape))}</b></span>"
