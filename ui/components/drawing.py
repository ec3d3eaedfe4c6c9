"""A model drawn: an image on its way through the layers."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from PIL import Image

from autoenc.inspection import Activation
from autoenc.plots import COLOUR
from ui.components import fetched, inline, pixels
from ui.components.save_picture import PngText, png_data

_mount = st.components.v2.component(
    "drawing",
    js=fetched("drawing", "keep.js", "save_picture.js", "drawing.js"),
    css=inline("save_picture.css", "drawing.css"),
)


def drawing(steps: Sequence[Activation], *, png: PngText) -> None:
    """The image, what each layer makes of it, and what comes out; the code stands out.

    Args:
        png: a button saves it, with these words around it.
    """
    blocks = "<span class='to' aria-hidden='true'>→</span>".join(map(_block, steps))
    _show("drawing", f"<div class='model' role='list'>{blocks}</div>", png)


def _block(step: Activation) -> str:
    values = step.values
    if step.part in ("image", "reconstruction"):
        picture = (255 * values.clip(0, 1)).round().astype(np.uint8)
    else:
        picture = pixels.mosaic(values)
    shape = " x ".join(map(str, step.shape))
    n = "1 number" if step.n_numbers == 1 else f"{step.n_numbers:,} numbers"
    title = {"image": "Image", "code": "Code", "reconstruction": "Reconstruction"}.get(step.part, "")
    lines = [f"<b>{title}</b>"] * bool(title) + [escape(step.name)] * (step.part != "image") + [shape, n]
    return (
        f"<figure role='listitem' class='{step.part}'><img alt='{escape(step.name)}' src='{_png(picture)}'>"
        f"<figcaption>{'<br>'.join(lines)}</figcaption></figure>"
    )


def sizes(n_pixels: int, n_latents: int) -> None:
    """The pixels and the code as bars, true to scale."""
    longest = max(n_pixels, n_latents)
    rows = (("Pixels", n_pixels, COLOUR["original"]), ("Code", n_latents, "var(--st-primary-color)"))
    bars = (
        f"<div>{name}: <b>{n:,}</b></div>"
        f"<div class='bar' style='width:{100 * n / longest:.3f}%;background:{colour}'></div>"
        for name, n, colour in rows
    )
    _show("sizes", f"<div class='sizes'>{''.join(bars)}</div>")


def _show(key: str, html: str, png: PngText | None = None) -> None:
    _mount(key=key, data={"key": key, "html": html, "png": png_data(png)})


def _png(image: np.ndarray) -> str:
    """uint8 (C, H, W) as a data URL."""
    file = io.BytesIO()
    Image.fromarray(image[0] if len(image) == 1 else image.transpose(1, 2, 0)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
