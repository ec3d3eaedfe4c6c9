"""What it learnt: the weights as pictures, and what they do to one image."""

from __future__ import annotations

import streamlit as st

from autoenc import inspection
from autoenc.numerals import counted
from autoenc.plots import COLOUR
from autoenc.schema import Run
from ui.app import layout
from ui.components import pixels
from ui.components.pictures import PictureRow, pictures
from ui.core import model_cache
from ui.run import selection
from ui.run.forward_pass import given
from ui.widgets import png_texts


def show(run: Run) -> None:
    image = selection.image_number(len(model_cache.reconstructions(run).mse))
    if len(run.model.code_shape) == 1:
        _responses(run, image)
    else:
        _feature_maps(run, image)
    if run.config.kind.has_convolutions:
        _kernels(run)
    signs = zip(
        ("above zero", "zero", "below zero"),
        (pixels.PLUS_COLOUR, pixels.ZERO_COLOUR, pixels.MINUS_COLOUR),
        strict=True,
    )
    key = ", ".join(f"<span style='color: rgb{colour}'>■</span> {sign}" for sign, colour in signs)
    st.html(f"<small>Weights: {key}; each picture scaled to its own maximum.</small>")


def _responses(run: Run, image: int) -> None:
    units = inspection.responses(model_cache.opened(run), given(run, image))
    n, n_shown = run.model.n_latents, len(units.indices)
    which = f"the {n_shown} of {n:,} that vary most" if n_shown < n else "ordered by how much they vary"
    what = "The only code value**" if n == 1 else f"The code values**, {which}"
    linear = not run.config.kind.has_convolutions and run.config.layers == 1
    around = "" if linear else f", close to test image {image}"
    each = "it" if n == 1 else "each one"
    layout.subsection(f"**{what}")
    st.markdown(f"Top: the pixels {each} responds to; bottom: what raising it adds to the drawing{around}.")
    names = tuple(f"value {index + 1}" for index in units.indices)
    rows = [
        PictureRow("Responds to", pixels.signed(units.encoder), COLOUR["original"]),
        PictureRow("Adds", pixels.signed(units.decoder), COLOUR["reconstruction"], notes=names),
    ]
    title = "What the code values respond to, and what raising them adds to the drawing"
    pictures(rows, key="responses", png=png_texts.of_run(run, "code-values", title))


def _feature_maps(run: Run, image: int) -> None:
    code = inspection.code(model_cache.opened(run), given(run, image))
    n, height, width = code.shape
    n_shown = min(n, inspection.MAX_SHOWN)
    which = "" if n_shown == n else f" (the first {n_shown})"
    layout.subsection(
        f"**The code of test image {image}**: {counted(n, 'channel')}{which} of {height} x {width} numbers, "
        "bright where a channel responds"
    )
    rows = [PictureRow("Feature maps", pixels.bright(code[:n_shown]), COLOUR["reconstruction"])]
    png = png_texts.of_run(run, f"code-{image}", f"The code of test image {image}")
    pictures(rows, key="features", png=png)


def _kernels(run: Run) -> None:
    for kernels in inspection.kernels(model_cache.opened(run)):
        n, n_shown = kernels.n_channels, len(kernels.indices)
        in_encoder = kernels.part == "encoder"
        verb, where = ("respond", "to in the image") if in_encoder else ("draw", "into the image")
        which = (
            f", the {n_shown} that vary most" if n_shown < n else ", ordered by how much they vary" * (n > 1)
        )
        what = f"{counted(n, 'channel')} of the {kernels.part} {verb}{'s' * (n == 1)} {where}"
        layout.subsection(f"**{kernels.name}**: what {what}{which}")
        rows = [PictureRow("Kernels", pixels.signed(kernels.weights), COLOUR["conv"])]
        title = f"{kernels.name}: what {what}"
        png = png_texts.of_run(run, f"kernels-{kernels.part}", title)
        pictures(rows, key=f"kernels-{kernels.part}", png=png)
