"""The model: an image on its way through the layers, and the size of its code beside the pixels."""

from __future__ import annotations

from autoenc import inspection
from autoenc.schema import Run
from ui.components.copy_text import copy_text
from ui.components.drawing import drawing, sizes
from ui.core import model_cache
from ui.run import selection
from ui.run.forward_pass import given
from ui.widgets import png_texts


def show(run: Run) -> None:
    image = selection.image_number(len(model_cache.reconstructions(run).mse))
    png = png_texts.of_run(run, f"layers-{image}", f"Test image {image} on its way through the layers")
    drawing(inspection.flow(model_cache.opened(run), given(run, image)), png=png)
    sizes(run.model.n_pixels, run.model.n_latents)
    copy_text(str(run.model), label="layers of the model", key="printed")  # as the lab printed it
